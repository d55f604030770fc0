/** Follows a deletion to its end, without an account: under way, or gone. The address is all that one needs to come back. */
import { useEffect, useState } from 'preact/hooks';
import type { ErasureView } from '../../core/contract.ts';
import { announce } from '../announce.tsx';
import { useApp } from '../app.ts';
import { Page } from '../parts/layout.tsx';
import { Failure, Note, Waiting } from '../parts/parts.tsx';
import { dayAndTime } from '../parts/scan-words.ts';
import { EmptyPicture } from '../pictures/results.tsx';
import { GonePicture } from '../pictures/steps.tsx';
import { Link } from '../router.tsx';
import { useWords } from '../words/words.ts';

/** Asked again after this long, ms. */
const askEveryMs = 5000;

type State =
  | { readonly at: 'asking' | 'gone' }
  | { readonly at: 'erasing'; readonly erasure: ErasureView['erasure'] }
  | { readonly at: 'failed'; readonly error: unknown };

export function Gone({ reference }: { readonly reference: string }) {
  const words = useWords();
  const { gone } = words;
  const { client } = useApp();
  const [state, setState] = useState<State>({ at: 'asking' });
  const [round, setRound] = useState(0);
  useEffect(() => {
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      try {
        const answer = await client.erasure(reference, { signal: controller.signal });
        if (controller.signal.aborted) return;
        setState(answer === undefined ? { at: 'gone' } : { at: 'erasing', erasure: answer.erasure });
        if (answer !== undefined) timer = setTimeout(() => void ask(), askEveryMs);
      } catch (error) {
        if (!controller.signal.aborted) setState({ at: 'failed', error });
      }
    };
    void ask();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [reference, round]);
  useEffect(() => {
    if (state.at === 'gone') announce(`${gone.done.title} ${gone.done.text}`);
  }, [state.at]);
  switch (state.at) {
    case 'asking':
      return <Waiting />;
    case 'failed':
      return (
        <Page title={gone.failed} class="centred" above={<EmptyPicture />}>
          <Failure error={state.error} again={() => setRound((last) => last + 1)} />
        </Page>
      );
    case 'gone':
      return (
        <Page key="gone" title={gone.done.title} class="centred gone" above={<GonePicture />}>
          <p>{gone.done.text}</p>
          <Link to="/" class="button quiet">
            {gone.home}
          </Link>
        </Page>
      );
    case 'erasing':
      return (
        <Page
          key="erasing"
          title={gone.erasing.title}
          class="centred gone"
          above={<GonePicture isDone={false} />}
        >
          <p>{gone.erasing.text}</p>
          <p>{gone.erasing.asked(dayAndTime(state.erasure.requestedAt, words))}</p>
          <Note icon="history">
            <p>{gone.erasing.keep}</p>
            <p class="small address">{location.href}</p>
          </Note>
        </Page>
      );
  }
}
