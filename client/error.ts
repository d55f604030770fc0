/**
 * The one error of the typed client. Decide on `code`, never on a message's text. It must not carry what
 * could identify a person: no token, no upload address, no byte of a photo.
 */
import type { Problem } from '../core/contract.ts';
import type { ErrorCode } from '../core/errors.ts';

/** A code of the API, or one of the client's own for what never became an answer of the API. */
export type ClientErrorCode =
  | ErrorCode
  /** No connection, or it broke, or a gateway found nothing behind it; trying again did not help. */
  | 'network'
  /** No answer, or no end of the scan, in the time that was given. */
  | 'timeout'
  /** The upload address is past its 60 s; ask for a new ticket with a new key. Nothing is charged. */
  | 'upload-expired'
  /** Storage refused the bytes: they are not what the ticket was made for. */
  | 'upload-refused'
  /** Something answered that does not speak this API: a proxy, a captive portal, another version. */
  | 'unexpected-answer';

interface ErrorDetails {
  /** HTTP status of the last answer; absent when there was none. */
  readonly status?: number;
  /** The API's whole answer, when it gave one. */
  readonly problem?: Problem;
  /** How long the system asked to wait before another try. */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** Every failure of a client method, except an abort: that rejects with the signal's own reason. */
export class OnceoverApiError extends Error {
  override readonly name = 'OnceoverApiError';
  readonly code: ClientErrorCode;
  readonly status: number | undefined;
  readonly problem: Problem | undefined;
  /** What a person can quote to support. */
  readonly reference: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ClientErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.status = details.status;
    this.problem = details.problem;
    this.reference = details.problem?.reference;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}
