/** What is left, the packs that can be bought, and everything that was bought: its units, its receipt, what went back. */
import { useState } from 'preact/hooks';
import type { Purchases as Balance, PurchaseView } from '../../core/contract.ts';
import { useApp, useLoaded, usePolicy } from '../app.ts';
import { Page } from '../parts/layout.tsx';
import { priceOf } from '../parts/money-words.ts';
import { Packs } from '../parts/packs.tsx';
import { Failure, ToAccount, Waiting } from '../parts/parts.tsx';
import { dayAndTime } from '../parts/scan-words.ts';
import { Icon } from '../pictures/icons.tsx';
import { useStore } from '../store.ts';
import { inLanguage, useWords } from '../words/words.ts';
import { CheckoutReturn, useReturn } from './checkout-return.tsx';

export function Purchases() {
  const { purchases: words } = useWords();
  const app = useApp();
  const [reading, again] = useLoaded(async () => app.readBalance(), []);
  const balance = useStore(app.balance);
  const back = useReturn();
  const isArriving = back.what === 'asking' || back.what === 'confirming';
  return (
    <Page title={words.title} class="account" above={<ToAccount />}>
      <CheckoutReturn {...back} />
      {reading.kind === 'failed' ? <Failure error={reading.error} again={again} /> : null}
      {balance === undefined && reading.kind === 'loading' ? <Waiting /> : null}
      <LeftAndBought balance={balance} isArriving={isArriving} />
    </Page>
  );
}

/**
 * What is left, the ways to more, and what was bought; without an answer, the ways to more alone. Whoever has just paid is
 * neither asked to pay again nor told that there is nothing, before what they bought is there; what they had is theirs to see.
 */
function LeftAndBought({
  balance,
  isArriving,
}: {
  readonly balance: Balance | undefined;
  readonly isArriving: boolean;
}) {
  const { purchases: words } = useWords();
  return (
    <>
      {balance === undefined || (isArriving && balance.scansLeft === 0) ? null : (
        <p class="card balance">
          <span class="big-number">{balance.scansLeft}</span>
          <span>{words.left(balance.scansLeft)}</span>
        </p>
      )}
      {isArriving ? null : (
        <section aria-labelledby="packs">
          <h2 id="packs">{words.more}</h2>
          <Packs />
        </section>
      )}
      {balance === undefined || (isArriving && balance.purchases.length === 0) ? null : (
        <section aria-labelledby="bought">
          <h2 id="bought">{words.bought}</h2>
          {balance.purchases.length === 0 ? <p class="small">{words.none}</p> : null}
          <ul class="rows">
            {balance.purchases.map((purchase) => (
              <OnePurchase key={purchase.id} purchase={purchase} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function OnePurchase({ purchase }: { readonly purchase: PurchaseView }) {
  const words = useWords();
  const { purchases, language } = words;
  const policy = usePolicy();
  const { plan: planId, price, scans, boughtAt, voidedAt, voidReason } = purchase;
  const plan = policy?.plans.find((one) => one.planId === planId);
  const date = dayAndTime(boughtAt, words);
  const title = plan === undefined ? purchases.pack(scans.total) : inLanguage(plan.title, language.code);
  return (
    <li class="card purchase" data-purchase={purchase.id}>
      <div class="purchase-head">
        <div>
          <h3>{title}</h3>
          <time class="small" dateTime={boughtAt}>
            {date}
          </time>
        </div>
        {price === undefined ? null : <span class="price">{priceOf(price, language.code)}</span>}
      </div>
      <p>{purchases.units(scans.left, scans.used)}</p>
      {price === undefined || price.refundedMinorUnits === 0 ? null : (
        <p class="small">
          {purchases.refunded(
            priceOf({ ...price, minorUnits: price.refundedMinorUnits }, language.code),
            scans.total,
          )}
        </p>
      )}
      {voidedAt === undefined || voidReason === undefined ? null : (
        <p class="small">{purchases.voided[voidReason](dayAndTime(voidedAt, words))}</p>
      )}
      <Receipt purchaseId={purchase.id} label={purchases.receiptOf(title, date)} />
    </li>
  );
}

/** The provider's own page, in a tab of its own; we keep no copy of it, so its address is asked for when it is wanted. */
function Receipt({ purchaseId, label }: { readonly purchaseId: string; readonly label: string }) {
  const { purchases } = useWords();
  const { client } = useApp();
  const [error, setError] = useState<unknown>();
  const show = async (): Promise<void> => {
    setError(undefined);
    // Opened before the question, while the browser still knows that somebody pressed a button.
    const tab = globalThis.open('', '_blank');
    try {
      const { url } = await client.paymentReceipt(purchaseId);
      if (tab === null) location.assign(url);
      else tab.location.replace(url);
    } catch (caught) {
      tab?.close();
      setError(caught);
    }
  };
  return (
    <>
      <button type="button" class="text-link" aria-label={label} onClick={() => void show()}>
        {purchases.receipt}
        <Icon name="away" />
      </button>
      {error === undefined ? null : <Failure error={error} />}
    </>
  );
}
