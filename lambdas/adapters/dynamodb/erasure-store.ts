/**
 * Erasures under way and the ledger of those that were, in DynamoDB. No item holds anything about a person: accounts are
 * found by a keyed hash of their random id, and the id itself stays only until the last pass.
 */
import {
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import {
  erasureCauses,
  erasureScopes,
  erasureTimes,
  type Erasure,
  type PendingErasure,
} from '../../../core/erasure.ts';
import type { ErasureRequest, ErasureStore } from '../../../core/erasure-ports.ts';
import { dueIndex, erasureKey, itemKey, type TableNames } from '../../../core/tables.ts';
import type { KeyedHash } from '../../../core/ports.ts';
import { cancellationOf, isConditionFailure, transact, type Actions } from './failures.ts';
import { stamped, upgraded } from './layout.ts';

/** The one value of the sparse index's key. */
const pending = 'yes';

const markItem = z.object({ reference: z.string(), erasedAt: z.int() });
const workItem = z.object({
  reference: z.string(),
  scope: z.enum(erasureScopes),
  cause: z.enum(erasureCauses),
  requestedAt: z.int(),
  until: z.int().exactOptional(),
  passes: z.int(),
  accountId: z.string().exactOptional(),
  addressHash: z.string().exactOptional(),
  dueAt: z.int().exactOptional(),
  doneAt: z.int().exactOptional(),
});

/** What an account's mark is found by. */
export function markKeyOf(keyedHash: KeyedHash, scope: string, accountId: string): string {
  return erasureKey.mark(scope, keyedHash('erasure', accountId));
}

/** Holds where an account was not severed: part of every transaction that opens something for one. */
export function notErased(names: TableNames, keyedHash: KeyedHash, accountId: string): Actions[number] {
  return {
    ConditionCheck: {
      TableName: names.erasures,
      Key: { erasure: markKeyOf(keyedHash, 'account', accountId) },
      ConditionExpression: 'attribute_not_exists(erasure)',
    },
  };
}

/** The store over one environment's tables. */
export function createErasureStore(
  client: DynamoDBDocumentClient,
  names: TableNames,
  keyedHash: KeyedHash,
): ErasureStore {
  const read = async (erasure: string): Promise<Record<string, unknown> | undefined> =>
    (await client.send(new GetCommand({ TableName: names.erasures, Key: { erasure }, ConsistentRead: true })))
      .Item;
  const referenceOf = async (accountId: string): Promise<string | undefined> => {
    const item = await read(markKeyOf(keyedHash, 'account', accountId));
    return item === undefined ? undefined : markItem.parse(upgraded(item)).reference;
  };
  const find = async (reference: string): Promise<Erasure | undefined> => {
    const item = await read(erasureKey.work(reference));
    return item === undefined ? undefined : erasureOfItem(item);
  };

  return {
    has: async (accountId) => (await referenceOf(accountId)) !== undefined,
    referenceOf,
    find,
    async begin(request) {
      const accountPart = 0;
      try {
        await client.send(
          new TransactWriteCommand({ TransactItems: beginActions(names, keyedHash, request) }),
        );
        return 'begun';
      } catch (error) {
        const cancellation = cancellationOf(error);
        if (cancellation === undefined) throw error;
        if (cancellation.failed.length === 0) return 'conflict';
        if (request.scope === 'account') {
          const reference = await referenceOf(request.accountId);
          if (reference !== undefined) return { severed: reference };
        } else if (await find(request.reference)) return 'begun';
        return cancellation.failed.includes(accountPart) ? 'inactive' : 'conflict';
      }
    },
    async marksOf(accountId) {
      const marks = await Promise.all(
        erasureScopes.map(async (scope) => {
          const item = await read(markKeyOf(keyedHash, scope, accountId));
          return item === undefined ? [] : [{ scope, erasedAt: markItem.parse(upgraded(item)).erasedAt }];
        }),
      );
      return marks.flat();
    },
    async redo({ accountId, scope, erasedAt, reference, addressHash, at }) {
      if (scope === 'account') await transact(client, [sever(names, { accountId, at })]);
      const erasure: Erasure = {
        reference,
        scope,
        cause: 'restored',
        requestedAt: at,
        ...(scope === 'account' ? {} : { until: erasedAt }),
        passes: 0,
        work: { accountId, ...(addressHash === undefined ? {} : { addressHash }), dueAt: at },
      };
      await client.send(new PutCommand({ TableName: names.erasures, Item: itemOfErasure(erasure) }));
    },
    async bar(accountId, at) {
      const barred = await transact(client, [
        {
          ConditionCheck: {
            TableName: names.accounts,
            Key: { accountId, item: itemKey.account },
            ConditionExpression: 'attribute_not_exists(accountId)',
          },
        },
        {
          Put: {
            TableName: names.erasures,
            Item: stamped({
              erasure: markKeyOf(keyedHash, 'account', accountId),
              // Nobody follows it.
              reference: 'unverified',
              cause: 'unverified',
              erasedAt: at,
              removeAfter: Math.ceil((at + erasureTimes.barredMs) / 1000),
            }),
            ConditionExpression: 'attribute_not_exists(erasure)',
          },
        },
      ]);
      // Barred by a run before, which was stopped.
      return barred || (await referenceOf(accountId)) !== undefined;
    },
    async *due(now) {
      let from: Record<string, unknown> | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: names.erasures,
            IndexName: dueIndex,
            KeyConditionExpression: 'pending = :pending AND dueAt <= :now',
            ExpressionAttributeValues: { ':pending': pending, ':now': now },
            ExclusiveStartKey: from,
          }),
        );
        for (const { erasure } of page.Items ?? []) {
          // The index may lag: whether it is due, the table says.
          const item = await read(String(erasure));
          const found = item === undefined ? undefined : erasureOfItem(item);
          if (found !== undefined && isPending(found) && found.work.dueAt <= now) yield found;
        }
        from = page.LastEvaluatedKey;
      } while (from !== undefined);
    },
    async advance(from, to) {
      try {
        await client.send(
          new PutCommand({
            TableName: names.erasures,
            Item: itemOfErasure(to),
            ConditionExpression: 'passes = :passes AND dueAt = :dueAt',
            ExpressionAttributeValues: { ':passes': from.passes, ':dueAt': from.work.dueAt },
          }),
        );
        return true;
      } catch (error) {
        if (isConditionFailure(error)) return false;
        throw error;
      }
    },
  };
}

