/**
 * The tables, their keys and indexes, as data: `lib/` declares them on AWS, `local/` creates them in the
 * embedded cloud, and the adapters name attributes only through what stands here. No I/O.
 *
 * One table a data class (design: "Data classes"), so that a role for one class cannot read another.
 */

/** What a datum is, legally; each class has its own table, role, retention and readers. */
export const dataClasses = [
  'personal',
  'health',
  'transactions',
  'evidence',
  'communications',
  'erasure',
  'usage',
  'operations',
] as const;
export type DataClass = (typeof dataClasses)[number];

/** A key attribute and its DynamoDB scalar type. */
export interface KeyAttribute {
  readonly name: string;
  readonly type: 'S' | 'N';
}

/** A global secondary index. Items without its keys are not in it (a sparse index). */
export interface IndexDefinition {
  readonly name: string;
  readonly partitionKey: KeyAttribute;
  readonly sortKey?: KeyAttribute;
  /** Which attributes an item has in it: all, its keys alone, or its keys and those named. */
  readonly projection: 'all' | 'keys-only' | readonly string[];
}

/** One table: on-demand billing, encrypted, no stream. */
export interface TableDefinition {
  /** Logical name; the physical one is this behind the environment's prefix. */
  readonly name: TableName;
  readonly dataClass: DataClass;
  readonly partitionKey: KeyAttribute;
  readonly sortKey?: KeyAttribute;
  readonly indexes: readonly IndexDefinition[];
  /** Attribute in epoch seconds after which DynamoDB may remove the item; none: items stay. */
  readonly ttlAttribute?: string;
}

const text = (name: string): KeyAttribute => ({ name, type: 'S' });
const number = (name: string): KeyAttribute => ({ name, type: 'N' });

/**
 * Class *personal*. Items of one account share its partition, so that a strong query finds all of them:
 * - `account`: state, address, affirmation of adulthood, accepted policy
 * - `session#ID`: one sign-in on one device
 * - `day#YYYY-MM-DD`: tickets given that UTC day
 * - `idempotency#KEY`: the scan a request made and a keyed hash of its body, for 24 h
 */
export const accountsTable: TableDefinition = {
  name: 'accounts',
  dataClass: 'personal',
  partitionKey: text('accountId'),
  sortKey: text('item'),
  indexes: [],
  ttlAttribute: 'removeAfter',
};

/**
 * Class *personal*. What signing in needs before it knows whose account it is; addresses and sources as keyed hashes:
 * - `address#HASH`: the account that an address signs in to
 * - `code#ID`: a one-time code, hashed, for minutes
 * - `codes#HASH#DAY`: which codes an address got that may not be removed yet, for its erasure
 * - `limit#NAME#HASH#WINDOW`: how often somebody asked
 * - `suppressed#HASH`: an address that mail came back from
 */
export const identitiesTable: TableDefinition = {
  name: 'identities',
  dataClass: 'personal',
  partitionKey: text('identity'),
  indexes: [],
  ttlAttribute: 'removeAfter',
};

/** Index of a person's scans, newest last; a scan that lost its account is not in it. */
export const historyIndex = 'history';
/** Sparse, sharded index of scans that are not terminal, for the sweep. */
export const openIndex = 'open';

/** Class *health*. One item a scan, found from the object key by a strong read of this table. */
export const scansTable: TableDefinition = {
  name: 'scans',
  dataClass: 'health',
  partitionKey: text('scanId'),
  indexes: [
    { name: historyIndex, partitionKey: text('accountId'), sortKey: number('issuedAt'), projection: 'all' },
    {
      name: openIndex,
      partitionKey: text('openShard'),
      sortKey: number('deadlineAt'),
      projection: 'keys-only',
    },
  ],
  ttlAttribute: 'removeAfter',
};

/**
 * Class *transactions*. Keyed by the account, then by Stripe's payment intent, so that a ticket finds the
 * account's units by a strong read and an erasure misses none.
 */
export const purchasesTable: TableDefinition = {
  name: 'purchases',
  dataClass: 'transactions',
  partitionKey: text('accountId'),
  sortKey: text('paymentIntentId'),
  indexes: [],
};

/**
 * Class *evidence*. `consent#PURPOSE` is what stands now (the item that a ticket's condition checks and a
 * withdrawal writes); `act#MOMENT#ID` is one act of the person, added and never changed.
 */
