/** While a photo goes out and is looked at: how far it is, and what to expect. */
import { useEffect, useState } from 'preact/hooks';
import { announce } from '../announce.tsx';
import { useApp } from '../app.ts';
import type { Sendable, Step } from '../flow/flow.ts';
import { Page } from '../parts/layout.tsx';
import { Note } from '../parts/parts.tsx';
import { PhotoSquare } from '../parts/photo-square.tsx';
import { useWords } from '../words/words.ts';

/** The photo in a round window whose rim fills as the bytes go out. */
function Window({ photo, share }: { readonly photo: Sendable; readonly share: number | undefined }) {
  const round = 2 * Math.PI * 47;
  return (
    <div class={share === undefined ? 'window looking' : 'window'}>
      {photo.kind === 'prepared' ? <PhotoSquare preview={photo.preview} /> : <div class="square blank" />}
      <svg viewBox="0 0 100 100" aria-hidden="true" focusable="false">
        <circle class="rim" cx="50" cy="50" r="47" />
        <circle
          class="rim-done"
          cx="50"
          cy="50"
          r="47"
          stroke-dasharray={round}
          stroke-dashoffset={round * (1 - (share ?? 0.25))}
        />
      </svg>
    </div>
  );
}

export function Sending({ step }: { readonly step: Extract<Step, { at: 'sending' }> }) {
  const { sending } = useWords();
  const { flow } = useApp();
  const percent = Math.round(step.share * 100);
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    globalThis.addEventListener('beforeunload', warn);
    return () => globalThis.removeEventListener('beforeunload', warn);
  }, []);
  return (
    <Page title={sending.title} class="centred" above={<Window photo={step.photo} share={step.share} />}>
      <div
        class="percent"
        role="progressbar"
        aria-label={sending.title}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
      >
        {sending.percent(percent)}
      </div>
      <p>{location.protocol === 'https:' ? sending.text : sending.local}</p>
      <div role="status">{step.slow ? <Note icon="history">{sending.slow}</Note> : null}</div>
      <button type="button" class="button quiet" onClick={() => flow.forget()}>
        {sending.stop}
      </button>
    </Page>
  );
}

/** Said when the look takes longer than anybody would expect, ms. */
const longAfterMs = 10_000;

/** While the photo is looked at; `photo` is absent when the page was loaded anew meanwhile. */
export function Looking({ photo }: { readonly photo?: Sendable }) {
  const { looking } = useWords();
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    announce(looking.title);
    const timer = setTimeout(() => setLong(true), longAfterMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Page
      title={looking.title}
      class="centred"
      above={
        photo === undefined ? (
          <div class="window looking">
            <div class="square blank" />
            <svg viewBox="0 0 100 100" aria-hidden="true" focusable="false">
              <circle class="rim" cx="50" cy="50" r="47" />
              <circle class="rim-done" cx="50" cy="50" r="47" stroke-dasharray="74 300" />
            </svg>
          </div>
        ) : (
          <Window photo={photo} share={undefined} />
        )
      }
    >
      <p>{looking.text}</p>
      <div role="status">{isLong ? <Note icon="history">{looking.long}</Note> : null}</div>
    </Page>
  );
}
