import type { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { tableNames } from '../../../../core/tables.ts';
import { createAccountStore } from '../../../../lambdas/adapters/dynamodb/account-store.ts';

function storeOver(item: Record<string, unknown> | undefined) {
  const sent: unknown[] = [];
  const client = {
    async send(command: GetCommand) {
      sent.push(command.input);
      return { Item: item };
    },
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one method that the store calls
  const store = createAccountStore(client as unknown as DynamoDBDocumentClient, tableNames('t-'));
  return { store, sent };
}

test('an account is read strongly, by its own key', async () => {
  const { store, sent } = storeOver({ accountId: 'a', item: 'account', state: 'active', adultAffirmedAt: 5 });
  expect(await store.find('a')).toEqual({ accountId: 'a', state: 'active', adultAffirmedAt: 5 });
  expect(sent).toEqual([
    { TableName: 't-accounts', Key: { accountId: 'a', item: 'account' }, ConsistentRead: true },
  ]);
});

test('an account that never affirmed adulthood says so by leaving it out', async () => {
  const { store } = storeOver({ accountId: 'a', item: 'account', state: 'suspended' });
  expect(await store.find('a')).toStrictEqual({ accountId: 'a', state: 'suspended' });
});

test('an account that is not there is undefined', async () => {
  expect(await storeOver(undefined).store.find('a')).toBeUndefined();
});

test('rejects an item in a state that no account has', async () => {
  await expect(storeOver({ accountId: 'a', state: 'admin' }).store.find('a')).rejects.toBeInstanceOf(
    z.ZodError,
  );
});
