import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currentLayout, tableNames, tables } from '../../../../core/tables.ts';
import { startDynamoDb, type EmbeddedDynamoDb } from '../../../../local/dynamodb/server.ts';
import { calmara } from '../../../../policies/calmara.ts';
import { openDynamoLedger } from '../../../contract/dynamo-ledger.ts';
import {
  aConsent,
  aLease,
  anAccount,
  anIssuedScan,
  aPurchase,
  aTicket,
  claimedBy,
  freshId,
  noon,
  outcomes,
} from '../../../contract/given.ts';
import { ledgerContract, type LedgerUnderTest } from '../../../contract/ledger.contract.ts';

const names = tableNames('test-');
let database: EmbeddedDynamoDb;
let documents: DynamoDBDocumentClient;

beforeAll(async () => {
  database = await startDynamoDb({ tables, tablePrefix: 'test-', now: () => noon });
  documents = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint: database.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    }),
    { marshallOptions: { removeUndefinedValues: true } },
  );
});
afterAll(async () => {
  documents.destroy();
  await database.close();
});

const open = async (): Promise<LedgerUnderTest> => openDynamoLedger(documents, names);

ledgerContract('DynamoDB', open);

describe('what DynamoDB holds', () => {
  async function anIssued(ledger: LedgerUnderTest) {
    const accountId = freshId();
    await ledger.putAccount(anAccount(accountId));
    await ledger.putConsent(accountId, aConsent());
    await ledger.putPurchase(aPurchase(accountId));
    const scan = anIssuedScan(accountId, { name: 'left arm' });
    await ledger.tickets.issue(aTicket(scan));
    return scan;
  }

  const rawScan = async (scanId: string) =>
    (await documents.send(new GetCommand({ TableName: names.scans, Key: { scanId } }))).Item;

  it('of a completed scan is the high-level result and nothing else (CAL-2)', async () => {
    const ledger = await open();
    const scan = await anIssued(ledger);
    const from = claimedBy(scan, aLease());
    await ledger.scans.claim(scan.scanId, from.lease, noon);
    await ledger.scans.settle({ from, outcome: outcomes.completed, endedAt: noon + 1 });
    expect(await rawScan(scan.scanId)).toEqual({
      scanId: scan.scanId,
      layout: currentLayout,
      accountId: scan.accountId,
      name: 'left arm',
      state: 'completed',
      issuedAt: noon,
      endedAt: noon + 1,
      band: 'no-clear-difference',
      modelName: 'test',
      modelVersion: '1.0.0',
      modelDigest: 'ab'.repeat(32),
      deletedAt: noon + 900,
      msFromUpload: 900,
    });
  });

  it('of an erased scan names no account', async () => {
    const ledger = await open();
    const scan = await anIssued(ledger);
    await ledger.scans.settle({ from: scan, outcome: outcomes.erased, endedAt: noon });
    expect(Object.keys((await rawScan(scan.scanId)) ?? {}).toSorted()).toEqual([
      'endedAt',
      'issuedAt',
      'layout',
      'removeAfter',
      'scanId',
      'state',
    ]);
  });

  it('is, in every table, only what the policy names', async () => {
    const ledger = await open();
    await anIssued(ledger);
    await ledger.heartbeat.beat(noon);
    // What people and staff write is looked at where they do: test/lambdas/api/people, test/lambdas/staff,
    // test/lambdas/upkeep; counts of use in test/privacy.
    const ofPeople = new Set(['identities', 'communications', 'audit', 'erasures', 'usage']);
    for (const { table, fields } of calmara.dataClasses) {
      if (ofPeople.has(table)) continue;
      const items = await database.items(table);
      expect(items, table).not.toEqual([]);
      const stored = new Set(items.flatMap((item) => Object.keys(item)));
      const named = fields.map(({ name }) => name);
      expect(
        [...stored].filter((attribute) => !named.includes(attribute)),
        table,
      ).toEqual([]);
    }
  });

  it('survives a lost answer: the SDK’s retry settles once', async () => {
    const ledger = await open();
    const scan = await anIssued(ledger);
    database.faults.next({ operation: 'TransactWriteItems', times: 1, effect: 'apply-then-drop' });
    const settlement = { from: scan, outcome: outcomes.expired, endedAt: noon };
    expect(await ledger.scans.settle(settlement)).toBe('settled');
    expect((await ledger.purchase(scan.accountId, scan.paymentIntentId))?.scansUsed).toBe(0);
  });

  it('answers a conflict as such, for a settlement and for a ticket', async () => {
    const ledger = await open();
    const scan = await anIssued(ledger);
    database.faults.next({ operation: 'TransactWriteItems', times: 2, effect: 'transaction-conflict' });
    expect(await ledger.scans.settle({ from: scan, outcome: outcomes.expired, endedAt: noon })).toBe(
      'conflict',
    );
    expect(await ledger.tickets.issue(aTicket(anIssuedScan(scan.accountId)))).toEqual({
      refused: ['conflict'],
    });
  });

  it('rejects a cursor that it did not give', async () => {
    const ledger = await open();
    await expect(ledger.scans.history(freshId(), { limit: 3, after: 'bm90IGpzb24' })).rejects.toMatchObject({
      code: 'invalid-request',
    });
  });
});
