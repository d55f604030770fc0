import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fieldOfAttribute } from '../../../../core/policy.ts';
import { dwellKeptMs, tableNames, tables, type TableNames } from '../../../../core/tables.ts';
import { createDwellStore } from '../../../../lambdas/adapters/dynamodb/dwell-store.ts';
import { createHeartbeatStore } from '../../../../lambdas/adapters/dynamodb/heartbeat-store.ts';
import { startDynamoDb, type EmbeddedDynamoDb } from '../../../../local/dynamodb/server.ts';
import { calmara } from '../../../../policies/calmara.ts';
import { dwellContract } from '../../../contract/dwell.contract.ts';
import { noon } from '../../../contract/given.ts';

const opened: { database: EmbeddedDynamoDb; documents: DynamoDBDocumentClient }[] = [];
let held: Awaited<ReturnType<typeof openDatabase>>;

/** A database of its own: the counters of a day are the whole table's. */
async function openDatabase() {
  const names: TableNames = tableNames('test-');
  const database = await startDynamoDb({ tables, tablePrefix: 'test-', now: () => noon });
  const documents = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint: database.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    }),
  );
  opened.push({ database, documents });
  return { database, documents, names, dwell: createDwellStore(documents, names) };
}

beforeAll(async () => {
  held = await openDatabase();
});
afterAll(async () => {
  for (const { database, documents } of opened) {
    documents.destroy();
    await database.close();
  }
});

dwellContract('DynamoDB', async () => (await openDatabase()).dwell);

it('keeps counters and nothing else, all of it in the policy, and lets the database remove them (CAL-9)', async () => {
  const { documents, names, dwell } = held;
  await dwell.count([3, 3, 412, 250_000], noon);
  await dwell.saw({ oldestAgeMs: 12, at: noon });
  await createHeartbeatStore(documents, names).beat(noon);
  const { Items = [] } = await documents.send(new ScanCommand({ TableName: names.operations }));
  expect(Items).toHaveLength(3);
  const policy = calmara.dataClasses.find(({ table }) => table === 'operations');
  if (policy === undefined) throw new Error('the policy has a class for this table');
  for (const item of Items) {
    for (const attribute of Object.keys(item)) {
      expect(fieldOfAttribute(policy, attribute), attribute).toBeDefined();
    }
  }
  const counters = Items.find((item) => String(item['item']).startsWith('dwell#'));
  expect(counters).toEqual({
    item: expect.stringMatching(/^dwell#2026-11-21#[0-7]$/),
    lived12: 2,
    lived64: 1,
    lived131: 1,
    removeAfter: (noon + dwellKeptMs) / 1000,
  });
});

it('rejects a day’s counters for an attribute that the policy does not name', () => {
  const policy = calmara.dataClasses.find(({ table }) => table === 'operations');
  if (policy === undefined) throw new Error('the policy has a class for this table');
  for (const attribute of ['scanId', 'accountId', 'live', 'xlived3']) {
    expect(fieldOfAttribute(policy, attribute)).toBeUndefined();
  }
});
