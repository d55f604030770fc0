/**
 * Keeps a store's items beyond its process: after each write, and before anybody else sees it, what the touched
 * items have become is committed to a kept map, of a transaction as a whole. The store itself stays in memory and
 * is filled again at the start, indexes included; the undo journal of transactions therefore needs no disk.
 *
 * dynalite can keep its own files, but writes an item and its index entries one by one: a kill between them would
 * leave an open scan that no index shows. Not kept: tables and TTL settings, which are the code's at each start.
 * Must not know locks: the caller holds the store alone while anything here writes.
 */
import type { KeptMap, Change } from '../data/kept-map.ts';
import type { Engine, Place } from './engine.ts';
import { isAnswer } from './engine.ts';
import type { BeforeImage, Journal } from './journal.ts';
import type { Answer, Json, JsonObject, WireItem } from './protocol.ts';
import { listOf, objectOf } from './protocol.ts';
import { rememberSuccesses, type Successes, type TokenUse } from './successes.ts';

/** One row of the kept map: an item, or the use of a ClientRequestToken. */
export type KeptRow =
  | { readonly table: string; readonly item: WireItem }
  | ({ readonly token: string } & TokenUse);

export interface Keeper {
  /** Runs one single or batch write and keeps what it changed. */
  write(operation: string, body: JsonObject, work: () => Promise<Answer>): Promise<Answer>;
  /** For transactions: its `end` keeps what they changed. */
  readonly journal: Journal;
  readonly successes: Successes;
  /** Puts an item in place and keeps it. */
  readonly restore: (image: BeforeImage) => Promise<void>;
  /** Resolves when every write so far would survive a power cut. */
  flush(): Promise<void>;
}

/** True for the single and batch operations that change items. */
export const isWrite = (operation: string): boolean =>
  /^(?:(?:Put|Update|Delete)Item|BatchWriteItem)$/.test(operation);

/** Fills an empty store from the map, and keeps what is written from then on. */
export async function createKeeper(engine: Engine, kept: KeptMap<KeptRow>): Promise<Keeper> {
  const uses: [string, TokenUse][] = [];
  for (const [, row] of kept.entries()) {
    if ('token' in row) uses.push([row.token, row]);
    else await engine.restore({ table: row.table, key: await keyOf(engine, row), item: row.item });
  }
  const begun = new Map<string, readonly BeforeImage[]>();
  /** Uses of tokens that go with the next commit. */
  let staged: Change<KeptRow>[] = [];

  async function commit(before: readonly BeforeImage[]): Promise<void> {
    const changes = [...staged];
    staged = [];
    for (const image of before) {
      const item = await engine.read(image);
      if (JSON.stringify(item) === JSON.stringify(image.item)) continue;
      changes.push([await rowKey(engine, image), item === null ? null : { table: image.table, item }]);
    }
    try {
      kept.commit(changes);
    } catch (error) {
      // What the disk does not take must not be seen either.
      for (const image of before) await engine.restore(image);
      throw error;
    }
  }

  return {
    async write(operation, body, work) {
      const before = await beforeImages(engine, operation, body);
      const answer = await work();
      await commit(before);
      return answer;
    },
    journal: {
      begin: async ({ id, before }) => void begun.set(id, before),
      async end(id) {
        const before = begun.get(id) ?? [];
        begun.delete(id);
        await commit(before);
      },
    },
    successes: rememberSuccesses({
      uses,
      changed: (token, use) =>
        void staged.push([`token ${token}`, use === undefined ? null : { token, ...use }]),
    }),
    async restore(image) {
      const before = { ...image, item: await engine.read(image) };
      await engine.restore(image);
      await commit([before]);
    },
    flush: () => kept.flush(),
  };
}

/** Equal for equal places: `1` and `1.0` are one number. */
async function rowKey(engine: Engine, { table, key }: BeforeImage): Promise<string> {
  const place = await engine.locate('DeleteItem', { TableName: table, Key: { ...key } });
  if (isAnswer(place)) throw new Error(`A written key does not fit the table ${table}`);
  return `item ${place.identity}`;
}

async function keyOf(engine: Engine, { table, item }: { table: string; item: WireItem }): Promise<WireItem> {
  const place = await engine.locate('PutItem', { TableName: table, Item: { ...item } });
  if (isAnswer(place)) throw new Error(`A kept item does not fit the table ${table}`);
  return place.key;
}

/** Everything that a write names, as it is; nothing when the write will be refused. */
async function beforeImages(
  engine: Engine,
  operation: string,
  body: JsonObject,
): Promise<readonly BeforeImage[]> {
  if (engine.check(operation, body) !== undefined) return [];
  const places: (Place | Answer)[] = [];
  for (const single of singleWrites(operation, body)) {
    places.push(await engine.locate(single.operation, single.body));
  }
  const images: BeforeImage[] = [];
  for (const place of places) {
    if (isAnswer(place)) continue;
    const { table, key } = place;
    images.push({ table, key, item: await engine.read(place) });
  }
  return images;
}

function singleWrites(
  operation: string,
  body: JsonObject,
): readonly { readonly operation: string; readonly body: JsonObject }[] {
  if (operation !== 'BatchWriteItem') return [{ operation, body }];
  return Object.entries(objectOf(body['RequestItems'])).flatMap(([TableName, writes]) =>
    listOf(writes).flatMap((write) =>
      Object.entries(objectOf(write)).map(([kind, of]: [string, Json]) => ({
        operation: kind === 'PutRequest' ? 'PutItem' : 'DeleteItem',
        body: { TableName, ...objectOf(of) },
      })),
    ),
  );
}
