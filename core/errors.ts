/**
 * The closed list of error codes, each with its HTTP status and public text (RFC 9457). A code without a row
 * does not compile. Never decide on a message's text.
 */

/** Public description of one error. */
export interface ErrorDescription {
  readonly status: number;
  /** Short, the same for every occurrence. */
  readonly title: string;
  /** What to do about it, in a person's words. */
  readonly detail: string;
}

export const errorDescriptions = {
  'invalid-request': {
    status: 400,
    title: 'The request is not valid',
    detail: 'Correct the fields named in `violations` and send the request again.',
  },
  'signature-refused': {
    status: 400,
    title: 'The signature is not valid',
    detail: 'Only the payment provider writes here, and each message is signed within five minutes.',
  },
  unauthenticated: {
    status: 401,
    title: 'Sign in first',
    detail: 'Send a valid access token as "Authorization: Bearer TOKEN". Tokens live for five minutes.',
  },
  'no-scans-left': {
    status: 402,
    title: 'No scans left',
    detail: 'Every scan of your plan is used. Buy another pack to go on; nothing was charged.',
  },
  'account-inactive': {
    status: 403,
    title: 'The account is not active',
    detail: 'This account cannot be used. Contact support if this is a mistake.',
  },
  'adults-only': {
    status: 403,
    title: 'Adults only',
    detail: 'Confirm that you are 18 or older before you send a photo.',
  },
  'cross-site': {
    status: 403,
    title: 'The request came from another site',
    detail: 'A session that is kept in a cookie answers to its own pages only.',
  },
  'policy-changed': {
    status: 403,
    title: 'The policy must be accepted',
    detail: 'Read the present policy, whose version `version` says, and accept it before you send a photo.',
  },
  'consent-required': {
    status: 403,
    title: 'Consent is required',
    detail: 'Agree to the purposes named in `purposes` before you send a photo.',
  },
  'scan-not-found': {
    status: 404,
    title: 'No such scan',
    detail: 'This account has no scan with that id. It may have been deleted.',
  },
  'session-not-found': {
    status: 404,
    title: 'No such session',
    detail: 'This account has no session with that id. It may be over.',
  },
  'message-not-found': {
    status: 404,
    title: 'No such message',
    detail: 'This account has no message with that id. It may have been deleted.',
  },
  'feedback-not-found': {
    status: 404,
    title: 'No such answer',
    detail: 'This account answered no survey under that id. The answer may have been deleted.',
  },
  'erasure-not-found': {
    status: 404,
    title: 'No such erasure',
    detail: 'No erasure has this reference, or it was done more than 90 days ago.',
  },
  'purpose-not-found': {
    status: 404,
    title: 'No such purpose',
    detail: 'The policy asks for no consent to this purpose. GET /v1/policy lists what it asks for.',
  },
  'survey-not-found': {
    status: 404,
    title: 'No such survey',
    detail: 'There is no survey with this id and version. GET /v1/policy lists what there is.',
  },
  'plan-not-found': {
    status: 404,
    title: 'No such plan',
    detail: 'The policy has no plan with this id. GET /v1/policy lists what there is.',
  },
  'purchase-not-found': {
    status: 404,
    title: 'No such purchase',
    detail: 'This account has no purchase with that id.',
  },
  'receipt-not-found': {
    status: 404,
    title: 'No receipt',
    detail: 'The payment provider has no receipt for this purchase.',
  },
  'not-found': {
    status: 404,
    title: 'No such address',
    detail: 'The API has nothing at this address. GET /v1/openapi.json lists what there is.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    detail: 'This address does not take that method. GET /v1/openapi.json lists what it takes.',
  },
  'idempotency-key-reused': {
    status: 409,
    title: 'Idempotency key used for another request',
    detail: 'This Idempotency-Key was sent before with another body. Use a new key for a new request.',
  },
  'text-changed': {
    status: 409,
    title: 'The text is another one now',
    detail: 'Show the present text, whose version `version` says, and ask again: nothing was recorded.',
  },
  'scan-gone': {
    status: 410,
    title: 'The scan was deleted',
    detail: 'The scan that this Idempotency-Key made was deleted. Use a new key for a new photo.',
  },
  'request-too-large': {
    status: 413,
    title: 'The request is too large',
    detail: 'A request has at most 32 KB. The photo itself goes to the upload address of the ticket.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The request is not JSON',
    detail: 'Send the body as JSON with "Content-Type: application/json".',
  },
  'too-many-bytes': {
    status: 422,
    title: 'The photo is too large',
    detail: 'A photo may have at most 10 MiB. Send it smaller; nothing was charged.',
  },
  'unsupported-content-type': {
    status: 422,
    title: 'The photo has an unsupported type',
    detail: 'Send a JPEG, PNG, WebP, HEIC or AVIF photo; nothing was charged.',
  },
  'code-refused': {
    status: 422,
    title: 'The code is not valid',
    detail: 'It is mistyped, used, older than ten minutes or was tried too often. Ask for a new one.',
  },
  'too-many-attempts': {
    status: 429,
    title: 'Too many attempts',
    detail: 'This was asked for too often. Wait for the time that Retry-After names, then try again.',
  },
  'too-many-scans': {
    status: 429,
    title: 'Daily limit reached',
    detail: 'You have started as many scans as one day allows. Try again tomorrow (UTC).',
  },
  internal: {
    status: 500,
    title: 'Something went wrong on our side',
    detail: 'Try again. If it happens again, quote the reference to support.',
  },
  'cleaner-not-alive': {
    status: 503,
    title: 'Uploads are paused',
    detail:
      'The process that guarantees deletion has not reported in time, so no photo is accepted. Try again in a minute.',
  },
  'payments-unavailable': {
    status: 503,
    title: 'Payments are not possible right now',
    detail: 'The payment provider could not be asked. Nothing was charged; try again in a moment.',
  },
  busy: {
    status: 503,
    title: 'Too busy',
    detail: 'Other requests are in the way. Try again in a moment; nothing was charged.',
  },
} as const satisfies Record<string, ErrorDescription>;

export type ErrorCode = keyof typeof errorDescriptions;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys widens the keys of a const object
export const errorCodes = Object.keys(errorDescriptions) as readonly ErrorCode[];

/** An error that a client may see: a stable code and the data that belongs to it. */
export class OnceoverError extends Error {
  override readonly name = 'OnceoverError';
  readonly code: ErrorCode;
  /** Public: goes into the problem document beside `type`, `title`, `status` and `detail`. */
  readonly extra: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    options: {
      readonly extra?: Readonly<Record<string, unknown>>;
      readonly retryAfterSeconds?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    super(errorDescriptions[code].title, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.extra = options.extra ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
