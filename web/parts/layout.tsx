/** What stands around every page: the mark, the way to other pages, and who can reach them. */
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { useApp } from '../app.ts';
import { troubleOf } from '../flow/flow.ts';
import { Icon, Mark } from '../pictures/icons.tsx';
import { AdvicePicture, OfflinePicture } from '../pictures/results.tsx';
import { Link, usePath } from '../router.tsx';
import { useStore } from '../store.ts';
import { useWords } from '../words/words.ts';

/** Header, content and, for who is signed in, the tabs. */
export function Layout({ children }: { readonly children: ComponentChildren }) {
  const words = useWords();
  const { session } = useApp();
  const isIn = useStore(session.state) === 'signed-in';
  return (
    <div class={isIn ? 'frame with-tabs' : 'frame'}>
      <a class="skip" href="#content">
        {words.skip}
      </a>
      <header class="top">
        <Link to="/" class="brand">
          <Mark />
          <span>{words.brand}</span>
        </Link>
        {isIn ? (
          <Tabs />
        ) : (
          <Link to="/privacy" class="top-link">
            {words.nav.privacy}
          </Link>
        )}
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function Tabs() {
  const words = useWords();
  const path = usePath();
  const tabs = [
    { to: '/look', icon: 'look', name: words.nav.look, isHere: path === '/look' },
    {
      to: '/history',
      icon: 'history',
      name: words.nav.history,
      isHere: path === '/history' || path.startsWith('/scans/'),
    },
    {
      to: '/account',
      icon: 'person',
      name: words.nav.account,
      isHere: path.startsWith('/account') || path === '/privacy',
    },
  ] as const;
  return (
    <nav class="tabs" aria-label={words.nav.label}>
      {tabs.map(({ to, icon, name, isHere }) => (
        <Link key={to} to={to} class="tab" {...(isHere ? { 'aria-current': 'page' as const } : {})}>
          <Icon name={icon} />
          <span>{name}</span>
        </Link>
      ))}
    </nav>
  );
}

export interface PageProps {
  /** Heading of the page and title of the tab. */
  readonly title: string;
  readonly children: ComponentChildren;
  readonly class?: string;
  /** Stands before the heading. */
  readonly above?: ComponentChildren;
  /** The heading stays where it is read, but is not shown. */
  readonly quietTitle?: boolean;
}

/** One page. When it comes up, its heading takes the focus, so that a screen reader says where one is. */
export function Page({ title, children, class: className = '', above, quietTitle = false }: PageProps) {
  const words = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${words.brand}`;
  }, [title, words]);
  // At once and not after the next frame: whoever is quick has put the focus elsewhere by then.
  useLayoutEffect(() => {
    if (hasShownPage) {
      heading.current?.focus({ preventScroll: true });
      globalThis.scrollTo(0, 0);
    }
    hasShownPage = true;
  }, []);
  return (
    <div class={`page ${className}`}>
      {above}
      <h1 ref={heading} tabIndex={-1} class={quietTitle ? 'visually-hidden' : ''}>
        {title}
      </h1>
      {children}
    </div>
  );
}

/** Puts the focus on the page's heading, when what had it is gone. */
export function focusHeading(): void {
  document.querySelector('h1')?.focus({ preventScroll: true });
}

/** Instead of a page for which something is missing: what went wrong, and the ways on. */
export function FailedPage({ error, again }: { readonly error: unknown; readonly again: () => void }) {
  const words = useWords();
  const app = useApp();
  const { code, reference } = troubleOf(error);
  const { title, text } = words.errors[code];
  return (
    <Page
      title={title}
      class="centred"
      above={code === 'network' ? <OfflinePicture /> : <AdvicePicture reason="interrupted" />}
    >
      <p role="alert">{text}</p>
      {reference === undefined ? null : <p class="small">{words.trouble.reference(reference)}</p>}
      <div class="buttons stacked">
        <button type="button" class="button big" onClick={again}>
          {words.tryAgain}
        </button>
        {code === 'network' ? null : (
          <button
            type="button"
            class="button quiet"
            onClick={() => void app.signOut().catch(() => undefined)}
          >
            {words.account.signOut}
          </button>
        )}
      </div>
    </Page>
  );
}

/** The first page of a load leaves the focus where the browser put it. */
let hasShownPage = false;
