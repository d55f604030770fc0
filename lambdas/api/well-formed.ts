/**
 * Keeps from the router what no `Request` can hold: its adapter would print why, in words that quote the request (ONE-6),
 * and answer as nothing else here is answered.
 */
import type { LambdaContext, LambdaEvent } from 'hono/aws-lambda';
import type { OnceoverError } from '../../core/errors.ts';
import { refusalOf, violation, type Refusal } from './problems.ts';

type Answer<A> = (event: LambdaEvent, context?: LambdaContext) => Promise<A>;

/** Answers itself what cannot be handed on. A body where none means anything is left out, whatever its size. */
export function wellFormed<A>(answer: Answer<A>, createReference: () => string): Answer<A | Refusal> {
  return async (event, context) => {
    if (!('rawPath' in event)) return answer(event, context);
    const readable = withMethod(event);
    const wrong = problemWith(readable);
    if (wrong !== undefined) return refusalOf(wrong, createReference());
    const { method } = readable.requestContext.http;
    return answer(bodiless.has(method) ? { ...readable, body: null } : readable, context);
  };
}

type HttpEvent = Extract<LambdaEvent, { readonly rawPath: string }>;

/** Methods whose bodies have no meaning (RFC 9110, 9.3). */
const bodiless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE']);

/** Methods that `Request` takes from nobody. */
const forbidden: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK']);

/** The router says what an address takes instead; of a method that it never meets it takes any other's name. */
function withMethod(event: HttpEvent): HttpEvent {
  const { requestContext } = event;
  if (!forbidden.has(requestContext.http.method.toUpperCase())) return event;
  return {
    ...event,
    requestContext: { ...requestContext, http: { ...requestContext.http, method: 'FORBIDDEN' } },
  };
}

function problemWith({
  rawPath,
  rawQueryString,
  headers,
  requestContext,
}: HttpEvent): OnceoverError | undefined {
  try {
    const given = Object.entries(headers).map(([name, value]): [string, string] => [name, value ?? '']);
    void new Request(`https://${requestContext.domainName}${rawPath}?${rawQueryString}`, {
      method: requestContext.http.method,
      headers: given,
    });
    return undefined;
  } catch {
    return violation('request', 'is no request that can be read');
  }
}
