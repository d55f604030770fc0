/** Everything that is held: to download, to see who looked at it, and to have it deleted in parts or whole. */
import { useState } from 'preact/hooks';
import type { ErasureView } from '../../core/contract.ts';
import { announce } from '../announce.tsx';
import { useApp } from '../app.ts';
import { Page } from '../parts/layout.tsx';
import { Confirm, Failure, Note, ToAccount } from '../parts/parts.tsx';
import { saveFile } from '../parts/save-file.ts';
import { Icon } from '../pictures/icons.tsx';
import { Link } from '../router.tsx';
import { useWords } from '../words/words.ts';

export function YourData() {
  const { data } = useWords();
  const { client } = useApp();
  return (
    <Page title={data.title} class="account" above={<ToAccount />}>
      <p class="lead">{data.lead}</p>
      <Download />
      <ul class="menu">
        <li>
          <Link to="/account/access" class="menu-link">
            <Icon name="look" />
            <span>{data.access.title}</span>
            <Icon name="next" />
          </Link>
        </li>
      </ul>
      <section aria-labelledby="delete">
        <h2 id="delete">{data.remove.title}</h2>
        <Part words={data.remove.history} erase={async () => client.eraseHistory()} />
        <Part words={data.remove.messages} erase={async () => client.eraseMessages()} />
        <div class="card">
          <h3>{data.remove.account.title}</h3>
          <p>{data.remove.account.text}</p>
          <div class="buttons">
            <Link to="/account/delete" class="button quiet">
              {data.remove.account.go}
            </Link>
          </div>
        </div>
      </section>
    </Page>
  );
}

/** Asks for the pages of the export one after the other and makes a file of them here; it is kept nowhere else. */
function Download() {
  const { data, language } = useWords();
  const { client } = useApp();
  const [items, setItems] = useState<number>();
  const [error, setError] = useState<unknown>();
  // Said and not `disabled`, which would take the focus from whoever pressed it.
  const isBusy = items !== undefined;
  const download = async (kind: 'html' | 'json'): Promise<void> => {
    if (isBusy) return;
    setItems(0);
    setError(undefined);
    announce(data.download.busy(0));
    try {
      const pages = [];
      for await (const page of client.exportPages()) {
        pages.push(page);
        setItems((last = 0) => last + page.items.length);
      }
      const { assembleExport } = await import('../../client/assemble-export.ts');
      const file = assembleExport(pages, { language: language.code });
      const day = new Date().toISOString().slice(0, 10);
      saveFile(`${data.download.fileName}-${day}.${kind}`, file[kind], typeOf[kind]);
      announce(data.download.done);
    } catch (caught) {
      setError(caught);
    } finally {
      setItems(undefined);
    }
  };
  return (
    <section class="card" aria-labelledby="download">
      <h2 id="download">{data.download.title}</h2>
      <p>{data.download.text}</p>
      <div class="buttons">
        <button type="button" class="button" aria-disabled={isBusy} onClick={() => void download('html')}>
          <Icon name="download" />
          {data.download.html}
        </button>
        <button
          type="button"
          class="button quiet"
          aria-disabled={isBusy}
          onClick={() => void download('json')}
        >
          {data.download.json}
        </button>
      </div>
      {items === undefined ? null : <p class="small">{data.download.busy(items)}</p>}
      {error === undefined ? null : <Failure error={error} />}
    </section>
  );
}

const typeOf = { html: 'text/html', json: 'application/json' } as const;

/** A part of what is held, deleted after asking while the account stays. */
function Part({
  words,
  erase,
}: {
  readonly words: {
    readonly title: string;
    readonly text: string;
    readonly go: string;
    readonly confirm: string;
    readonly done: string;
  };
  readonly erase: () => Promise<ErasureView>;
}) {
  const { data } = useWords();
  const [state, setState] = useState<'nothing' | 'asking' | 'busy'>('nothing');
  const [reference, setReference] = useState<string>();
  const [error, setError] = useState<unknown>();
  const run = async (): Promise<void> => {
    setState('busy');
    setError(undefined);
    try {
      const { erasure } = await erase();
      setReference(erasure.reference);
      announce(words.done);
    } catch (caught) {
      setError(caught);
    } finally {
      setState('nothing');
    }
  };
  return (
    <div class="card">
      <h3>{words.title}</h3>
      <p>{words.text}</p>
      {reference === undefined ? null : (
        <Note icon="gone">
          <p>
            {words.done} {data.remove.again}
          </p>
          <Link to={`/gone/${reference}`} class="text-link">
            {data.remove.follow}
          </Link>
        </Note>
      )}
      {error === undefined ? null : <Failure error={error} />}
      <div class="buttons">
        <button
          type="button"
          class="button quiet"
          aria-disabled={state === 'busy'}
          onClick={() => setState((last) => (last === 'busy' ? last : 'asking'))}
        >
          {words.go}
        </button>
      </div>
      {state === 'asking' ? (
        <Confirm
          title={`${words.title}?`}
          text={words.text}
          confirm={words.confirm}
          onConfirm={() => void run()}
          onClose={() => setState((last) => (last === 'asking' ? 'nothing' : last))}
        />
      ) : null}
    </div>
  );
}
