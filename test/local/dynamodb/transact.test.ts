import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBServiceException,
  GetItemCommand,
  IdempotentParameterMismatchException,
  PutItemCommand,
  QueryCommand,
  ResourceNotFoundException,
  TransactGetItemsCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';
import type { Given } from './given.ts';
import { countersName, entriesName, givenDynamoDb, refusalOf } from './given.ts';

const keyOf = (id: string) => ({ TableName: countersName, Key: { id: { S: id } } });
const itemOf = (id: string, units: number) => ({
  TableName: countersName,
  Item: { id: { S: id }, units: { N: String(units) } },
});

const entryAt = (N: string) => ({ TableName: entriesName, Key: { owner: { S: 'o' }, at: { N } } });

/** `units` up or down, refused below zero. */
const move = (id: string, by: number): TransactWriteItem => ({
  Update: {
    ...keyOf(id),
    UpdateExpression: 'SET units = units + :by',
    ConditionExpression: 'units >= :least',
    ExpressionAttributeValues: { ':by': { N: String(by) }, ':least': { N: String(-by) } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  },
});

const write = ({ client }: Given, TransactItems: TransactWriteItem[], ClientRequestToken?: string) =>
  client.send(
    new TransactWriteItemsCommand({ TransactItems, ...(ClientRequestToken ? { ClientRequestToken } : {}) }),
  );

async function unitsOf({ client }: Given, id: string): Promise<string | undefined> {
  const { Item } = await client.send(new GetItemCommand({ ...keyOf(id), ConsistentRead: true }));
  return Item?.['units']?.N;
}

async function givenCounters(units: Record<string, number>): Promise<Given> {
  const given = await givenDynamoDb();
  for (const [id, of] of Object.entries(units)) await given.client.send(new PutItemCommand(itemOf(id, of)));
  return given;
}

describe('a transaction', () => {
  test('puts, updates, deletes and checks together', async () => {
    const given = await givenCounters({ a: 3, b: 1, gone: 0, guard: 7 });
    await write(given, [
      { ConditionCheck: { ...keyOf('guard'), ConditionExpression: 'attribute_exists(id)' } },
      move('a', -2),
      move('b', 2),
      { Put: { ...itemOf('new', 9), ConditionExpression: 'attribute_not_exists(id)' } },
      { Delete: keyOf('gone') },
    ]);
    const items = await given.db.items('counters');
    expect(Object.fromEntries(items.map((item) => [item['id']?.['S'], item['units']?.['N']]))).toEqual({
      a: '1',
      b: '3',
      new: '9',
      guard: '7',
    });
  });

  test('rejects with one reason an action in order, and the item where it was asked for', async () => {
    const given = await givenCounters({ a: 1, b: 5, c: 5 });
    const error = await refusalOf(
      write(given, [
        move('b', 1),
        move('a', -2),
        { Put: { ...itemOf('c', 0), ConditionExpression: 'attribute_not_exists(id)' } },
        move('missing', -1),
      ]),
      TransactionCanceledException,
    );
    expect(error.message).toBe(
      'Transaction cancelled, please refer cancellation reasons for specific reasons ' +
        '[None, ConditionalCheckFailed, ConditionalCheckFailed, ConditionalCheckFailed]',
    );
    const failed = { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' };
    expect(error.CancellationReasons).toEqual([
      { Code: 'None' },
      { ...failed, Item: itemOf('a', 1).Item },
      failed,
      failed,
    ]);
  });

  test('rejects an update that cannot be applied as ValidationError and undoes what came before', async () => {
    const given = await givenCounters({ a: 1, b: 1 });
    const error = await refusalOf(
      write(given, [
        move('a', 1),
        { Update: { ...keyOf('b'), UpdateExpression: 'SET units = nothing' } },
        { Put: { TableName: countersName, Item: { other: { S: 'no key' } } } },
        { Delete: { TableName: countersName, Key: { id: { N: '1' } } } },
        move('b2', 1),
      ]),
      TransactionCanceledException,
    );
    expect(error.CancellationReasons?.map((reason) => reason.Code)).toEqual([
      'None',
      'ValidationError',
      'ValidationError',
      'ValidationError',
      'ConditionalCheckFailed',
    ]);
    expect(await unitsOf(given, 'a')).toBe('1');
  });

  test('a cancelled one leaves every item and index byte-identical', async () => {
    const given = await givenDynamoDb();
    const rich: Record<string, AttributeValue> = {
      owner: { S: 'o' },
      at: { N: '1' },
      zeta: { S: '' },
      alpha: {
        L: [{ N: '0.10' }, { NULL: true }, { M: { y: { BOOL: false }, x: { B: new Uint8Array([7]) } } }],
      },
      set: { SS: ['b', 'a'] },
      numbers: { NS: ['3', '1e3'] },
      tag: { S: 't' },
      lane: { S: 's' },
      due: { N: '5' },
    };
    await given.client.send(new PutItemCommand({ TableName: entriesName, Item: rich }));
    await given.client.send(
      new PutItemCommand({ TableName: entriesName, Item: { ...rich, at: { N: '2' }, tag: { S: 'u' } } }),
    );
    const indexed = async (IndexName: string, key: string, of: string) => {
      const query = {
        TableName: entriesName,
        IndexName,
        KeyConditionExpression: `${key} = :of`,
        ExpressionAttributeValues: { ':of': { S: of } },
      };
      return (await given.client.send(new QueryCommand(query))).Items;
    };
    const everything = async () => [
      await given.db.items('entries'),
      await indexed('by-tag', 'tag', 't'),
      await indexed('by-lane', 'lane', 's'),
    ];
    const tagged = { ExpressionAttributeValues: { ':u': { S: 'u' } } };
    const named = { ExpressionAttributeNames: { '#at': 'at' } };
    const before = JSON.stringify(await everything());
    const error = await refusalOf(
      write(given, [
        { Update: { ...entryAt('1'), UpdateExpression: 'REMOVE lane, alpha[0] SET tag = :u', ...tagged } },
        { Delete: entryAt('2') },
        { Put: { TableName: entriesName, Item: { ...rich, at: { N: '3' } } } },
        { ConditionCheck: { ...entryAt('4'), ConditionExpression: 'attribute_exists(#at)', ...named } },
      ]),
      TransactionCanceledException,
    );
    expect(error.CancellationReasons?.map((reason) => reason.Code).slice(0, 3)).toEqual(
      Array(3).fill('None'),
    );
    expect(JSON.stringify(await everything())).toBe(before);
  });

  test('a condition check never creates an item', async () => {
    const given = await givenCounters({});
    await write(given, [
      { ConditionCheck: { ...keyOf('absent'), ConditionExpression: 'attribute_not_exists(id)' } },
      { Put: itemOf('present', 1) },
    ]);
    expect((await given.db.items('counters')).map((item) => item['id']?.['S'])).toEqual(['present']);
  });

  test('a condition check never removes the item it holds for', async () => {
    const given = await givenCounters({ a: 1 });
    await write(given, [
      { ConditionCheck: { ...keyOf('a'), ConditionExpression: 'attribute_exists(id)' } },
      { Put: itemOf('b', 1) },
    ]);
    expect(await unitsOf(given, 'a')).toBe('1');
  });

  test('works through the document client', async () => {
    const given = await givenCounters({ a: 2 });
    const documents = DynamoDBDocumentClient.from(given.client);
    const spend = new TransactWriteCommand({
      TransactItems: [
        {
          Update: {
            TableName: countersName,
            Key: { id: 'a' },
            UpdateExpression: 'SET units = units - :n',
            ConditionExpression: 'units >= :n',
            ExpressionAttributeValues: { ':n': 2 },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
        { Put: { TableName: countersName, Item: { id: 'scan', labels: { of: ['x'] } } } },
      ],
    });
    await documents.send(spend);
    const { Item } = await documents.send(new GetCommand({ TableName: countersName, Key: { id: 'scan' } }));
    expect(Item).toEqual({ id: 'scan', labels: { of: ['x'] } });
    spend.input.ClientRequestToken = 'another';
    const error = await refusalOf(documents.send(spend), TransactionCanceledException);
    // The document client leaves the items of a refusal as they came.
    expect(error.CancellationReasons).toMatchObject([{ Item: itemOf('a', 0).Item }, { Code: 'None' }]);
  });
});

describe('a transaction as a whole', () => {
  const check: TransactWriteItem = {
    ConditionCheck: { ...keyOf('a'), ConditionExpression: 'attribute_exists(id)' },
  };
  const puts = (count: number) => Array.from({ length: count }, (_, at) => ({ Put: itemOf(`p${at}`, at) }));

  test('takes 100 actions', async () => {
    const given = await givenCounters({});
    await write(given, puts(100));
    expect(await given.db.items('counters')).toHaveLength(100);
  });

  test.each<[string, TransactWriteItem[]]>([
    ['101 actions', puts(101)],
    ['no action', []],
    ['two actions on one item', [check, { Delete: keyOf('a') }]],
    ['two actions in one entry', [{ ...check, Put: itemOf('b', 1) }]],
    ['an entry without action', [{}]],
    ['a check without condition', [{ ConditionCheck: { ...keyOf('a'), ConditionExpression: undefined } }]],
    ['an update without expression', [{ Update: { ...keyOf('a'), UpdateExpression: undefined } }]],
    ['a delete without key', [{ Delete: { TableName: countersName, Key: undefined } }]],
    ['an expression that does not parse', [{ Delete: { ...keyOf('a'), ConditionExpression: 'units >' } }]],
    ['a reserved word', [{ Update: { ...keyOf('a'), UpdateExpression: 'REMOVE status' } }]],
  ])('rejects %s with ValidationException and changes nothing', async (_, items) => {
    const given = await givenCounters({ a: 1 });
    const before = JSON.stringify(await given.db.items('counters'));
    const error = await refusalOf(write(given, items), DynamoDBServiceException);
    expect(error.name).toBe('ValidationException');
    expect(JSON.stringify(await given.db.items('counters'))).toBe(before);
  });

  test('rejects two spellings of one number key as one item', async () => {
    const given = await givenDynamoDb();
    const error = await refusalOf(
      write(given, [{ Delete: entryAt('1') }, { Delete: entryAt('1.0') }]),
      DynamoDBServiceException,
    );
    expect(error.name).toBe('ValidationException');
    await write(given, [{ Delete: entryAt('1') }, { Delete: entryAt('10') }]);
  });

  test('rejects a table that does not exist', async () => {
    const given = await givenDynamoDb();
    const missing = write(given, [{ Put: { ...itemOf('a', 1), TableName: 'test-none' } }]);
    await expect(missing).rejects.toBeInstanceOf(ResourceNotFoundException);
  });

  test('rejects a token longer than 36 characters', async () => {
    const given = await givenCounters({});
    const error = await refusalOf(write(given, puts(1), 'x'.repeat(37)), DynamoDBServiceException);
    expect(error.name).toBe('ValidationException');
  });
});

describe('a request token', () => {
  test('answers the first success again for 10 minutes, then is applied as new', async () => {
    const given = await givenCounters({ a: 5 });
    await write(given, [move('a', -1)], 'token');
    given.clock.nowMs += 10 * 60_000 - 1;
    await write(given, [move('a', -1)], 'token');
    expect(await unitsOf(given, 'a')).toBe('4');
    given.clock.nowMs += 1;
    await write(given, [move('a', -1)], 'token');
    expect(await unitsOf(given, 'a')).toBe('3');
  });

  test('rejects another body', async () => {
    const given = await givenCounters({ a: 5 });
    await write(given, [move('a', -1)], 'token');
    await refusalOf(write(given, [move('a', -2)], 'token'), IdempotentParameterMismatchException);
    expect(await unitsOf(given, 'a')).toBe('4');
  });

  test('of a cancelled transaction is free for another attempt', async () => {
    const given = await givenCounters({ a: 0 });
    await refusalOf(write(given, [move('a', -1)], 'token'), TransactionCanceledException);
    await given.client.send(new PutItemCommand(itemOf('a', 1)));
    await write(given, [move('a', -1)], 'token');
    expect(await unitsOf(given, 'a')).toBe('0');
  });

  test('twice at once is applied once', async () => {
    const given = await givenCounters({ a: 5 });
    await Promise.all([1, 2, 3].map(() => write(given, [move('a', -1)], 'token')));
    expect(await unitsOf(given, 'a')).toBe('4');
  });
});

describe('a transactional read', () => {
  test('gives items in the order asked for, projected, and nothing for what is missing', async () => {
    const given = await givenCounters({ a: 1, b: 2 });
    const { Responses } = await given.client.send(
      new TransactGetItemsCommand({
        TransactItems: [
          { Get: keyOf('b') },
          { Get: keyOf('none') },
          { Get: { ...keyOf('a'), ProjectionExpression: 'units' } },
        ],
      }),
    );
    expect(Responses).toEqual([{ Item: itemOf('b', 2).Item }, {}, { Item: { units: { N: '1' } } }]);
  });

  test.each([0, 101])('rejects %i items', async (count) => {
    const { client } = await givenDynamoDb();
    const TransactItems = Array.from({ length: count }, (_, at) => ({ Get: keyOf(`${at}`) }));
    const error = await refusalOf(
      client.send(new TransactGetItemsCommand({ TransactItems })),
      DynamoDBServiceException,
    );
    expect(error.name).toBe('ValidationException');
  });

  test('rejects a key that does not fit', async () => {
    const { client } = await givenDynamoDb();
    const TransactItems = [{ Get: { TableName: countersName, Key: { other: { S: 'a' } } } }];
    const error = await refusalOf(
      client.send(new TransactGetItemsCommand({ TransactItems })),
      DynamoDBServiceException,
    );
    expect(error.name).toBe('ValidationException');
  });
});
