/**
 * Cross-origin rules as S3 applies them: a preflight is answered from the one rule of the bucket, and an actual
 * request from an allowed origin gets headers that let a page read the answer, errors included. CORS protects
 * people's browsers, not the bucket: it decides nothing about who may do what.
 */
import type { Answer } from './call.ts';
import { S3Error } from './errors.ts';
import type { S3Request } from './request.ts';

/** The bucket's one CORS rule. */
export interface CorsRule {
  /** Exact origins (`https://app.example`), with at most one `*` in each. */
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  /** Request headers that a page may send; `*` is any. */
  readonly headers: readonly string[];
  /** Answer headers that a page may read. Default: none beyond those that every page may read. */
  readonly exposeHeaders?: readonly string[];
  /** How long a browser may remember a preflight. Default: not said; browsers take 5 s. */
  readonly maxAgeSeconds?: number;
}

const vary = 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method';

/** Answers OPTIONS. Throws BadRequest when it is no preflight, AccessForbidden when the rule does not fit. */
export function preflight({ headers }: S3Request, rule: CorsRule): Answer {
  const origin = headers.get('origin');
  const method = headers.get('access-control-request-method');
  if (origin === undefined || method === undefined) throw new S3Error('BadRequest');
  const asked = (headers.get('access-control-request-headers') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const allowed = asked.every((name) => rule.headers.some((pattern) => fits(pattern.toLowerCase(), name)));
  const granted = grant(origin, method, rule);
  if (granted === undefined || !allowed) throw new S3Error('AccessForbidden');
  return {
    status: 200,
    headers: {
      ...granted,
      ...(asked.length > 0 ? { 'access-control-allow-headers': asked.join(', ') } : {}),
      ...(rule.maxAgeSeconds === undefined ? {} : { 'access-control-max-age': String(rule.maxAgeSeconds) }),
    },
  };
}

/** The headers that an actual request's answer carries: none unless origin and method fit the rule. */
export function corsHeaders(
  origin: string | undefined,
  method: string,
  rule: CorsRule,
): Readonly<Record<string, string>> {
  return (origin === undefined ? undefined : grant(origin, method, rule)) ?? {};
}

function grant(origin: string, method: string, rule: CorsRule): Record<string, string> | undefined {
  const pattern = rule.origins.find((one) => fits(one, origin));
  if (pattern === undefined || !rule.methods.includes(method)) return undefined;
  const exposed = rule.exposeHeaders ?? [];
  return {
    'access-control-allow-origin': pattern === '*' ? '*' : origin,
    'access-control-allow-methods': rule.methods.join(', '),
    ...(exposed.length > 0 ? { 'access-control-expose-headers': exposed.join(', ') } : {}),
    vary,
  };
}

function fits(pattern: string, text: string): boolean {
  const [start, end] = pattern.split('*', 2);
  if (start === undefined || end === undefined) return pattern === text;
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}
