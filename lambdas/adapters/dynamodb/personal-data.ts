/**
 * Everything that the tables hold about one account, to be deleted: found by strong reads of the account's partitions,
 * scans by their index and by what their requests left.
 */
import {
  BatchGetCommand,
  DeleteCommand,
  GetCommand,
  QueryCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { AccountTable, ItemChoice, PersonalData } from '../../../core/erasure-ports.ts';
import { identityKeysUnder } from '../../../core/identity-keys.ts';
import { historyIndex, identityKey, itemKey, type TableNames } from '../../../core/tables.ts';
import type { KeyedHash } from '../../../core/ports.ts';
import { queryAccount } from './account-items.ts';
import { isConditionFailure, retryConflicts } from './failures.ts';

/** Deletions under way at once. */
const atOnce = 25;
/** As many as one request may ask for. */
const mostAtOnce = 100;

/** Sort key of each table, beside the account. */
const sortKeys: { readonly [T in AccountTable]: string } = {
  communications: 'item',
  consents: 'item',
  accounts: 'item',
  purchases: 'paymentIntentId',
};

/** The data over one environment's tables. */
export function createPersonalData(
  client: DynamoDBDocumentClient,
  names: TableNames,
  keyedHash: KeyedHash,
): PersonalData {
  async function find(table: AccountTable, accountId: string, { prefixes, until }: ItemChoice = {}) {
    const items = await queryAccount(client, names[table], accountId);
    return items.filter(
      (item) =>
        (prefixes === undefined || prefixes.some((prefix) => String(item['item']).startsWith(prefix))) &&
        (until === undefined || Number(item['at']) <= until),
    );
  }

  async function removeKeys(table: string, keys: readonly Record<string, unknown>[]): Promise<void> {
    for (let from = 0; from < keys.length; from += atOnce) {
      await Promise.all(
        keys
          .slice(from, from + atOnce)
          .map((Key) => retryConflicts(() => client.send(new DeleteCommand({ TableName: table, Key })))),
      );
    }
  }

  const accountOfAddress = async (addressHash: string): Promise<unknown> => {
    const { Item } = await client.send(
      new GetCommand({
        TableName: names.identities,
        Key: { identity: identityKey.address(addressHash) },
        ConsistentRead: true,
      }),
    );
    return Item?.['accountId'];
  };

  return {
    async scanIds(accountId) {
      const ids = new Set<string>();
      // Of the last day by a strong read; what is older has been in the index for long.
      const requests = await queryAccount(client, names.accounts, accountId, {
        prefix: itemKey.idempotency(''),
      });
      for (const { scanId } of requests) ids.add(String(scanId));
      let from: Record<string, unknown> | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: names.scans,
            IndexName: historyIndex,
            KeyConditionExpression: 'accountId = :accountId',
            ExpressionAttributeValues: { ':accountId': accountId },
            ProjectionExpression: 'scanId',
            ExclusiveStartKey: from,
          }),
        );
        for (const { scanId } of page.Items ?? []) ids.add(String(scanId));
        from = page.LastEvaluatedKey;
      } while (from !== undefined);
      return [...ids];
    },
    async removeScan(accountId, scanId) {
      try {
        await retryConflicts(() =>
          client.send(
            new DeleteCommand({
              TableName: names.scans,
              Key: { scanId },
              ConditionExpression:
                'attribute_not_exists(openShard) AND (accountId = :accountId OR #state = :erased)',
              ExpressionAttributeNames: { '#state': 'state' },
              ExpressionAttributeValues: { ':accountId': accountId, ':erased': 'erased' },
            }),
          ),
        );
      } catch (error) {
        // Gone, or somebody else's, or open: who reads it back sees which.
        if (!isConditionFailure(error)) throw error;
      }
    },
    async removeItems(table, accountId, choice) {
      const items = await find(table, accountId, choice);
      const keys = items.map((item) => ({ accountId, [sortKeys[table]]: item[sortKeys[table]] }));
      // The account's own item holds what an interrupted pass needs again.
      const own = keys.filter((key) => table === 'accounts' && key['item'] === itemKey.account);
      await removeKeys(
        names[table],
        keys.filter((key) => !own.includes(key)),
      );
      await removeKeys(names[table], own);
    },
    countItems: async (table, accountId, choice) => (await find(table, accountId, choice)).length,
    async removeIdentity(accountId, addressHash, now) {
      const ofAccount = keyedHash('account', accountId);
      const leadsTo = addressHash === undefined ? undefined : await accountOfAddress(addressHash);
      // Somebody came back with the same address: what lies under it is theirs.
      const ofAddress = leadsTo === undefined || leadsTo === accountId ? addressHash : undefined;
      const address = ofAddress === undefined ? undefined : identityKey.address(ofAddress);
      const keys = identityKeysUnder({ ofAccount, ...(ofAddress === undefined ? {} : { ofAddress }) }, now);
      await removeIdentities(keys.filter((identity) => identity !== address));
      if (addressHash !== undefined) await removeAddress(accountId, addressHash);
    },
    leadsTo: async (accountId, addressHash) => (await accountOfAddress(addressHash)) === accountId,
  };

  /** Of many keys few have an item, and looking costs a fraction of deleting. The list of a day's codes goes after them. */
  async function removeIdentities(identities: readonly string[]): Promise<void> {
    let left: Record<string, unknown>[] = identities.map((identity) => ({ identity }));
    while (left.length > 0) {
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetCommand({
          RequestItems: { [names.identities]: { Keys: left.slice(0, mostAtOnce), ConsistentRead: true } },
        }),
      );
      const found = (Responses?.[names.identities] ?? []).map((item) => identityItem.parse(item));
      const codes = found.flatMap(({ codeIds = new Set() }) => [...codeIds]);
      await removeKeys(
        names.identities,
        codes.map((codeId) => ({ identity: identityKey.code(codeId) })),
      );
      await removeKeys(
        names.identities,
        found.map(({ identity }) => ({ identity })),
      );
      left = [...left.slice(mostAtOnce), ...(UnprocessedKeys?.[names.identities]?.Keys ?? [])];
    }
  }

  /** Last, and only while it leads to this account: somebody may have come back with the same address. */
  async function removeAddress(accountId: string, addressHash: string): Promise<void> {
    try {
      await retryConflicts(() =>
        client.send(
          new DeleteCommand({
            TableName: names.identities,
            Key: { identity: identityKey.address(addressHash) },
            ConditionExpression: 'accountId = :accountId',
            ExpressionAttributeValues: { ':accountId': accountId },
          }),
        ),
      );
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
    }
  }
}

const identityItem = z.object({ identity: z.string(), codeIds: z.set(z.string()).optional() });
