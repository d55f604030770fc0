/**
 * Signing in by e-mail, without a password (CAL-5): who may ask how often, and what is written when an address was
 * proven. Which provider proves it makes no difference here.
 */
import { parseAddress } from '../../../core/account.ts';
import { OnceoverError } from '../../../core/errors.ts';
import type { Tokens } from '../../../core/people-ports.ts';
import { currentVersion } from '../../../core/policy.ts';
import { beginSession, limits, signIn, type Limit } from '../../../core/session.ts';
import type { ApiPorts } from '../ports.ts';
import { violation } from '../problems.ts';

type SignInPorts = Pick<
  ApiPorts,
  'provider' | 'identities' | 'attempts' | 'accounts' | 'members' | 'keyedHash' | 'clock' | 'policy' | 'log'
>;

/** Counts one more for each limit; the longest wait of those that are reached is told. */
export async function admitAttempt(
  { attempts, clock }: Pick<ApiPorts, 'attempts' | 'clock'>,
  counted: readonly { readonly limits: readonly Limit[]; readonly hash: string }[],
): Promise<void> {
  const now = clock.now();
  const waits = await Promise.all(
    counted.flatMap(({ limits: bounds, hash }) => bounds.map((limit) => attempts.take(limit, hash, now))),
  );
  const longestMs = Math.max(0, ...waits.map((wait) => wait ?? 0));
  if (longestMs > 0) {
    throw new OnceoverError('too-many-attempts', { retryAfterSeconds: Math.ceil(longestMs / 1000) });
  }
}

/** The address that a person typed. */
export function addressOf(email: string): string {
  const address = parseAddress(email);
  if (address === undefined) throw violation('email', 'is no e-mail address');
  return address;
}

/** One of the policy's languages: the one asked for, if it is one. */
export function languageOf({ policy }: Pick<ApiPorts, 'policy'>, asked: string | undefined): string {
  return policy.languages.find((language) => language === asked) ?? policy.languages[0] ?? 'en';
}

/** Sends a code. Knows nothing of accounts, so that known and unknown addresses cannot be told apart. */
export async function requestCode(
  ports: SignInPorts,
  request: { readonly email: string; readonly language: string | undefined; readonly source: string },
): Promise<{ readonly challenge: string; readonly expiresAt: number }> {
  const address = addressOf(request.email);
  await admitAttempt(ports, [
    { limits: limits.codesOfSource, hash: request.source },
    { limits: limits.codesOfAddress, hash: ports.keyedHash('address', address) },
  ]);
  const expiresAt = ports.clock.now() + signIn.codeMs;
  const { challenge } = await countingFailure(ports, async () =>
    ports.provider.begin({ address, language: languageOf(ports, request.language) }),
  );
  ports.log.info('code-requested');
  return { challenge, expiresAt };
}

/** Does what the provider is asked for. An alarm counts how often that fails, whichever provider it is. */
async function countingFailure<T>({ log }: Pick<ApiPorts, 'log'>, perform: () => Promise<T>): Promise<T> {
  try {
    return await perform();
  } catch (error) {
    log.info('sign-in-failed');
    throw error;
  }
}

/** Proves an address and opens what is not there yet: the account, then the session, then tokens. */
export async function verifyCode(
  ports: SignInPorts,
  attempt: {
    readonly email: string;
    readonly challenge: string;
    readonly code: string;
    readonly language: string | undefined;
    readonly source: string;
  },
): Promise<Tokens> {
  const address = addressOf(attempt.email);
  await admitAttempt(ports, [{ limits: limits.triesOfSource, hash: attempt.source }]);
  const { challenge, code } = attempt;
  const proven = await countingFailure(ports, async () => {
    const answer = await ports.provider.verify({ address, challenge, code });
    if (answer === undefined) throw new OnceoverError('code-refused');
    return answer;
  });
  const { accountId, sessionId } = proven;
  // Where the provider keeps addresses itself, a report still has to find whose one is.
  await ports.identities.claimAddress(ports.keyedHash('address', address), accountId);
  const now = ports.clock.now();
  await ports.members.open({
    accountId,
    state: 'active',
    email: address,
    language: languageOf(ports, attempt.language),
    openedAt: now,
    policyTold: currentVersion(ports.policy).version,
  });
  const account = await ports.accounts.find(accountId);
  if (account?.state !== 'active') throw new OnceoverError('account-inactive');
  // Of two moments that are the same to the clock, signing out everywhere comes first.
  const startedAt = Math.max(now, (account.sessionsEndedAt ?? 0) + 1);
  if (!(await ports.members.putSession(beginSession(accountId, sessionId, startedAt)))) {
    throw new OnceoverError('account-inactive');
  }
  ports.log.info('session-begun');
  return proven.tokens();
}

/** The next tokens of a session that still stands. */
export async function refreshSession(ports: SignInPorts, refreshToken: string | undefined): Promise<Tokens> {
  const tokens = refreshToken === undefined ? undefined : await ports.provider.refresh(refreshToken);
  if (tokens === undefined) throw new OnceoverError('unauthenticated');
  return tokens;
}

/** Ends every session of an account at once; what the provider keeps of its own follows. */
export async function endSessions(ports: SignInPorts, accountId: string): Promise<void> {
  await ports.members.endSessions(accountId, ports.clock.now());
  await ports.provider.endAll(accountId);
}
