/**
 * Everything that is stored about one person, table by table, page by page, as it is stored. What lies under the account's
 * own key is read strongly; the history of scans and the log of who looked are indexes and follow by moments.
 */
import { BatchGetCommand, QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { Account } from '../../../core/account.ts';
import { identityKeysOf, type PersonalHash } from '../../../core/identity-keys.ts';
import type { AccessLog, HoldingsStore, KeptIn, Page } from '../../../core/people-ports.ts';
import { staffActionNames, staffCategories, staffReasons, unlisted } from '../../../core/staff.ts';
import {
  historyIndex,
  identityKey,
  seenIndex,
  type TableName,
  type TableNames,
} from '../../../core/tables.ts';
import { parseCursor, renderCursor } from './cursor.ts';
import { upgraded } from './layout.ts';

/** Items of one page, at most. */
const pageSize = 50;

/** What is not the account's id in a key that a page ended with. */
type Position = readonly (string | number)[];

interface Part {
  readonly table: TableName;
  read(
    account: Account,
    from: Position | undefined,
    now: number,
  ): Promise<{ readonly items: readonly Record<string, unknown>[]; readonly end?: Position }>;
}

const cursorSchema = z.tuple([z.int().nonnegative()]).rest(z.union([z.string().max(300), z.int()]));

/** The store over one environment's tables. */
export function createHoldingsStore(
  client: DynamoDBDocumentClient,
  names: TableNames,
  keyedHash: PersonalHash,
): HoldingsStore {
  const under = (table: TableName, sortKey: string): Part => partition(client, names, table, [sortKey]);
  const parts: readonly Part[] = [
    under('accounts', 'item'),
    identities(client, names, keyedHash),
    partition(client, names, 'scans', ['scanId', 'issuedAt'], historyIndex),
    under('purchases', 'paymentIntentId'),
    under('consents', 'item'),
    under('communications', 'item'),
    partition(client, names, 'audit', ['day', 'item', 'at'], seenIndex),
  ];
  return {
    async page(account, after, now, only): Promise<Page<KeptIn>> {
      const [start, ...position] = after === undefined ? [0] : parseCursor(cursorSchema, after);
      let from: Position | undefined = position.length === 0 ? undefined : position;
      for (let at = start; at < parts.length; at += 1) {
        const part = parts[at];
        if (part === undefined) break;
        if (only?.has(part.table) === false) continue;
        const { items, end } = await part.read(account, from, now);
        from = undefined;
        const rest = end === undefined ? [at + 1] : [at, ...end];
        if (items.length === 0 && end === undefined) continue;
        return {
          // The index follows the table by moments: what was just erased may still be in it.
          items: items
            .filter(({ state }) => state !== 'erased')
            .map((item) => ({ table: part.table, item: upgraded(item) })),
          ...(rest[0] === parts.length ? {} : { next: renderCursor(rest) }),
        };
      }
      return { items: [] };
    },
  };
}

/** What an account has under its id, in a table or in an index of it; `key`: the rest of a key there. */
function partition(
  client: DynamoDBDocumentClient,
  names: TableNames,
  table: TableName,
  key: readonly string[],
  index?: string,
): Part {
  return {
    table,
    async read({ accountId }, from) {
      const page = await client.send(
        new QueryCommand({
          TableName: names[table],
          ...(index === undefined ? { ConsistentRead: true } : { IndexName: index, ScanIndexForward: false }),
          KeyConditionExpression: 'accountId = :accountId',
          ExpressionAttributeValues: { ':accountId': accountId },
          Limit: pageSize,
          ExclusiveStartKey:
            from === undefined
              ? undefined
              : { accountId, ...Object.fromEntries(key.map((name, at) => [name, from[at]])) },
        }),
      );
      const last = page.LastEvaluatedKey;
      return {
        items: page.Items ?? [],
        ...(last === undefined ? {} : { end: key.map((name) => positionOf(last[name])) }),
      };
    },
  };
}

function positionOf(value: unknown): string | number {
  return typeof value === 'number' ? value : String(value);
}

/** Few, under keys that are computed; codes, under the ids that the list of their day names. */
function identities(client: DynamoDBDocumentClient, names: TableNames, keyedHash: PersonalHash): Part {
  const most = 100;
  const readAll = async (keys: readonly string[]): Promise<readonly Record<string, unknown>[]> => {
    const items: Record<string, unknown>[] = [];
    let left = keys.map((identity): Record<string, unknown> => ({ identity }));
    while (left.length > 0) {
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetCommand({
          RequestItems: { [names.identities]: { Keys: left.slice(0, most), ConsistentRead: true } },
        }),
      );
      items.push(...(Responses?.[names.identities] ?? []));
      left = [...left.slice(most), ...(UnprocessedKeys?.[names.identities]?.Keys ?? [])];
    }
    return items;
  };
  return {
    table: 'identities',
    async read(account, _from, now) {
      const items = await readAll(identityKeysOf(account, keyedHash, now));
      const codes = items.flatMap(({ codeIds }) =>
        codeIds instanceof Set ? [...codeIds].map((id) => identityKey.code(String(id))) : [],
      );
      return { items: [...items, ...(await readAll(codes))] };
    },
  };
}

const entrySchema = z.object({
  at: z.int(),
  category: z.enum([...staffCategories, unlisted]).catch(unlisted),
  action: z.enum([...staffActionNames, unlisted]).catch(unlisted),
  // The index has no layout: a reason of no list is read as the words that reasons once were.
  reason: z.enum(staffReasons),
});

/** What staff did about an account, by the index that knows no name and no note. */
export function createAccessLog(client: DynamoDBDocumentClient, names: TableNames): AccessLog {
  const log = partition(client, names, 'audit', ['day', 'item', 'at'], seenIndex);
  const positionSchema = z.tuple([z.string().max(20), z.string().max(100), z.int()]);
  return {
    async page(accountId, after) {
      const from = after === undefined ? undefined : parseCursor(positionSchema, after);
      const { items, end } = await log.read({ accountId, state: 'active' }, from, 0);
      return {
        items: items.map((item) => entrySchema.parse(upgraded(item))),
        ...(end === undefined ? {} : { next: renderCursor(end) }),
      };
    },
  };
}
