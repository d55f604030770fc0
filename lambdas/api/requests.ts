/** What every request passes before its handler, and how every answer leaves. */
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { z } from 'zod';
import { OnceoverError } from '../../core/errors.ts';
import { refuseAccount, type Account } from '../../core/account.ts';
import { sessionStands } from '../../core/session.ts';
import type { LogFields } from '../runtime/log.ts';
import type { ApiPorts } from './ports.ts';

/** What a request knows of itself. */
export interface ApiEnv {
  Variables: {
    /** Set on routes that act for a person. */
    accountId: string;
    sessionId: string;
    /** The account as it was read for this request. */
    account: Account;
    /** Under which reference the account was severed before; only where `authenticatedOnceMore` lets it pass. */
    severed?: string;
    route: NonNullable<LogFields['route']>;
  };
}

/** Names the route for the log; a path would carry ids. */
export function named(route: NonNullable<LogFields['route']>) {
  return createMiddleware<ApiEnv>(async (context, next) => {
    context.set('route', route);
    await next();
  });
}

/**
 * A bearer token (RFC 6750) of an account that is active and of a session that stands at this moment, by strong
 * reads: signing out, anywhere, works at once.
 */
export function authenticated(ports: Pick<ApiPorts, 'tokens' | 'accounts' | 'members' | 'clock'>) {
  return createMiddleware<ApiEnv>(async (context, next) => {
    const { accountId, sessionId } = await holderOf(context, ports);
    const [account, session] = await Promise.all([
      ports.accounts.find(accountId),
      ports.members.findSession(accountId, sessionId),
    ]);
    // Adulthood is asked where a photo is submitted, not where one's own data is read or deleted.
    if (account === undefined || refuseAccount(account) === 'account-inactive') {
      throw new OnceoverError('account-inactive');
    }
    if (!sessionStands(session, account, ports.clock.now())) throw new OnceoverError('unauthenticated');
    context.set('accountId', accountId);
    context.set('sessionId', sessionId);
    context.set('account', account);
    await next();
  });
}

/** Whose token a request carries; whether account and session still stand is asked elsewhere. */
async function holderOf(context: Context<ApiEnv>, { tokens }: Pick<ApiPorts, 'tokens'>) {
  const token = /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i.exec(context.req.header('authorization') ?? '')?.[1];
  const holder = token === undefined ? undefined : await tokens.verify(token);
  if (holder === undefined) throw new OnceoverError('unauthenticated');
  return holder;
}

/**
 * As `authenticated`, but a token of an account that is severed passes as well, to be told again what it asked for: its
 * `account` says so. Such a request may read and write nothing.
 */
export function authenticatedOnceMore(
  ports: Pick<ApiPorts, 'tokens' | 'accounts' | 'members' | 'clock' | 'erasures'>,
) {
  const standing = authenticated(ports);
  return createMiddleware<ApiEnv>(async (context, next) => {
    const { accountId } = await holderOf(context, ports);
    const severed = await ports.erasures.referenceOf(accountId);
    if (severed === undefined) return standing(context, next);
    context.set('severed', severed);
    return next();
  });
}

/** What API Gateway says of the caller; nothing where the API runs without it. */
const gatewayEnv = z.object({
  requestContext: z.object({ http: z.object({ sourceIp: z.string() }) }),
});

/**
 * Where a request came from, as a keyed hash: the address itself goes nowhere. One household with IPv6 has a whole
 * /64 of addresses and counts as one.
 */
export function sourceOf(
  context: Context<ApiEnv>,
  { keyedHash, sourceHeader }: Pick<ApiPorts, 'keyedHash' | 'sourceHeader'>,
): string {
  const viewer = sourceHeader === undefined ? undefined : context.req.header(sourceHeader);
  if (viewer !== undefined) return keyedHash('source', networkOf(withoutPort(viewer)));
  const parsed = gatewayEnv.safeParse(context.env);
  const address = parsed.success ? parsed.data.requestContext.http.sourceIp : 'unknown';
  return keyedHash('source', networkOf(address));
}

/** `address:port`, as CloudFront writes it; of IPv6 with brackets or without. */
function withoutPort(viewer: string): string {
  return viewer.replace(/:\d+$/, '').replaceAll(/[[\]]/g, '');
}

function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const zeros = address.includes('::') ? 8 - before.length - after.length : 0;
  const groups = [...before, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...after];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}

/** Nothing is stored on its way unless a handler said so, and nothing is taken for another type. */
export const answerHeaders = createMiddleware<ApiEnv>(async (context, next) => {
  await next();
  const { headers } = context.res;
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
  headers.set('x-content-type-options', 'nosniff');
});

/**
 * One line for each answer; none for a count of use that was taken: its moment would stand beside those of whatever else the
 * same person asked for (CAL-9).
 */
export function logged({ log, clock }: Pick<ApiPorts, 'log' | 'clock'>) {
  return createMiddleware<ApiEnv>(async (context, next) => {
    const startedAt = clock.now();
    await next();
    const route = context.get('route') ?? 'unknown';
    if (route === 'count-use' && context.res.ok) return;
    log.info('request-finished', { route, status: context.res.status, ms: clock.now() - startedAt });
  });
}
