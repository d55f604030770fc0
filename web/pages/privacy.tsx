/** What is promised, rendered from what the API says of the policy and of the system as it is now. */
import { useEffect, useState } from 'preact/hooks';
import type { PolicyView } from '../../core/contract.ts';
import { useApp, useLoaded, usePolicyLoaded } from '../app.ts';
import { LanguageChoice, type LanguageProps } from '../parts/language.tsx';
import { Page } from '../parts/layout.tsx';
import { Failure, Waiting } from '../parts/parts.tsx';
import { bandWords, dayAndTime, secondsOf } from '../parts/scan-words.ts';
import { Icon } from '../pictures/icons.tsx';
import { BandPicture } from '../pictures/results.tsx';
import { Link } from '../router.tsx';
import { useStore } from '../store.ts';
import { inLanguage, useWords } from '../words/words.ts';

export function Privacy(choice: LanguageProps) {
  const { privacy } = useWords();
  const [policy, again] = usePolicyLoaded();
  return (
    <Page title={privacy.title} class="privacy">
      {policy.kind === 'loading' ? <Waiting /> : null}
      {policy.kind === 'failed' ? <Failure error={policy.error} again={again} /> : null}
      {policy.kind === 'loaded' ? <PolicyText policy={policy.value} /> : null}
      <LanguageChoice {...choice} />
    </Page>
  );
}

function PolicyText({ policy }: { readonly policy: PolicyView }) {
  const words = useWords();
  const { privacy, report, language } = words;
  return (
    <>
      <p class="lead">{inLanguage(policy.summary, language.code)}</p>
      <Accepted policy={policy} />
      <section>
        <h2>{privacy.photo}</h2>
        <ul class="ticks">
          {privacy.photoItems.map((item) => (
            <li key={item}>
              <Icon name="check" />
              {item}
            </li>
          ))}
        </ul>
        <Now />
      </section>
      <section>
        <h2>{privacy.consents}</h2>
        {policy.consents.map(({ purpose, title, text }) => (
          <div key={purpose} class="card">
            <h3>{inLanguage(title, language.code)}</h3>
            <p>{inLanguage(text, language.code)}</p>
          </div>
        ))}
      </section>
      <section>
        <h2>{privacy.model}</h2>
        <p>{privacy.modelText(policy.model.name, policy.model.version)}</p>
        <ul class="bands">
          {policy.model.bands.map(({ band, message }) => (
            <li key={band}>
              <BandPicture band={band} />
              <span>{bandWords({ band, message }, words).means}</span>
            </li>
          ))}
        </ul>
        <p class="small">{words.advice}</p>
      </section>
      <Kept policy={policy} />
      <section>
        <h2>{privacy.providers}</h2>
        <dl class="evidence">
          {policy.providers.map(({ name, gets }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{inLanguage(gets, language.code)}</dd>
            </div>
          ))}
        </dl>
        <p class="small">{privacy.neverSold}</p>
      </section>
      <section>
        <h2>{privacy.limits}</h2>
        <p>
          {privacy.adults(policy.adultAge)}{' '}
          {privacy.limitsText(policy.limits.ticketsPerDay.toLocaleString(language.code))}
        </p>
      </section>
      <section>
        <h2>{privacy.versions}</h2>
        <ol class="versions">
          {policy.versions.toReversed().map(({ version, effectiveFrom, changes }) => (
            <li key={version} class="card">
              <h3>{privacy.version(version, dateOf(effectiveFrom, language.code))}</h3>
              <p>{inLanguage(changes, language.code)}</p>
            </li>
          ))}
        </ol>
      </section>
      <section>
        <h2>{privacy.contacts}</h2>
        <Contacts policy={policy} />
        <Link to="/report" class="text-link">
          {report.title}
        </Link>
        {policy.notices.map(({ noticeId, text }) => (
          <p key={noticeId} class="small">
            {inLanguage(text, language.code)}
          </p>
        ))}
      </section>
      <section>
        <h2>{privacy.device}</h2>
        <p>{privacy.deviceText}</p>
      </section>
    </>
  );
}

