/** Where somebody is signed in, and the ways to end that. */
import { useState } from 'preact/hooks';
import { announce } from '../announce.tsx';
import { useApp, useLoaded } from '../app.ts';
import { focusHeading, Page } from '../parts/layout.tsx';
import { Confirm, Failure, ToAccount, Waiting } from '../parts/parts.tsx';
import { dayAndTime } from '../parts/scan-words.ts';
import { Icon } from '../pictures/icons.tsx';
import { useWords } from '../words/words.ts';

export function Sessions() {
  const words = useWords();
  const { sessions } = words;
  const app = useApp();
  const { client } = app;
  const [loaded, again] = useLoaded(async () => client.sessions(), []);
  const [isAsking, setAsking] = useState(false);
  const [error, setError] = useState<unknown>();
  const attempt = async (perform: () => Promise<void>): Promise<void> => {
    setAsking(false);
    setError(undefined);
    try {
      await perform();
    } catch (caught) {
      setError(caught);
    }
  };
  return (
    <Page title={sessions.title} class="account" above={<ToAccount />}>
      <p class="lead">{sessions.lead}</p>
      {loaded.kind === 'failed' ? <Failure error={loaded.error} again={again} /> : null}
      {loaded.kind === 'loading' ? <Waiting /> : null}
      {loaded.kind === 'loaded' ? (
        <ul class="rows">
          {loaded.value.sessions.map(({ id, createdAt, lastUsedAt, current }) => (
            <li key={id} class="row session">
              <Icon name="device" />
              <div class="row-words">
                <span class="row-title">
                  {current ? sessions.here : sessions.began(dayAndTime(createdAt, words))}
                </span>
                <span class="small">{sessions.used(dayAndTime(lastUsedAt, words))}</span>
              </div>
              {current ? null : (
                <button
                  type="button"
                  class="button quiet small-button"
                  aria-label={sessions.endOf(dayAndTime(createdAt, words))}
                  onClick={() =>
                    void attempt(async () => {
                      await client.endSession(id);
                      announce(sessions.ended);
                      focusHeading();
                      again();
                    })
                  }
                >
                  {sessions.end}
                </button>
              )}
            </li>
          ))}
        </ul>
      ) : null}
      {error === undefined ? null : <Failure error={error} />}
      <button type="button" class="button quiet" onClick={() => setAsking(true)}>
        <Icon name="out" />
        {sessions.everywhere}
      </button>
      {isAsking ? (
        <Confirm
          title={sessions.everywhereTitle}
          text={sessions.everywhereText}
          confirm={sessions.everywhere}
          onConfirm={() => void attempt(async () => app.signOut({ everywhere: true }))}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </Page>
  );
}
