/**
 * One pass of an erasure: deletes everything that is stored about an account, or a part of it, and reads back that it is
 * gone. Each step may have been done before, by a pass that was killed in it or after it; purchases go last, because
 * ending a scan needs its own.
 */
import type { PendingErasure } from './erasure.ts';
import type {
  AccountTable,
  ItemChoice,
  MailSuppressions,
  PaymentTraces,
  PersonalData,
  UserDirectory,
} from './erasure-ports.ts';
import type { PurchaseStore } from './payment-ports.ts';
import type { AccountStore, VerifiedDeletion } from './ports.ts';
import { isOpen, type Scan } from './scan.ts';
import { settle, type SettlePorts } from './settle.ts';

export interface ErasePartPorts extends SettlePorts {
  readonly data: PersonalData;
  readonly images: VerifiedDeletion;
}

export interface ErasePorts extends ErasePartPorts {
  readonly accounts: AccountStore;
  readonly purchases: Pick<PurchaseStore, 'list'>;
  readonly users: Pick<UserDirectory, 'remove'>;
  readonly suppressions: MailSuppressions;
  readonly traces: PaymentTraces;
}

/** Everything of an account. In the order of `eraseAccount`. */
export const erasureSteps = [
  'scans',
  'users',
  'suppressions',
  'traces',
  'communications',
  'consents',
  'identities',
  'accounts',
  'purchases',
] as const;
export type ErasureStep = (typeof erasureSteps)[number];

/** What a person wrote; reports that others made about the account are not among it. */
const written: readonly string[] = ['message#', 'feedback#'];

/** Does one pass. `clean`: nothing was left when it was read back. Throws what a port throws. */
export async function erase(ports: ErasePorts, erasure: PendingErasure): Promise<'clean' | 'left'> {
  switch (erasure.scope) {
    case 'account':
      return eraseAccount(ports, erasure);
    case 'history':
    case 'messages':
      return erasePart(ports, erasure);
  }
}

/** The pass of a part: what was there when it was asked for. */
export async function erasePart(ports: ErasePartPorts, erasure: PendingErasure): Promise<'clean' | 'left'> {
  const { requestedAt, until = requestedAt, work } = erasure;
  if (erasure.scope === 'history') return eraseScans(ports, work.accountId, until);
  return eraseItems(ports, 'communications', work.accountId, { prefixes: written, until });
}

async function eraseAccount(ports: ErasePorts, { work }: PendingErasure): Promise<'clean' | 'left'> {
  const steps = stepsOf(ports, work);
  let outcome: 'clean' | 'left' = 'clean';
  for (const step of erasureSteps) {
    if ((await steps[step]()) === 'left') outcome = 'left';
    // What ends a scan needs its purchase, and what is left is tried again with all that it needs.
    if (outcome === 'left') return outcome;
  }
  return outcome;
}

function stepsOf(
  ports: ErasePorts,
  { accountId, addressHash }: PendingErasure['work'],
): Readonly<Record<ErasureStep, () => Promise<'clean' | 'left'>>> {
  const { data } = ports;
  const done = async (act: Promise<void>): Promise<'clean'> => {
    await act;
    return 'clean';
  };
  const items = (table: AccountTable) => () => eraseItems(ports, table, accountId);
  return {
    scans: () => eraseScans(ports, accountId),
    users: () => done(ports.users.remove(accountId)),
    suppressions: () => done(forgetAddress(ports, accountId)),
    traces: () => done(forgetPayer(ports, accountId)),
    communications: items('communications'),
    consents: items('consents'),
    identities: async () => {
      await data.removeIdentity(accountId, addressHash, ports.clock.now());
      return addressHash !== undefined && (await data.leadsTo(accountId, addressHash)) ? 'left' : 'clean';
    },
    // The address is in it: whatever needs it comes before.
    accounts: items('accounts'),
    purchases: items('purchases'),
  };
}

/** Known while the account's own item is there, which goes after this. */
async function forgetAddress({ accounts, suppressions }: ErasePorts, accountId: string): Promise<void> {
  const email = (await accounts.find(accountId))?.email;
  if (email !== undefined) await suppressions.forget(email);
}

async function forgetPayer(ports: ErasePorts, accountId: string): Promise<void> {
  const [account, purchases] = [await ports.accounts.find(accountId), await ports.purchases.list(accountId)];
  const paymentIntentIds = purchases.map(({ paymentIntentId }) => paymentIntentId);
  await ports.traces.forget({ accountId, email: account?.email, paymentIntentIds });
}

async function eraseItems(
  { data }: ErasePartPorts,
  table: AccountTable,
  accountId: string,
  choice: ItemChoice = {},
): Promise<'clean' | 'left'> {
  await data.removeItems(table, accountId, choice);
  return (await data.countItems(table, accountId, choice)) === 0 ? 'clean' : 'left';
}

/** Deletions under way at once. */
const atOnce = 10;

async function eraseScans(
  ports: ErasePartPorts,
  accountId: string,
  until = Infinity,
): Promise<'clean' | 'left'> {
  const ids = await ports.data.scanIds(accountId);
  let left = 0;
  for (let from = 0; from < ids.length; from += atOnce) {
    const some = ids.slice(from, from + atOnce);
    const gone = await Promise.all(some.map((scanId) => eraseScan(ports, accountId, scanId, until)));
    left += gone.filter((one) => !one).length;
  }
  return left === 0 ? 'clean' : 'left';
}

/** A scan moves at most from issued to claimed, through a few leases, to its end. */
const maxLooks = 5;

/** False: it kept moving, or is still there. */
async function eraseScan(
  ports: ErasePartPorts,
  accountId: string,
  scanId: string,
  until: number,
): Promise<boolean> {
  for (let look = 0; look < maxLooks; look += 1) {
    const scan = await ports.scans.find(scanId);
    if (scan === undefined || scan.issuedAt > until) return true;
    const isOurs = scan.accountId === accountId || scan.state === 'erased';
    if (!isOurs) return true;
    if (isOpen(scan)) await settle(ports, scan, { state: 'erased' });
    // Its item names the image, and goes when the image has: whatever comes later is deleted unread, as nothing is open.
    else if (await removeImage(ports, scan)) await ports.data.removeScan(accountId, scanId);
  }
  return (await ports.scans.find(scanId)) === undefined;
}

/** Only a scan that was ended here can have an image still; true when there is none. */
async function removeImage({ images }: ErasePartPorts, { scanId, state }: Scan): Promise<boolean> {
  if (state !== 'erased') return true;
  await images.delete(scanId);
  return images.isGone(scanId);
}
