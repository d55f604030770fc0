/**
 * dynalite in this process, without its HTTP server: one call checks and runs one operation. No second port
 * is open that would go around the front's lock. It must not know transactions, faults or HTTP.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { projectionOf, type TableDefinition } from '../../core/tables.ts';
import type { Callback, DynaliteError, DynaliteStore, DynaliteTable } from './dynalite.ts';
import { db, known, validations } from './dynalite.ts';
import type { BeforeImage } from './journal.ts';
import type { Answer, Json, JsonObject, WireItem } from './protocol.ts';
import { listOf, objectOf, ok, refusal, textOf, wireItemOf } from './protocol.ts';

/** A table as far as a store cares: any name, of any class. */
export type StoredTable = Omit<TableDefinition, 'name' | 'dataClass'> & { readonly name: string };

/** One item's place: its key, and a text that is equal for equal keys (`1` and `1.0` are one number). */
export interface Place {
  readonly table: string;
  readonly key: WireItem;
  readonly identity: string;
}

/** A store of tables that answers single operations. */
export interface Engine {
  /** Checks and runs one operation; an operation that dynalite lacks is refused as unknown. */
  run(operation: string, body: JsonObject): Promise<Answer>;
  /** The refusal that a body earns before any item is looked at, if it earns one. */
  check(operation: string, body: JsonObject): Answer | undefined;
  /** The place that a single write is about, or the refusal when the table is missing or the key does not fit. */
  locate(operation: string, body: JsonObject): Promise<Place | Answer>;
  /** Whether the ConditionExpression of a checked DeleteItem body holds for an item. */
  conditionHolds(body: JsonObject, item: WireItem | null): boolean;
  /** The item at a place, strongly read; null when there is none. */
  read(place: Pick<Place, 'table' | 'key'>): Promise<WireItem | null>;
  /** Puts an item back as it was, indexes included. */
  readonly restore: (before: BeforeImage) => Promise<void>;
  /** Every item of a table, in the store's order. */
  items(table: string): Promise<readonly WireItem[]>;
  close(): Promise<void>;
}

/** Opens an empty store in memory and creates the tables, each ready for use. */
export async function openEngine(tables: readonly StoredTable[], prefix: string): Promise<Engine> {
  const engine = engineOver(db.create({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 }));
  for (const table of tables) {
    const name = prefix + table.name;
    expectOk('CreateTable', await engine.run('CreateTable', createTableBody(table, name)));
    // dynalite finishes a table on a timer of 0 ms and tells nobody.
    while ((await statusOf(engine, name)) !== 'ACTIVE') await nextTurn();
  }
  return engine;
}

