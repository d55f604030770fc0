/**
 * Closes the API's own address where the app's distribution stands before it: a request without the distribution's
 * secret header is answered as an address that there is not. It runs before anything of the request is parsed.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { OnceoverError } from '../../core/errors.ts';
import { refusalOf, type Refusal } from './problems.ts';

/** Header that the distribution adds to each request; the deployment gives both sides the same secret. */
export const originHeader = 'x-onceover-origin';

/** Hands on only what carries the secret. Without a secret (no distribution) everything is handed on. */
export function behindOrigin<E, R extends readonly unknown[], A>(
  secret: string | undefined,
  handler: (event: E, ...rest: R) => Promise<A>,
  createReference: () => string,
): (event: E, ...rest: R) => Promise<A | Refusal> {
  if (secret === undefined) return handler;
  const expected = digest(secret);
  return async (event, ...rest) => {
    const given = headerOf(event);
    if (given !== undefined && timingSafeEqual(digest(given), expected)) return handler(event, ...rest);
    return refusalOf(new OnceoverError('not-found'), createReference());
  };
}

/** The header of an HTTP API event, whose names come in lower case. */
function headerOf(event: unknown): string | undefined {
  const headers: unknown =
    typeof event === 'object' && event !== null && 'headers' in event ? event.headers : undefined;
  if (typeof headers !== 'object' || headers === null) return undefined;
  const given: unknown = Reflect.get(headers, originHeader);
  return typeof given === 'string' ? given : undefined;
}

/** Of one length whatever was given, so that the comparison tells nothing. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
