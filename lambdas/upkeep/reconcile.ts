/**
 * Compares books, once a day: what the payment provider says of each payment against the purchase here, and what each
 * purchase counts against its scans. What a lost event left undone is done; what would give scans or money away by a
 * guess is only told. A difference that is older than any event could be is an alarm.
 */
import { applyPayment, type ApplyPaymentPorts } from '../../core/apply-payment.ts';
import {
  changedAt,
  differenceOf,
  driftToleratedMs,
  purchaseOf,
  type DifferenceKind,
  type Payment,
} from '../../core/payment.ts';
import type { PaymentProvider, PurchaseBooks, PurchaseStore } from '../../core/payment-ports.ts';
import type { JoiningStore } from '../../core/people-ports.ts';
import type { Clock, ScanStore } from '../../core/ports.ts';
import type { Purchase } from '../../core/purchase.ts';
import { isOpen, openShards, protocol } from '../../core/scan.ts';
import type { Log } from '../runtime/log.ts';

export interface ReconcilePorts extends ApplyPaymentPorts {
  readonly payments: Pick<PaymentProvider, 'find' | 'list' | 'note' | 'refund'>;
  readonly purchases: Pick<PurchaseStore, 'find' | 'keep'> & PurchaseBooks;
  readonly scans: Pick<ScanStore, 'find' | 'findOverdue'>;
  readonly joining: Pick<JoiningStore, 'findOpenWork'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** One difference, as a person looks it up at the provider. */
export interface Difference {
  readonly kind: DifferenceKind;
  readonly paymentIntentId: string;
  /** How long it has been so, at least, ms. Absent: there was never a moment at which it would be right. */
  readonly lastsMs?: number;
  readonly repaired: boolean;
}

/** What one run found and did. */
export interface ReconcileReport {
  readonly payments: number;
  readonly purchases: number;
  readonly differences: readonly Difference[];
  /** Of those, how many lasted too long. */
  readonly drift: number;
}

/** What an event that comes late would do as well. */
const repairable: ReadonlySet<DifferenceKind> = new Set(['missing', 'not-voided', 'too-many-scans']);

/** One run over all books. `repair`: whether to write, or only to look. Throws what a port throws. */
export async function reconcile(
  ports: ReconcilePorts,
  { repair }: { readonly repair: boolean },
): Promise<ReconcileReport> {
  const differences: Difference[] = [];
  const paid = new Set<string>();
  let payments = 0;
  for await (const payment of ports.payments.list()) {
    payments += 1;
    if (payment.paid) paid.add(payment.paymentIntentId);
    const found = await comparePayment(ports, payment, repair);
    if (found !== undefined) differences.push(found);
  }
  const open = await countOpenScans(ports);
  let purchases = 0;
  for await (const purchase of ports.purchases.all()) {
    purchases += 1;
    const { paymentIntentId } = purchase;
    if (!paid.has(paymentIntentId) && (await isUnpaid(ports, paymentIntentId))) {
      const lastsMs = ports.clock.now() - purchase.boughtAt;
      differences.push({ kind: 'unpaid', paymentIntentId, lastsMs, repaired: false });
    }
    if (await isMiscounted(ports, purchase, open.get(keyOf(purchase)) ?? 0)) {
      // State and charge change together, so there is no moment at which this is right.
      differences.push({ kind: 'miscounted', paymentIntentId, repaired: false });
    }
  }
  return tell(ports.log, { payments, purchases, differences });
}

async function comparePayment(
  ports: ReconcilePorts,
  payment: Payment,
  repair: boolean,
): Promise<Difference | undefined> {
  const asked = purchaseOf(payment);
  if (asked === undefined) return undefined;
  const { accountId, paymentIntentId } = payment;
  if (await ports.erasures.has(accountId)) {
    // Its purchase is gone with the account, as it must be; money that came for nobody goes back.
    if (repair) await applyPayment(ports, paymentIntentId);
    return undefined;
  }
  const kind = differenceOf(await ports.purchases.find(accountId, paymentIntentId), asked);
  if (kind === undefined) return undefined;
  const lastsMs = ports.clock.now() - changedAt(payment);
  const answer = repair && repairable.has(kind) ? await applyPayment(ports, paymentIntentId) : undefined;
  const repaired = answer === 'kept' || answer === 'stands';
  return { kind, paymentIntentId, lastsMs, repaired };
}

/** Asked by itself: it may have been paid since the listing went by. */
async function isUnpaid({ payments }: ReconcilePorts, paymentIntentId: string): Promise<boolean> {
  const payment = await payments.find(paymentIntentId);
  return payment === undefined || payment === 'not-ours' || !payment.paid;
}

function keyOf({ accountId, paymentIntentId }: Pick<Purchase, 'accountId' | 'paymentIntentId'>): string {
  return `${accountId}/${paymentIntentId}`;
}

/** Open scans by purchase, as the index of open scans shows them: it may lag, so a difference is looked at again. */
async function countOpenScans({ scans, clock }: ReconcilePorts): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  // Every open scan is overdue by then.
  const then = clock.now() + 2 * protocol.deadlineMs;
  for (let shard = 0; shard < openShards; shard += 1) {
    for await (const scanId of scans.findOverdue(String(shard), then)) {
      const scan = await scans.find(scanId);
      if (scan === undefined || !isOpen(scan)) continue;
      counts.set(keyOf(scan), (counts.get(keyOf(scan)) ?? 0) + 1);
    }
  }
  return counts;
}

const maxLooks = 5;

/** Whether a purchase counts other than its scans, by strong reads between which it did not change. */
async function isMiscounted(ports: ReconcilePorts, purchase: Purchase, open: number): Promise<boolean> {
  if (purchase.scansUsed === purchase.scansCompleted + open) return false;
  const { accountId, paymentIntentId } = purchase;
  for (let look = 0; look < maxLooks; look += 1) {
    const before = await ports.purchases.find(accountId, paymentIntentId);
    const work = await ports.joining.findOpenWork(accountId, ports.clock.now());
    const after = await ports.purchases.find(accountId, paymentIntentId);
    if (before === undefined || after === undefined) return false;
    const still = before.scansUsed === after.scansUsed && before.scansCompleted === after.scansCompleted;
    const own = work.scans.filter((scan) => scan.paymentIntentId === paymentIntentId).length;
    if (after.scansUsed === after.scansCompleted + own) return false;
    if (still) return true;
    await ports.pacing.pause(look);
  }
  // So busy that no look was at rest; the next day's may be.
  return false;
}

function tell(
  log: Log,
  { payments, purchases, differences }: Omit<ReconcileReport, 'drift'>,
): ReconcileReport {
  const lasting = differences.filter(({ lastsMs = Infinity }) => lastsMs > driftToleratedMs);
  for (const [difference, ofKind] of Map.groupBy(lasting, ({ kind }) => kind)) {
    log.error('payments-drift', undefined, { difference, count: ofKind.length });
  }
  const repaired = differences.filter((one) => one.repaired).length;
  log.info('payments-reconciled', { payments, purchases, count: differences.length, repaired });
  return { payments, purchases, differences, drift: lasting.length };
}
