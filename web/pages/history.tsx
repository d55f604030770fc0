/** What was said, and when: a list with names of the person's own. No plot and no comparison, for this is no tracking. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ScanView } from '../../core/contract.ts';
import { announce } from '../announce.tsx';
import { useApp } from '../app.ts';
import { focusHeading, Page } from '../parts/layout.tsx';
import { Confirm, Failure, Waiting } from '../parts/parts.tsx';
import { ScanRow } from '../parts/scan-row.tsx';
import { dayAndTime, titleOf } from '../parts/scan-words.ts';
import { Icon } from '../pictures/icons.tsx';
import { EmptyPicture } from '../pictures/results.tsx';
import { Link } from '../router.tsx';
import { useWords } from '../words/words.ts';

type Pages = AsyncGenerator<readonly ScanView[], void>;

interface Known {
  readonly scans: readonly ScanView[];
  readonly state: 'loading' | 'more' | 'all';
  readonly error?: unknown;
}

/** The history page by page, and what was changed of it here. */
function useHistory() {
  const { client } = useApp();
  const [known, setKnown] = useState<Known>({ scans: [], state: 'loading' });
  const pages = useRef<Pages | undefined>(undefined);
  const readMore = async (): Promise<void> => {
    setKnown(({ scans }) => ({ scans, state: 'loading' }));
    try {
      pages.current ??= client.history();
      const next = await pages.current.next();
      setKnown(({ scans }) => ({
        scans: next.done === true ? scans : [...scans, ...next.value],
        // The API says only with the next page whether there is one; a short page is the last.
        state: next.done === true || next.value.length < pageSize ? 'all' : 'more',
      }));
    } catch (error) {
      // A generator that threw is over; the next try begins from the newest.
      pages.current = undefined;
      setKnown({ scans: [], state: 'more', error });
    }
  };
  useEffect(() => {
    void readMore();
  }, []);
  const change = (scanId: string, to: ScanView | undefined): void =>
    setKnown((last) => ({
      ...last,
      scans: last.scans.flatMap((one) => (one.id === scanId ? (to === undefined ? [] : [to]) : [one])),
    }));
  return { known, readMore, change };
}

/** The API's own page size. */
const pageSize = 20;

export function History() {
  const words = useWords();
  const { history } = words;
  const { known, readMore, change } = useHistory();
  const { scans, state, error } = known;
  if (state === 'all' && scans.length === 0) return <Empty />;
  return (
    <Page title={history.title} class="history">
      <p class="lead">{history.lead}</p>
      {error === undefined ? null : <Failure error={error} again={() => void readMore()} />}
      <ul class="rows">
        {scans.map((scan) => (
          <Entry key={scan.id} scan={scan} onChange={(to) => change(scan.id, to)} />
        ))}
      </ul>
      {state === 'loading' ? <Waiting /> : null}
      {state === 'more' && error === undefined ? (
        <button type="button" class="button quiet" onClick={() => void readMore()}>
          {history.older}
        </button>
      ) : null}
    </Page>
  );
}

function Empty() {
  const { history } = useWords();
  return (
    <Page title={history.empty} class="centred" above={<EmptyPicture />}>
      <p>{history.emptyText}</p>
      <Link to="/look" class="button big">
        {history.first}
      </Link>
    </Page>
  );
}

function Entry({
  scan,
  onChange,
}: {
  readonly scan: ScanView;
  readonly onChange: (to: ScanView | undefined) => void;
}) {
  const words = useWords();
  const { history } = words;
  const { client } = useApp();
  const [doing, setDoing] = useState<'nothing' | 'naming' | 'deleting'>('nothing');
  const [error, setError] = useState<unknown>();
  const pencil = useRef<HTMLButtonElement>(null);
  const what = scan.name ?? `${titleOf(scan, words)}, ${dayAndTime(scan.issuedAt, words)}`;
  const remove = async (): Promise<void> => {
    setDoing('nothing');
    try {
      await client.deleteScan(scan.id);
      announce(history.removed);
      focusHeading();
      onChange(undefined);
    } catch (caught) {
      setError(caught);
    }
  };
  return (
    <ScanRow
      scan={scan}
      below={
        <>
          {doing === 'naming' ? (
            <Rename
              scan={scan}
              onDone={(to) => {
                pencil.current?.focus();
                setDoing('nothing');
                if (to === undefined) return;
                announce(history.renamed);
                onChange(to);
              }}
            />
          ) : null}
          {error === undefined ? null : <Failure error={error} />}
          {doing === 'deleting' ? (
            <Confirm
              title={history.removeTitle}
              text={history.removeText}
              confirm={history.removeConfirm}
              onConfirm={() => void remove()}
              onClose={() => setDoing('nothing')}
            />
          ) : null}
        </>
      }
    >
      <div class="row-buttons">
        <button
          ref={pencil}
          type="button"
          class="icon-button"
          aria-label={history.rename(what)}
          aria-expanded={doing === 'naming'}
          onClick={() => setDoing(doing === 'naming' ? 'nothing' : 'naming')}
        >
          <Icon name="pencil" />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label={history.remove(what)}
          onClick={() => setDoing('deleting')}
        >
          <Icon name="bin" />
        </button>
      </div>
    </ScanRow>
  );
}

/** The name, changed where it stands. Escape leaves it as it was. */
function Rename({
  scan,
  onDone,
}: {
  readonly scan: ScanView;
  readonly onDone: (to: ScanView | undefined) => void;
}) {
  const words = useWords();
  const { history } = words;
  const { client } = useApp();
  const [name, setName] = useState(scan.name ?? '');
  const [error, setError] = useState<unknown>();
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);
  const save = async (): Promise<void> => {
    try {
      onDone(await client.renameScan(scan.id, name.trim() === '' ? null : name));
    } catch (caught) {
      setError(caught);
    }
  };
  const isRefused =
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'invalid-request';
  const id = `name-${scan.id}`;
  return (
    <form
      class="rename"
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault();
        void save();
      }}
      onKeyDown={(event: KeyboardEvent) => {
        if (event.key === 'Escape') onDone(undefined);
      }}
    >
      <label for={id}>{history.nameLabel}</label>
      <div class="field">
        <input
          ref={input}
          id={id}
          dir="auto"
          autoComplete="off"
          maxLength={60}
          value={name}
          aria-describedby={`${id}-hint`}
          aria-invalid={isRefused}
          onInput={(event: { readonly currentTarget: HTMLInputElement }) =>
            setName(event.currentTarget.value)
          }
        />
        <button type="submit" class="button small-button">
          {words.save}
        </button>
      </div>
      <p id={`${id}-hint`} class="small">
        {isRefused ? history.nameRefused : history.nameHint}
      </p>
      {error === undefined || isRefused ? null : <Failure error={error} />}
    </form>
  );
}
