import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import {
  ConditionalCheckFailedException,
  PutItemCommand,
  TransactGetItemsCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Arbitrary } from 'fast-check';
import { array, assert, asyncProperty, constant, integer, nat, oneof, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countersName, givenDynamoDb } from './given.ts';
import type { Outcome, State, Step } from './serial-order.ts';
import { hasSerialOrder } from './serial-order.ts';

const count = 3;
const index = nat({ max: count - 1 });
const few = integer({ min: 1, max: 3 });
const initial: State = [3, 2, 0];

const step: Arbitrary<Step> = oneof(
  { weight: 3, arbitrary: record({ kind: constant('move'), from: index, to: index, n: few }) },
  {
    weight: 1,
    arbitrary: record({ kind: constant('set-if'), guard: index, n: few, to: index, value: few }),
  },
  { weight: 2, arbitrary: record({ kind: constant('read-all') }) },
  { weight: 1, arbitrary: record({ kind: constant('add'), to: index, n: few }) },
  { weight: 1, arbitrary: record({ kind: constant('swap'), at: index, from: few, value: few }) },
);

/** Two actions of one transaction on one item are refused as a whole: no step of the model. */
const isPossible = (of: Step): boolean =>
  (of.kind !== 'move' || of.from !== of.to) && (of.kind !== 'set-if' || of.guard !== of.to);

/** Steps through the real SDK, on counters whose ids start with `run`. */
class Store {
  readonly client: DynamoDBClient;
  readonly run: string;

  constructor(client: DynamoDBClient, run: string) {
    this.client = client;
    this.run = run;
  }

  key(of: number) {
    return { TableName: countersName, Key: { id: { S: `${this.run}/${of}` } } };
  }

  put(of: number, units: number) {
    const { TableName, Key } = this.key(of);
    return { TableName, Item: { ...Key, units: { N: String(units) } } };
  }

  add(to: number, n: number) {
    return {
      ...this.key(to),
      UpdateExpression: 'SET units = units + :n',
      ExpressionAttributeValues: { ':n': { N: String(n) } },
    };
  }

  async write(TransactItems: TransactWriteItem[]): Promise<Outcome> {
    return this.outcomeOf(this.client.send(new TransactWriteItemsCommand({ TransactItems })));
  }

  async outcomeOf(call: Promise<unknown>): Promise<Outcome> {
    try {
      await call;
      return 'applied';
    } catch (error) {
      if (error instanceof TransactionCanceledException) return 'refused';
      if (error instanceof ConditionalCheckFailedException) return 'refused';
      throw error;
    }
  }

  async readAll(): Promise<State> {
    const TransactItems = initial.map((_, of) => ({ Get: this.key(of) }));
    const { Responses = [] } = await this.client.send(new TransactGetItemsCommand({ TransactItems }));
    return Responses.map(({ Item }) => Number(Item?.['units']?.N));
  }

  perform(of: Step): Promise<Outcome> {
    switch (of.kind) {
      case 'move': {
        const values = { ':n': { N: String(-of.n) }, ':least': { N: String(of.n) } };
        const take = {
          ...this.add(of.from, 0),
          ConditionExpression: 'units >= :least',
          ExpressionAttributeValues: values,
        };
        return this.write([{ Update: this.add(of.to, of.n) }, { Update: take }]);
      }
      case 'set-if': {
        const ExpressionAttributeValues = { ':n': { N: String(of.n) } };
        const check = {
          ...this.key(of.guard),
          ConditionExpression: 'units >= :n',
          ExpressionAttributeValues,
        };
        return this.write([{ Put: this.put(of.to, of.value) }, { ConditionCheck: check }]);
      }
      case 'read-all':
        return this.readAll();
      case 'add':
        return this.outcomeOf(this.client.send(new UpdateItemCommand(this.add(of.to, of.n))));
      case 'swap': {
        const condition = {
          ConditionExpression: 'units = :from',
          ExpressionAttributeValues: { ':from': { N: String(of.from) } },
        };
        return this.outcomeOf(
          this.client.send(new PutItemCommand({ ...this.put(of.at, of.value), ...condition })),
        );
      }
      default:
        return of satisfies never;
    }
  }
}

const sumOf = (state: State): number => state.reduce((sum, of) => sum + of, 0);