function engineOver(store: DynaliteStore): Engine {
  /** dynalite edits what it is given, so it gets a copy. */
  function checked(operation: string, body: JsonObject): JsonObject | Answer {
    const rules = known.get(operation)?.rules;
    if (rules === undefined) return refusal('UnknownOperationException', `${operation} is not offered here.`);
    try {
      const data = validations.checkTypes(structuredClone(body), rules.types);
      validations.checkValidations(data, rules.types, rules.custom, store);
      return data;
    } catch (error) {
      return answerOf(error);
    }
  }

  async function run(operation: string, body: JsonObject): Promise<Answer> {
    const data = checked(operation, body);
    if (isAnswer(data)) return data;
    return unchecked(operation, data);
  }

  async function unchecked(operation: string, data: JsonObject): Promise<Answer> {
    const act = known.get(operation)?.act;
    if (act === undefined) throw new Error(`dynalite has no ${operation}`);
    try {
      return ok(await called<JsonObject>((done) => act(store, data, done)));
    } catch (error) {
      return answerOf(error);
    }
  }

  return {
    run,
    check: (operation, body) => {
      const data = checked(operation, body);
      return isAnswer(data) ? data : undefined;
    },
    locate: async (operation, body) => {
      const isPut = operation === 'PutItem';
      const name = textOf(body['TableName']);
      const attributes = wireItemOf(body[isPut ? 'Item' : 'Key']);
      try {
        const table = await called<DynaliteTable>((done) => store.getTable(name, done));
        const misfit = (isPut ? db.validateItem : db.validateKey)(attributes, table);
        if (misfit) return answerOf(misfit);
        const keyNames = new Set(table.KeySchema.map((part) => part.AttributeName));
        const key = Object.fromEntries(Object.entries(attributes).filter(([part]) => keyNames.has(part)));
        return { table: name, key, identity: `${name} ${db.createKey(attributes, table)}` };
      } catch (error) {
        return answerOf(error);
      }
    },
    conditionHolds: (body, item) => {
      const data = checked('DeleteItem', body);
      if (isAnswer(data)) throw new Error('The condition was not checked before it was evaluated');
      return !db.checkConditional(data, item);
    },
    read: async ({ table, key }) => {
      const body = { TableName: table, Key: key, ConsistentRead: true };
      const found = expectOk('GetItem', await unchecked('GetItem', body))['Item'];
      return found === undefined ? null : wireItemOf(found);
    },
    restore: async ({ table, key, item }) => {
      // Unchecked: what was stored once is stored again to the byte.
      if (item === null)
        expectOk('DeleteItem', await unchecked('DeleteItem', { TableName: table, Key: { ...key } }));
      else expectOk('PutItem', await unchecked('PutItem', { TableName: table, Item: { ...item } }));
    },
    items: async (table) => {
      const all: WireItem[] = [];
      let from: JsonObject = {};
      do {
        const page = expectOk('Scan', await run('Scan', { TableName: table, ConsistentRead: true, ...from }));
        all.push(...listOf(page['Items']).map(wireItemOf));
        const last: Json | undefined = page['LastEvaluatedKey'];
        from = last === undefined ? {} : { ExclusiveStartKey: last };
      } while (Object.keys(from).length > 0);
      return all;
    },
    close: () => store.db.close(),
  };
}

/** True for a refusal, false for anything else that a function returns beside one. */
export const isAnswer = (value: object): value is Answer => 'status' in value && 'body' in value;

function called<T>(call: (done: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => (error ? reject(error) : resolve(value)));
  });
}

function answerOf(error: unknown): Answer {
  if (!isDynaliteError(error)) throw error;
  return { status: error.statusCode, body: error.body };
}

const isDynaliteError = (error: unknown): error is DynaliteError =>
  error instanceof Error && 'statusCode' in error && 'body' in error;

function expectOk(operation: string, answer: Answer): JsonObject {
  if (answer.status !== 200) throw new Error(`${operation} was refused: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function statusOf(engine: Engine, table: string): Promise<Json | undefined> {
  const answer = expectOk('DescribeTable', await engine.run('DescribeTable', { TableName: table }));
  return objectOf(answer['Table'])['TableStatus'];
}

type Keys = Pick<TableDefinition, 'partitionKey' | 'sortKey'>;

const keysOf = ({ partitionKey, sortKey }: Keys) =>
  sortKey === undefined ? [partitionKey] : [partitionKey, sortKey];

const schemaOf = (keys: Keys) =>
  keysOf(keys).map((key, at) => ({ AttributeName: key.name, KeyType: at === 0 ? 'HASH' : 'RANGE' }));

function createTableBody(table: StoredTable, name: string): JsonObject {
  const types = new Map([table, ...table.indexes].flatMap(keysOf).map((key) => [key.name, key.type]));
  const indexes = table.indexes.map((index) => ({
    IndexName: index.name,
    KeySchema: schemaOf(index),
    Projection: projectionOf(index),
  }));
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...types].map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    KeySchema: schemaOf(table),
    ...(indexes.length > 0 ? { GlobalSecondaryIndexes: indexes } : {}),
  };
}
