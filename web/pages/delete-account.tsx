/** Deleting the account: plainly what goes, what stays and why, and then the way to see that it is gone. */
import { useEffect, useState } from 'preact/hooks';
import { useApp } from '../app.ts';
import { Page } from '../parts/layout.tsx';
import { Confirm, Failure } from '../parts/parts.tsx';
import { Icon } from '../pictures/icons.tsx';
import { Link, navigate } from '../router.tsx';
import { useStore } from '../store.ts';
import { useWords } from '../words/words.ts';

export function DeleteAccount() {
  const { data } = useWords();
  const words = data.goodbye;
  const app = useApp();
  const left = useStore(app.balance)?.scansLeft ?? 0;
  const [state, setState] = useState<'nothing' | 'asking' | 'busy'>('nothing');
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    // Without an answer, what is left is lost all the same; the page then says it in general.
    void app.readBalance().catch(() => undefined);
  }, []);
  const erase = async (): Promise<void> => {
    setState('busy');
    setError(undefined);
    try {
      const { erasure } = await app.client.eraseMe();
      navigate(`/gone/${erasure.reference}`, { replace: true });
      // The account is severed already, so whatever this answers, nobody is signed in any more.
      await app.signOut().catch(() => undefined);
    } catch (caught) {
      setState('nothing');
      setError(caught);
    }
  };
  return (
    <Page
      title={words.title}
      class="account"
      above={
        <Link to="/account/data" class="back-link">
          <Icon name="back" />
          {data.title}
        </Link>
      }
    >
      <p class="lead">{words.lead}</p>
      <section class="card" aria-labelledby="goes">
        <h2 id="goes">{words.goes.title}</h2>
        <ul class="ticks">
          {[...words.goes.items, words.goes.scans(left)].map((item) => (
            <li key={item}>
              <Icon name="cross" />
              {item}
            </li>
          ))}
        </ul>
      </section>
      <section class="card" aria-labelledby="stays">
        <h2 id="stays">{words.stays.title}</h2>
        <ul class="ticks">
          {words.stays.items.map((item) => (
            <li key={item}>
              <Icon name="lock" />
              {item}
            </li>
          ))}
        </ul>
      </section>
      <p>{words.when}</p>
      <p>
        <Link to="/account/data" class="text-link">
          {words.first}
        </Link>
      </p>
      {error === undefined ? null : <Failure error={error} />}
      <button
        type="button"
        class="button danger"
        disabled={state === 'busy'}
        onClick={() => setState('asking')}
      >
        {state === 'busy' ? words.busy : words.go}
      </button>
      {state === 'asking' ? (
        <Confirm
          title={words.askTitle}
          text={words.askText}
          confirm={words.confirm}
          onConfirm={() => void erase()}
          onClose={() => setState((last) => (last === 'asking' ? 'nothing' : last))}
        />
      ) : null}
    </Page>
  );
}