function beginActions(names: TableNames, keyedHash: KeyedHash, request: ErasureRequest): Actions {
  const { accountId, scope, cause, reference, email, at } = request;
  const work: Erasure = {
    reference,
    scope,
    cause,
    requestedAt: at,
    passes: 0,
    work: {
      accountId,
      ...(email === undefined || scope !== 'account' ? {} : { addressHash: keyedHash('address', email) }),
      dueAt: at,
    },
  };
  return [
    scope === 'account' ? sever(names, request) : isActive(names, accountId),
    {
      Put: {
        TableName: names.erasures,
        Item: stamped({
          erasure: markKeyOf(keyedHash, scope, accountId),
          reference,
          cause,
          erasedAt: at,
          removeAfter: Math.ceil((at + erasureTimes.ledgerKeptMs) / 1000),
        }),
        // An account is severed once; a part can be erased again and again.
        ...(scope === 'account' ? { ConditionExpression: 'attribute_not_exists(erasure)' } : {}),
      },
    },
    {
      Put: {
        TableName: names.erasures,
        Item: itemOfErasure(work),
        ConditionExpression: 'attribute_not_exists(erasure)',
      },
    },
  ];
}

/** From here on every request and every write of the account is refused. Its address stays for the first pass. */
function sever(
  names: TableNames,
  { accountId, at }: Pick<ErasureRequest, 'accountId' | 'at'>,
): Actions[number] {
  return {
    Update: {
      TableName: names.accounts,
      Key: { accountId, item: itemKey.account },
      UpdateExpression: 'SET #state = :erasing, sessionsEndedAt = :at',
      ConditionExpression: 'attribute_exists(accountId) AND #state <> :erasing',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':erasing': 'erasing', ':at': at },
    },
  };
}

/** Holds where the account is active: part of every transaction that writes something for one. */
export function isActive(names: TableNames, accountId: string): Actions[number] {
  return {
    ConditionCheck: {
      TableName: names.accounts,
      Key: { accountId, item: itemKey.account },
      ConditionExpression: '#state = :active',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':active': 'active' },
    },
  };
}

function isPending(erasure: Erasure): erasure is PendingErasure {
  return erasure.work !== undefined;
}

function itemOfErasure({ work, ...erasure }: Erasure): Record<string, unknown> {
  return stamped({
    erasure: erasureKey.work(erasure.reference),
    ...erasure,
    ...(work === undefined
      ? { removeAfter: Math.ceil(((erasure.doneAt ?? erasure.requestedAt) + erasureTimes.toldMs) / 1000) }
      : { ...work, pending }),
  });
}

function erasureOfItem(raw: unknown): Erasure {
  const { accountId, addressHash, dueAt, ...erasure } = workItem.parse(upgraded(raw));
  if (accountId === undefined || dueAt === undefined) return erasure;
  const hash = addressHash === undefined ? {} : { addressHash };
  return { ...erasure, work: { accountId, ...hash, dueAt } };
}
