/**
 * Signing in by a code, and the token that follows: refreshed before it runs out, by one request however many ask. It
 * holds tokens in memory; where the refresh token outlives the page, its caller decides.
 */
import type { Challenge, SessionTokens } from '../core/contract.ts';
import { isChallenge, isNothing, isTokens } from './answers.ts';
import { OnceoverApiError } from './error.ts';
import { send, type GetToken, type RequestEvent, type Wire } from './http.ts';
import { systemTiming, type Timing } from './timing.ts';

/** Where a refresh token is kept between two starts of an app: a key chain, a file of the person's own. */
export interface TokenStorage {
  readonly load: () => string | undefined | Promise<string | undefined>;
  /** Undefined: forget it. */
  readonly save: (refreshToken: string | undefined) => void | Promise<void>;
}

export interface SessionOptions {
  /** Where the API is, without `/v1`. Empty: the page's own origin. */
  readonly baseUrl: string;
  /**
   * `cookie`: an HttpOnly cookie of the page's own origin, that no script reads. Or storage of the caller's.
   * Default: memory, gone with the program.
   */
  readonly keep?: 'cookie' | TokenStorage;
  /** Told once when a session turned out to be over: time to show the sign-in. Default: nobody is. */
  readonly onSignedOut?: () => void;
  /** Default: the platform's own. */
  readonly fetch?: typeof fetch;
  readonly onRequest?: (event: RequestEvent) => void;
  /** Longest wait for one answer, ms. Default: 15,000. */
  readonly requestTimeoutMs?: number;
  /** Default: the real clock. */
  readonly timing?: Timing;
}

/** Each method throws OnceoverApiError. */
export interface Session {
  /** Sends a code to an address, whoever's it is. `language`: one of the policy's, for the mail. */
  readonly requestCode: (email: string, options?: { readonly language?: string }) => Promise<Challenge>;
  /** Signs in; the first time, this opens the account. `code-refused` when the code is not right. */
  readonly verifyCode: (
    attempt: { readonly email: string; readonly challenge: string; readonly code: string },
    options?: { readonly language?: string },
  ) => Promise<void>;
  /** For `createClient`: the present access token, a fresh one when it is about to run out. */
  readonly getToken: GetToken;
  /** Whether somebody is signed in, as far as this can be known without asking for a photo. */
  readonly isSignedIn: () => Promise<boolean>;
  /** Signs out here. Forgets the tokens also when the API cannot be reached. */
  readonly signOut: () => Promise<void>;
  /** Signs out everywhere, at once. */
  readonly signOutEverywhere: () => Promise<void>;
}

/** Ask for the next token this long before the present one runs out. */
const renewBeforeMs = 30_000;

interface Held {
  readonly accessToken: string;
  readonly renewAt: number;
}

/** Makes a session. Sends nothing by itself. */
export function createSession(options: SessionOptions): Session {
  const timing = options.timing ?? systemTiming;
  const usesCookie = options.keep === 'cookie';
  const storage = storageOf(options.keep);
  let held: Held | undefined;
  let renewing: Promise<string | undefined> | undefined;
  /** One more with each sign-in and sign-out: a refresh that was asked for before is answered for nobody. */
  let turn = 0;
  const wire: Wire = {
    baseUrl: options.baseUrl.replace(/\/+$/, ''),
    fetch: options.fetch ?? (async (...request) => globalThis.fetch(...request)),
    getToken: ({ renew }) => getToken({ renew }),
    onRequest: options.onRequest ?? (() => undefined),
    requestTimeoutMs: options.requestTimeoutMs ?? 15_000,
    timing,
  };
  const cookie = usesCookie ? ({ withCookie: true } as const) : {};

  async function hold({ accessToken, expiresInSeconds, refreshToken }: SessionTokens): Promise<string> {
    const lifeMs = expiresInSeconds * 1000;
    held = { accessToken, renewAt: timing.now() + Math.max(lifeMs - renewBeforeMs, lifeMs / 2) };
    if (!usesCookie) await storage.save(refreshToken);
    return accessToken;
  }

  function nextTurn(): void {
    turn += 1;
    renewing = undefined;
  }

  async function forget(): Promise<void> {
    nextTurn();
    held = undefined;
    await storage.save(undefined);
  }

  async function refresh(): Promise<string | undefined> {
    const mine = turn;
    const refreshToken = usesCookie ? undefined : await storage.load();
    if (!usesCookie && refreshToken === undefined) return undefined;
    try {
      // Sent again when an answer is lost: the API then answers with the same next token.
      const tokens = await send(wire, {
        ...post('/v1/sessions/refresh'),
        ...cookie,
        body: refreshToken === undefined ? {} : { refreshToken },
        isAnswer: isTokens,
      });
      return mine === turn ? await hold(tokens) : undefined;
    } catch (error) {
      if (!isOver(error)) throw error;
      if (mine !== turn) return undefined;
      const wasSignedIn = held !== undefined || refreshToken !== undefined;
      await forget();
      if (wasSignedIn) options.onSignedOut?.();
      return undefined;
    }
  }

  async function getToken({ renew }: { readonly renew: boolean }): Promise<string | undefined> {
    if (!renew && renewing === undefined && held !== undefined && timing.now() < held.renewAt) {
      return held.accessToken;
    }
    if (renewing !== undefined) return renewing;
    const asked = refresh().finally(() => {
      if (renewing === asked) renewing = undefined;
    });
    renewing = asked;
    return asked;
  }

  async function end(path: string, route: string): Promise<void> {
    try {
      await send(wire, { method: 'DELETE', route, path, ...cookie, isAnswer: isNothing, alsoGood: isOut });
    } finally {
      await forget();
    }
  }

  return {
    requestCode: async (email, { language } = {}) =>
      send(wire, {
        ...post('/v1/sessions'),
        body: { email, ...(language === undefined ? {} : { language }) },
        isOnce: true,
        isAnswer: isChallenge,
      }),
    async verifyCode({ email, challenge, code }, { language } = {}) {
      const tokens = await send(wire, {
        ...post('/v1/sessions/verify'),
        ...cookie,
        body: {
          email,
          challenge,
          code,
          keep: usesCookie ? 'cookie' : 'body',
          ...(language === undefined ? {} : { language }),
        },
        isOnce: true,
        isAnswer: isTokens,
      });
      nextTurn();
      await hold(tokens);
    },
    getToken,
    isSignedIn: async () => (await getToken({ renew: false })) !== undefined,
    signOut: async () => end('/v1/sessions/current', 'DELETE /v1/sessions/current'),
    signOutEverywhere: async () => end('/v1/sessions', 'DELETE /v1/sessions'),
  };
}

function storageOf(keep: SessionOptions['keep']): TokenStorage {
  if (typeof keep === 'object') return keep;
  let inMemory: string | undefined;
  return {
    load: () => inMemory,
    save: (refreshToken) => void (inMemory = refreshToken),
  };
}

function post(path: string) {
  return { method: 'POST', route: `POST ${path}`, path, isPublic: true } as const;
}

/** The session is over: signed out elsewhere, too old, or the account is not active any more. */
function isOver(error: unknown): boolean {
  return (
    error instanceof OnceoverApiError &&
    (error.code === 'unauthenticated' || error.code === 'account-inactive')
  );
}

/** Who is out already has what they asked for. */
function isOut(status: number): boolean {
  return status === 401;
}
