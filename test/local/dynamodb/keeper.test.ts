import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openKeptMap, type KeptMap } from '../../../local/data/kept-map.ts';
import { openEngine, type Engine } from '../../../local/dynamodb/engine.ts';
import { createKeeper, isWrite, type Keeper, type KeptRow } from '../../../local/dynamodb/keeper.ts';
import type { Answer, JsonObject } from '../../../local/dynamodb/protocol.ts';
import { startDynamoDb } from '../../../local/dynamodb/server.ts';
import { transactWrite } from '../../../local/dynamodb/transact.ts';
import { givenFolder } from '../data/given.ts';
import { counters, countersName, entries, entriesName, prefix } from './given.ts';

interface Process {
  readonly engine: Engine;
  readonly keeper: Keeper;
  write(operation: string, body: JsonObject): Promise<Answer>;
  transact(body: JsonObject, more?: { readonly engine?: Engine; readonly now?: number }): Promise<Answer>;
  contents(): Promise<string>;
}

/** A process on a file: a fresh store in memory, filled from what is there. */
async function start(path: string, wrap = (kept: KeptMap<KeptRow>) => kept): Promise<Process> {
  const engine = await openEngine([counters, entries], prefix);
  onTestFinished(() => engine.close());
  const keeper = await createKeeper(engine, wrap(openKeptMap<KeptRow>(path, { rewriteAfterMs: 2 ** 30 })));
  return {
    engine,
    keeper,
    write: (operation, body) => keeper.write(operation, body, () => engine.run(operation, body)),
    transact: (body, { engine: other = engine, now = 0 } = {}) =>
      transactWrite({ engine: other, ...keeper, now: () => now, newId: randomUUID }, body),
    contents: async () =>
      JSON.stringify([
        await engine.items(countersName),
        await engine.items(entriesName),
        await engine.run('Scan', { TableName: entriesName, IndexName: 'by-tag' }),
      ]),
  };
}

