/** The ledger over a DynamoDB, embedded or elsewhere, as its contract wants it. Holds no expectation. */
import { DeleteCommand, GetCommand, PutCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Purchase } from '../../core/purchase.ts';
import type { TableNames } from '../../core/tables.ts';
import { createHeartbeatStore } from '../../lambdas/adapters/dynamodb/heartbeat-store.ts';
import { createScanStore } from '../../lambdas/adapters/dynamodb/scan-store.ts';
import { createTicketStore } from '../../lambdas/adapters/dynamodb/ticket-store.ts';
import type { LedgerUnderTest } from './ledger.contract.ts';

/** The stores over these tables, and the means to prepare them and to read back. */
export function openDynamoLedger(documents: DynamoDBDocumentClient, names: TableNames): LedgerUnderTest {
  const put = async (TableName: string, Item: object): Promise<void> => {
    await documents.send(new PutCommand({ TableName, Item: { ...Item } }));
  };
  return {
    scans: createScanStore(documents, names),
    tickets: createTicketStore(documents, names),
    heartbeat: createHeartbeatStore(documents, names),
    putAccount: (account) => put(names.accounts, { item: 'account', ...account }),
    putConsent: (accountId, consent) =>
      put(names.consents, { accountId, item: `consent#${consent.purpose}`, ...consent }),
    putPurchase: (purchase) => put(names.purchases, purchase),
    async removePurchase(accountId, paymentIntentId) {
      await documents.send(
        new DeleteCommand({ TableName: names.purchases, Key: { accountId, paymentIntentId } }),
      );
    },
    async purchase(accountId, paymentIntentId) {
      const { Item } = await documents.send(
        new GetCommand({ TableName: names.purchases, Key: { accountId, paymentIntentId } }),
      );
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- compared field by field in the suite
      return Item as Purchase | undefined;
    },
  };
}
