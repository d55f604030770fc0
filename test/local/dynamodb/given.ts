/** What the tests of the embedded DynamoDB start from: a fresh server, a real SDK client, a clock they set. */
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { onTestFinished } from 'vitest';
import type { StoredTable } from '../../../local/dynamodb/engine.ts';
import type { Observation } from '../../../local/dynamodb/exchange.ts';
import type { EmbeddedDynamoDb } from '../../../local/dynamodb/server.ts';
import { startDynamoDb } from '../../../local/dynamodb/server.ts';

export const prefix = 'test-';

/** Counters, one item each, under a partition key alone. */
export const counters: StoredTable = {
  name: 'counters',
  partitionKey: { name: 'id', type: 'S' },
  indexes: [],
  ttlAttribute: 'removeAfter',
};

/** Entries with a numeric sort key and both kinds of index. */
export const entries: StoredTable = {
  name: 'entries',
  partitionKey: { name: 'owner', type: 'S' },
  sortKey: { name: 'at', type: 'N' },
  indexes: [
    {
      name: 'by-lane',
      partitionKey: { name: 'lane', type: 'S' },
      sortKey: { name: 'due', type: 'N' },
      projection: 'keys-only',
    },
    { name: 'by-tag', partitionKey: { name: 'tag', type: 'S' }, projection: 'all' },
  ],
};

export const countersName = prefix + counters.name;
export const entriesName = prefix + entries.name;

export interface Given {
  readonly db: EmbeddedDynamoDb;
  /** A client with the SDK's own retries. */
  readonly client: DynamoDBClient;
  /** A client that tries once. */
  readonly once: DynamoDBClient;
  readonly clock: { nowMs: number };
  readonly observed: Observation[];
  readonly clientOf: (config: DynamoDBClientConfig) => DynamoDBClient;
}

/** Starts a server that closes with the test. */
export async function givenDynamoDb(): Promise<Given> {
  const clock = { nowMs: Date.UTC(2026, 10, 1) };
  const observed: Observation[] = [];
  const db = await startDynamoDb({
    tables: [counters, entries],
    tablePrefix: prefix,
    now: () => clock.nowMs,
    observe: (observation) => observed.push(observation),
  });
  const clients: DynamoDBClient[] = [];
  const clientOf = (config: DynamoDBClientConfig) => {
    const client = new DynamoDBClient({
      endpoint: db.url,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'tests', secretAccessKey: 'anything' },
      ...config,
    });
    clients.push(client);
    return client;
  };
  onTestFinished(async () => {
    for (const client of clients) client.destroy();
    await db.close();
  });
  return { db, clock, observed, clientOf, client: clientOf({}), once: clientOf({ maxAttempts: 1 }) };
}

/** The error that a call is refused with; a call that succeeds fails the test. */
export async function refusalOf<E extends Error>(call: Promise<unknown>, type: new (...args: never[]) => E) {
  const outcome = await call.then(
    () => new Error('The call succeeded'),
    (error: unknown) => error,
  );
  if (outcome instanceof type) return outcome;
  throw new Error(`Expected ${type.name}`, { cause: outcome });
}
