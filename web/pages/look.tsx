/** From the file chooser to the moment in which the photo is looked at. Each step of the flow has its own view. */
import { useEffect } from 'preact/hooks';
import { useApp } from '../app.ts';
import type { Sendable, Step } from '../flow/flow.ts';
import { Checklist } from '../parts/checklist.tsx';
import { Page } from '../parts/layout.tsx';
import { Waiting } from '../parts/parts.tsx';
import { PhotoSquare } from '../parts/photo-square.tsx';
import { Pick } from '../parts/pick.tsx';
import { Icon } from '../pictures/icons.tsx';
import { AdvicePicture, OriginalPicture } from '../pictures/results.tsx';
import { navigate } from '../router.tsx';
import { useStore } from '../store.ts';
import { useWords } from '../words/words.ts';
import { Choose } from './choose.tsx';
import { InTrouble } from './in-trouble.tsx';
import { Looking, Sending } from './under-way.tsx';

export function Look() {
  const { flow } = useApp();
  const step = useStore(flow.step);
  useEffect(() => {
    // Also to whoever was on another page meanwhile; the result's own page forgets what it has shown.
    const now = flow.step.get();
    if (now.at === 'ended') navigate(`/scans/${now.scan.id}`, { replace: true });
  }, [step]);
  switch (step.at) {
    case 'none':
      return <Choose />;
    case 'preparing':
      return <Preparing />;
    case 'unreadable':
      return <Unreadable why={step.why} />;
    case 'asking':
      return <AskForOriginal format={step.format} />;
    case 'ready':
      return <Ready photo={step.photo} />;
    case 'sending':
      return <Sending step={step} />;
    case 'looking':
      return <Looking photo={step.photo} />;
    case 'ended':
      return null;
    case 'trouble':
      return <InTrouble photo={step.photo} error={step.error} />;
  }
}

function Preparing() {
  const { preparing } = useWords();
  return (
    <Page title={preparing.title} class="centred">
      <Waiting />
      <p>{preparing.text}</p>
    </Page>
  );
}

function Unreadable({ why }: { readonly why: Extract<Step, { at: 'unreadable' }>['why'] }) {
  const { unreadable } = useWords();
  const text = {
    format: unreadable.text,
    damaged: unreadable.damaged,
    size: unreadable.tooLarge,
    memory: unreadable.noMemory,
  }[why];
  const reason = why === 'damaged' ? 'corrupt-image' : 'unsupported-format';
  return (
    <Page title={unreadable.title} class="centred" above={<AdvicePicture reason={reason} />}>
      <p>{text}</p>
      <Pick primary />
    </Page>
  );
}

function AskForOriginal({ format }: { readonly format: string }) {
  const { original } = useWords();
  const { flow } = useApp();
  return (
    <Page title={original.title} class="centred" above={<OriginalPicture />}>
      <p>{original.text(format.toUpperCase())}</p>
      <p>{original.server}</p>
      <div class="buttons stacked">
        <button type="button" class="button quiet" onClick={() => void flow.agreeToOriginal()}>
          {original.send}
        </button>
      </div>
      <Pick primary={false} />
    </Page>
  );
}

function Ready({ photo }: { readonly photo: Sendable }) {
  const { ready } = useWords();
  const app = useApp();
  const { flow } = app;
  const left = useStore(app.balance)?.scansLeft;
  if (photo.kind === 'original') return null;
  const isGood = photo.checks.every(({ problem }) => problem === undefined);
  const size = `${Math.max(1, Math.round(photo.bytes.byteLength / 1024))} KB`;
  const stripped = (
    <p class="small stripped">
      <Icon name="lock" />
      {ready.stripped(size)}
    </p>
  );
  const send = (
    <button type="button" class={isGood ? 'button big' : 'button quiet'} onClick={() => void flow.send()}>
      {isGood ? ready.send : ready.sendAnyway}
    </button>
  );
  return (
    <Page title={ready.title} class="ready">
      <div class="side-by-side">
        <PhotoSquare preview={photo.preview} label={ready.frame} class="framed">
          <svg class="centre-frame" viewBox="0 0 100 100" aria-hidden="true" focusable="false">
            <path
              class="veil"
              fill-rule="evenodd"
              d="M0 0h100v100H0zM27 19h46a8 8 0 0 1 8 8v46a8 8 0 0 1-8 8H27a8 8 0 0 1-8-8V27a8 8 0 0 1 8-8z"
            />
            <path
              class="corner"
              d="M19 34v-7a8 8 0 0 1 8-8h7M66 19h7a8 8 0 0 1 8 8v7M81 66v7a8 8 0 0 1-8 8h-7M34 81h-7a8 8 0 0 1-8-8v-7"
            />
          </svg>
        </PhotoSquare>
        <div class="stack">
          <p class="small">{ready.lead}</p>
          <Checklist checks={photo.checks} />
          {isGood ? (
            <>
              <div class="buttons stacked">
                {send}
                {left === undefined ? null : <p class="small">{ready.costs(left)}</p>}
              </div>
              {stripped}
              <Pick primary={false} another={ready} />
            </>
          ) : (
            <>
              {stripped}
              <Pick primary another={ready} />
              <div class="buttons stacked">
                {send}
                <p class="small">{ready.anyway}</p>
              </div>
            </>
          )}
        </div>
      </div>
    </Page>
  );
}
