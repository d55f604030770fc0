/**
 * What is said to whoever comes back from the payment page. Coming back proves nothing: the provider is asked until it
 * says that the money came, is on its way, or never will, and until the scans are there.
 */
import { useEffect, useState } from 'preact/hooks';
import type { CheckoutState } from '../../core/contract.ts';
import { OnceoverApiError } from '../../client/error.ts';
import { announce } from '../announce.tsx';
import { useApp } from '../app.ts';
import { Failure, Note } from '../parts/parts.tsx';
import { Icon } from '../pictures/icons.tsx';
import { Link } from '../router.tsx';
import { useWords } from '../words/words.ts';

/** Asked again after this long, ms: soon, for a card is quick; then rarely, for a bank is not. */
const soonMs = 1000;
const laterMs = 5000;
/** From here on it takes longer than usual, ms. */
const longAfterMs = 15_000;

type State =
  | { readonly at: 'nothing' | 'cancelled' }
  | { readonly at: 'asking'; readonly isLong: boolean }
  | { readonly at: 'told'; readonly checkout: CheckoutState; readonly isLong: boolean }
  | { readonly at: 'failed'; readonly error: unknown };

/** What the address says of the way here. */
function arrival(): State & { readonly id?: string } {
  const query = new URLSearchParams(location.search);
  const id = query.get('id') ?? undefined;
  if (query.get('checkout') === 'cancelled') return { at: 'cancelled' };
  if (query.get('checkout') === 'paid' && id !== undefined) return { at: 'asking', isLong: false, id };
  return { at: 'nothing' };
}

/** Settled: nothing more will be asked. */
function isOver({ state, purchase }: CheckoutState): boolean {
  return state === 'paid' ? purchase !== undefined : state !== 'pending';
}

/** Who came back from the payment page, and what is known of it; `what` names the words for it. */
export interface Return {
  readonly state: State;
  readonly what:
    | 'nothing'
    | 'failed'
    | 'asking'
    | 'confirming'
    | 'there'
    | 'pending'
    | 'refused'
    | 'cancelled';
  readonly again: () => void;
}

/** Follows a payment from the address that the payment page led to until nothing more will come of it. */
export function useReturn(): Return {
  const app = useApp();
  const [{ id, ...first }] = useState(arrival);
  const [state, setState] = useState<State>(first);
  const [round, setRound] = useState(0);
  useEffect(() => {
    // A reload, or a step back, is no second coming.
    if (id === undefined) history.replaceState(null, '', location.pathname);
    if (id === undefined) return undefined;
    const begun = performance.now();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const controller = new AbortController();
    const ask = async (): Promise<void> => {
      const isLong = performance.now() - begun > longAfterMs;
      try {
        const checkout = await app.client.checkout(id, { signal: controller.signal });
        if (checkout.purchase !== undefined) await app.readBalance();
        if (controller.signal.aborted) return;
        setState({ at: 'told', checkout, isLong });
        if (isOver(checkout)) {
          history.replaceState(null, '', location.pathname);
          return;
        }
        timer = setTimeout(() => void ask(), isLong || checkout.state === 'pending' ? laterMs : soonMs);
      } catch (error) {
        if (!controller.signal.aborted) setState({ at: 'failed', error });
      }
    };
    void ask();
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [id, round]);
  return {
    state,
    what: state.at === 'told' ? outcomeOf(state.checkout) : state.at,
    again: () => setRound((last) => last + 1),
  };
}

export function CheckoutReturn({ state, what, again }: Return) {
  const { checkout: words } = useWords();
  useEffect(() => {
    if (what !== 'nothing' && what !== 'failed') announce(`${words[what].title} ${words[what].text}`);
  }, [what]);
  switch (what) {
    case 'nothing':
      return null;
    case 'failed':
      return state.at === 'failed' && !isStrange(state.error) ? (
        <Failure error={state.error} again={again} />
      ) : null;
    case 'asking':
    case 'confirming':
      return (
        <div class="card coming" data-checkout={what}>
          <span class="ring" aria-hidden="true" />
          <div>
            <h2>{words[what].title}</h2>
            <p>{words[what].text}</p>
            {'isLong' in state && state.isLong ? <p class="small">{words.long}</p> : null}
          </div>
        </div>
      );
    case 'there':
      return (
        <div class="card coming done" data-checkout={what}>
          <Icon name="check" />
          <div>
            <h2>{words.there.title}</h2>
            <p>{words.there.text}</p>
            <Link to="/look" class="button">
              {words.use}
            </Link>
          </div>
        </div>
      );
    case 'pending':
    case 'refused':
    case 'cancelled':
      return (
        <div data-checkout={what}>
          <Note icon={what === 'pending' ? 'history' : 'cross'} tone={what === 'refused' ? 'warm' : 'plain'}>
            <p class="note-title">{words[what].title}</p>
            <p>{words[what].text}</p>
          </Note>
        </div>
      );
  }
}

function outcomeOf({ state, purchase }: CheckoutState) {
  switch (state) {
    case 'open':
    case 'expired':
      return 'cancelled' as const;
    case 'pending':
      return 'pending' as const;
    case 'failed':
      return 'refused' as const;
    case 'paid':
      return purchase === undefined ? ('confirming' as const) : ('there' as const);
  }
}

/** An address that somebody typed, or that is another person's: it says nothing here. */
function isStrange(error: unknown): boolean {
  return error instanceof OnceoverApiError && error.code === 'purchase-not-found';
}
