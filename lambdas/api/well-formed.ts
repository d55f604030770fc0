/**
 * Keeps from the router what no `Request` can hold: its adapter would print why, in words that quote the request (ONE-6),
 * and answer as nothing else here is answered.
 */
import type { LambdaContext, LambdaEvent } from 'hono/aws-lambda';
import { OnceoverError } from '../../core/errors.ts';
import { refusalOf, violation, type Refusal } from './problems.ts';

type Answer<A> = (event: LambdaEvent, context?: LambdaContext) => Promise<A>;

/** Answers itself what cannot be handed on. A body of a request that only reads means nothing, and is left out. */
export function wellFormed<A>(answer: Answer<A>, createReference: () => string): Answer<A | Refusal> {
  return async (event, context) => {
    if (!('rawPath' in event)) return answer(event, context);
    const { method } = event.requestContext.http;
    const wrong = problemWith(event, method);
    if (wrong !== undefined) return refusalOf(wrong, createReference());
    const readsOnly = method === 'GET' || method === 'HEAD';
    return answer(readsOnly ? { ...event, body: null } : event, context);
  };
}

type HttpEvent = Extract<LambdaEvent, { readonly rawPath: string }>;

/** Methods that `Request` takes from nobody. */
const forbidden: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK']);

function problemWith(
  { rawPath, rawQueryString, headers, requestContext }: HttpEvent,
  method: string,
): OnceoverError | undefined {
  if (forbidden.has(method.toUpperCase())) return new OnceoverError('method-not-allowed');
  try {
    const given = Object.entries(headers).map(([name, value]): [string, string] => [name, value ?? '']);
    void new Request(`https://${requestContext.domainName}${rawPath}?${rawQueryString}`, {
      method,
      headers: given,
    });
    return undefined;
  } catch {
    return violation('request', 'is no request that can be read');
  }
}
