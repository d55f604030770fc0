/**
 * Purchases in DynamoDB, as payments make them. Made in one transaction with a look at the account, so that nothing is
 * stored for an account that is gone; changed by conditional updates of what a payment decides, never of the counters,
 * which belong to tickets and settlements.
 */
import {
  GetCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteCommand,
  UpdateCommand,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { mergePurchase } from '../../../core/payment.ts';
import type { PurchaseBooks, PurchaseStore } from '../../../core/payment-ports.ts';
import type { Purchase } from '../../../core/purchase.ts';
import { itemKey, type TableNames } from '../../../core/tables.ts';
import { cancellationOf, isConditionFailure, isConflict } from './failures.ts';
import { stamped } from './layout.ts';
import { purchaseOfItem } from './purchase-item.ts';

/** The store over one environment's tables. */
export function createPurchaseStore(
  client: DynamoDBDocumentClient,
  names: TableNames,
): PurchaseStore & PurchaseBooks {
  return {
    list: (accountId) => list(client, names, accountId),
    find: (accountId, paymentIntentId) => find(client, names, accountId, paymentIntentId),
    keep: (asked) => keep(client, names, asked),
    all: () => all(client, names),
  };
}

async function list(
  client: DynamoDBDocumentClient,
  names: TableNames,
  accountId: string,
): Promise<readonly Purchase[]> {
  const purchases: Purchase[] = [];
  let from: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: names.purchases,
        ConsistentRead: true,
        KeyConditionExpression: 'accountId = :accountId',
        ExpressionAttributeValues: { ':accountId': accountId },
        ExclusiveStartKey: from,
      }),
    );
    purchases.push(...(page.Items ?? []).map(purchaseOfItem));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return purchases;
}

async function* all(client: DynamoDBDocumentClient, names: TableNames): AsyncGenerator<Purchase> {
  let from: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({ TableName: names.purchases, ConsistentRead: true, ExclusiveStartKey: from }),
    );
    for (const item of page.Items ?? []) yield purchaseOfItem(item);
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
}

async function find(
  client: DynamoDBDocumentClient,
  names: TableNames,
  accountId: string,
  paymentIntentId: string,
): Promise<Purchase | undefined> {
  const { Item } = await client.send(
    new GetCommand({ TableName: names.purchases, Key: { accountId, paymentIntentId }, ConsistentRead: true }),
  );
  return Item === undefined ? undefined : purchaseOfItem(Item);
}

async function keep(
  client: DynamoDBDocumentClient,
  names: TableNames,
  asked: Purchase,
): ReturnType<PurchaseStore['keep']> {
  const { accountId, paymentIntentId } = asked;
  const stored = await find(client, names, accountId, paymentIntentId);
  return stored === undefined ? make(client, names, asked) : change(client, names, stored, asked);
}

async function make(
  client: DynamoDBDocumentClient,
  names: TableNames,
  asked: Purchase,
): ReturnType<PurchaseStore['keep']> {
  const { accountId } = asked;
  const accountPart = 0;
  try {
    await client.send(
      new TransactWriteCommand({
        TransactItems: [
          {
            ConditionCheck: {
              TableName: names.accounts,
              Key: { accountId, item: itemKey.account },
              ConditionExpression: 'attribute_exists(accountId) AND #state <> :erasing',
              ExpressionAttributeNames: { '#state': 'state' },
              ExpressionAttributeValues: { ':erasing': 'erasing' },
            },
          },
          {
            Put: {
              TableName: names.purchases,
              Item: stamped(asked),
              // Once for each payment intent, whoever else is at it.
              ConditionExpression: 'attribute_not_exists(accountId)',
            },
          },
        ],
      }),
    );
    return 'kept';
  } catch (error) {
    const cancellation = cancellationOf(error);
    if (cancellation === undefined) throw error;
    // Somebody made the purchase meanwhile, perhaps from an older answer: asked again, it is merged.
    return cancellation.failed.includes(accountPart) ? 'account-gone' : 'conflict';
  }
}

/** What a payment decides of a purchase; the rest is fixed or counts. */
const decided = ['scansTotal', 'voidedAt', 'voidReason', 'amountRefunded'] as const;

async function change(
  client: DynamoDBDocumentClient,
  names: TableNames,
  stored: Purchase,
  asked: Purchase,
): ReturnType<PurchaseStore['keep']> {
  const merged = mergePurchase(stored, asked);
  const changed = decided.filter((name) => merged[name] !== stored[name]);
  if (changed.length === 0) return 'stands';
  const unmoved = decided.map((name) =>
    stored[name] === undefined ? `attribute_not_exists(${name})` : `${name} = :was_${name}`,
  );
  const { accountId, paymentIntentId } = stored;
  try {
    await client.send(
      new UpdateCommand({
        TableName: names.purchases,
        Key: { accountId, paymentIntentId },
        UpdateExpression: `SET ${changed.map((name) => `${name} = :${name}`).join(', ')}`,
        ConditionExpression: ['attribute_exists(accountId)', ...unmoved].join(' AND '),
        ExpressionAttributeValues: {
          ...Object.fromEntries(changed.map((name) => [`:${name}`, merged[name]])),
          ...Object.fromEntries(
            decided.flatMap((name) => (stored[name] === undefined ? [] : [[`:was_${name}`, stored[name]]])),
          ),
        },
      }),
    );
    return 'kept';
  } catch (error) {
    if (isConditionFailure(error) || isConflict(error)) return 'conflict';
    throw error;
  }
}
