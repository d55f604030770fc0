/**
 * Signing in where Cognito is not: codes, sessions and refresh tokens of our own. What a request does is the same
 * whether or not the address has an account: nobody looks before the code was right. Codes are kept hashed, refresh
 * tokens not at all: one is its session, its number and a keyed hash of both.
 */
import { randomInt } from 'node:crypto';
import type { AccountStore, Clock, Ids, KeyedHash } from '../../../core/ports.ts';
import type {
  IdentityStore,
  Mailer,
  MemberStore,
  SignInProvider,
  TokenSigner,
} from '../../../core/people-ports.ts';
import { codeMail } from '../../../core/mail.ts';
import {
  decideRefresh,
  parseCode,
  renewSession,
  sessionStands,
  signIn,
  type Session,
} from '../../../core/session.ts';
import { equalHashes } from '../../runtime/keyed-hash.ts';

export interface LocalProviderPorts {
  readonly accounts: AccountStore;
  readonly identities: IdentityStore;
  readonly members: MemberStore;
  readonly mailer: Mailer;
  readonly signer: TokenSigner;
  readonly keyedHash: KeyedHash;
  readonly clock: Clock;
  readonly ids: Ids;
  /** A fresh one-time code. Default: random digits. */
  readonly makeCode?: () => string;
  readonly productName: string;
}

/** The provider over its stores. */
export function createLocalProvider(ports: LocalProviderPorts): SignInProvider {
  return {
    begin: (request) => begin(ports, request),
    verify: (attempt) => verify(ports, attempt),
    refresh: (refreshToken) => refresh(ports, refreshToken),
    // Every session is an item of ours, and the account itself says that they are over.
    endAll: async () => {},
  };
}

function randomCode(): string {
  return String(randomInt(10 ** signIn.codeDigits)).padStart(signIn.codeDigits, '0');
}

async function begin(
  ports: LocalProviderPorts,
  { address, language }: Parameters<SignInProvider['begin']>[0],
): ReturnType<SignInProvider['begin']> {
  const code = (ports.makeCode ?? randomCode)();
  const codeId = ports.ids.next();
  await ports.identities.putCode(
    {
      codeId,
      codeHash: hashOfCode(ports, codeId, code),
      addressHash: ports.keyedHash('address', address),
      expiresAt: ports.clock.now() + signIn.codeMs,
    },
    signIn.codeAttempts,
  );
  await ports.mailer.send(address, codeMail(ports.productName, language, code, signIn.codeMs / 60_000));
  return { challenge: codeId };
}

/** As ids are made. */
const challengePattern = /^[\w-]{1,64}$/;

async function verify(
  ports: LocalProviderPorts,
  { address, challenge, code: rawCode }: Parameters<SignInProvider['verify']>[0],
): ReturnType<SignInProvider['verify']> {
  // The contract takes what Cognito calls a session, which is far longer than any key here may be.
  if (!challengePattern.test(challenge)) return undefined;
  const now = ports.clock.now();
  const stored = await ports.identities.takeTry(challenge, now);
  const code = parseCode(rawCode);
  if (stored === undefined || code === undefined) return undefined;
  const addressHash = ports.keyedHash('address', address);
  const isRight =
    equalHashes(stored.codeHash, hashOfCode(ports, challenge, code)) &&
    equalHashes(stored.addressHash, addressHash);
  if (!isRight || !(await ports.identities.useCode(challenge, now))) return undefined;
  const accountId = await ports.identities.claimAddress(addressHash, ports.ids.next());
  const sessionId = ports.ids.next();
  return {
    accountId,
    sessionId,
    tokens: () => tokensOf(ports, { accountId, sessionId, generation: 1 }, now),
  };
}

function hashOfCode({ keyedHash }: LocalProviderPorts, codeId: string, code: string): string {
  return keyedHash('code', `${codeId} ${code}`);
}

async function tokensOf(
  ports: LocalProviderPorts,
  session: Pick<Session, 'accountId' | 'sessionId' | 'generation'>,
  now: number,
): Promise<NonNullable<Awaited<ReturnType<SignInProvider['refresh']>>>> {
  const { accountId, sessionId } = session;
  const signed = await ports.signer.sign(accountId, sessionId, now);
  return { accountId, sessionId, ...signed, refreshToken: renderToken(ports, session) };
}

/** Two requests at once are tried this often. */
const maxAttempts = 4;

async function refresh(
  ports: LocalProviderPorts,
  refreshToken: string,
): ReturnType<SignInProvider['refresh']> {
  const claimed = parseToken(ports, refreshToken);
  if (claimed === undefined) return undefined;
  const { accountId, sessionId, generation } = claimed;
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const now = ports.clock.now();
    const [account, session] = await Promise.all([
      ports.accounts.find(accountId),
      ports.members.findSession(accountId, sessionId),
    ]);
    if (account === undefined || session === undefined || !sessionStands(session, account, now)) {
      return undefined;
    }
    switch (decideRefresh(session, generation, now)) {
      case 'reused':
        // Somebody has a copy, and nobody can tell who is who.
        await ports.members.endSession(accountId, sessionId);
        return undefined;
      case 'repeat':
        return tokensOf(ports, session, now);
      case 'renew': {
        const next = renewSession(session, now);
        if ((await ports.members.renewSession(session, next)) === 'renewed') {
          return tokensOf(ports, next, now);
        }
      }
    }
  }
  return undefined;
}

type Numbered = Pick<Session, 'accountId' | 'sessionId' | 'generation'>;

function renderToken({ keyedHash }: LocalProviderPorts, session: Numbered): string {
  const named = `${session.accountId}.${session.sessionId}.${session.generation}`;
  return `${named}.${keyedHash('refresh', named)}`;
}

function parseToken({ keyedHash }: LocalProviderPorts, token: string): Numbered | undefined {
  const parts = /^([\w-]{1,64})\.([\w-]{1,64})\.(\d{1,9})\.([\w-]{43})$/.exec(token);
  if (parts === null) return undefined;
  const [, accountId = '', sessionId = '', generation = '', mac = ''] = parts;
  const isOurs = equalHashes(mac, keyedHash('refresh', `${accountId}.${sessionId}.${generation}`));
  return isOurs ? { accountId, sessionId, generation: Number(generation) } : undefined;
}
