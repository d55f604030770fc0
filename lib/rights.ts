/**
 * What each function may do in each table, as data: exactly what it asks for (a test compares the two). A transaction
 * needs the actions of its parts. Nothing here reads a class that its policy gives to somebody else.
 */
import {
  dueIndex,
  historyIndex,
  openIndex,
  seenIndex,
  waitingIndex,
  type TableName,
} from '../core/tables.ts';
import type { FunctionName } from './functions.ts';

/** An IAM action behind `dynamodb:`. */
export type ItemAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'Scan'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'ConditionCheckItem';

export interface TableRight {
  readonly table: TableName;
  /** The right is to this index alone. Default: to the table, without its indexes. */
  readonly index?: string;
  readonly actions: readonly ItemAction[];
}

/** Rights of each function. Analyze and sweep only update a purchase: they can neither find nor read one. */
export const tableRights: Readonly<Record<FunctionName, readonly TableRight[]>> = {
  analyze: [
    { table: 'scans', actions: ['GetItem', 'UpdateItem'] },
    { table: 'purchases', actions: ['UpdateItem'] },
    { table: 'operations', actions: ['UpdateItem'] },
  ],
  sweep: [
    { table: 'scans', actions: ['GetItem', 'UpdateItem'] },
    { table: 'scans', index: openIndex, actions: ['Query'] },
    { table: 'purchases', actions: ['UpdateItem'] },
    { table: 'operations', actions: ['UpdateItem'] },
  ],
  api: [
    {
      table: 'accounts',
      actions: ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
    },
    { table: 'identities', actions: ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem'] },
    { table: 'scans', actions: ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem'] },
    { table: 'scans', index: historyIndex, actions: ['Query'] },
    { table: 'purchases', actions: ['GetItem', 'Query', 'PutItem', 'UpdateItem'] },
    { table: 'consents', actions: ['Query', 'PutItem', 'ConditionCheckItem'] },
    { table: 'communications', actions: ['Query', 'PutItem', 'DeleteItem'] },
    { table: 'erasures', actions: ['GetItem', 'PutItem', 'ConditionCheckItem'] },
    // What of it is the person's own business: no name of the staff and no note is in the index.
    { table: 'audit', index: seenIndex, actions: ['Query'] },
    // It counts, and reads no count.
    { table: 'usage', actions: ['UpdateItem'] },
    { table: 'operations', actions: ['GetItem', 'BatchGetItem', 'UpdateItem', 'DeleteItem'] },
  ],
  // Every table is read through for what is due: `Scan`.
  upkeep: [
    {
      table: 'accounts',
      actions: ['Scan', 'GetItem', 'Query', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'],
    },
    { table: 'identities', actions: ['Scan', 'GetItem', 'BatchGetItem', 'DeleteItem'] },
    { table: 'scans', actions: ['Scan', 'GetItem', 'BatchGetItem', 'UpdateItem', 'DeleteItem'] },
    { table: 'scans', index: openIndex, actions: ['Query'] },
    { table: 'scans', index: historyIndex, actions: ['Query'] },
    { table: 'purchases', actions: ['Scan', 'GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'] },
    { table: 'consents', actions: ['Scan', 'Query', 'DeleteItem'] },
    { table: 'communications', actions: ['Scan', 'Query', 'DeleteItem'] },
    { table: 'audit', actions: ['Scan', 'DeleteItem'] },
    { table: 'erasures', actions: ['Scan', 'GetItem', 'PutItem', 'DeleteItem'] },
    { table: 'erasures', index: dueIndex, actions: ['Query'] },
    { table: 'usage', actions: ['Scan'] },
    { table: 'operations', actions: ['Scan', 'GetItem', 'PutItem', 'DeleteItem'] },
  ],
  staff: [
    // Of scans nothing: no way leads from a result to the staff (CAL-12).
    { table: 'accounts', actions: ['GetItem', 'Query', 'UpdateItem'] },
    { table: 'identities', actions: ['GetItem', 'BatchGetItem'] },
    { table: 'communications', actions: ['Query', 'UpdateItem'] },
    { table: 'communications', index: waitingIndex, actions: ['Query'] },
    { table: 'purchases', actions: ['GetItem', 'Query'] },
    { table: 'consents', actions: ['Query'] },
    { table: 'audit', actions: ['GetItem', 'Query', 'PutItem', 'UpdateItem'] },
    { table: 'audit', index: seenIndex, actions: ['Query'] },
    { table: 'erasures', actions: ['GetItem', 'PutItem'] },
    { table: 'usage', actions: ['BatchGetItem'] },
    // `Scan`: events of the payment provider that were set aside, whose names nobody knows beforehand.
    { table: 'operations', actions: ['Scan', 'GetItem', 'BatchGetItem'] },
  ],
  bounces: [{ table: 'identities', actions: ['PutItem'] }],
};

/**
 * What upkeep may do in the user pool, an IAM action behind `cognito-idp:` each: exactly what its adapter asks for (a test
 * compares the two).
 */
export const upkeepUserPoolActions = [
  // Of an account that is erased, and of an address that nobody proved to be theirs.
  'AdminDeleteUser',
  // The pool alone knows who asked for a code and never came back; upkeep reads nothing of a user but id and age.
  'ListUsers',
] as const;

/** The same for the API. `DescribeUserPoolClient` reads the client's secret, so that it stands in no variable and no template. */
export const userPoolActions = [
  'AdminCreateUser',
  'AdminInitiateAuth',
  'AdminRespondToAuthChallenge',
  'AdminUserGlobalSignOut',
  'DescribeUserPoolClient',
] as const;
