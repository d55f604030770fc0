/**
 * Who is told of a transaction: what every touched item was, before the first write, and that it is over, after the
 * last. A store that keeps its items on disk commits them then (keeper.ts). It must not know how a transaction runs.
 */
import type { WireItem } from './protocol.ts';

/** One item as it was before a transaction; `item` is null when there was none. */
export interface BeforeImage {
  readonly table: string;
  readonly key: WireItem;
  readonly item: WireItem | null;
}

/** All before-images of one transaction. */
export interface JournalRecord {
  readonly id: string;
  readonly before: readonly BeforeImage[];
}

export interface Journal {
  /** Remembers a transaction before its first write. */
  begin(record: JournalRecord): Promise<void>;
  /** Forgets a transaction that was applied or undone as a whole. */
  end(id: string): Promise<void>;
}

/** For a store that dies with its process: nothing outlives it, so nothing is noted. */
export const noJournal: Journal = { begin: async () => {}, end: async () => {} };
