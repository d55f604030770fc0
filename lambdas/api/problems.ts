/**
 * Every error as an RFC 9457 problem document. Decides by codes and types, never by message text, and shows no
 * value that a client sent: `violations` name fields of the contract and rules of its schemas.
 */
import { HTTPException } from 'hono/http-exception';
import type { z } from 'zod';
import { errorDescriptions, OnceoverError, type ErrorCode } from '../../core/errors.ts';
import type { Problem } from '../../core/contract.ts';
import { PaymentProviderError } from '../../core/payment-ports.ts';
import { maxNameLength } from '../../core/scan.ts';

export const problemMediaType = 'application/problem+json';

/** A problem's type: stable, and not an address that somebody must keep alive. */
export function problemType(code: ErrorCode): string {
  return `urn:onceover:problem:${code}`;
}

/** The document of one error. What the error adds can replace none of the standard members. */
export function problemOf(error: OnceoverError, reference: string): Problem {
  const { status, title, detail } = errorDescriptions[error.code];
  return {
    ...error.extra,
    type: problemType(error.code),
    title,
    status,
    detail,
    code: error.code,
    reference,
  };
}

/** Headers that HTTP asks for beside the document. */
export function problemHeaders(error: OnceoverError): Record<string, string> {
  return {
    'content-type': problemMediaType,
    'cache-control': 'no-store',
    ...(error.code === 'unauthenticated' ? { 'www-authenticate': 'Bearer realm="onceover"' } : {}),
    ...(error.retryAfterSeconds === undefined ? {} : { 'retry-after': String(error.retryAfterSeconds) }),
  };
}

/** An answer that is made before the router sees the request, as API Gateway takes it. */
export interface Refusal {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** The whole answer of one error. */
export function refusalOf(error: OnceoverError, reference: string): Refusal {
  const problem = problemOf(error, reference);
  return { statusCode: problem.status, headers: problemHeaders(error), body: JSON.stringify(problem) };
}

/** Anything thrown, as an error with a code; what is not ours becomes `internal`, with its cause for the log. */
export function asOnceoverError(error: unknown): OnceoverError {
  if (error instanceof OnceoverError) return error;
  if (error instanceof HTTPException) {
    if (error.status === 400) return violation('body', 'is not well-formed JSON');
    if (error.status === 413) return new OnceoverError('request-too-large');
    if (error.status === 415) return new OnceoverError('unsupported-media-type');
  }
  if (error instanceof PaymentProviderError) {
    return new OnceoverError('payments-unavailable', { retryAfterSeconds: 5, cause: error });
  }
  if (error instanceof Error && throttles.has(error.name)) {
    return new OnceoverError('busy', { retryAfterSeconds: 1, cause: error });
  }
  return new OnceoverError('internal', { cause: error });
}

/** The database's and the user pool's own words for "slower", after the SDK's retries; nothing was written. */
const throttles: ReadonlySet<string> = new Set([
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/** What a schema found wrong, without the values: those may be anything, names and addresses included. */
export function invalidRequest(target: string, { issues }: z.core.$ZodError): OnceoverError {
  const part = target === 'json' ? 'body' : target;
  return new OnceoverError('invalid-request', {
    extra: {
      violations: issues.map((issue) => ({
        field: issue.path.length === 0 ? part : issue.path.map(String).join('.'),
        problem: problemText(issue),
      })),
    },
  });
}

/** A name that `parseScanName` refuses. */
export function unusableName(): OnceoverError {
  return violation('name', `must have 1 to ${maxNameLength} characters, none of them invisible`);
}

/** One field that the schema could not judge. */
export function violation(field: string, problem: string): OnceoverError {
  return new OnceoverError('invalid-request', { extra: { violations: [{ field, problem }] } });
}

/** The rule that was broken. Zod's own texts can quote the input. */
function problemText(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `is missing or is not of type ${issue.expected}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    case 'too_small':
      return `must be ${issue.inclusive === true ? 'at least' : 'more than'} ${issue.minimum}`;
    case 'invalid_format':
      return 'has the wrong form';
    case 'unrecognized_keys':
      return 'holds a field that is not known here';
    case 'custom':
    case 'invalid_element':
    case 'invalid_key':
    case 'invalid_union':
    case 'invalid_value':
    case 'not_multiple_of':
      return 'is not allowed';
  }
}
