/** What can be wrong with a data directory; each message is a sentence for the person who named it. */

export type DataErrorCode =
  | 'in-use'
  | 'not-ours'
  | 'unusable'
  | 'too-new'
  | 'too-old'
  | 'other-seed'
  | 'damaged';

/** A data directory that cannot be used as it is. */
export class DataError extends Error {
  override readonly name = 'DataError';
  readonly code: DataErrorCode;

  constructor(code: DataErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** True for the error of a file that is not there. */
export const isMissing = (error: unknown): boolean => hasCode(error, 'ENOENT');

/** True for an error of the system with this code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
