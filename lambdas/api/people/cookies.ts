/**
 * The refresh token of pages: in a cookie that no script reads and no other site's request carries. Every route that
 * looks at it takes JSON, which another site's page cannot send without asking first, and this API answers no such
 * question; a request that the browser itself calls cross-site is refused besides.
 */
import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { OnceoverError } from '../../../core/errors.ts';
import { signIn } from '../../../core/session.ts';
import type { ApiEnv } from '../requests.ts';

const cookieName = 'onceover-refresh';
/** No other path sees it. */
const path = '/v1/sessions';

/** Says whether a Host header names this machine itself. */
export function isLoopbackHost(host: string): boolean {
  return /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i.test(host);
}

/** Browsers keep a secure cookie of this machine itself only where they call it secure; not all do. */
function isSecure(context: Context<ApiEnv>): boolean {
  return !isLoopbackHost(context.req.header('host') ?? '');
}

/** Gives the page its refresh token. */
export function keepRefreshToken(context: Context<ApiEnv>, token: string): void {
  setCookie(context, cookieName, token, {
    httpOnly: true,
    sameSite: 'Strict',
    path,
    secure: isSecure(context),
    maxAge: signIn.idleMs / 1000,
  });
}

/** Takes it away again. */
export function forgetRefreshToken(context: Context<ApiEnv>): void {
  if (getCookie(context, cookieName) !== undefined) dropRefreshToken(context);
}

/** The same where no request carries it: its path is another one. */
export function dropRefreshToken(context: Context<ApiEnv>): void {
  setCookie(context, cookieName, '', {
    httpOnly: true,
    sameSite: 'Strict',
    path,
    secure: isSecure(context),
    maxAge: 0,
  });
}

/** The page's refresh token, for a request of its own site. */
export function keptRefreshToken(context: Context<ApiEnv>): string | undefined {
  const token = getCookie(context, cookieName);
  if (token !== undefined) refuseOtherSites(context);
  return token;
}

/** What a browser says of where a request came from (Fetch Metadata); nothing else sends it. */
export function refuseOtherSites(context: Context<ApiEnv>): void {
  const site = context.req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new OnceoverError('cross-site');
}
