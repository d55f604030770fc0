/** Accounts as they are opened and changed, and their sessions, in DynamoDB. */
import { DeleteCommand, GetCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { MemberStore } from '../../../core/people-ports.ts';
import type { Session } from '../../../core/session.ts';
import { itemKey, type TableNames } from '../../../core/tables.ts';
import type { KeyedHash } from '../../../core/ports.ts';
import { itemOfAccount } from './account-item.ts';
import { queryAccount } from './account-items.ts';
import { isActive, notErased } from './erasure-store.ts';
import { isConditionFailure, retryConflicts, transact } from './failures.ts';
import { stamped, upgraded } from './layout.ts';

const sessionPrefix = itemKey.session('');

const sessionItem = z.object({
  accountId: z.string(),
  item: z.string().startsWith(sessionPrefix),
  startedAt: z.int(),
  refreshedAt: z.int(),
  expiresAt: z.int(),
  generation: z.int(),
});

/** The store over one environment's tables. */
export function createMemberStore(
  client: DynamoDBDocumentClient,
  names: TableNames,
  keyedHash: KeyedHash,
): MemberStore {
  const { accounts } = names;
  const keyOf = (accountId: string, sessionId: string) => ({ accountId, item: itemKey.session(sessionId) });

  /** A write whose condition says whether there is what it is about. */
  async function whether(write: () => Promise<unknown>): Promise<boolean> {
    try {
      await retryConflicts(write);
      return true;
    } catch (error) {
      if (isConditionFailure(error)) return false;
      throw error;
    }
  }

  const listSessions = async (accountId: string): Promise<readonly Session[]> =>
    (await queryAccount(client, accounts, accountId, { prefix: sessionPrefix })).map(sessionOfItem);

  return {
    async open(account) {
      await transact(client, [
        notErased(names, keyedHash, account.accountId),
        {
          Put: {
            TableName: accounts,
            Item: itemOfAccount(account),
            ConditionExpression: 'attribute_not_exists(accountId)',
          },
        },
      ]);
    },
    setLanguage: (accountId, language) =>
      whether(() =>
        client.send(
          new UpdateCommand({
            TableName: accounts,
            Key: { accountId, item: itemKey.account },
            UpdateExpression: 'SET #language = :language',
            ConditionExpression: '#state = :active',
            ExpressionAttributeNames: { '#language': 'language', '#state': 'state' },
            ExpressionAttributeValues: { ':language': language, ':active': 'active' },
          }),
        ),
      ),
    reinstate: (accountId) =>
      whether(() =>
        client.send(
          new UpdateCommand({
            TableName: accounts,
            Key: { accountId, item: itemKey.account },
            UpdateExpression: 'SET #state = :active',
            ConditionExpression: '#state = :suspended',
            ExpressionAttributeNames: { '#state': 'state' },
            ExpressionAttributeValues: { ':active': 'active', ':suspended': 'suspended' },
          }),
        ),
      ),
    async findSession(accountId, sessionId) {
      const { Item } = await client.send(
        new GetCommand({ TableName: accounts, Key: keyOf(accountId, sessionId), ConsistentRead: true }),
      );
      return Item === undefined ? undefined : sessionOfItem(Item);
    },
    putSession: (session) =>
      transact(client, [
        isActive(names, session.accountId),
        { Put: { TableName: accounts, Item: itemOfSession(session) } },
      ]),
    async renewSession(from, to) {
      const { accountId, sessionId, refreshedAt, expiresAt, generation } = to;
      const renewed = await whether(() =>
        client.send(
          new UpdateCommand({
            TableName: accounts,
            Key: keyOf(accountId, sessionId),
            UpdateExpression:
              'SET refreshedAt = :refreshedAt, expiresAt = :expiresAt, generation = :next, removeAfter = :removeAfter',
            ConditionExpression: 'generation = :present',
            ExpressionAttributeValues: {
              ':refreshedAt': refreshedAt,
              ':expiresAt': expiresAt,
              ':next': generation,
              ':present': from.generation,
              ':removeAfter': Math.ceil(expiresAt / 1000),
            },
          }),
        ),
      );
      return renewed ? 'renewed' : 'moved';
    },
    listSessions,
    async endSession(accountId, sessionId) {
      const { Attributes } = await client.send(
        new DeleteCommand({
          TableName: accounts,
          Key: keyOf(accountId, sessionId),
          ReturnValues: 'ALL_OLD',
        }),
      );
      return Attributes !== undefined;
    },
    async endSessions(accountId, now) {
      await whether(() =>
        client.send(
          new UpdateCommand({
            TableName: accounts,
            Key: { accountId, item: itemKey.account },
            UpdateExpression: 'SET sessionsEndedAt = :now',
            ConditionExpression: 'attribute_exists(accountId)',
            ExpressionAttributeValues: { ':now': now },
          }),
        ),
      );
      // They are over already; what is left of them goes too.
      for (const { sessionId, createdAt } of await listSessions(accountId)) {
        if (createdAt > now) continue;
        await client.send(new DeleteCommand({ TableName: accounts, Key: keyOf(accountId, sessionId) }));
      }
    },
  };
}

function sessionOfItem(raw: unknown): Session {
  const { accountId, item, startedAt, refreshedAt, expiresAt, generation } = sessionItem.parse(upgraded(raw));
  const sessionId = item.slice(sessionPrefix.length);
  return { accountId, sessionId, createdAt: startedAt, refreshedAt, expiresAt, generation };
}

function itemOfSession({ accountId, sessionId, createdAt, ...rest }: Session): Record<string, unknown> {
  return stamped({
    accountId,
    item: itemKey.session(sessionId),
    startedAt: createdAt,
    ...rest,
    removeAfter: Math.ceil(rest.expiresAt / 1000),
  });
}
