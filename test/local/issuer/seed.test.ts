import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refuseAccount } from '../../../core/account.ts';
import { missingConsents } from '../../../core/consent.ts';
import { choosePurchase, unitsLeft } from '../../../core/purchase.ts';
import { tableNames, tables } from '../../../core/tables.ts';
import { createAccountStore } from '../../../lambdas/adapters/dynamodb/account-store.ts';
import { createTicketStore } from '../../../lambdas/adapters/dynamodb/ticket-store.ts';
import { startDynamoDb, type EmbeddedDynamoDb } from '../../../local/dynamodb/server.ts';
import { seedLocalAccount } from '../../../local/issuer.ts';
import { calmara } from '../../../policies/calmara.ts';

const names = tableNames('seed-');
const now = Date.parse('2026-11-21T14:00:00.000Z');
let database: EmbeddedDynamoDb;
let documents: DynamoDBDocumentClient;

beforeAll(async () => {
  database = await startDynamoDb({ tables, tablePrefix: 'seed-', now: () => now });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new DynamoDBClient({ endpoint: database.url, region: 'us-east-1', credentials });
  documents = DynamoDBDocumentClient.from(client);
});
afterAll(async () => {
  documents.destroy();
  await database.close();
});

test('the seeded account lacks nothing that a ticket asks for', async () => {
  await seedLocalAccount(documents, names, { accountId: 'first', scans: 20, now });
  const applicant = await createTicketStore(documents, names).findApplicant('first', now);
  expect(refuseAccount(applicant.account)).toBeUndefined();
  expect(missingConsents(applicant.consents, calmara.consents)).toEqual([]);
  expect(choosePurchase(applicant.purchases)).toMatchObject({ scansTotal: 20, scansUsed: 0 });
  expect(await createAccountStore(documents, names).find('first')).toEqual(applicant.account);
});

test('seeding again gives nothing back, and another number of scans is another purchase', async () => {
  const seed = (scans: number) => seedLocalAccount(documents, names, { accountId: 'again', scans, now });
  const purchases = async () =>
    (await createTicketStore(documents, names).findApplicant('again', now)).purchases;
  await seed(2);
  const [purchase] = await purchases();
  await documents.send(
    new UpdateCommand({
      TableName: names.purchases,
      Key: { accountId: 'again', paymentIntentId: purchase?.paymentIntentId },
      UpdateExpression: 'SET scansUsed = :two',
      ExpressionAttributeValues: { ':two': 2 },
    }),
  );
  await seed(2);
  expect((await purchases()).map(unitsLeft)).toEqual([0]);
  await seed(5);
  expect((await purchases()).map(unitsLeft).toSorted((a, b) => a - b)).toEqual([0, 5]);
});

test('the seed writes no attribute that the policy does not name', async () => {
  await seedLocalAccount(documents, names, { accountId: 'named', scans: 1, now });
  for (const { table, fields } of calmara.dataClasses) {
    const known = new Set(fields.map(({ name }) => name));
    for (const item of await database.items(table)) {
      expect(
        Object.keys(item).filter((name) => !known.has(name)),
        table,
      ).toEqual([]);
    }
  }
});