describe('parallel clients', () => {
  test('see what some serial order of the same transactions and plain writes would show', async () => {
    const { client } = await givenDynamoDb();
    let runs = 0;
    const check = async (steps: readonly Step[]) => {
      runs += 1;
      const store = new Store(client, String(runs));
      await Promise.all(initial.map((units, of) => client.send(new PutItemCommand(store.put(of, units)))));
      const outcomes = await Promise.all(steps.map((of) => store.perform(of)));
      const seen = steps.map((of, at) => ({ step: of, outcome: outcomes[at] ?? 'refused' }));
      const final = await store.readAll();
      // A failure shows what was seen.
      expect(hasSerialOrder(initial, seen, final) ? 'serial' : { seen, final }).toBe('serial');
    };
    const steps = array(step.filter(isPossible), { minLength: 3, maxLength: 7 });
    await assert(asyncProperty(steps, check), { numRuns: 40 });
  });

  test('never make or lose a unit while they move units, and never see one missing', async () => {
    const { client, db } = await givenDynamoDb();
    const store = new Store(client, 'sum');
    for (const of of [0, 1, 2]) await client.send(new PutItemCommand(store.put(of, 10)));
    const moves = Array.from({ length: 60 }, (_, at): Step => {
      return { kind: 'move', from: at % 3, to: (at + 1 + (at % 2)) % 3, n: 1 + (at % 4) };
    });
    const [outcomes, reads] = await Promise.all([
      Promise.all(moves.map((of) => store.perform(of))),
      Promise.all(moves.map(() => store.readAll())),
    ]);
    expect(outcomes).toContain('applied');
    expect(new Set(reads.map(sumOf))).toEqual(new Set([30]));
    const items = await db.items('counters');
    expect(items.reduce((sum, item) => sum + Number(item['units']?.['N']), 0)).toBe(30);
  });
});

describe('one answer', () => {
  test('of a transactional read is one moment, also between plain writes', async () => {
    const { client } = await givenDynamoDb();
    const store = new Store(client, 'moment');
    for (const of of [0, 1, 2]) await client.send(new PutItemCommand(store.put(of, 0)));
    // A long read with what is written first at its beginning and what is written second at its end.
    const between = Array.from({ length: 80 }, () => 2);
    const TransactItems = [0, ...between, 1].map((of) => ({ Get: store.key(of) }));
    const read = async () => {
      const { Responses = [] } = await client.send(new TransactGetItemsCommand({ TransactItems }));
      const unitsAt = (of: number) => Number(Responses.at(of)?.Item?.['units']?.N);
      return unitsAt(0) - unitsAt(-1);
    };
    const reads = Promise.all(Array.from({ length: 12 }, read));
    for (let n = 0; n < 20; n += 1) {
      await store.perform({ kind: 'add', to: 0, n: 1 });
      await store.perform({ kind: 'add', to: 1, n: 1 });
    }
    const ahead = new Set(await reads);
    expect([...ahead].filter((by) => by !== 0 && by !== 1)).toEqual([]);
  });

  test('of a failed condition shows the item that failed it, also between plain writes', async () => {
    const { client } = await givenDynamoDb();
    const store = new Store(client, 'old');
    await client.send(new PutItemCommand(store.put(0, 0)));
    const expectOne = async () => {
      const call = client.send(
        new UpdateItemCommand({
          ...store.key(0),
          UpdateExpression: 'SET seen = units',
          ConditionExpression: 'units = :one',
          ExpressionAttributeValues: { ':one': { N: '1' } },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      const failed = await call.then(
        () => undefined,
        (error: unknown) => error,
      );
      return failed instanceof ConditionalCheckFailedException ? failed.Item?.['units']?.N : failed;
    };
    const answers: Promise<unknown>[] = [];
    const flips: Promise<unknown>[] = [];
    for (let n = 0; n < 60; n += 1) {
      answers.push(expectOne());
      flips.push(client.send(new PutItemCommand(store.put(0, n % 2))));
    }
    await Promise.all(flips);
    const seen = new Set(await Promise.all(answers));
    expect(seen).toContain('0');
    expect([...seen].filter((units) => units !== '0' && units !== undefined)).toEqual([]);
  });
});

describe('the search for a serial order', () => {
  const add: Step = { kind: 'add', to: 0, n: 1 };
  const move: Step = { kind: 'move', from: 0, to: 1, n: 3 };
  const read: Step = { kind: 'read-all' };

  test('finds an order that is not the order of the list', () => {
    const seen = [
      { step: read, outcome: [0, 5, 0] },
      { step: move, outcome: 'applied' },
    ] as const;
    expect(hasSerialOrder(initial, seen, [0, 5, 0])).toBe(true);
  });

  test('rejects a lost update', () => {
    const seen = [
      { step: add, outcome: 'applied' },
      { step: add, outcome: 'applied' },
    ] as const;
    expect(hasSerialOrder(initial, seen, [4, 2, 0])).toBe(false);
  });

  test('rejects a read of half a transaction', () => {
    const seen = [
      { step: move, outcome: 'applied' },
      { step: read, outcome: [3, 5, 0] },
    ] as const;
    expect(hasSerialOrder(initial, seen, [0, 5, 0])).toBe(false);
  });

  test('rejects a write that stands although it was refused', () => {
    expect(hasSerialOrder(initial, [{ step: move, outcome: 'refused' }], [0, 5, 0])).toBe(false);
  });
});
