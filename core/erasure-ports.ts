/**
 * What erasure needs from the world, beside `ports.ts`. Implemented by `lambdas/adapters` and by stand-ins in `test/`.
 */
import type { Erasure, ErasureCause, ErasureScope, PendingErasure } from './erasure.ts';

/** Which accounts were erased. */
export interface ErasureLedger {
  /** Strong read. True from the moment in which the account is severed. */
  has(accountId: string): Promise<boolean>;
}

/** A wish to erase. */
export interface ErasureRequest {
  readonly reference: string;
  readonly accountId: string;
  readonly scope: ErasureScope;
  readonly cause: ErasureCause;
  /** As `parseAddress` made it. */
  readonly email?: string;
  /** Epoch ms. */
  readonly at: number;
}

/** Something that was erased. */
export interface ErasureMark {
  readonly scope: ErasureScope;
  /** Epoch ms. */
  readonly erasedAt: number;
}

/** Something that was erased, and that a restored backup brought back. */
export interface RestoredData extends ErasureMark {
  readonly reference: string;
  readonly accountId: string;
  /** Where the tables still say what its address leads to. */
  readonly addressHash?: string;
  /** Epoch ms. */
  readonly at: number;
}

/** Erasures under way, and the ledger of those that were. */
export interface ErasureStore extends ErasureLedger {
  /**
   * One transaction: the account is severed (of a part: is active), the ledger says so, and the work is written down.
   * `severed`: it was before, under that reference. `inactive`: no account that could be. `conflict`: try again.
   */
  begin(request: ErasureRequest): Promise<'begun' | 'inactive' | 'conflict' | { readonly severed: string }>;
  /** What the ledger says of an account: what was erased, up to when; strong reads. */
  marksOf(accountId: string): Promise<readonly ErasureMark[]>;
  /** Writes work for what was erased before and is back. An account that is back is severed again. */
  redo(restored: RestoredData): Promise<void>;
  /**
   * Keeps an account from ever being opened, for as long as a token could be made for it. False: there is such an account,
   * and nothing was written.
   */
  bar(accountId: string, at: number): Promise<boolean>;
  /** Under which reference an account was severed; strong read. */
  referenceOf(accountId: string): Promise<string | undefined>;
  /** Strong read. */
  find(reference: string): Promise<Erasure | undefined>;
  /** Whose next pass is due, the longest wait first; eventually consistent. */
  due(now: number): AsyncIterable<PendingErasure>;
  /** Writes what a pass led to; false when another run wrote before. */
  advance(from: PendingErasure, to: Erasure): Promise<boolean>;
}

/** Tables in which an account has a partition of its own. */
export const accountTables = ['communications', 'consents', 'accounts', 'purchases'] as const;
export type AccountTable = (typeof accountTables)[number];

/** Which of an account's items in a table. Default: every one */
export interface ItemChoice {
  /** How the item's key begins, one of these. */
  readonly prefixes?: readonly string[];
  /** Written by then, epoch ms. */
  readonly until?: number;
}

/** Everything stored about one account, past every use. Each deletion may come twice. */
export interface PersonalData {
  /** Ids of the account's scans: those of the index, and by strong reads those of its recent requests. */
  scanIds(accountId: string): Promise<readonly string[]>;
  /** Deletes a scan that ended, if it is the account's or, erased, nobody's. */
  removeScan(accountId: string, scanId: string): Promise<void>;
  /** Deletes items of a table; `accounts`: the account itself last. */
  removeItems(table: AccountTable, accountId: string, choice?: ItemChoice): Promise<void>;
  /** How many items are left, by strong reads. */
  countItems(table: AccountTable, accountId: string, choice?: ItemChoice): Promise<number>;
  /** Deletes what the address led to, unless it leads to another account by now, and counters of account and address. */
  removeIdentity(accountId: string, addressHash: string | undefined, now: number): Promise<void>;
  /** Whether the address still leads to this account; strong read. */
  leadsTo(accountId: string, addressHash: string): Promise<boolean>;
}

/** Users as the identity provider keeps them. */
export interface UserDirectory {
  /** Also when there is none. */
  remove(accountId: string): Promise<void>;
  /** Every user who was created before; empty where the provider is ours and keeps none. */
  createdBefore(at: number): AsyncIterable<string>;
}

/** Addresses to which the mail provider itself sends nothing. */
export interface MailSuppressions {
  /** Also when there is none. */
  forget(address: string): Promise<void>;
}

/** What the payment provider has beside payments, which the law makes it keep. */
export interface PaymentTraces {
  /** Ends checkouts that wait to be paid, and deletes customers behind payments. */
  forget(trace: {
    readonly accountId: string;
    readonly email: string | undefined;
    readonly paymentIntentIds: readonly string[];
  }): Promise<void>;
}
