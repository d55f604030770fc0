/** The account: who is signed in, what was agreed to, language, messages, signing out. */
import { useEffect } from 'preact/hooks';
import { useApp } from '../app.ts';
import { LanguageChoice, type LanguageProps } from '../parts/language.tsx';
import { Page } from '../parts/layout.tsx';
import { Note } from '../parts/parts.tsx';
import { dayAndTime } from '../parts/scan-words.ts';
import { Icon } from '../pictures/icons.tsx';
import { Link, navigate } from '../router.tsx';
import { useStore } from '../store.ts';
import { useWords } from '../words/words.ts';

export function Account({ language, onLanguage }: LanguageProps) {
  const words = useWords();
  const { account } = words;
  const app = useApp();
  const me = useStore(app.me);
  const balance = useStore(app.balance);
  useEffect(() => {
    // Without an answer the page says less.
    void app.readBalance().catch(() => undefined);
  }, []);
  const links = [
    { to: '/account/purchases', icon: 'wallet', name: words.purchases.title },
    { to: '/account/consents', icon: 'check', name: account.consents },
    { to: '/account/sessions', icon: 'device', name: account.sessions },
    { to: '/account/messages', icon: 'message', name: account.messages },
    { to: '/account/data', icon: 'download', name: words.data.title },
    { to: '/privacy', icon: 'lock', name: account.privacy },
  ] as const;
  const choose = (chosen: LanguageProps['language']): void => {
    onLanguage(chosen);
    // The language of mail follows; without a connection it stays, and nothing else depends on it.
    void app.client.changeLanguage(chosen).then(
      (changed) => app.me.set(changed),
      () => undefined,
    );
  };
  const leave = async (): Promise<void> => {
    // Told or not, this page knows of nobody any more.
    await app.signOut().catch(() => undefined);
    navigate('/');
  };
  return (
    <Page title={account.title} class="account">
      {me?.email === undefined ? null : (
        <p class="lead who">
          <span class="small">{account.signedInAs}</span>
          <bdi>{me.email}</bdi>
          {me.openedAt === undefined ? null : (
            <span class="small">{account.since(dayAndTime(me.openedAt, words))}</span>
          )}
        </p>
      )}
      {balance === undefined ? null : (
        <Link to="/account/purchases" class="card balance">
          <span class="big-number">{balance.scansLeft}</span>
          <span>{words.purchases.left(balance.scansLeft)}</span>
          {balance.scansLeft === 0 ? <span class="balance-more">{words.buy.go}</span> : null}
        </Link>
      )}
      <Note icon="gone">
        <p class="note-title">{account.photo}</p>
        <p>{account.photoText}</p>
      </Note>
      <ul class="menu">
        {links.map(({ to, icon, name }) => (
          <li key={to}>
            <Link to={to} class="menu-link">
              <Icon name={icon} />
              <span>{name}</span>
              <Icon name="next" />
            </Link>
          </li>
        ))}
      </ul>
      <LanguageChoice language={language} onLanguage={choose} />
      <button type="button" class="button quiet" onClick={() => void leave()}>
        <Icon name="out" />
        {account.signOut}
      </button>
    </Page>
  );
}
