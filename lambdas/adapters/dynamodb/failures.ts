/** Reads the SDK's errors by name and structure, never by message. */
import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';
import {
  TransactWriteCommand,
  type DynamoDBDocumentClient,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { jitteredPacing } from '../pacing.ts';

/** Says whether a single write's condition did not hold. */
export function isConditionFailure(error: unknown): boolean {
  return error instanceof ConditionalCheckFailedException;
}

/** Says whether a write met a transaction under way; the SDK does not retry it. */
export function isConflict(error: unknown): boolean {
  return error instanceof TransactionConflictException || error instanceof TransactionInProgressException;
}

/** What cancelled a transaction, per action in order. */
export interface Cancellation {
  /** Positions of the actions whose condition did not hold. */
  readonly failed: readonly number[];
  /** Another transaction or a throttle was in the way; no condition need be wrong. */
  readonly conflict: boolean;
}

/** Reads a cancelled transaction; undefined for any other error. */
export function cancellationOf(error: unknown): Cancellation | undefined {
  if (isConflict(error)) return { failed: [], conflict: true };
  if (!(error instanceof TransactionCanceledException)) return undefined;
  const codes = (error.CancellationReasons ?? []).map((reason) => reason.Code);
  const failed = codes.flatMap((code, at) => (code === 'ConditionalCheckFailed' ? [at] : []));
  const transient = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);
  const conflict = codes.some((code) => code !== undefined && transient.has(code));
  return failed.length === 0 && !conflict ? undefined : { failed, conflict };
}

const conflictRetries = 5;

/** Tries a single write again while a transaction is in its way; the last error is thrown. */
export async function retryConflicts<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (!isConflict(error) || attempt === conflictRetries) throw error;
      await jitteredPacing.pause(attempt);
    }
  }
}

/** The actions of one transaction. */
export type Actions = NonNullable<TransactWriteCommandInput['TransactItems']>;

/**
 * One transaction, tried again while another is in its way; false when a condition did not hold. The last conflict is
 * thrown.
 */
export async function transact(client: DynamoDBDocumentClient, actions: Actions): Promise<boolean> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await client.send(new TransactWriteCommand({ TransactItems: actions }));
      return true;
    } catch (error) {
      const cancellation = cancellationOf(error);
      if (cancellation === undefined) throw error;
      if (cancellation.failed.length > 0) return false;
      if (attempt === conflictRetries) throw error;
      await jitteredPacing.pause(attempt);
    }
  }
}
