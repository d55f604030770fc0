import {
  GetItemCommand,
  InternalServerError,
  ProvisionedThroughputExceededException,
  PutItemCommand,
  TransactGetItemsCommand,
  TransactionCanceledException,
  TransactionConflictException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import type { Effect } from '../../../local/dynamodb/faults.ts';
import type { JsonObject } from '../../../local/dynamodb/protocol.ts';
import { textOf } from '../../../local/dynamodb/protocol.ts';
import type { Given } from './given.ts';
import { countersName, entriesName, givenDynamoDb, refusalOf } from './given.ts';

const key = { TableName: countersName, Key: { id: { S: 'a' } } };
const add = {
  ...key,
  UpdateExpression: 'ADD units :one',
  ExpressionAttributeValues: { ':one': { N: '1' } },
};
const addOne = () => new UpdateItemCommand(add);
const addTwice = () =>
  new TransactWriteItemsCommand({
    TransactItems: [
      { Put: { TableName: entriesName, Item: { owner: { S: 'o' }, at: { N: '1' } } } },
      { Update: add },
    ],
  });

const where = (body: JsonObject) => body['ConsistentRead'] === true;

async function unitsIn({ db }: Given): Promise<string> {
  const [item] = await db.items('counters');
  return textOf(item?.['units']?.['N']) || 'none';
}

describe('a fault on a single write', () => {
  test.each([
    ['transaction-conflict', TransactionConflictException],
    ['throttle', ProvisionedThroughputExceededException],
    ['internal-error', InternalServerError],
  ] as const)('%s: rejects and applies nothing, then is used up', async (effect, type) => {
    const given = await givenDynamoDb();
    given.db.faults.next({ operation: 'UpdateItem', effect });
    await expect(given.once.send(addOne())).rejects.toBeInstanceOf(type);
    expect(await unitsIn(given)).toBe('none');
    expect(given.db.faults.pending()).toEqual([]);
    await given.once.send(addOne());
    expect(await unitsIn(given)).toBe('1');
  });

  test('reset: rejects with a broken connection and applies nothing', async () => {
    const given = await givenDynamoDb();
    given.db.faults.next({ operation: 'UpdateItem', effect: 'reset' });
    await expect(given.once.send(addOne())).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await unitsIn(given)).toBe('none');
  });

  test('apply-then-drop: the answer is lost and the write stands', async () => {
    const given = await givenDynamoDb();
    given.db.faults.next({ operation: 'UpdateItem', effect: 'apply-then-drop' });
    await expect(given.once.send(addOne())).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await unitsIn(given)).toBe('1');
  });

  test('apply-then-drop: a retrying client meets its own write', async () => {
    const given = await givenDynamoDb();
    given.db.faults.next({ operation: 'PutItem', effect: 'apply-then-drop' });
    const put = new PutItemCommand({
      TableName: countersName,
      Item: { id: { S: 'a' } },
      ConditionExpression: 'attribute_not_exists(id)',
    });
    await expect(given.client.send(put)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect(await given.db.items('counters')).toHaveLength(1);
  });

  test('delayMs: the request waits and is then applied; others go ahead', async () => {
    const given = await givenDynamoDb();
    given.db.faults.next({ operation: 'UpdateItem', effect: { delayMs: 1_000 } });
    const finished: string[] = [];
    const slow = given.once.send(addOne()).then(() => finished.push('slow'));
    const quick = given.once.send(new GetItemCommand(key)).then(() => finished.push('quick'));
    await Promise.all([slow, quick]);
    expect(finished).toEqual(['quick', 'slow']);
    expect(await unitsIn(given)).toBe('1');
  });

  test('closing the server does not wait for a delay', async () => {
    const given = await givenDynamoDb();
    given.db.faults.next({ operation: 'UpdateItem', effect: { delayMs: 3_600_000 } });
    const waiting = given.once.send(addOne()).catch((error: unknown) => error);
    // The fault is taken when the request has arrived.
    await expect.poll(() => given.db.faults.pending(), { interval: 1 }).toEqual([]);
    await given.db.close();
    expect(await waiting).toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('a fault on a transaction', () => {
  test('transaction-conflict: rejects with the reason at the action on the named table', async () => {
    const given = await givenDynamoDb();
    const effect: Effect = 'transaction-conflict';
    given.db.faults.next({ operation: 'TransactWriteItems', table: 'counters', effect });
    const error = await refusalOf(given.once.send(addTwice()), TransactionCanceledException);
    expect(error.CancellationReasons).toEqual([
      { Code: 'None' },
      { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' },
    ]);
    expect(error.message).toMatch(/\[None, TransactionConflict\]$/);
    expect(await unitsIn(given)).toBe('none');
  });

  test('transaction-conflict: a transactional read is cancelled too', async () => {
    const given = await givenDynamoDb();
    given.db.faults.next({ operation: 'TransactGetItems', effect: 'transaction-conflict' });
    const read = new TransactGetItemsCommand({ TransactItems: [{ Get: key }] });
    const error = await refusalOf(given.once.send(read), TransactionCanceledException);
    expect(error.CancellationReasons).toMatchObject([{ Code: 'TransactionConflict' }]);
  });

  test('apply-then-drop: a retrying client is answered by its token, and it is applied once', async () => {
    const given = await givenDynamoDb();
    given.db.faults.next({ operation: 'TransactWriteItems', effect: 'apply-then-drop' });
    await given.client.send(addTwice());
    expect(given.db.faults.pending()).toEqual([]);
    expect(await unitsIn(given)).toBe('1');
  });
});

describe('which requests are hit', () => {
  test('only those of the operation, the table and the condition, so many times, in the order armed', async () => {
    const given = await givenDynamoDb();
    const { faults } = given.db;
    faults.next({ operation: 'GetItem', table: 'counters', where, times: 2, effect: 'throttle' });
    faults.next({ operation: 'GetItem', table: 'counters', where, effect: 'internal-error' });
    const strong = () => given.once.send(new GetItemCommand({ ...key, ConsistentRead: true }));
    await given.once.send(new GetItemCommand(key));
    const other = {
      TableName: entriesName,
      Key: { owner: { S: 'o' }, at: { N: '1' } },
      ConsistentRead: true,
    };
    await given.once.send(new GetItemCommand(other));
    await given.once.send(addOne());
    await refusalOf(strong(), ProvisionedThroughputExceededException);
    await refusalOf(strong(), ProvisionedThroughputExceededException);
    await refusalOf(strong(), InternalServerError);
    await strong();
    expect(faults.pending()).toEqual([]);
  });

  test('none after clear()', async () => {
    const given = await givenDynamoDb();
    given.db.faults.next({ operation: 'UpdateItem', effect: 'throttle', times: 9 });
    given.db.faults.after(() => {
      throw new Error('A hook that was cleared ran');
    });
    expect(given.db.faults.pending()).toHaveLength(1);
    given.db.faults.clear();
    await given.once.send(addOne());
    expect(await unitsIn(given)).toBe('1');
  });

  test.each([
    ['a table that does not exist', { operation: 'GetItem', table: 'counter', effect: 'throttle' }],
    ['a conflict of a plain read', { operation: 'GetItem', effect: 'transaction-conflict' }],
    ['no times', { operation: 'GetItem', effect: 'throttle', times: 0 }],
  ] as const)('rejects a fault that could never happen: %s', async (_, fault) => {
    const { db } = await givenDynamoDb();
    expect(() => db.faults.next(fault)).toThrow(TypeError);
  });
});

describe('the hook after an operation', () => {
  test('is awaited when it was applied and before it is answered, and may use the store', async () => {
    const given = await givenDynamoDb();
    const seen: unknown[] = [];
    const remove = given.db.faults.after(async (operation, body) => {
      if (operation !== 'UpdateItem') return;
      seen.push(body['UpdateExpression'], await unitsIn(given));
      await given.once.send(
        new PutItemCommand({ TableName: countersName, Item: { id: { S: 'a' }, units: { N: '40' } } }),
      );
    });
    await given.once.send(addOne());
    expect(seen).toEqual(['ADD units :one', '1']);
    expect(await unitsIn(given)).toBe('40');
    remove();
    await given.once.send(addOne());
    expect(await unitsIn(given)).toBe('41');
  });

  test('does not run for what was refused', async () => {
    const given = await givenDynamoDb();
    const seen: string[] = [];
    given.db.faults.after((operation) => void seen.push(operation));
    const refused = new UpdateItemCommand({ ...add, ConditionExpression: 'attribute_exists(id)' });
    await expect(given.once.send(refused)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    await given.once.send(addOne());
    expect(seen).toEqual(['UpdateItem']);
  });

  test('rejects with an internal error when it throws itself', async () => {
    const given = await givenDynamoDb();
    given.db.faults.after(() => {
      throw new Error('a bug in the test');
    });
    const error = await refusalOf(given.once.send(addOne()), InternalServerError);
    expect(error.message).toBe('a bug in the test');
  });
});