const given = (): string => join(givenFolder(), 'database.log');
const put = (id: string, units: number): JsonObject => ({
  TableName: countersName,
  Item: { id: { S: id }, units: { N: String(units) } },
});
const entry = (at: string, tag: string): JsonObject => ({
  TableName: entriesName,
  Item: { owner: { S: 'o' }, at: { N: at }, tag: { S: tag } },
});
const threeWrites: JsonObject = {
  ClientRequestToken: 'token',
  TransactItems: [
    {
      Update: {
        TableName: countersName,
        Key: { id: { S: 'a' } },
        UpdateExpression: 'SET units = units + :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      },
    },
    { Put: put('new', 1) },
    { Delete: { TableName: entriesName, Key: { owner: { S: 'o' }, at: { N: '1' } } } },
  ],
};

describe('a store that is kept', () => {
  test('is after a restart what it was: puts, updates, deletions, batches and indexes', async () => {
    const path = given();
    const first = await start(path);
    await first.write('PutItem', put('a', 1));
    await first.write('PutItem', put('gone', 1));
    await first.write('PutItem', entry('1', 'red'));
    await first.write('PutItem', entry('1.0', 'blue'));
    await first.write('UpdateItem', {
      TableName: countersName,
      Key: { id: { S: 'a' } },
      UpdateExpression: 'SET units = :two, note = :note',
      ExpressionAttributeValues: { ':two': { N: '2' }, ':note': { S: 'ü\u2028"' } },
    });
    await first.write('DeleteItem', { TableName: countersName, Key: { id: { S: 'gone' } } });
    await first.write('BatchWriteItem', {
      RequestItems: {
        [countersName]: [{ PutRequest: { Item: { id: { S: 'batch' } } } }],
        [entriesName]: [
          { DeleteRequest: { Key: { owner: { S: 'o' }, at: { N: '1' } } } },
          { PutRequest: { Item: { owner: { S: 'o' }, at: { N: '2' }, tag: { S: 'green' } } } },
        ],
      },
    });
    const second = await start(path);
    expect(await second.contents()).toBe(await first.contents());
    expect(await second.engine.items(entriesName)).toHaveLength(1);
    expect(await second.engine.items(countersName)).toHaveLength(2);
  });

  test('keeps nothing of a write that was refused', async () => {
    const path = given();
    const first = await start(path);
    await first.write('PutItem', put('a', 1));
    const before = readFileSync(path);
    const conditional = { ...put('a', 2), ConditionExpression: 'attribute_not_exists(id)' };
    expect(await first.write('PutItem', conditional)).toMatchObject({ status: 400 });
    expect(await first.write('PutItem', { TableName: countersName, Item: {} })).toMatchObject({
      status: 400,
    });
    expect(await first.write('PutItem', { TableName: 'none', Item: {} })).toMatchObject({ status: 400 });
    expect(readFileSync(path)).toEqual(before);
  });

  test('shows nobody a write that the disk did not take', async () => {
    const path = given();
    let full = false;
    const process = await start(path, (kept) => ({
      ...kept,
      commit(changes) {
        if (full) throw new Error('no space left on device');
        kept.commit(changes);
      },
    }));
    await process.write('PutItem', put('a', 1));
    await process.write('PutItem', entry('1', 'red'));
    const before = await process.contents();
    full = true;
    await expect(process.write('PutItem', put('a', 2))).rejects.toThrow('no space');
    await expect(process.transact(threeWrites)).rejects.toThrow('no space');
    expect(await process.contents()).toBe(before);
    full = false;
    expect((await process.transact(threeWrites)).status).toBe(200);
    expect(await (await start(path)).contents()).toBe(await process.contents());
  });
});

describe('a transaction', () => {
  async function givenItems(path: string): Promise<Process> {
    const process = await start(path);
    await process.write('PutItem', put('a', 1));
    await process.write('PutItem', entry('1', 'red'));
    return process;
  }

  test.each([1, 2, 3])('that is killed before write %i of 3 never was', async (at) => {
    const path = given();
    const first = await givenItems(path);
    const before = await first.contents();
    let writes = 0;
    const { promise: killed, resolve: kill } = Promise.withResolvers<void>();
    const { promise: never } = Promise.withResolvers<never>();
    const run: Engine['run'] = (operation, body) => {
      if (isWrite(operation)) writes += 1;
      if (writes < at || !isWrite(operation)) return first.engine.run(operation, body);
      kill();
      return never;
    };
    void first.transact(threeWrites, { engine: { ...first.engine, run } });
    await killed;
    const second = await start(path);
    expect(await second.contents()).toBe(before);
    // The token of what never was may be used again.
    expect((await second.transact(threeWrites)).status).toBe(200);
    expect(await second.contents()).not.toBe(before);
  });

  test('that was applied is there as a whole, one commit, with its token', async () => {
    const path = given();
    const first = await givenItems(path);
    const lines = () => readFileSync(path, 'utf8').trimEnd().split('\n').length;
    const before = lines();
    await first.transact(threeWrites);
    expect(lines()).toBe(before + 1);
    const second = await start(path);
    const contents = await first.contents();
    expect(await second.contents()).toBe(contents);
    expect((await second.transact(threeWrites)).status).toBe(200);
    expect(await second.contents()).toBe(contents);
    const other = { ...threeWrites, TransactItems: [{ Put: put('other', 1) }] };
    expect((await second.transact(other)).body['__type']).toContain('IdempotentParameterMismatch');
  });

  test('is forgotten by its token after ten minutes, on disk as well', async () => {
    const path = given();
    const first = await givenItems(path);
    await first.transact({ ClientRequestToken: 'old', TransactItems: [{ Put: put('b', 1) }] }, { now: 0 });
    const later = { ClientRequestToken: 'later', TransactItems: [{ Put: put('c', 1) }] };
    await first.transact(later, { now: 600_000 });
    await start(path);
    const log = readFileSync(path, 'utf8');
    expect(log).toContain('token later');
    expect(log).not.toContain('token old');
  });

  test('that is cancelled leaves no line', async () => {
    const path = given();
    const first = await givenItems(path);
    const before = readFileSync(path);
    const impossible = {
      TransactItems: [
        { Put: put('b', 1) },
        { Put: { ...put('a', 5), ConditionExpression: 'attribute_not_exists(id)' } },
      ],
    };
    expect((await first.transact(impossible)).status).toBe(400);
    expect(readFileSync(path)).toEqual(before);
  });
});

test('a write is answered when it is flushed, and no earlier', async () => {
  const kept = openKeptMap<KeptRow>(given());
  const { promise: disk, resolve: spin } = Promise.withResolvers<void>();
  const { promise: flushing, resolve: reach } = Promise.withResolvers<void>();
  const db = await startDynamoDb({
    tables: [counters],
    tablePrefix: prefix,
    now: () => 0,
    kept: {
      ...kept,
      async flush() {
        if (kept.entries().length === 0) return;
        reach();
        await disk;
      },
    },
  });
  const client = new DynamoDBClient({
    endpoint: db.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'tests', secretAccessKey: 'anything' },
  });
  onTestFinished(async () => {
    client.destroy();
    await db.close();
  });
  let answered = false;
  const writing = (async () => {
    await client.send(new PutItemCommand({ TableName: countersName, Item: { id: { S: 'a' } } }));
    answered = true;
  })();
  await flushing;
  expect(kept.entries()).toHaveLength(1);
  expect(answered).toBe(false);
  spin();
  await writing;
  expect(answered).toBe(true);
});
