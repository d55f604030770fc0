/** One scan: what was said, in words and a picture, and that the photo is gone, with the evidence one tap away. */
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import type { ScanView } from '../../core/contract.ts';
import { announce } from '../announce.tsx';
import { useApp, useLoaded } from '../app.ts';
import { Page } from '../parts/layout.tsx';
import { Failure, Waiting } from '../parts/parts.tsx';
import { PhotoSquare } from '../parts/photo-square.tsx';
import {
  bandWords,
  dayAndTime,
  noResultWords,
  secondsOf,
  timeToTheSecond,
  titleOf,
} from '../parts/scan-words.ts';
import { Icon } from '../pictures/icons.tsx';
import { AdvicePicture, BandPicture, EmptyPicture } from '../pictures/results.tsx';
import { Link, navigate } from '../router.tsx';
import { useStore } from '../store.ts';
import { useWords } from '../words/words.ts';
import { Looking } from './under-way.tsx';

/** Reads the scan, and waits when it is still under way: whoever left the page comes back to the result. */
export function Result({ scanId }: { readonly scanId: string }) {
  const words = useWords();
  const { client, flow } = useApp();
  const step = useStore(flow.step);
  const fresh = step.at === 'ended' && step.scan.id === scanId ? step : undefined;
  const [open, setOpen] = useState(false);
  const isFresh = fresh !== undefined;
  // At once: whoever goes on before the next frame must not be led back here by a result that was not forgotten.
  useLayoutEffect(() => {
    if (!isFresh) return undefined;
    const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const forget = (): void => {
      if (flow.step.get().at === 'ended') flow.forget();
    };
    const timer = setTimeout(forget, isStill ? 0 : fadeMs);
    return () => {
      clearTimeout(timer);
      forget();
    };
  }, [isFresh]);
  const [loaded, again] = useLoaded(
    async (signal) => {
      if (fresh !== undefined) return fresh.scan;
      const scan = await client.getScan(scanId, { signal });
      if (scan.state !== 'issued' && scan.state !== 'claimed') return scan;
      setOpen(true);
      return client.waitForResult(scanId, { signal });
    },
    [scanId],
  );
  if (loaded.kind === 'loading') return open ? <Looking /> : <Waiting />;
  if (loaded.kind === 'failed') return <NoScan error={loaded.error} again={again} />;
  const preview = fresh?.photo.kind === 'prepared' ? fresh.photo.preview : undefined;
  return <Ended scan={loaded.value} preview={preview} words={words} />;
}

function NoScan({ error, again }: { readonly error: unknown; readonly again: () => void }) {
  const { result } = useWords();
  const isGone =
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'scan-not-found';
  return (
    <Page
      title={isGone ? result.gone.title : result.pageTitle}
      class="centred"
      quietTitle={!isGone}
      above={<EmptyPicture />}
    >
      {isGone ? <p>{result.gone.text}</p> : <Failure error={error} again={again} />}
      <Link to="/history" class="button quiet">
        {result.toHistory}
      </Link>
    </Page>
  );
}

/** The photo stays for this long and fades; then its pixels are freed. */
const fadeMs = 2600;

/** The photo turns into the picture of its result, once. */
function Fading({ preview }: { readonly preview: ImageBitmap }) {
  return <PhotoSquare preview={preview} class="fading" />;
}

interface EndedProps {
  readonly scan: ScanView;
  readonly preview: ImageBitmap | undefined;
  readonly words: ReturnType<typeof useWords>;
}

