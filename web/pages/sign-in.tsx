/** Signing in without a password: an address, then the code that was sent to it. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { OnceoverApiError } from '../../client/error.ts';
import { announce } from '../announce.tsx';
import { useApp, usePolicy } from '../app.ts';
import { Page } from '../parts/layout.tsx';
import { Failure, Note } from '../parts/parts.tsx';
import { Icon } from '../pictures/icons.tsx';
import type { Words } from '../words/catalogue.ts';
import { inLanguage, useWords } from '../words/words.ts';

interface Asked {
  readonly email: string;
  readonly challenge: string;
}

/** `interrupted`: somebody was signed out in the middle of sending a photo. */
export function SignIn({ interrupted = false }: { readonly interrupted?: boolean }) {
  const [asked, setAsked] = useState<Asked>();
  const [email, setEmail] = useState('');
  return asked === undefined ? (
    <AskForCode interrupted={interrupted} email={email} onEmail={setEmail} onAsked={setAsked} />
  ) : (
    <EnterCode asked={asked} onAsked={setAsked} onOther={() => setAsked(undefined)} />
  );
}

/** A failure in words of this page, or undefined for the general ones. */
function refusalOf(error: unknown, words: Words): string | undefined {
  if (!(error instanceof OnceoverApiError)) return undefined;
  const { code, retryAfterSeconds = 60 } = error;
  if (code === 'code-refused') return words.signIn.refusedCode;
  if (code === 'invalid-request') return words.signIn.refusedAddress;
  if (code !== 'too-many-attempts') return undefined;
  return words.signIn.tooOften(Math.max(1, Math.ceil(retryAfterSeconds / 60)));
}

function Refusal({ error, id }: { readonly error: unknown; readonly id: string }) {
  const words = useWords();
  if (error === undefined) return null;
  const refusal = refusalOf(error, words);
  return refusal === undefined ? (
    <Failure error={error} />
  ) : (
    <p id={id} class="refusal" role="alert">
      {refusal}
    </p>
  );
}

function AskForCode({
  interrupted,
  email,
  onEmail,
  onAsked,
}: {
  readonly interrupted: boolean;
  readonly email: string;
  readonly onEmail: (email: string) => void;
  readonly onAsked: (asked: Asked) => void;
}) {
  const { signIn, language } = useWords();
  const { session } = useApp();
  const policy = usePolicy();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const masked = policy?.notices.find(({ noticeId }) => noticeId === 'masked-address');
  const ask = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      onAsked({ email, challenge: await session.requestCode(email, language.code) });
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Page title={signIn.title} class="form-page">
      {interrupted ? <Note icon="lock">{signIn.interrupted}</Note> : null}
      <p class="lead">{signIn.lead}</p>
      <form
        class="card form"
        noValidate
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault();
          void ask();
        }}
      >
        <label for="email">{signIn.email}</label>
        <input
          id="email"
          type="email"
          name="email"
          autoComplete="email"
          inputMode="email"
          dir="ltr"
          required
          maxLength={320}
          value={email}
          aria-describedby="email-hint email-refusal"
          aria-invalid={error !== undefined}
          onInput={(event: { readonly currentTarget: HTMLInputElement }) =>
            onEmail(event.currentTarget.value)
          }
        />
        <p id="email-hint" class="small">
          {masked === undefined ? signIn.emailHint : inLanguage(masked.text, language.code)}
        </p>
        <Refusal id="email-refusal" error={error} />
        <button type="submit" class="button big" disabled={isBusy || email.trim() === ''}>
          <Icon name="mail" />
          {signIn.send}
        </button>
      </form>
    </Page>
  );
}

/** An embedded system delivers no mail: whoever runs it reads it at a local address. */
const isLocal = ['127.0.0.1', 'localhost', '[::1]'].includes(location.hostname);

function EnterCode({
  asked,
  onAsked,
  onOther,
}: {
  readonly asked: Asked;
  readonly onAsked: (asked: Asked) => void;
  readonly onOther: () => void;
}) {
  const { signIn, language } = useWords();
  const { session } = useApp();
  const [code, setCode] = useState('');
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  // An address keeps its own direction, and is broken only where it is longer than a line.
  const [before, after] = signIn.codeLead(asked.email).split(asked.email);
  // After the heading of the page, which takes the focus when it comes up.
  useLayoutEffect(() => input.current?.focus(), []);
  const attempt = async (act: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await act();
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Page title={signIn.codeTitle} class="form-page">
      <p class="lead">
        {before}
        <bdi class="whole">{asked.email}</bdi>
        {after}
      </p>
      {isLocal ? (
        <Note icon="mail">
          {signIn.outbox}{' '}
          <a href="/local/mail" target="_blank" rel="noopener noreferrer">
            {signIn.outboxLink}
          </a>
          .
        </Note>
      ) : null}
      <form
        class="card form"
        noValidate
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault();
          // The address stays: whoever was signed out in the middle goes on where they were.
          void attempt(async () => session.verify({ ...asked, code, language: language.code }));
        }}
      >
        <label for="code">{signIn.code}</label>
        <input
          ref={input}
          id="code"
          class="code"
          name="code"
          autoComplete="one-time-code"
          inputMode="numeric"
          dir="ltr"
          maxLength={20}
          value={code}
          aria-describedby="code-refusal"
          aria-invalid={error !== undefined}
          onInput={(event: { readonly currentTarget: HTMLInputElement }) =>
            setCode(event.currentTarget.value)
          }
        />
        <Refusal id="code-refusal" error={error} />
        <button type="submit" class="button big" disabled={isBusy || code.trim() === ''}>
          {signIn.check}
        </button>
      </form>
      <div class="buttons">
        <button
          type="button"
          class="text-link"
          disabled={isBusy}
          onClick={() =>
            void attempt(async () => {
              const challenge = await session.requestCode(asked.email, language.code);
              onAsked({ ...asked, challenge });
              setCode('');
              announce(signIn.sentAgain);
            })
          }
        >
          {signIn.again}
        </button>
        <button type="button" class="text-link" onClick={onOther}>
          {signIn.otherAddress}
        </button>
      </div>
    </Page>
  );
}
