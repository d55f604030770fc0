/**
 * Why an item is kept and until when, by the policy file alone: the export says it to the person, upkeep deletes by it,
 * and a test holds every stored item against it. Pure.
 */
import { classOfTable, type ItemKind, type Policy, type Retention } from './policy.ts';
import { tables, type TableName } from './tables.ts';

/** An item as it is stored. */
export type StoredItem = Readonly<Record<string, unknown>>;

/** What the policy says of one stored item. */
export interface Keeping {
  readonly kind: ItemKind;
  readonly retention: Retention;
  /** Epoch ms; undefined: until something happens that `retention` names. */
  readonly until?: number;
}

/** Says why an item is kept. Undefined for an item of no kind that the policy names, which must not be. */
export function keepingOf(policy: Policy, table: TableName, item: StoredItem): Keeping | undefined {
  const { kinds, retention: ofClass } = classOfTable(policy, table);
  const key = keyOf(table, item);
  const kind = kinds.find(({ begins }) => begins === undefined || isOf(key, begins));
  if (kind === undefined) return undefined;
  const retention = kind.retention ?? ofClass;
  const until = endOf(item);
  return { kind, retention, ...(until === undefined ? {} : { until }) };
}

/** The attribute that tells the items of a partition, or of a table, apart. */
function keyOf(table: TableName, item: StoredItem): string {
  const definition = tables.find(({ name }) => name === table);
  return String(item[definition?.sortKey?.name ?? definition?.partitionKey.name ?? '']);
}

/** A beginning with a `#` is one; without, it is the whole key. */
function isOf(key: string, begins: string): boolean {
  return begins.endsWith('#') ? key.startsWith(begins) : key === begins;
}

/** When it goes by itself: every item that does carries the moment, in the database's own seconds. */
function endOf({ removeAfter }: StoredItem): number | undefined {
  return typeof removeAfter === 'number' ? removeAfter * 1000 : undefined;
}

/** What becomes of a stored item now. `unexplained`: the policy names no reason for it, or no end where it must have one. */
export type Due = 'kept' | 'due' | 'unexplained';

/** Decides about one item. */
export function dueOf(policy: Policy, table: TableName, item: StoredItem, now: number): Due {
  const keeping = keepingOf(policy, table, item);
  if (keeping === undefined) return 'unexplained';
  const { retention, until } = keeping;
  if (until !== undefined) return until <= now ? 'due' : 'kept';
  return retention.until === 'days-after-writing' || retention.until === 'session-ends'
    ? 'unexplained'
    : 'kept';
}

/** How far a run over stored items came. Names none of them. */
export interface RunProgress {
  /** Of how many parts each table is. */
  readonly segments: number;
  /** Steps that are done, in their order. */
  readonly steps: number;
}

/** How far a day's run came. */
export interface RetentionProgress extends RunProgress {
  /** UTC day on which it began, `YYYY-MM-DD`. */
  readonly day: string;
}

/** By which parts are divided; more of them would take a day to ask for. (The database makes a million of a table.) */
const finer = 8;
const mostSegments = 16_384;

/** The same place in smaller parts: the table that it is in is begun again. */
export function divided(progress: RunProgress): RunProgress {
  const segments = progress.segments * finer;
  if (segments > mostSegments) return progress;
  return { segments, steps: Math.floor(progress.steps / progress.segments) * segments };
}

/** One step: a part of a table, of as many as that. */
export interface RetentionStep {
  readonly table: TableName;
  readonly segment: number;
  readonly segments: number;
}

/** Every step of a run over these tables. Default: all, as a day's run goes */
export function retentionSteps(
  segments: number,
  names: readonly TableName[] = tables.map(({ name }) => name),
): readonly RetentionStep[] {
  return names.flatMap((table) =>
    Array.from({ length: segments }, (_, segment) => ({ table, segment, segments })),
  );
}