export const consentsTable: TableDefinition = {
  name: 'consents',
  dataClass: 'evidence',
  partitionKey: text('accountId'),
  sortKey: text('item'),
  indexes: [],
};

/** Sparse index of messages that nobody answered yet, reports that nobody decided about and answers to surveys; keys only, no word of them. */
export const waitingIndex = 'waiting';

/**
 * Class *communications*. What a person chose to tell: `message#MOMENT#ID`, `feedback#MOMENT#ID`, and
 * `minor#MOMENT#ID` (somebody reported that the account is a minor's). Reports about the system itself, which belong
 * to no account, are in the partition `reports`.
 */
export const communicationsTable: TableDefinition = {
  name: 'communications',
  dataClass: 'communications',
  partitionKey: text('accountId'),
  sortKey: text('item'),
  indexes: [
    {
      name: waitingIndex,
      partitionKey: text('waiting'),
      sortKey: number('at'),
      projection: 'keys-only',
    },
  ],
  ttlAttribute: 'removeAfter',
};

/** Index of what staff did about an account, for its person: no name of the staff, and nothing in their words. */
export const seenIndex = 'seen';

/**
 * Class *evidence*. What staff did, day by day: `MOMENT#ID`, written before anything is read, and never changed. In the
 * partition `authority`, what authorities asked for and what became of it: `authority#ID`.
 */
export const auditTable: TableDefinition = {
  name: 'audit',
  dataClass: 'evidence',
  partitionKey: text('day'),
  sortKey: text('item'),
  indexes: [
    {
      name: seenIndex,
      partitionKey: text('accountId'),
      sortKey: number('at'),
      projection: ['category', 'action', 'reason', 'removeAfter'],
    },
  ],
  ttlAttribute: 'removeAfter',
};

/** Sparse index of erasures that have passes to come, by when; keys only. */
export const dueIndex = 'due';

/**
 * Class *erasure*. Names nobody: random ids, and keyed hashes that lead nowhere once what they were made from is gone.
 * - `account#HASH`: an account was severed; `history#HASH`, `messages#HASH`: what it had written by then was erased
 * - `work#REFERENCE`: the passes of one erasure, done and to come
 */
export const erasuresTable: TableDefinition = {
  name: 'erasures',
  dataClass: 'erasure',
  partitionKey: text('erasure'),
  indexes: [
    { name: dueIndex, partitionKey: text('pending'), sortKey: number('dueAt'), projection: 'keys-only' },
  ],
  ttlAttribute: 'removeAfter',
};

/**
 * Class *usage*. How often what was done in the app, as counters of a UTC day: `used#YYYY-MM-DD#SHARD`. No identifier is
 * in it, no moment, and nothing that leads to a person (CAL-9).
 */
export const usageTable: TableDefinition = {
  name: 'usage',
  dataClass: 'usage',
  partitionKey: text('item'),
  indexes: [],
};

/**
 * Class *operations*. Nothing about a person:
 * - `heartbeat`: the last sweep that reached its end (ONE-5)
 * - `sight`: what the last listing of the bucket that reached its end held
 * - `dwell#YYYY-MM-DD#SHARD`: how many objects lived how long that UTC day, counters only (ONE-1)
 * - `parked#HASH`: an event of the payment provider that could not be handled
 * - `retention`: how far the day's retention came
 * - `replay`: how far the erasures after a restored backup came
 */
export const operationsTable: TableDefinition = {
  name: 'operations',
  dataClass: 'operations',
  partitionKey: text('item'),
  indexes: [],
  ttlAttribute: 'removeAfter',
};

/** Attribute that says by which layout an item was written; items without it are of the first. */
export const layoutAttribute = 'layout';
/**
 * The layout that is written today. Counters and marks that an update creates (a day's tickets, heartbeat, sight,
 * lifetimes) carry none: they live for days and have had one meaning since the first.
 */
export const currentLayout = 3;

/** Every table of the product. */
export const tables: readonly TableDefinition[] = [
  accountsTable,
  identitiesTable,
  scansTable,
  purchasesTable,
  consentsTable,
  communicationsTable,
  auditTable,
  erasuresTable,
  usageTable,
  operationsTable,
];

