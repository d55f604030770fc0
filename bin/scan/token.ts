/**
 * Where the command's access token comes from: the command line, or the issuer of a system on this machine.
 * It must never be printed, not even inside an error.
 */
import type { GetToken } from '../../client/http.ts';
import { isLoopback } from './options.ts';

/** The system cannot be used at all; the message says what to do. */
export class SystemUnreachable extends Error {
  override readonly name = 'SystemUnreachable';
}

/** Ask for a new one this long before the old one ends. */
const renewBeforeMs = 30_000;

/** `now`: monotonic, ms. */
export function tokenSource(apiUrl: string, given: string | undefined, now: () => number): GetToken {
  if (given !== undefined) return () => given;
  let held: IssuedToken | undefined;
  let asking: Promise<IssuedToken> | undefined;
  return async ({ renew }) => {
    if (asking === undefined && held !== undefined && !renew && now() < held.renewAt) return held.accessToken;
    // Photos that run side by side share one request.
    asking ??= askLocalIssuer(apiUrl, now).finally(() => {
      asking = undefined;
    });
    held = await asking;
    return held.accessToken;
  };
}

interface IssuedToken {
  readonly accessToken: string;
  readonly renewAt: number;
}

async function askLocalIssuer(apiUrl: string, now: () => number): Promise<IssuedToken> {
  if (!isLoopback(apiUrl)) throw new SystemUnreachable(noToken(apiUrl));
  const askedAt = now();
  let answer: unknown;
  try {
    const response = await fetch(`${apiUrl}/local/token`, {
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.timeout(10_000),
    });
    answer = response.ok ? await response.json() : undefined;
  } catch (cause) {
    // Something that answers, but not with JSON, is not the issuer.
    throw new SystemUnreachable(cause instanceof SyntaxError ? noToken(apiUrl) : noAnswer(apiUrl));
  }
  if (!isIssued(answer)) throw new SystemUnreachable(noToken(apiUrl));
  const lifeMs = answer.expiresInSeconds * 1000;
  return {
    accessToken: answer.accessToken,
    renewAt: askedAt + Math.max(lifeMs - renewBeforeMs, lifeMs / 2),
  };
}

function isIssued(
  answer: unknown,
): answer is { readonly accessToken: string; readonly expiresInSeconds: number } {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'accessToken' in answer &&
    typeof answer.accessToken === 'string' &&
    'expiresInSeconds' in answer &&
    typeof answer.expiresInSeconds === 'number'
  );
}

/** Said whenever nothing answers. */
export function noAnswer(apiUrl: string): string {
  return isLoopback(apiUrl)
    ? `Nothing answers at ${apiUrl}. Start onceover with "npm start", or name another system with --api URL.`
    : `Nothing answers at ${apiUrl}. Check the address and your connection.`;
}

function noToken(apiUrl: string): string {
  return `${apiUrl} gives no token by itself. Set ONCEOVER_TOKEN or use --token TOKEN.`;
}
