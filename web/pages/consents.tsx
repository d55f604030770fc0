/** What a person agreed to, since when, and the way out of it. */
import { useState } from 'preact/hooks';
import type { ConsentsView, PolicyView } from '../../core/contract.ts';
import { announce } from '../announce.tsx';
import { useApp, useLoaded } from '../app.ts';
import { Page } from '../parts/layout.tsx';
import { Confirm, Failure, ToAccount, Waiting } from '../parts/parts.tsx';
import { dayAndTime } from '../parts/scan-words.ts';
import { inLanguage, useWords } from '../words/words.ts';

export function Consents() {
  const { consents } = useWords();
  const app = useApp();
  const [loaded, again] = useLoaded(
    async () => Promise.all([app.policy(), app.client.consents()] as const),
    [],
  );
  const [changed, setChanged] = useState<ConsentsView>();
  return (
    <Page title={consents.title} class="account" above={<ToAccount />}>
      <p class="lead">{consents.lead}</p>
      {loaded.kind === 'loading' ? <Waiting /> : null}
      {loaded.kind === 'failed' ? <Failure error={loaded.error} again={again} /> : null}
      {loaded.kind === 'loaded' ? (
        <All policy={loaded.value[0]} view={changed ?? loaded.value[1]} onChange={setChanged} />
      ) : null}
    </Page>
  );
}

function All({
  policy,
  view,
  onChange,
}: {
  readonly policy: PolicyView;
  readonly view: ConsentsView;
  readonly onChange: (view: ConsentsView) => void;
}) {
  return (
    <>
      {policy.consents.map((consent) => (
        <OneConsent key={consent.purpose} consent={consent} view={view} onChange={onChange} />
      ))}
      <Acts view={view} />
    </>
  );
}

function OneConsent({
  consent,
  view,
  onChange,
}: {
  readonly consent: PolicyView['consents'][number];
  readonly view: ConsentsView;
  readonly onChange: (view: ConsentsView) => void;
}) {
  const words = useWords();
  const { consents, language } = words;
  const app = useApp();
  const [isAsking, setAsking] = useState(false);
  const [error, setError] = useState<unknown>();
  const stands = view.consents.find(({ purpose }) => purpose === consent.purpose);
  const change = async (perform: () => Promise<ConsentsView>, said: string): Promise<void> => {
    setAsking(false);
    setError(undefined);
    try {
      const changed = await perform();
      // First what the rest of the app goes by, then the words that say it is done.
      await app.readMe();
      onChange(changed);
      announce(said);
    } catch (caught) {
      setError(caught);
    }
  };
  const { purpose, version } = consent;
  return (
    <section class="card" data-purpose={purpose}>
      <h2>{inLanguage(consent.title, language.code)}</h2>
      <p>{inLanguage(consent.text, language.code)}</p>
      <p class="small">
        {stands === undefined
          ? consents.notGiven
          : (stands.granted ? consents.given : consents.withdrawnAt)(dayAndTime(stands.at, words))}
      </p>
      {error === undefined ? null : <Failure error={error} />}
      <div class="buttons">
        {stands?.granted === true ? (
          <button type="button" class="button quiet" onClick={() => setAsking(true)}>
            {consents.withdraw}
          </button>
        ) : (
          <button
            type="button"
            class="button"
            onClick={() =>
              void change(
                async () => app.client.giveConsent(purpose, { version, language: language.code }),
                consents.agreed,
              )
            }
          >
            {consents.agree}
          </button>
        )}
      </div>
      {isAsking ? (
        <Confirm
          title={consents.withdrawTitle}
          text={consents.withdrawText}
          confirm={consents.withdrawConfirm}
          onConfirm={() => void change(async () => app.client.withdrawConsent(purpose), consents.withdrawn)}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </section>
  );
}

/** Every act, as it is kept as evidence. */
function Acts({ view }: { readonly view: ConsentsView }) {
  const words = useWords();
  const { consents } = words;
  if (view.acts.length === 0) return null;
  return (
    <details class="card">
      <summary>{consents.evidence}</summary>
      <ol class="evidence">
        {view.acts.toReversed().map(({ kind, text, version, at, by }) => (
          <li key={`${at} ${by}`}>
            {consents.acts[kind]}
            <div class="small">
              {dayAndTime(at, words)} · {text}, {consents.actVersion(version)}
            </div>
          </li>
        ))}
      </ol>
    </details>
  );
}
