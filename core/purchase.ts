/** Paid scans: units of a purchase, and which purchase a ticket takes its unit from. Pure. */

/** Why what was unused of a purchase can no longer be used. */
export const voidReasons = ['refunded', 'disputed'] as const;
export type VoidReason = (typeof voidReasons)[number];

/** One payment's units. `scansUsed` counts what tickets took and nobody gave back. */
export interface Purchase {
  readonly accountId: string;
  /** Stripe's payment intent: a purchase exists once for each. */
  readonly paymentIntentId: string;
  /** Epoch ms. */
  readonly boughtAt: number;
  /** Scans that the money which stayed with us pays for; a partial refund takes the same part of them back. */
  readonly scansTotal: number;
  readonly scansUsed: number;
  readonly scansCompleted: number;
  /** Epoch ms; a void blocks new tickets and is never lifted by giving back. */
  readonly voidedAt?: number;
  readonly voidReason?: VoidReason;
  /** What was bought, as the policy named it then; a purchase that nobody paid for (the local account's) has none. */
  readonly planId?: string;
  /** In the currency's smallest unit, tax included. */
  readonly amount?: number;
  /** ISO 4217, upper-case. */
  readonly currency?: string;
  /** Of `amount`, what went back. */
  readonly amountRefunded?: number;
}

/** Units that a ticket may still take. */
export function unitsLeft(purchase: Purchase): number {
  return purchase.voidedAt === undefined ? Math.max(0, purchase.scansTotal - purchase.scansUsed) : 0;
}

/** The purchase that the next ticket uses: the oldest with a unit left. */
export function choosePurchase(purchases: readonly Purchase[]): Purchase | undefined {
  return purchases
    .filter((purchase) => unitsLeft(purchase) > 0)
    .toSorted(
      (a, b) =>
        a.boughtAt - b.boughtAt ||
        (a.paymentIntentId < b.paymentIntentId ? -1 : Number(a.paymentIntentId > b.paymentIntentId)),
    )[0];
}
