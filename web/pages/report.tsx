/** Reporting a weakness, or that an account is a minor’s. Anybody may, without an account; nobody is told what it led to. */
import { useState } from 'preact/hooks';
import { OnceoverApiError } from '../../client/error.ts';
import { announce } from '../announce.tsx';
import { useApp, usePolicy } from '../app.ts';
import { focusHeading, Page } from '../parts/layout.tsx';
import { Failure, Note } from '../parts/parts.tsx';
import { useWords } from '../words/words.ts';

const kinds = ['security', 'minor'] as const;
type Kind = (typeof kinds)[number];
type Typed = { readonly currentTarget: HTMLInputElement | HTMLTextAreaElement };

export function Report() {
  const { report } = useWords();
  const [isSent, setSent] = useState(false);
  /** The button that was pressed goes; the heading stays. */
  const turn = (sent: boolean): void => {
    setSent(sent);
    focusHeading();
  };
  return (
    <Page title={report.title} class="form-page">
      {isSent ? (
        <>
          <p class="lead">{report.sent}</p>
          <button type="button" class="button quiet" onClick={() => turn(false)}>
            {report.another}
          </button>
        </>
      ) : (
        <ReportForm onSent={() => turn(true)} />
      )}
    </Page>
  );
}

function ReportForm({ onSent }: { readonly onSent: () => void }) {
  const { report } = useWords();
  const { client } = useApp();
  const policy = usePolicy();
  const [kind, setKind] = useState<Kind>('security');
  const [email, setEmail] = useState('');
  const [text, setText] = useState('');
  const [contact, setContact] = useState('');
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const isMinor = kind === 'minor';
  const send = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    const more = contact.trim() === '' ? {} : { contact };
    try {
      await (isMinor
        ? client.reportMinor({ email, ...(text.trim() === '' ? {} : { text }), ...more })
        : client.reportSecurity({ text, ...more }));
      announce(report.sent);
      onSent();
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  const isRefused = error instanceof OnceoverApiError && error.code === 'invalid-request';
  return (
    <>
      <p class="lead">{report.lead}</p>
      <form
        class="card form"
        noValidate
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault();
          void send();
        }}
      >
        <label for="kind">{report.kind}</label>
        <select
          id="kind"
          value={kind}
          onChange={(event: { readonly currentTarget: HTMLSelectElement }) => {
            const chosen = kinds.find((one) => one === event.currentTarget.value);
            if (chosen !== undefined) setKind(chosen);
          }}
        >
          {kinds.map((one) => (
            <option key={one} value={one}>
              {report.kinds[one](policy?.adultAge ?? 18)}
            </option>
          ))}
        </select>
        {isMinor ? (
          <>
            <Note icon="lock">{report.minorHint}</Note>
            <label for="reported">{report.email}</label>
            <input
              id="reported"
              type="email"
              autoComplete="off"
              inputMode="email"
              dir="ltr"
              maxLength={320}
              value={email}
              onInput={({ currentTarget }: Typed) => setEmail(currentTarget.value)}
            />
          </>
        ) : null}
        <label for="seen">{isMinor ? report.textOptional : report.text}</label>
        <textarea
          id="seen"
          dir="auto"
          maxLength={policy?.limits.maxTextLength ?? 2000}
          value={text}
          onInput={({ currentTarget }: Typed) => setText(currentTarget.value)}
        />
        <label for="contact">{report.contact}</label>
        <input
          id="contact"
          type="text"
          autoComplete="off"
          dir="auto"
          maxLength={320}
          value={contact}
          aria-describedby="contact-hint"
          onInput={({ currentTarget }: Typed) => setContact(currentTarget.value)}
        />
        <p id="contact-hint" class="small">
          {report.contactHint}
        </p>
        {isRefused ? (
          <p class="refusal" role="alert">
            {report.refused}
          </p>
        ) : null}
        {error === undefined || isRefused ? null : <Failure error={error} />}
        <button type="submit" class="button big" disabled={isBusy || (isMinor ? email : text).trim() === ''}>
          {report.send}
        </button>
      </form>
    </>
  );
}
