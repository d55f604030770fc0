/**
 * Many tickets of one account at once, over the real adapters and any database, in one process: as concurrent as a
 * database can be met, without as many function processes.
 */
import { GetCommand, PutCommand, QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OnceoverError } from '../../core/errors.ts';
import { historyIndex, itemKey, type TableNames } from '../../core/tables.ts';
import { createScanStore } from '../../lambdas/adapters/dynamodb/scan-store.ts';
import { createTicketStore } from '../../lambdas/adapters/dynamodb/ticket-store.ts';
import { jitteredPacing } from '../../lambdas/adapters/pacing.ts';
import { randomIds } from '../../lambdas/adapters/random-ids.ts';
import { createRequestHasher } from '../../lambdas/api/request-hash.ts';
import { issueTicket } from '../../lambdas/api/ticket.ts';
import { calmara } from '../../policies/calmara.ts';
import { aConsent, anAccount, aPurchase, freshId, noon } from '../contract/given.ts';
import { silentLog } from '../memory/log.ts';
import { claimOf } from './world.ts';

const racers = 40;

/** A database with the product's tables. */
export interface Racetrack {
  readonly documents: DynamoDBDocumentClient;
  readonly names: TableNames;
  close(): Promise<void>;
}

async function givenAccount({ documents, names }: Racetrack, scansTotal: number): Promise<string> {
  const accountId = freshId();
  const consent = aConsent();
  const items = [
    [names.accounts, { item: itemKey.account, ...anAccount(accountId) }],
    [names.consents, { accountId, item: itemKey.consent(consent.purpose), ...consent }],
    [names.purchases, { ...aPurchase(accountId, { scansTotal }) }],
  ] as const;
  for (const [TableName, Item] of items) await documents.send(new PutCommand({ TableName, Item }));
  return accountId;
}

/** `issued`, or the code of the refusal. */
async function ask(
  { documents, names }: Racetrack,
  accountId: string,
  idempotencyKey: string,
): Promise<string> {
  const ports = {
    tickets: createTicketStore(documents, names),
    scans: createScanStore(documents, names),
    signer: {
      sign: async () => ({ url: 'x', method: 'PUT' as const, headers: {}, expiresAt: noon }),
    },
    clock: { now: () => noon },
    ids: randomIds,
    pacing: jitteredPacing,
    hashRequest: createRequestHasher('key'.repeat(20)),
    log: silentLog,
    policy: calmara,
    ticketsPerDay: 1000,
    cleaner: { look: async () => ({ alive: true }) },
  };
  try {
    await issueTicket(ports, { accountId, idempotencyKey, body: claimOf(new Uint8Array(4)) });
    return 'issued';
  } catch (error) {
    if (error instanceof OnceoverError) return error.code;
    throw error;
  }
}

async function used({ documents, names }: Racetrack, accountId: string): Promise<unknown> {
  const { paymentIntentId } = aPurchase(accountId);
  const { Item } = await documents.send(
    new GetCommand({
      TableName: names.purchases,
      Key: { accountId, paymentIntentId },
      ConsistentRead: true,
    }),
  );
  return Item?.['scansUsed'];
}

async function scansOf({ documents, names }: Racetrack, accountId: string): Promise<number | undefined> {
  const { Count } = await documents.send(
    new QueryCommand({
      TableName: names.scans,
      IndexName: historyIndex,
      KeyConditionExpression: 'accountId = :accountId',
      ExpressionAttributeValues: { ':accountId': accountId },
    }),
  );
  return Count;
}

export function raceScenarios(name: string, open: () => Promise<Racetrack>): void {
  describe(`tickets at once, ${name}`, () => {
    let opened: Racetrack | undefined;
    const track = (): Racetrack => {
      if (opened === undefined) throw new Error('the database did not open');
      return opened;
    };
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.close());

    it.each([1, 3])('forty tickets at once share exactly %i units', async (units) => {
      const accountId = await givenAccount(track(), units);
      const answers: string[] = [];
      let racing = Array.from({ length: racers }, () => freshId());
      // `busy` says nothing about the unit: whoever meets it asks again with the same key.
      for (let round = 0; round < 30 && racing.length > 0; round += 1) {
        const answered = await Promise.all(racing.map((key) => ask(track(), accountId, key)));
        expect(answered.filter((answer) => !['issued', 'busy', 'no-scans-left'].includes(answer))).toEqual(
          [],
        );
        answers.push(...answered.filter((answer) => answer !== 'busy'));
        racing = racing.filter((_key, at) => answered[at] === 'busy');
      }
      expect(answers.filter((answer) => answer === 'issued')).toHaveLength(units);
      expect(answers).toHaveLength(racers);
      expect(await used(track(), accountId)).toBe(units);
    });

    it('forty requests with one key are one scan and one unit', async () => {
      const accountId = await givenAccount(track(), 5);
      const key = freshId();
      const answers = await Promise.all(Array.from({ length: racers }, () => ask(track(), accountId, key)));
      expect(answers.filter((answer) => answer !== 'issued' && answer !== 'busy')).toEqual([]);
      expect(answers).toContain('issued');
      expect(await used(track(), accountId)).toBe(1);
      expect(await scansOf(track(), accountId)).toBe(1);
    });
  });
}
