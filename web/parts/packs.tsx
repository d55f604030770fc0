/** The packs that can be bought, with the way to the payment provider's own page. No card is typed anywhere here. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { PolicyView } from '../../core/contract.ts';
import { announce } from '../announce.tsx';
import { useApp, usePolicyLoaded } from '../app.ts';
import { Icon } from '../pictures/icons.tsx';
import { useStore } from '../store.ts';
import { inLanguage, useWords } from '../words/words.ts';
import { priceOf } from './money-words.ts';
import { Failure, Note, Waiting } from './parts.tsx';

type Plan = PolicyView['plans'][number];

export function Packs() {
  const { buy, language } = useWords();
  const app = useApp();
  const [policy, readAgain] = usePolicyLoaded();
  // Whoever has scans left is shown the way to more and not pushed there.
  const isWanted = useStore(app.balance)?.scansLeft === 0;
  const hasPhoto = 'photo' in useStore(app.flow.step);
  const [opening, setOpening] = useState<string>();
  const [error, setError] = useState<unknown>();
  /** The same key for the same pack, so that pressing again after a lost answer opens one checkout and not two. */
  const keys = useRef(new Map<string, string>());
  useEffect(() => {
    // Whoever steps back from the payment page may find this page as it was left.
    const back = (): void => setOpening(undefined);
    globalThis.addEventListener('pageshow', back);
    return () => globalThis.removeEventListener('pageshow', back);
  }, []);
  if (policy.kind === 'loading') return <Waiting />;
  if (policy.kind === 'failed') return <Failure error={policy.error} again={readAgain} />;
  const open = async ({ planId }: Plan): Promise<void> => {
    setOpening(planId);
    setError(undefined);
    announce(buy.opening);
    const idempotencyKey = keys.current.get(planId) ?? crypto.randomUUID();
    keys.current.set(planId, idempotencyKey);
    try {
      const { url } = await app.client.openCheckout(planId, { idempotencyKey });
      // A photo in memory goes with the page; its bytes need not wait for the garbage collector.
      app.flow.forget();
      location.assign(url);
    } catch (caught) {
      setOpening(undefined);
      setError(caught);
    }
  };
  return (
    <div class="stack">
      {hasPhoto ? <Note icon="image">{buy.photoGoes}</Note> : null}
      <ul class="packs">
        {policy.value.plans.map((plan) => (
          <li key={plan.planId} class="card pack" data-plan={plan.planId}>
            <div>
              <p class="row-title">{inLanguage(plan.title, language.code)}</p>
              <p class="small">{buy.each(priceOf(eachOf(plan), language.code))}</p>
            </div>
            <p class="price">{priceOf(plan.price, language.code)}</p>
            <button
              type="button"
              class={isWanted ? 'button' : 'button quiet'}
              disabled={opening !== undefined}
              aria-label={buy.buyPack(
                inLanguage(plan.title, language.code),
                priceOf(plan.price, language.code),
              )}
              onClick={() => void open(plan)}
            >
              {opening === plan.planId ? buy.opening : buy.buy}
            </button>
          </li>
        ))}
      </ul>
      {error === undefined ? null : <Failure error={error} />}
      <ul class="ticks small">
        {buy.terms.map((term) => (
          <li key={term}>
            <Icon name="check" />
            {term}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What one scan of it costs. */
function eachOf({ price, scans }: Plan): Plan['price'] {
  return { ...price, minorUnits: price.minorUnits / scans };
}
