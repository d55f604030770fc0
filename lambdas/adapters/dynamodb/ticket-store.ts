/** Tickets in DynamoDB: what one asks about an account, and the one transaction that issues it. */
import { GetCommand, TransactWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type {
  Applicant,
  IdempotencyRecord,
  TicketRefusal,
  TicketStore,
  TicketWrite,
} from '../../../core/ports.ts';
import { protocol } from '../../../core/scan.ts';
import { itemKey, type TableNames } from '../../../core/tables.ts';
import { accountOfItem } from './account-item.ts';
import { queryAccount } from './account-items.ts';
import { consentOfItem } from './consent-item.ts';
import { cancellationOf } from './failures.ts';
import { stamped, upgraded } from './layout.ts';
import { purchaseOfItem } from './purchase-item.ts';
import { itemOfIssued } from './scan-item.ts';

const idempotencyItem = z.object({ scanId: z.string(), requestHash: z.string(), createdAt: z.int() });

/** Two days: the day's counter outlives its day in every time zone of the database's clock. */
const dayCounterLivesMs = 2 * protocol.idempotencyMs;

/** The store over one environment's tables. */
export function createTicketStore(client: DynamoDBDocumentClient, names: TableNames): TicketStore {
  return {
    findRequest: (accountId, key) => findRequest(client, names, accountId, key),
    findApplicant: (accountId, now) => findApplicant(client, names, accountId, now),
    issue: (ticket) => issue(client, names, ticket),
  };
}

async function findRequest(
  client: DynamoDBDocumentClient,
  names: TableNames,
  accountId: string,
  key: string,
): Promise<IdempotencyRecord | undefined> {
  const item = await readAccountItem(client, names, accountId, itemKey.idempotency(key));
  return item === undefined ? undefined : idempotencyItem.parse(upgraded(item));
}

async function readAccountItem(
  client: DynamoDBDocumentClient,
  names: TableNames,
  accountId: string,
  item: string,
): Promise<Record<string, unknown> | undefined> {
  const { Item } = await client.send(
    new GetCommand({ TableName: names.accounts, Key: { accountId, item }, ConsistentRead: true }),
  );
  return Item;
}

async function findApplicant(
  client: DynamoDBDocumentClient,
  names: TableNames,
  accountId: string,
  now: number,
): Promise<Applicant> {
  const [account, day, consents, purchases] = await Promise.all([
    readAccountItem(client, names, accountId, itemKey.account),
    readAccountItem(client, names, accountId, itemKey.day(now)),
    // What stands; the evidence of it is beside it and grows.
    queryAccount(client, names.consents, accountId, { prefix: itemKey.consent('') }),
    queryAccount(client, names.purchases, accountId),
  ]);
  return {
    account: account === undefined ? undefined : accountOfItem(account),
    consents: consents.map(consentOfItem),
    purchases: purchases.map(purchaseOfItem),
    ticketsToday: Number(day?.['ticketCount'] ?? 0),
  };
}

async function issue(
  client: DynamoDBDocumentClient,
  names: TableNames,
  ticket: TicketWrite,
): ReturnType<TicketStore['issue']> {
  try {
    await client.send(new TransactWriteCommand({ TransactItems: ticketActions(names, ticket) }));
    return 'issued';
  } catch (error) {
    const cancellation = cancellationOf(error);
    if (cancellation === undefined) throw error;
    const refused = cancellation.failed.map((at) => refusals[at] ?? 'consent');
    return { refused: refused.length === 0 ? ['conflict'] : refused };
  }
}

/** What each action of the transaction refuses, in order; consents follow. */
const refusals: readonly TicketRefusal[] = [
  'account',
  'daily-limit',
  'idempotency',
  // A scan of this fresh random id exists: this very ticket was written before.
  'idempotency',
  'purchase',
];

/** Epoch ms as the epoch seconds of DynamoDB's time to live. */
function seconds(at: number): number {
  return Math.ceil(at / 1000);
}

function ticketActions(names: TableNames, ticket: TicketWrite) {
  const { scan, idempotencyKey, requestHash } = ticket;
  const { accountId, scanId, issuedAt } = scan;
  return [
    {
      ConditionCheck: {
        TableName: names.accounts,
        Key: { accountId, item: itemKey.account },
        ConditionExpression: '#state = :active AND attribute_exists(adultAffirmedAt)',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':active': 'active' },
      },
    },
    {
      Update: {
        TableName: names.accounts,
        Key: { accountId, item: itemKey.day(issuedAt) },
        UpdateExpression: 'ADD ticketCount :one SET removeAfter = :removeAfter',
        ConditionExpression: 'attribute_not_exists(ticketCount) OR ticketCount < :limit',
        ExpressionAttributeValues: {
          ':one': 1,
          ':limit': ticket.ticketsPerDay,
          ':removeAfter': seconds(issuedAt + dayCounterLivesMs),
        },
      },
    },
    {
      Put: {
        TableName: names.accounts,
        Item: stamped({
          accountId,
          item: itemKey.idempotency(idempotencyKey),
          scanId,
          requestHash,
          createdAt: issuedAt,
          removeAfter: seconds(issuedAt + protocol.idempotencyMs),
        }),
        ConditionExpression: 'attribute_not_exists(scanId) OR createdAt <= :past',
        ExpressionAttributeValues: { ':past': issuedAt - protocol.idempotencyMs },
      },
    },
    {
      Put: {
        TableName: names.scans,
        Item: itemOfIssued(scan),
        ConditionExpression: 'attribute_not_exists(scanId)',
      },
    },
    {
      Update: {
        TableName: names.purchases,
        Key: { accountId, paymentIntentId: scan.paymentIntentId },
        UpdateExpression: 'ADD scansUsed :one',
        ConditionExpression: 'scansUsed < scansTotal AND attribute_not_exists(voidedAt)',
        ExpressionAttributeValues: { ':one': 1 },
      },
    },
    ...ticket.requiredConsents.map(({ purpose, sinceVersion }) => ({
      ConditionCheck: {
        TableName: names.consents,
        Key: { accountId, item: itemKey.consent(purpose) },
        ConditionExpression: 'granted = :true AND #version >= :since',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: { ':true': true, ':since': sinceVersion },
      },
    })),
  ];
}
