/** The app: which page belongs to which path, and what every page stands in. */
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Usage } from '../core/contract.ts';
import { announce, Announcer } from './announce.tsx';
import { AppContext, createApp, useApp, useLoaded } from './app.ts';
import { AccessLog } from './pages/access-log.tsx';
import { Account } from './pages/account.tsx';
import { Consents } from './pages/consents.tsx';
import { DeleteAccount } from './pages/delete-account.tsx';
import { Gone } from './pages/gone.tsx';
import { History } from './pages/history.tsx';
import { Join } from './pages/join.tsx';
import { Look } from './pages/look.tsx';
import { Privacy } from './pages/privacy.tsx';
import { Purchases } from './pages/purchases.tsx';
import { Report } from './pages/report.tsx';
import { Result } from './pages/result.tsx';
import { Sessions } from './pages/sessions.tsx';
import { SignIn } from './pages/sign-in.tsx';
import { Welcome } from './pages/welcome.tsx';
import { WriteToUs } from './pages/write-to-us.tsx';
import { YourData } from './pages/your-data.tsx';
import { FailedPage, Layout, Page } from './parts/layout.tsx';
import { Waiting } from './parts/parts.tsx';
import { PolicyBanner } from './parts/policy-banner.tsx';
import { EmptyPicture } from './pictures/results.tsx';
import { Link, navigate, usePath } from './router.tsx';
import { useStore } from './store.ts';
import { registerServiceWorker } from './trusted.ts';
import {
  english,
  loadWords,
  preferredLanguage,
  useWords,
  WordsContext,
  type Language,
} from './words/words.ts';

const theApp = createApp();

function Root() {
  const [language, setLanguage] = useState<Language>(() => preferredLanguage(navigator.languages));
  const [words, setWords] = useState(english);
  useEffect(() => {
    let isWanted = true;
    const load = async (): Promise<void> => {
      // Without a connection the app stays in the language that it has.
      const loaded = await loadWords(language).catch(() => undefined);
      if (isWanted && loaded !== undefined) setWords(loaded);
    };
    void load();
    return () => {
      isWanted = false;
    };
  }, [language]);
  useEffect(() => {
    document.documentElement.lang = words.language.code;
    document.documentElement.dir = words.language.dir;
  }, [words]);
  return (
    <AppContext.Provider value={theApp}>
      <WordsContext.Provider value={words}>
        <Layout>
          <Counted />
          <Offline />
          <PolicyBanner />
          <CurrentPage language={language} onLanguage={setLanguage} />
        </Layout>
        <Announcer />
      </WordsContext.Provider>
    </AppContext.Provider>
  );
}

const gonePath = /^\/gone\/([A-Za-z0-9_-]{22})$/;
const scanPath = /^\/scans\/([A-Za-z0-9_-]{22})$/;

interface Choice {
  readonly language: Language;
  readonly onLanguage: (language: Language) => void;
}

/** Pages that anybody may see; of the others, who is signed in and has joined. */
function CurrentPage(choice: Choice) {
  const path = usePath();
  const { session, flow } = useApp();
  const state = useStore(session.state);
  const step = useStore(flow.step);
  if (path === '/privacy') return <Privacy {...choice} />;
  if (path === '/report') return <Report />;
  const reference = gonePath.exec(path)?.[1];
  if (reference !== undefined) return <Gone key={reference} reference={reference} />;
  if (state === 'starting') return <Waiting />;
  if (state === 'signed-in') return <Members {...choice} />;
  if (step.at === 'trouble' && step.photo !== undefined) return <SignIn interrupted />;
  return path === '/' ? <Welcome {...choice} /> : <SignIn />;
}

function Members(choice: Choice) {
  const path = usePath();
  const app = useApp();
  const me = useStore(app.me);
  const [reading, again] = useLoaded(async () => app.readMe(), []);
  useEffect(() => {
    if (path === '/' || path === '/sign-in') navigate('/look', { replace: true });
  }, [path]);
  if (me === undefined) {
    return reading.kind === 'failed' ? <FailedPage error={reading.error} again={again} /> : <Waiting />;
  }
  const scanId = scanPath.exec(path)?.[1];
  if (scanId !== undefined) return <Result key={scanId} scanId={scanId} />;
  switch (path) {
    case '/':
    case '/sign-in':
    case '/look':
      return me.missing.length > 0 ? <Join me={me} /> : <Look />;
    case '/history':
      return <History />;
    case '/account':
      return <Account {...choice} />;
    case '/account/purchases':
      return <Purchases />;
    case '/account/data':
      return <YourData />;
    case '/account/access':
      return <AccessLog />;
    case '/account/delete':
      return <DeleteAccount />;
    case '/account/consents':
      return <Consents />;
    case '/account/sessions':
      return <Sessions />;
    case '/account/messages':
      return <WriteToUs />;
    default:
      return <NotFound />;
  }
}

function NotFound() {
  const { notFound } = useWords();
  return (
    <Page title={notFound.title} class="centred" above={<EmptyPicture />}>
      <p>{notFound.text}</p>
      <Link to="/" class="button quiet">
        {notFound.home}
      </Link>
    </Page>
  );
}

/** Pages whose opening is counted. */
const countedPages: ReadonlyMap<string, Usage['event']> = new Map([
  ['/history', 'history-opened'],
  ['/privacy', 'policy-read'],
  ['/account/purchases', 'purchase-opened'],
  ['/account/messages', 'messages-opened'],
  ['/account/data', 'export-opened'],
  ['/account/access', 'access-log-opened'],
  ['/account/delete', 'erasure-opened'],
]);

/** Counts the opening of a page. */
function Counted() {
  const path = usePath();
  const { count } = useApp();
  useEffect(() => {
    const event = countedPages.get(path);
    if (event !== undefined) count(event);
  }, [path]);
  return null;
}

/** Says that there is no connection, for as long as there is none. */
function Offline() {
  const { offline } = useWords();
  const [isOffline, setOffline] = useState(!navigator.onLine);
  useEffect(() => {
    const look = (): void => {
      setOffline(!navigator.onLine);
      announce(navigator.onLine ? offline.back : offline.banner);
    };
    // It may have changed since the page was drawn, when nobody listened yet.
    setOffline(!navigator.onLine);
    globalThis.addEventListener('online', look);
    globalThis.addEventListener('offline', look);
    return () => {
      globalThis.removeEventListener('online', look);
      globalThis.removeEventListener('offline', look);
    };
  }, [offline]);
  return isOffline ? <p class="banner">{offline.banner}</p> : null;
}

const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no #app');
render(<Root />, root);
theApp.count('app-opened');
void theApp.session.resume();
void registerServiceWorker();
