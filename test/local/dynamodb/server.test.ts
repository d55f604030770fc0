import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBServiceException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ResourceNotFoundException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { tables } from '../../../core/tables.ts';
import { startDynamoDb } from '../../../local/dynamodb/server.ts';
import { countersName, entriesName, givenDynamoDb, refusalOf } from './given.ts';

const entry = (at: number, more: Record<string, { S: string } | { N: string }> = {}) => ({
  owner: { S: 'o' },
  at: { N: String(at) },
  ...more,
});

describe('tables', () => {
  test('every table of the product is there at start, on demand and with its indexes', async () => {
    const db = await startDynamoDb({ tables, tablePrefix: 'p-', now: () => 0 });
    expect(await Promise.all(tables.map(({ name }) => db.items(name)))).toEqual(tables.map(() => []));
    await db.close();
  });

  test('a definition becomes keys, billing mode and projections', async () => {
    const { client } = await givenDynamoDb();
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: entriesName }));
    expect(table).toMatchObject({
      TableStatus: 'ACTIVE',
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      KeySchema: [
        { AttributeName: 'owner', KeyType: 'HASH' },
        { AttributeName: 'at', KeyType: 'RANGE' },
      ],
    });
    const projections = new Map(
      table?.GlobalSecondaryIndexes?.map((index) => [index.IndexName, index.Projection?.ProjectionType]),
    );
    expect(projections).toEqual(
      new Map([
        ['by-lane', 'KEYS_ONLY'],
        ['by-tag', 'ALL'],
      ]),
    );
  });

  test('rejects a table that does not exist', async () => {
    const { client } = await givenDynamoDb();
    const get = client.send(new GetItemCommand({ TableName: 'test-none', Key: { id: { S: 'a' } } }));
    await expect(get).rejects.toBeInstanceOf(ResourceNotFoundException);
  });

  test('a sparse index holds only items with its keys, sorted, and pages', async () => {
    const { client } = await givenDynamoDb();
    for (const at of [1, 2, 3, 4])
      await client.send(
        new PutItemCommand({
          TableName: entriesName,
          Item: entry(at, at === 2 ? { note: { S: 'x' } } : { lane: { S: 's' }, due: { N: `${10 - at}` } }),
        }),
      );
    const query = {
      TableName: entriesName,
      IndexName: 'by-lane',
      KeyConditionExpression: 'lane = :s AND due < :d',
      ExpressionAttributeValues: { ':s': { S: 's' }, ':d': { N: '10' } },
    };
    const first = await client.send(new QueryCommand({ ...query, Limit: 2 }));
    const { LastEvaluatedKey: ExclusiveStartKey } = first;
    const rest = await client.send(new QueryCommand({ ...query, ExclusiveStartKey }));
    expect([...(first.Items ?? []), ...(rest.Items ?? [])].map((item) => item['at'])).toEqual([
      { N: '4' },
      { N: '3' },
      { N: '1' },
    ]);
    expect(first.Items).toHaveLength(2);
  });

  test('items() gives every item of a table, also beyond one page of 1 MB', async () => {
    const { db, client } = await givenDynamoDb();
    const text = 'x'.repeat(300_000);
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f'])
      await client.send(
        new PutItemCommand({ TableName: countersName, Item: { id: { S: id }, text: { S: text } } }),
      );
    const ids = (await db.items('counters')).map((item) => item['id']?.['S']);
    expect(new Set(ids)).toEqual(new Set(['a', 'b', 'c', 'd', 'e', 'f']));
    expect(ids).toHaveLength(6);
  });
});

