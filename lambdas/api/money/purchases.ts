/** What a person bought, as they may see it (CAL-8). */
import type { PaymentReceipt, Purchases, PurchaseView } from '../../../core/contract.ts';
import { OnceoverError } from '../../../core/errors.ts';
import { unitsLeft, type Purchase } from '../../../core/purchase.ts';
import type { ApiPorts } from '../ports.ts';
import { instant } from '../scan-view.ts';

type PurchasePorts = Pick<ApiPorts, 'purchases' | 'payments'>;

export async function listPurchases(ports: PurchasePorts, accountId: string): Promise<Purchases> {
  const purchases = await ports.purchases.list(accountId);
  return {
    purchases: purchases.toSorted((a, b) => b.boughtAt - a.boughtAt).map(viewPurchase),
    scansLeft: purchases.reduce((sum, purchase) => sum + unitsLeft(purchase), 0),
  };
}

/** Asks the provider, which alone has it. Throws `purchase-not-found` and `receipt-not-found`. */
export async function readReceipt(
  ports: PurchasePorts,
  accountId: string,
  paymentIntentId: string,
): Promise<PaymentReceipt> {
  const purchase = await ports.purchases.find(accountId, paymentIntentId);
  if (purchase === undefined) throw new OnceoverError('purchase-not-found');
  const url = await ports.payments.receipt(paymentIntentId);
  if (url === undefined) throw new OnceoverError('receipt-not-found');
  return { url };
}

function viewPurchase(purchase: Purchase): PurchaseView {
  const { paymentIntentId, boughtAt, planId, amount, currency, voidedAt, voidReason } = purchase;
  return {
    id: paymentIntentId,
    boughtAt: instant(boughtAt),
    ...(planId === undefined ? {} : { plan: planId }),
    ...(amount === undefined || currency === undefined
      ? {}
      : { price: { minorUnits: amount, currency, refundedMinorUnits: purchase.amountRefunded ?? 0 } }),
    scans: {
      total: purchase.scansTotal,
      left: unitsLeft(purchase),
      used: purchase.scansUsed,
      completed: purchase.scansCompleted,
    },
    ...(voidedAt === undefined ? {} : { voidedAt: instant(voidedAt) }),
    ...(voidReason === undefined ? {} : { voidReason }),
  };
}
