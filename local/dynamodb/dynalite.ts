/**
 * The part of dynalite 4.0.0 that the engine uses, with types: the package ships none. Its own modules are
 * called directly, so its version is pinned exactly. Declarations only; nothing here decides anything.
 */
import { createRequire } from 'node:module';
import type { JsonObject, WireItem } from './protocol.ts';

/** dynalite throws and passes on errors that carry the answer; an error without one is a bug of its own. */
export interface DynaliteError extends Error {
  readonly statusCode: number;
  readonly body: JsonObject;
}
export interface DynaliteTable {
  readonly KeySchema: readonly { readonly AttributeName: string }[];
}
export type Callback<T> = (error: Error | null | undefined, value: T) => void;
export interface DynaliteStore {
  readonly db: { close(): Promise<void> };
  getTable(name: string, done: Callback<DynaliteTable>): void;
}
interface DynaliteDb {
  create(options: { createTableMs: number; deleteTableMs: number; updateTableMs: number }): DynaliteStore;
  validateKey(this: void, key: WireItem, table: DynaliteTable): DynaliteError | null | undefined;
  validateItem(this: void, item: WireItem, table: DynaliteTable): DynaliteError | null | undefined;
  createKey(item: WireItem, table: DynaliteTable): string;
  checkConditional(data: JsonObject, item: WireItem | null): DynaliteError | null | undefined;
}
interface DynaliteValidations {
  checkTypes(body: JsonObject, types: unknown): JsonObject;
  checkValidations(data: JsonObject, types: unknown, custom: unknown, store: DynaliteStore): void;
}
interface DynaliteOperation {
  readonly act: (store: DynaliteStore, data: JsonObject, done: Callback<JsonObject>) => void;
  readonly rules: { readonly types: unknown; readonly custom?: unknown };
}

// dynalite ships no types: each annotation below states what this file knows of it.
const require = createRequire(import.meta.url);
export const db: DynaliteDb = require('dynalite/db/index.js');
export const validations: DynaliteValidations = require('dynalite/validations/index.js');

/** The operations that are passed on, each with its checks and what does it. */
export const known: ReadonlyMap<string, DynaliteOperation> = new Map(
  [
    'BatchGetItem',
    'BatchWriteItem',
    'CreateTable',
    'DeleteItem',
    'DeleteTable',
    'DescribeTable',
    'GetItem',
    'ListTables',
    'ListTagsOfResource',
    'PutItem',
    'Query',
    'Scan',
    'TagResource',
    'UntagResource',
    'UpdateItem',
    'UpdateTable',
  ].map((operation) => {
    const file = `${operation.charAt(0).toLowerCase()}${operation.slice(1)}.js`;
    const act: DynaliteOperation['act'] = require(`dynalite/actions/${file}`);
    const rules: DynaliteOperation['rules'] = require(`dynalite/validations/${file}`);
    return [operation, { act, rules }];
  }),
);