function Ended({ scan, preview, words }: EndedProps) {
  const title = titleOf(scan, words);
  const { result } = words;
  const left = useStore(useApp().balance)?.scansLeft;
  useEffect(() => announce(`${title}. ${deletionSentence(scan, words)}`), [title, scan]);
  const said = scan.band === undefined ? undefined : bandWords(scan, words);
  const none = said === undefined ? noResultWords(scan, words) : undefined;
  return (
    <Page
      title={title}
      class="result"
      above={
        <div class="result-picture">
          {scan.band === undefined ? (
            <AdvicePicture reason={scan.reason} />
          ) : (
            <BandPicture band={scan.band} />
          )}
          {preview === undefined ? null : <Fading preview={preview} />}
        </div>
      }
    >
      <p class="lead">{said?.means ?? none?.text}</p>
      {scan.charged ? null : <p class="uncharged">{result.notCharged}</p>}
      <Deletion scan={scan} />
      {said === undefined ? null : (
        <section class="meaning">
          <h2>{result.meansNot}</h2>
          <p>{said.meansNot}</p>
        </section>
      )}
      <section class="meaning">
        <h2>{result.next}</h2>
        <p>{none?.next ?? words.advice}</p>
        {none === undefined ? null : <p class="small">{words.advice}</p>}
      </section>
      <div class="buttons stacked">
        <button type="button" class="button big" onClick={() => navigate('/look')}>
          <Icon name="camera" />
          {result.another}
        </button>
        <Link to="/history" class="button quiet">
          {result.toHistory}
        </Link>
      </div>
      <p class="small charge">
        {scan.charged ? `${result.charged} ` : null}
        {left === undefined ? null : `${words.purchases.leftOf(left)}.`}
      </p>
    </Page>
  );
}

function deletionSentence(scan: ScanView, words: EndedProps['words']): string {
  const { deletion, state } = scan;
  if (deletion !== undefined) {
    return words.result.deleted(
      timeToTheSecond(deletion.deletedAt, words),
      secondsOf(deletion.msFromUpload, words),
    );
  }
  return state === 'expired' ? words.result.neverArrived : words.result.deletedSoon;
}

/** The sentence that the product exists for. */
function Deletion({ scan }: { readonly scan: ScanView }) {
  const words = useWords();
  const { count } = useApp();
  const { deletion } = scan;
  return (
    <div class="deletion">
      <div class="deletion-head">
        <Icon name="gone" />
        <p>{deletionSentence(scan, words)}</p>
      </div>
      {deletion === undefined ? null : (
        <details
          onToggle={(event: { readonly currentTarget: HTMLDetailsElement }) => {
            if (event.currentTarget.open) count('evidence-opened');
          }}
        >
          <summary>{words.result.evidence}</summary>
          <Evidence scan={scan} deletion={deletion} />
        </details>
      )}
    </div>
  );
}

function Evidence({
  scan,
  deletion,
}: {
  readonly scan: ScanView;
  readonly deletion: NonNullable<ScanView['deletion']>;
}) {
  const words = useWords();
  const { evidenceList: names, lifetimes, bound } = words.result;
  const { client } = useApp();
  const [status] = useLoaded(async (signal) => client.status({ signal }), []);
  const { model } = scan;
  const rows = [
    [
      names.deletedAt,
      <>
        {dayAndTime(deletion.deletedAt, words)}
        <br />
        <bdi class="small">{deletion.deletedAt}</bdi>
      </>,
    ],
    [names.checked, names.checkedText],
    [names.lived, `${deletion.msFromUpload} ms`],
    ...(model === undefined ? [] : [[names.model, `${model.name} ${model.version}`] as const]),
    ...(model === undefined ? [] : [[names.digest, model.digest] as const]),
    [names.kept, names.keptText],
    [names.id, scan.id],
  ] as const;
  return (
    <>
      <dl class="evidence">
        {rows.map(([term, text]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>
              <bdi>{text}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      {status.kind === 'loaded' ? (
        <p class="small">
          {status.value.lifetimes.p50Ms === undefined || status.value.lifetimes.maxMs === undefined
            ? null
            : `${lifetimes(
                secondsOf(status.value.lifetimes.p50Ms, words),
                secondsOf(status.value.lifetimes.maxMs, words),
                String(status.value.lifetimes.count ?? ''),
              )} `}
          {bound(Math.round(status.value.boundMs / 60_000))}
        </p>
      ) : null}
    </>
  );
}
