/**
 * One request to the API: token, time limit, retries, and answers turned into values or OnceoverApiError.
 * Everything sent through here may safely be sent twice, or says that it may not. It must never hand a token or a body to `onRequest`.
 */
import { isProblem } from './answers.ts';
import { OnceoverApiError } from './error.ts';
import { mayPass, parseRetryAfter, retrying, type Attempt } from './retry.ts';
import type { Timing } from './timing.ts';

/** Gives an access token, or undefined when nobody is signed in. `renew`: the last one was refused. */
export type GetToken = (options: {
  readonly renew: boolean;
}) => string | undefined | Promise<string | undefined>;

/** One request that went out, for logs and measurements. Holds no token, no id, no address of an upload. */
export interface RequestEvent {
  /** For example `POST /v1/scans`, or `PUT upload`. */
  readonly route: string;
  /** From 1. */
  readonly attempt: number;
  /** HTTP status, or why there is none. */
  readonly outcome: number | 'network' | 'timeout' | 'aborted';
  readonly durationMs: number;
}

/** What a sender needs of the world. */
export interface Wire {
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  readonly getToken: GetToken;
  readonly onRequest: (event: RequestEvent) => void;
  readonly requestTimeoutMs: number;
  readonly timing: Timing;
}

/** One request of the API. */
export interface ApiRequest<T> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The route as the OpenAPI document names it; what `onRequest` is told. */
  readonly route: string;
  /** Path and query. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Goes out without a token. */
  readonly isPublic?: true;
  /** Is never sent twice, unless the first was refused as too many: a second one would do a second thing. */
  readonly isOnce?: true;
  /** Carries the page's cookie, where the refresh token is. Default: no cookie. */
  readonly withCookie?: true;
  /** Statuses besides 2xx that answer with a value of this route. */
  readonly alsoGood?: (status: number, attempt: number) => boolean;
  /** Tells this route's value from the answer of something else. */
  readonly isAnswer: (body: unknown) => body is T;
}

/** What goes over the wire, whatever comes back. */
type Outgoing = Omit<ApiRequest<unknown>, 'isAnswer' | 'alsoGood'>;

interface Answer {
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;
  readonly body: unknown;
}

/** Sends until answered, and gives back the answer's value. */
export async function send<T>(wire: Wire, request: ApiRequest<T>): Promise<T> {
  let mayRenew = request.isPublic !== true;
  return retrying(wire.timing, request.signal, async (number) => {
    let attempt = await exchange(wire, request, number, false);
    if (attempt.ok && attempt.value.status === 401 && mayRenew) {
      mayRenew = false;
      attempt = await exchange(wire, request, number, true);
    }
    const result = attempt.ok ? judge(request, attempt.value, number) : attempt;
    return request.isOnce === true && !result.ok && !wasLeftUndone(result.error)
      ? { ...result, again: false }
      : result;
  });
}

/** A system that says how long to wait did nothing of what it was asked. */
function wasLeftUndone({ status, retryAfterSeconds }: OnceoverApiError): boolean {
  return (status === 503 || status === 429) && retryAfterSeconds !== undefined;
}

function judge<T>(request: ApiRequest<T>, answer: Answer, number: number): Attempt<T> {
  const { status, body, retryAfterSeconds } = answer;
  const isGood = (status >= 200 && status < 300) || request.alsoGood?.(status, number) === true;
  // A page of a proxy or a captive portal may well come with 200.
  if (isGood && request.isAnswer(body)) return { ok: true, value: body };
  return { ok: false, error: errorOf(answer), again: mayPass(status, retryAfterSeconds) };
}

async function exchange(
  wire: Wire,
  request: Outgoing,
  number: number,
  renew: boolean,
): Promise<Attempt<Answer>> {
  const token = request.isPublic === true ? undefined : await wire.getToken({ renew });
  request.signal?.throwIfAborted();
  return observed(wire, request, number, async (signal) => {
    const response = await wire.fetch(wire.baseUrl + request.path, {
      method: request.method,
      headers: {
        accept: 'application/json',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...request.headers,
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      signal,
      // The token is in the header alone; no answer about a person is cached.
      credentials: request.withCookie === true ? 'same-origin' : 'omit',
      cache: 'no-store',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
    });
    return {
      status: response.status,
      retryAfterSeconds: parseRetryAfter(response.headers.get('retry-after')),
      body: readJson(await response.text()),
    };
  });
}

/** Runs one exchange under its time limit; what breaks it is named, an abort of the caller's is rethrown. */
export async function observed<A extends { readonly status: number }>(
  wire: Pick<Wire, 'timing' | 'onRequest' | 'requestTimeoutMs'>,
  request: Pick<Outgoing, 'route' | 'signal'>,
  number: number,
  run: (signal: AbortSignal) => Promise<A>,
): Promise<Attempt<A>> {
  const limit = wire.timing.timeout(wire.requestTimeoutMs);
  const startedAt = wire.timing.now();
  const report = (outcome: RequestEvent['outcome']) => {
    wire.onRequest({
      route: request.route,
      attempt: number,
      outcome,
      durationMs: wire.timing.now() - startedAt,
    });
  };
  try {
    const answer = await run(request.signal === undefined ? limit : AbortSignal.any([request.signal, limit]));
    report(answer.status);
    return { ok: true, value: answer };
  } catch (cause) {
    if (request.signal?.aborted === true) {
      report('aborted');
      throw request.signal.reason;
    }
    const code = limit.aborted ? 'timeout' : 'network';
    report(code);
    const message = limit.aborted
      ? 'The system did not answer in time.'
      : 'The system could not be reached, or the connection broke.';
    return { ok: false, error: new OnceoverApiError(code, message, { cause }), again: true };
  }
}

/** Stands for a body that is not JSON. */
const unreadable = Symbol('unreadable');

function readJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return unreadable;
  }
}

function errorOf(answer: Answer): OnceoverApiError {
  const { status, body, retryAfterSeconds } = answer;
  const timed = retryAfterSeconds === undefined ? { status } : { status, retryAfterSeconds };
  if (!isProblem(body) && status >= 500) {
    // A gateway speaks for a system that it cannot reach.
    return new OnceoverApiError('network', `The system could not be reached (${status}).`, timed);
  }
  if (!isProblem(body)) {
    return new OnceoverApiError('unexpected-answer', `An answer ${status} that is not of this API.`, timed);
  }
  return new OnceoverApiError(body.code, body.detail, { ...timed, problem: body });
}
