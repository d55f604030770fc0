/** When a photo could not be sent or its result not be read: what happened, and the way on with the same photo. */
import { useEffect, useRef } from 'preact/hooks';
import { announce } from '../announce.tsx';
import { useApp } from '../app.ts';
import type { Sendable, Trouble } from '../flow/flow.ts';
import { Page } from '../parts/layout.tsx';
import { AdvicePicture, OfflinePicture } from '../pictures/results.tsx';
import { Link } from '../router.tsx';
import { useStore } from '../store.ts';
import { useWords } from '../words/words.ts';

/** What can be mended by joining: the page of it comes up as soon as it is known what is missing. */
const missing: ReadonlySet<string> = new Set(['adults-only', 'consent-required', 'policy-changed']);

export function InTrouble({
  photo,
  error,
}: {
  readonly photo: Sendable | undefined;
  readonly error: Trouble;
}) {
  const words = useWords();
  const { flow, session, ...app } = useApp();
  const isIn = useStore(session.state) === 'signed-in';
  const { title, text } = words.errors[error.code];
  const wasAlert = useRef(false);
  useEffect(() => {
    if (!wasAlert.current) announce(`${title}. ${text}`);
    wasAlert.current = true;
  }, [title, text]);
  useEffect(() => {
    if (missing.has(error.code)) void app.readMe().catch(() => undefined);
  }, [error]);
  const canSend = photo !== undefined && isIn;
  return (
    <Page
      title={title}
      class="centred"
      above={error.code === 'network' ? <OfflinePicture /> : <AdvicePicture reason="interrupted" />}
    >
      <p>{text}</p>
      <p>
        {photo === undefined ? null : `${words.trouble.photoKept} `}
        {words.trouble.nothingLost}
      </p>
      {error.reference === undefined ? null : <p class="small">{words.trouble.reference(error.reference)}</p>}
      <div class="buttons stacked">
        {error.code === 'no-scans-left' ? (
          <Link to="/account/purchases" class="button big">
            {words.buy.go}
          </Link>
        ) : null}
        {canSend ? (
          <button
            type="button"
            class={error.code === 'no-scans-left' ? 'button quiet' : 'button big'}
            onClick={() => void flow.send()}
          >
            {words.tryAgain}
          </button>
        ) : null}
        <button type="button" class="button quiet" onClick={() => flow.forget()}>
          {words.trouble.start}
        </button>
      </div>
    </Page>
  );
}
