/**
 * Joining: adulthood, the policy, and each consent, every one an act of its own with a page of its own. Nothing is
 * ticked beforehand, and nothing happens by going on.
 */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Me, PolicyView } from '../../core/contract.ts';
import { useApp, usePolicyLoaded } from '../app.ts';
import { FailedPage, Page } from '../parts/layout.tsx';
import { Failure, Note, Waiting } from '../parts/parts.tsx';
import { Icon } from '../pictures/icons.tsx';
import { EmptyPicture } from '../pictures/results.tsx';
import { Link } from '../router.tsx';
import { useStore } from '../store.ts';
import { inLanguage, useWords } from '../words/words.ts';

type Consent = PolicyView['consents'][number];
type Ask =
  | { readonly kind: 'adulthood' }
  | { readonly kind: 'policy' }
  | { readonly kind: 'consent'; readonly consent: Consent };

/** Everything that is asked for, in its order, and whether it was done. */
function asksOf(me: Me, policy: PolicyView): readonly { readonly ask: Ask; readonly isDone: boolean }[] {
  return [
    { ask: { kind: 'adulthood' }, isDone: !me.missing.includes('adulthood') },
    { ask: { kind: 'policy' }, isDone: !me.missing.includes('policy') },
    ...policy.consents.map((consent) => ({
      ask: { kind: 'consent', consent } as const,
      isDone:
        !me.missing.includes('consent') ||
        me.consents.some(
          ({ purpose, version, granted }) =>
            purpose === consent.purpose && granted && version === consent.version,
        ),
    })),
  ];
}

export function Join({ me }: { readonly me: Me }) {
  const [reading, again] = usePolicyLoaded();
  const { join } = useWords();
  const app = useApp();
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  if (reading.kind === 'loading') return <Waiting />;
  if (reading.kind === 'failed') return <FailedPage error={reading.error} again={again} />;
  const policy = reading.value;
  const asks = asksOf(me, policy);
  const at = asks.findIndex(({ isDone }) => !isDone);
  const now = asks[at]?.ask;
  if (now === undefined) return <Waiting />;
  const act = async (perform: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await perform();
      await app.readMe();
      if (app.me.get()?.missing.length === 0) app.count('joined');
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  const shared = {
    step: join.step(at + 1, asks.length),
    isBusy,
    act: (perform: () => Promise<unknown>) => void act(perform),
    problem: error === undefined ? null : <Failure error={error} />,
  };
  switch (now.kind) {
    case 'adulthood':
      return <Adulthood key="adulthood" policy={policy} {...shared} />;
    case 'policy':
      return <Policy key="policy" policy={policy} {...shared} />;
    case 'consent':
      return <ConsentStep key={now.consent.purpose} consent={now.consent} {...shared} />;
  }
}

/** One thing that is asked for, in its place among the others. */
function StepPage({
  title,
  step,
  children,
}: {
  readonly title: string;
  readonly step: string;
  readonly children: ComponentChildren;
}) {
  return (
    <Page title={title} class="form-page" above={<p class="small">{step}</p>}>
      {children}
    </Page>
  );
}

interface StepProps {
  readonly step: string;
  readonly isBusy: boolean;
  readonly act: (perform: () => Promise<unknown>) => void;
  readonly problem: ComponentChildren;
}

function Adulthood({ policy, step, isBusy, act, problem }: StepProps & { readonly policy: PolicyView }) {
  const { join, account, data, language } = useWords();
  const app = useApp();
  const { client } = app;
  const [isTooYoung, setTooYoung] = useState(false);
  if (isTooYoung) {
    return (
      <Page title={join.stopped.title} class="centred" above={<EmptyPicture />}>
        <p>{join.stopped.text}</p>
        <div class="buttons stacked">
          <button
            type="button"
            class="button quiet"
            onClick={() => void app.signOut().catch(() => undefined)}
          >
            {account.signOut}
          </button>
          <Link to="/account/delete" class="button quiet">
            {data.goodbye.go}
          </Link>
        </div>
      </Page>
    );
  }
  return (
    <StepPage title={join.adulthood.title(policy.adultAge)} step={step}>
      <p class="lead">{join.adulthood.lead}</p>
      <div class="card quote">
        <p>{inLanguage(policy.adulthood.text, language.code)}</p>
      </div>
      {problem}
      <div class="buttons stacked">
        <button
          type="button"
          class="button big"
          disabled={isBusy}
          onClick={() =>
            act(async () =>
              client.affirmAdulthood({ version: policy.adulthood.version, language: language.code }),
            )
          }
        >
          {join.adulthood.yes(policy.adultAge)}
        </button>
        <button type="button" class="button quiet" disabled={isBusy} onClick={() => setTooYoung(true)}>
          {join.adulthood.no}
        </button>
      </div>
    </StepPage>
  );
}

function Policy({ policy, step, isBusy, act, problem }: StepProps & { readonly policy: PolicyView }) {
  const { join, language, privacy } = useWords();
  const { client } = useApp();
  return (
    <StepPage title={join.policy.title} step={step}>
      <p class="lead">{join.policy.lead}</p>
      <div class="card">
        <p>{inLanguage(policy.summary, language.code)}</p>
        <ul class="ticks">
          {privacy.photoItems.map((item) => (
            <li key={item}>
              <Icon name="check" />
              {item}
            </li>
          ))}
        </ul>
        <Link to="/privacy" class="text-link">
          {join.policy.read}
        </Link>
      </div>
      {problem}
      <div class="buttons stacked">
        <button
          type="button"
          class="button big"
          disabled={isBusy}
          onClick={() =>
            act(async () => client.acceptPolicy({ version: policy.version, language: language.code }))
          }
        >
          {join.policy.accept(policy.version)}
        </button>
      </div>
    </StepPage>
  );
}

function ConsentStep({ consent, step, isBusy, act, problem }: StepProps & { readonly consent: Consent }) {
  const { join, language, welcome, trouble } = useWords();
  const { client, flow } = useApp();
  const isWaiting = useStore(flow.step).at === 'trouble';
  const [isDeclined, setDeclined] = useState(false);
  if (isDeclined) {
    return (
      <Page title={join.without.title} class="centred" above={<EmptyPicture />}>
        <p>{join.without.text}</p>
        <button type="button" class="button quiet" onClick={() => setDeclined(false)}>
          {join.without.back}
        </button>
      </Page>
    );
  }
  return (
    <StepPage title={inLanguage(consent.title, language.code)} step={step}>
      {isWaiting ? <Note icon="image">{trouble.photoKept}</Note> : null}
      <p class="lead">{join.consent.lead}</p>
      <div class="card quote">
        <p>{inLanguage(consent.text, language.code)}</p>
      </div>
      {problem}
      <div class="buttons pair">
        <button
          type="button"
          class="button big"
          disabled={isBusy}
          onClick={() =>
            act(async () =>
              client.giveConsent(consent.purpose, { version: consent.version, language: language.code }),
            )
          }
        >
          {join.consent.agree}
        </button>
        <button type="button" class="button big quiet" disabled={isBusy} onClick={() => setDeclined(true)}>
          {join.consent.notNow}
        </button>
      </div>
      <Note icon="noFace" tone="warm">
        <p>{welcome.identity}</p>
      </Note>
    </StepPage>
  );
}
