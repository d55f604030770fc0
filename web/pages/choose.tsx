/** Where a photo begins: what a good one is, and the way to take or choose it. */
import { useState } from 'preact/hooks';
import type { ScanView } from '../../core/contract.ts';
import { useApp, useLoaded } from '../app.ts';
import { Page } from '../parts/layout.tsx';
import { Packs } from '../parts/packs.tsx';
import { Note, Waiting } from '../parts/parts.tsx';
import { Pick } from '../parts/pick.tsx';
import { ScanRow } from '../parts/scan-row.tsx';
import { Icon } from '../pictures/icons.tsx';
import { Link } from '../router.tsx';
import { useStore } from '../store.ts';
import { useWords } from '../words/words.ts';

export function Choose() {
  const words = useWords();
  const app = useApp();
  const [isOver, setOver] = useState(false);
  const [latest] = useLoaded(async (signal) => {
    const pages = app.client.history({ pageSize: 1, signal });
    for await (const [scan] of pages) return scan;
    return undefined;
  }, []);
  const scan = latest.kind === 'loaded' ? latest.value : undefined;
  const [reading] = useLoaded(async () => app.readBalance(), []);
  const balance = useStore(app.balance);
  // Without an answer the camera is there: the ticket is what decides.
  if (balance === undefined && reading.kind === 'loading') return <Waiting />;
  if (balance?.scansLeft === 0) return <NoneLeft isFirst={balance.purchases.length === 0} latest={scan} />;
  return (
    <Page title={words.look.title} class="choose">
      <p class="lead">{words.look.lead}</p>
      <PausedNote />
      <div
        class={isOver ? 'drop over' : 'drop'}
        onDragOver={(event: DragEvent) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event: DragEvent) => {
          event.preventDefault();
          setOver(false);
          const [file] = event.dataTransfer?.files ?? [];
          if (file !== undefined) void app.flow.choose(file);
        }}
      >
        <svg class="drop-frame" viewBox="0 0 200 200" aria-hidden="true" focusable="false">
          <path d="M30 62V44a14 14 0 0 1 14-14h18M138 30h18a14 14 0 0 1 14 14v18M170 138v18a14 14 0 0 1-14 14h-18M62 170H44a14 14 0 0 1-14-14v-18" />
          <circle cx="100" cy="100" r="34" />
          <circle cx="100" cy="100" r="10" class="f-accent" />
        </svg>
        <p class="small drop-identity">
          <Icon name="noFace" />
          {words.look.identity}
        </p>
        <Pick primary />
        <p class="small drop-hint">{words.look.drop}</p>
        {balance === undefined ? null : (
          <Link to="/account/purchases" class="text-link small">
            {words.purchases.leftOf(balance.scansLeft)}
          </Link>
        )}
      </div>
      <section aria-labelledby="tips">
        <h2 id="tips" class="quiet-heading">
          {words.look.tipsTitle}
        </h2>
        <ul class="ticks">
          {words.look.tips.map((tip) => (
            <li key={tip}>
              <Icon name="check" />
              {tip}
            </li>
          ))}
        </ul>
      </section>
      <Latest scan={scan} />
    </Page>
  );
}

function Latest({ scan }: { readonly scan: ScanView | undefined }) {
  const { look } = useWords();
  if (scan === undefined) return null;
  return (
    <section aria-labelledby="latest">
      <h2 id="latest" class="quiet-heading">
        {look.last}
      </h2>
      <ul class="rows">
        <ScanRow scan={scan} />
      </ul>
    </section>
  );
}

/** Nothing left, or nothing bought yet: said before a photo is taken in vain, with the way on. */
function NoneLeft({ isFirst, latest }: { readonly isFirst: boolean; readonly latest: ScanView | undefined }) {
  const { look } = useWords();
  const { title, lead } = isFirst ? look.first : look.noneLeft;
  return (
    <Page title={title} class="choose">
      <p class="lead">{lead}</p>
      <Packs />
      <Latest scan={latest} />
    </Page>
  );
}

/** Whether uploads are admitted, asked before a person takes a photo in vain. */
function PausedNote() {
  const words = useWords();
  const { client } = useApp();
  const [health] = useLoaded(async (signal) => client.health({ signal }), []);
  if (health.kind !== 'loaded' || health.value.status === 'ok') return null;
  return <Note icon="history">{words.look.paused}</Note>;
}
