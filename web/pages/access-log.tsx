/** Who of the staff looked at the person's data, as what, and why. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { AccessLog as Log } from '../../core/contract.ts';
import { useApp } from '../app.ts';
import { Page } from '../parts/layout.tsx';
import { Failure, Note, Waiting } from '../parts/parts.tsx';
import { dayAndTime } from '../parts/scan-words.ts';
import { Icon } from '../pictures/icons.tsx';
import { Link } from '../router.tsx';
import { useWords } from '../words/words.ts';

interface Known {
  readonly entries: Log['entries'];
  readonly state: 'loading' | 'more' | 'all';
  readonly error?: unknown;
}

export function AccessLog() {
  const { data } = useWords();
  const { client } = useApp();
  const [{ entries, state, error }, setKnown] = useState<Known>({ entries: [], state: 'loading' });
  const next = useRef<string | undefined>(undefined);
  const readMore = async (): Promise<void> => {
    setKnown((last) => ({ entries: last.entries, state: 'loading' }));
    try {
      const page = await client.accessLog(next.current);
      next.current = page.next;
      setKnown((last) => ({
        entries: [...last.entries, ...page.entries],
        state: page.next === undefined ? 'all' : 'more',
      }));
    } catch (caught) {
      setKnown((last) => ({ entries: last.entries, state: 'more', error: caught }));
    }
  };
  useEffect(() => void readMore(), []);
  return (
    <Page
      title={data.access.title}
      class="account"
      above={
        <Link to="/account/data" class="back-link">
          <Icon name="back" />
          {data.title}
        </Link>
      }
    >
      <p class="lead">{data.access.lead}</p>
      {state === 'all' && entries.length === 0 ? (
        <Note icon="look">
          <p>{data.access.nobody}</p>
        </Note>
      ) : null}
      <ol class="rows">
        {entries.map((entry) => (
          <Entry key={`${entry.at} ${entry.action}`} entry={entry} />
        ))}
      </ol>
      {error === undefined ? null : <Failure error={error} again={() => void readMore()} />}
      {state === 'loading' ? <Waiting /> : null}
      {state === 'more' && error === undefined ? (
        <button type="button" class="button quiet" onClick={() => void readMore()}>
          {data.access.older}
        </button>
      ) : null}
    </Page>
  );
}

function Entry({
  entry: { at, category, action, reason, dataClasses },
}: {
  readonly entry: Log['entries'][number];
}) {
  const words = useWords();
  const { access } = words.data;
  return (
    <li class="card">
      <p class="row-title">{access.actions[action]}</p>
      <p>{access.because(access.reasons[reason])}</p>
      <p class="small">
        {access.categories[category]} · <time dateTime={at}>{dayAndTime(at, words)}</time>
      </p>
      {dataClasses.length === 0 ? null : (
        <p class="small">{access.about(dataClasses.map((one) => access.classes[one]).join(', '))}</p>
      )}
    </li>
  );
}
