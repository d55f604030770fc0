/** Accounts in DynamoDB, as far as a request asks for them: one strong read. */
import { GetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { AccountStore } from '../../../core/ports.ts';
import { itemKey, type TableNames } from '../../../core/tables.ts';
import { accountOfItem } from './account-item.ts';

/** The store over one environment's tables. */
export function createAccountStore(client: DynamoDBDocumentClient, names: TableNames): AccountStore {
  return {
    async find(accountId) {
      const { Item } = await client.send(
        new GetCommand({
          TableName: names.accounts,
          Key: { accountId, item: itemKey.account },
          ConsistentRead: true,
        }),
      );
      return Item === undefined ? undefined : accountOfItem(Item);
    },
  };
}