export type TableName =
  | 'accounts'
  | 'identities'
  | 'scans'
  | 'purchases'
  | 'consents'
  | 'communications'
  | 'audit'
  | 'erasures'
  | 'usage'
  | 'operations';

/** An index's projection as DynamoDB's API takes it. */
export function projectionOf({ projection }: Pick<IndexDefinition, 'projection'>): {
  readonly ProjectionType: 'ALL' | 'KEYS_ONLY' | 'INCLUDE';
  readonly NonKeyAttributes?: string[];
} {
  if (projection === 'all') return { ProjectionType: 'ALL' };
  if (projection === 'keys-only') return { ProjectionType: 'KEYS_ONLY' };
  return { ProjectionType: 'INCLUDE', NonKeyAttributes: [...projection] };
}

/** Physical table names of one environment. */
export type TableNames = Readonly<Record<TableName, string>>;

/** The physical names behind an environment's prefix, for example `onceover-dev-`. */
export function tableNames(prefix: string): TableNames {
  return {
    accounts: `${prefix}accounts`,
    identities: `${prefix}identities`,
    scans: `${prefix}scans`,
    purchases: `${prefix}purchases`,
    consents: `${prefix}consents`,
    communications: `${prefix}communications`,
    audit: `${prefix}audit`,
    erasures: `${prefix}erasures`,
    usage: `${prefix}usage`,
    operations: `${prefix}operations`,
  };
}

/** Sort keys of the items that share an account's partition. */
export const itemKey = {
  account: 'account',
  day: (now: number): string => `day#${new Date(now).toISOString().slice(0, 10)}`,
  idempotency: (key: string): string => `idempotency#${key}`,
  session: (sessionId: string): string => `session#${sessionId}`,
  consent: (purpose: string): string => `consent#${purpose}`,
  act: (at: number, actId: string): string => `act#${new Date(at).toISOString()}#${actId}`,
  message: (at: number, messageId: string): string => `message#${new Date(at).toISOString()}#${messageId}`,
  feedback: (at: number, feedbackId: string): string =>
    `feedback#${new Date(at).toISOString()}#${feedbackId}`,
  minor: (at: number, reportId: string): string => `minor#${new Date(at).toISOString()}#${reportId}`,
  security: (at: number, reportId: string): string => `security#${new Date(at).toISOString()}#${reportId}`,
  audit: (at: number, auditId: string): string => `${new Date(at).toISOString()}#${auditId}`,
  authority: (requestId: string): string => `authority#${requestId}`,
  heartbeat: 'heartbeat',
  sight: 'sight',
  dwell: (now: number, shard: number): string => `dwell#${new Date(now).toISOString().slice(0, 10)}#${shard}`,
  parked: (eventHash: string): string => `parked#${eventHash}`,
  retention: 'retention',
  replay: 'replay',
  used: (day: string, shard: number): string => `used#${day}#${shard}`,
} as const;

/** Keys of the items of `identities`. */
export const identityKey = {
  address: (addressHash: string): string => `address#${addressHash}`,
  code: (codeId: string): string => `code#${codeId}`,
  codes: (addressHash: string, day: number): string => `codes#${addressHash}#${day}`,
  limit: (name: string, hash: string, window: number): string => `limit#${name}#${hash}#${window}`,
  suppressed: (addressHash: string): string => `suppressed#${addressHash}`,
} as const;

/** Keys of the items of `erasures`. */
export const erasureKey = {
  mark: (scope: string, accountHash: string): string => `${scope}#${accountHash}`,
  work: (reference: string): string => `work#${reference}`,
} as const;

/** Shards of a day's counters of lifetimes: no item of it is hot. */
export const dwellShards = 8;
/** How many UTC days, today's included, the published lifetimes cover. */
export const dwellWindowDays = 7;
/** How long a day's counters are kept. */
export const dwellKeptMs = 30 * 24 * 60 * 60 * 1000;

/** How long an event that could not be handled stays to be seen. */
export const parkedKeptMs = 90 * 24 * 60 * 60 * 1000;

/** Shards of a day's counters of use. */
export const usageShards = 8;

/** The counter of one thing that is done in the app. */
export function usageAttribute(event: string): string {
  return `used-${event}`;
}

/** The counter of one bucket of `core/dwell.ts`. */
export function dwellAttribute(bucket: number): string {
  return `lived${bucket}`;
}