describe('single writes', () => {
  test('rejects a failed condition with the item when it is asked for', async () => {
    const { client } = await givenDynamoDb();
    const Item = { id: { S: 'a' }, units: { N: '1' } };
    await client.send(new PutItemCommand({ TableName: countersName, Item }));
    const put = {
      TableName: countersName,
      Item: { id: { S: 'a' }, units: { N: '2' } },
      ConditionExpression: 'attribute_not_exists(id)',
    };
    const bare = await refusalOf(client.send(new PutItemCommand(put)), ConditionalCheckFailedException);
    expect(bare.Item).toBeUndefined();
    const asked = client.send(new PutItemCommand({ ...put, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }));
    expect((await refusalOf(asked, ConditionalCheckFailedException)).Item).toEqual(Item);
  });

  test('rejects a failed condition without an item when there is none', async () => {
    const { client } = await givenDynamoDb();
    const update = client.send(
      new UpdateItemCommand({
        TableName: countersName,
        Key: { id: { S: 'none' } },
        UpdateExpression: 'SET units = :one',
        ConditionExpression: 'attribute_exists(id)',
        ExpressionAttributeValues: { ':one': { N: '1' } },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    expect((await refusalOf(update, ConditionalCheckFailedException)).Item).toBeUndefined();
  });
});

describe('the wire', () => {
  const target = { 'x-amz-target': 'DynamoDB_20120810.ListTables' };
  const authorization =
    'AWS4-HMAC-SHA256 Credential=k/1/r/dynamodb/aws4_request, SignedHeaders=h, Signature=s';

  test.each([
    ['no operation', { authorization }, '{}', 'UnknownOperationException'],
    [
      'an unknown operation',
      { authorization, 'x-amz-target': 'DynamoDB_20120810.Nothing' },
      '{}',
      'UnknownOperationException',
    ],
    ['no credentials', { ...target }, '{}', 'MissingAuthenticationTokenException'],
    ['a body that is no JSON', { ...target, authorization }, '{', 'SerializationException'],
    ['a body that is no object', { ...target, authorization }, '[]', 'SerializationException'],
    ['a wrong type', { ...target, authorization }, '{"Limit":"1"}', 'SerializationException'],
  ])('rejects %s', async (_, headers, body, type) => {
    const { db } = await givenDynamoDb();
    const response = await fetch(db.url, { method: 'POST', headers, body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: expect.stringMatching(`#${type}$`) });
  });

  test('every access is told with its table, the action IAM would ask for and the access key id', async () => {
    const { clientOf, observed } = await givenDynamoDb();
    const client = clientOf({ credentials: { accessKeyId: 'sweep', secretAccessKey: 'any' } });
    const key = { TableName: countersName, Key: { id: { S: 'a' } } };
    await client.send(new GetItemCommand(key));
    await client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { ConditionCheck: { ...key, ConditionExpression: 'attribute_not_exists(id)' } },
          { Put: { TableName: entriesName, Item: entry(1) } },
        ],
      }),
    );
    const accessKeyId = 'sweep';
    expect(observed).toEqual([
      { operation: 'GetItem', action: 'GetItem', table: 'counters', accessKeyId },
      { operation: 'TransactWriteItems', action: 'ConditionCheckItem', table: 'counters', accessKeyId },
      { operation: 'TransactWriteItems', action: 'PutItem', table: 'entries', accessKeyId },
    ]);
  });

  test('batches pass, and are told once a table', async () => {
    const { client, observed, db } = await givenDynamoDb();
    const Put = (id: string) => ({ PutRequest: { Item: { id: { S: id } } } });
    const puts = {
      [countersName]: [Put('a'), Put('b')],
      [entriesName]: [{ PutRequest: { Item: entry(1) } }],
    };
    await client.send(new BatchWriteItemCommand({ RequestItems: puts }));
    const Keys = [{ id: { S: 'b' } }, { id: { S: 'none' } }];
    const gets = new BatchGetItemCommand({ RequestItems: { [countersName]: { Keys } } });
    expect((await client.send(gets)).Responses).toEqual({ [countersName]: [{ id: { S: 'b' } }] });
    expect(await db.items('entries')).toEqual([entry(1)]);
    expect(observed.map(({ action, table }) => `${action} ${table}`)).toEqual([
      'BatchWriteItem counters',
      'BatchWriteItem entries',
      'BatchGetItem counters',
    ]);
  });

  test('rejects a port that is taken', async () => {
    const { db } = await givenDynamoDb();
    const second = startDynamoDb({ port: db.port, tables: [], tablePrefix: '', now: () => 0 });
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('rejects every request once closed', async () => {
    const { db, once } = await givenDynamoDb();
    await db.close();
    const get = once.send(new GetItemCommand({ TableName: countersName, Key: { id: { S: 'a' } } }));
    await expect(get).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('time to live', () => {
  test('an item goes when expire() finds its time past, not before and not by itself', async () => {
    const { db, client, clock } = await givenDynamoDb();
    const now = clock.nowMs / 1000;
    for (const [id, removeAfter] of Object.entries({ past: now - 1, now, future: now + 60 }))
      await client.send(
        new PutItemCommand({
          TableName: countersName,
          Item: { id: { S: id }, removeAfter: { N: String(removeAfter) } },
        }),
      );
    await client.send(
      new PutItemCommand({
        TableName: countersName,
        Item: { id: { S: 'no number' }, removeAfter: { S: '1' } },
      }),
    );
    const ids = async () => new Set((await db.items('counters')).map((item) => item['id']?.['S']));
    expect(await ids()).toEqual(new Set(['future', 'no number', 'now', 'past']));
    expect(await db.expire()).toBe(2);
    expect(await ids()).toEqual(new Set(['future', 'no number']));
    clock.nowMs += 60_000;
    expect(await db.expire()).toBe(1);
    expect(await ids()).toEqual(new Set(['no number']));
  });

  test('it is set by the definition and can be described, switched on and switched off', async () => {
    const { client } = await givenDynamoDb();
    const statusOf = async (TableName: string) => {
      const answer = await client.send(new DescribeTimeToLiveCommand({ TableName }));
      return answer.TimeToLiveDescription;
    };
    const set = (Enabled: boolean) =>
      client.send(
        new UpdateTimeToLiveCommand({
          TableName: entriesName,
          TimeToLiveSpecification: { AttributeName: 'due', Enabled },
        }),
      );
    expect(await statusOf(countersName)).toEqual({
      TimeToLiveStatus: 'ENABLED',
      AttributeName: 'removeAfter',
    });
    expect(await statusOf(entriesName)).toEqual({ TimeToLiveStatus: 'DISABLED' });
    await set(true);
    expect(await statusOf(entriesName)).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'due' });
    await expect(set(true)).rejects.toThrow(DynamoDBServiceException);
    await set(false);
    expect(await statusOf(entriesName)).toEqual({ TimeToLiveStatus: 'DISABLED' });
  });
});