/** Who answers what. Those without an address of their own are reached from within the app. */
function Contacts({ policy }: { readonly policy: PolicyView }) {
  const { account, language } = useWords();
  const inApp = policy.contacts.filter(({ address }) => address === undefined);
  return (
    <dl class="evidence">
      {policy.contacts
        .filter(({ address }) => address !== undefined)
        .map(({ role, purpose, address }) => (
          <div key={role}>
            <dt>{inLanguage(purpose, language.code)}</dt>
            <dd>{address}</dd>
          </div>
        ))}
      {inApp.length === 0 ? null : (
        <div>
          {inApp.map(({ role, purpose }) => (
            <dt key={role}>{inLanguage(purpose, language.code)}</dt>
          ))}
          <dd>
            <Link to="/account/messages" class="text-link">
              {account.messages}
            </Link>
          </dd>
        </div>
      )}
    </dl>
  );
}

/** Everything that is kept, class by class: why, until when, and who may read it. */
function Kept({ policy }: { readonly policy: PolicyView }) {
  const { privacy, data } = useWords();
  const classes = [...new Set(policy.kept.map(({ dataClass }) => dataClass))];
  return (
    <section>
      <h2>{privacy.kept.title}</h2>
      <div class="folds">
        {classes.map((dataClass) => (
          <details key={dataClass}>
            <summary>{capital(data.access.classes[dataClass])}</summary>
            {policy.kept
              .filter((one) => one.dataClass === dataClass)
              .map((one) => (
                <KeptAlike key={one.readers.join(' ')} kept={one} />
              ))}
          </details>
        ))}
      </div>
    </section>
  );
}

/** What of a class the same people may read. */
function KeptAlike({ kept: { kinds, readers } }: { readonly kept: PolicyView['kept'][number] }) {
  const { privacy, language } = useWords();
  return (
    <div class="kept">
      <ul class="kinds">
        {kinds.map(({ why, endsWith, days }) => (
          <li key={why['en']}>
            {inLanguage(why, language.code)}
            <span class="small">{privacy.kept.ends[endsWith](days ?? 0)}</span>
          </li>
        ))}
      </ul>
      <p class="small">
        {privacy.kept.readBy(readers.map((reader) => privacy.kept.readers[reader]).join(', '))}
      </p>
    </div>
  );
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** How long photos live at present, by the system's own count. */
function Now() {
  const words = useWords();
  const { client } = useApp();
  const [status] = useLoaded(async (signal) => client.status({ signal }), []);
  if (status.kind !== 'loaded') return null;
  const { lifetimes, boundMs } = status.value;
  const { p50Ms, maxMs, count } = lifetimes;
  return (
    <div class="card">
      <h3>{words.privacy.now}</h3>
      <p>
        {p50Ms === undefined || maxMs === undefined
          ? null
          : `${words.result.lifetimes(secondsOf(p50Ms, words), secondsOf(maxMs, words), String(count ?? ''))} `}
        {words.result.bound(Math.round(boundMs / 60_000))}
      </p>
    </div>
  );
}

function dateOf(date: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(date));
}

/** Which version the person accepted, and the way to accept the present one. */
function Accepted({ policy }: { readonly policy: PolicyView }) {
  const words = useWords();
  const app = useApp();
  const me = useStore(app.me);
  const isIn = useStore(app.session.state) === 'signed-in';
  useEffect(() => {
    // Whoever opens this page first of all is asked here; without an answer it is what everybody sees.
    if (isIn && me === undefined) void app.readMe().catch(() => undefined);
  }, [isIn]);
  const [error, setError] = useState<unknown>();
  const { privacy, join, language } = words;
  const { acceptedVersion, acceptedAt } = me?.policy ?? {};
  const accept = async (): Promise<void> => {
    setError(undefined);
    try {
      await app.client.acceptPolicy({ version: policy.version, language: language.code });
      await app.readMe();
    } catch (caught) {
      setError(caught);
    }
  };
  return (
    <>
      <p class="small">
        {privacy.version(policy.version, dateOf(policy.effectiveFrom, language.code))}{' '}
        {acceptedVersion === undefined || acceptedAt === undefined
          ? null
          : privacy.accepted(acceptedVersion, dayAndTime(acceptedAt, words))}
      </p>
      {acceptedVersion === undefined || acceptedVersion === policy.version ? null : (
        <div class="buttons">
          <button type="button" class="button" onClick={() => void accept()}>
            {join.policy.accept(policy.version)}
          </button>
        </div>
      )}
      {error === undefined ? null : <Failure error={error} />}
    </>
  );
}
