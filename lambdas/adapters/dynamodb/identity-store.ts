/** One-time codes, what addresses lead to, counters and suppressed addresses in DynamoDB, by keyed hashes. */
import { GetCommand, PutCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { IdentityStore, LimitStore, SuppressionStore } from '../../../core/people-ports.ts';
import { identityKey, type TableNames } from '../../../core/tables.ts';
import type { KeyedHash } from '../../../core/ports.ts';
import { notErased } from './erasure-store.ts';
import { isConditionFailure, transact } from './failures.ts';
import { stamped, upgraded } from './layout.ts';

const codeItem = z.object({ codeHash: z.string(), addressHash: z.string(), expiresAt: z.int() });
const addressItem = z.object({ accountId: z.string() });

/** How long mail to an address that came back is not tried again. */
const suppressedMs = 365 * 24 * 60 * 60 * 1000;

/** How long a used-up code may linger before the database removes it. */
const codeLingersMs = 60 * 60 * 1000;

/** The day among whose codes one is found. */
function codeDayOf(expiresAt: number): number {
  return Math.floor(expiresAt / (24 * 60 * 60 * 1000));
}

/** The stores over one environment's tables. */
export function createIdentityStore(
  client: DynamoDBDocumentClient,
  names: TableNames,
  keyedHash: KeyedHash,
): IdentityStore & LimitStore & SuppressionStore {
  const { identities } = names;
  const read = async (identity: string): Promise<Record<string, unknown> | undefined> =>
    (await client.send(new GetCommand({ TableName: identities, Key: { identity }, ConsistentRead: true })))
      .Item;

  return {
    async putCode({ codeId, ...code }, triesLeft) {
      const removeAfter = Math.ceil((code.expiresAt + codeLingersMs) / 1000);
      const Item = stamped({ identity: identityKey.code(codeId), ...code, triesLeft, removeAfter });
      await transact(client, [
        { Put: { TableName: identities, Item } },
        {
          Update: {
            TableName: identities,
            Key: { identity: identityKey.codes(code.addressHash, codeDayOf(code.expiresAt)) },
            UpdateExpression: 'ADD codeIds :codeId SET removeAfter = :removeAfter',
            ExpressionAttributeValues: { ':codeId': new Set([codeId]), ':removeAfter': removeAfter },
          },
        },
      ]);
    },
    async takeTry(codeId, now) {
      try {
        const { Attributes } = await client.send(
          new UpdateCommand({
            TableName: identities,
            Key: { identity: identityKey.code(codeId) },
            UpdateExpression: 'ADD triesLeft :minusOne',
            ConditionExpression: 'triesLeft > :none AND expiresAt > :now AND attribute_not_exists(usedAt)',
            ExpressionAttributeValues: { ':minusOne': -1, ':none': 0, ':now': now },
            ReturnValues: 'ALL_NEW',
          }),
        );
        return codeItem.parse(upgraded(Attributes));
      } catch (error) {
        if (isConditionFailure(error)) return undefined;
        throw error;
      }
    },
    async useCode(codeId, now) {
      try {
        await client.send(
          new UpdateCommand({
            TableName: identities,
            Key: { identity: identityKey.code(codeId) },
            UpdateExpression: 'SET usedAt = :now',
            ConditionExpression: 'attribute_exists(codeHash) AND attribute_not_exists(usedAt)',
            ExpressionAttributeValues: { ':now': now },
          }),
        );
        return true;
      } catch (error) {
        if (isConditionFailure(error)) return false;
        throw error;
      }
    },
    async claimAddress(addressHash, accountId) {
      const identity = identityKey.address(addressHash);
      const claimed = await transact(client, [
        notErased(names, keyedHash, accountId),
        {
          Put: {
            TableName: identities,
            Item: stamped({ identity, accountId }),
            ConditionExpression: 'attribute_not_exists(#identity)',
            ExpressionAttributeNames: { '#identity': 'identity' },
          },
        },
      ]);
      const held = claimed ? undefined : await read(identity);
      return held === undefined ? accountId : addressItem.parse(upgraded(held)).accountId;
    },
    async findByAddress(addressHash) {
      const item = await read(identityKey.address(addressHash));
      return item === undefined ? undefined : addressItem.parse(upgraded(item)).accountId;
    },
    async take({ name, windowMs, most }, hash, now) {
      const window = Math.floor(now / windowMs);
      const endsAt = (window + 1) * windowMs;
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName: identities,
          Key: { identity: identityKey.limit(name, hash, window) },
          UpdateExpression: 'ADD #count :one SET removeAfter = :removeAfter',
          ExpressionAttributeNames: { '#count': 'count' },
          ExpressionAttributeValues: { ':one': 1, ':removeAfter': Math.ceil(endsAt / 1000) },
          ReturnValues: 'UPDATED_NEW',
        }),
      );
      return Number(Attributes?.['count'] ?? 0) > most ? endsAt - now : undefined;
    },
    async isSuppressed(addressHash) {
      return (await read(identityKey.suppressed(addressHash))) !== undefined;
    },
    async suppress(addressHash, why, at) {
      await client.send(
        new PutCommand({
          TableName: identities,
          Item: stamped({
            identity: identityKey.suppressed(addressHash),
            suppressedAt: at,
            suppressedFor: why,
            removeAfter: Math.ceil((at + suppressedMs) / 1000),
          }),
        }),
      );
    },
  };
}
