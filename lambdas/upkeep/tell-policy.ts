/**
 * Tells everybody by mail of a changed policy (CAL-16), by default one after the other: that stays below what a new account of
 * SES may send in a second, and leaves room for codes. Bounded by the time that is left, or by mail that fails again and again. A mark on each account says what its person was told of, so a run that
 * ends early, in whatever way, is taken up by the next one, and two at once tell nobody twice. The mark follows the mail:
 * killed between the two, one person gets it twice, and nobody is left out.
 */
import { policyMail } from '../../core/mail.ts';
import type { AudienceStore, Mailer } from '../../core/people-ports.ts';
import {
  currentVersion,
  localized,
  mustAcceptAgain,
  versionsUnheardOf,
  type Policy,
} from '../../core/policy.ts';
import type { AccountStore, Clock } from '../../core/ports.ts';
import type { Log } from '../runtime/log.ts';

export interface TellPolicyPorts {
  readonly audience: AudienceStore;
  readonly accounts: AccountStore;
  readonly mailer: Mailer;
  readonly clock: Clock;
  readonly policy: Policy;
  readonly log: Log;
}

/** What one run did. */
export interface TellPolicyReport {
  /** People who were told. */
  readonly count: number;
  /** Of those whose turn came, how many could not be told; the next run tries them again. */
  readonly failed: number;
  /** False when time ran out, or mail does not go out at all. */
  readonly complete: boolean;
}

/** After so many failures in a row mail does not go out, whoever it is for. */
const failuresInARow = 5;

/**
 * `hasTime` is asked before each mail, or each few where `inParallel` is more than one. Throws what the audience's store
 * throws.
 */
export async function tellPolicy(
  ports: TellPolicyPorts,
  hasTime: () => boolean,
  inParallel = 1,
): Promise<TellPolicyReport> {
  const { audience, policy, log } = ports;
  let [count, failed, inARow] = [0, 0, 0];
  let complete = true;
  for await (const few of fewAtATime(audience.untold(currentVersion(policy).version), inParallel)) {
    if (!hasTime() || inARow >= failuresInARow) {
      complete = false;
      break;
    }
    for (const turn of await Promise.allSettled(few.map((accountId) => tell(ports, accountId)))) {
      if (turn.status === 'fulfilled') {
        count += Number(turn.value);
        inARow = 0;
      } else {
        failed += 1;
        inARow += 1;
        log.error('mail-failed', turn.reason);
      }
    }
  }
  if (count > 0 || failed > 0) log.info('policy-told', { count, failed, complete });
  return { count, failed, complete };
}

async function* fewAtATime<T>(all: AsyncIterable<T>, size: number): AsyncIterable<readonly T[]> {
  let few: T[] = [];
  for await (const one of all) {
    few.push(one);
    if (few.length < size) continue;
    yield few;
    few = [];
  }
  if (few.length > 0) yield few;
}

/** Answers whether there was something to tell. */
async function tell(
  { audience, accounts, mailer, clock, policy }: TellPolicyPorts,
  accountId: string,
): Promise<boolean> {
  const { version } = currentVersion(policy);
  // Read anew: the page may be old, and nobody gets mail whose account is gone.
  const account = await accounts.find(accountId);
  if (account?.state !== 'active' || account.email === undefined) return false;
  const { policyTold, policyVersion, language = policy.languages[0] ?? 'en' } = account;
  const news = versionsUnheardOf(policy, { told: policyTold, accepted: policyVersion });
  if (news.length > 0) {
    if (!(await audience.take(accountId, version, clock.now()))) return false;
    const told = news.map((one) => ({ ...one, changes: localized(one.changes, language) }));
    const asksAgain = mustAcceptAgain(policy, policyVersion);
    await mailer.send(account.email, policyMail(policy.product.name, language, told, asksAgain));
  }
  await audience.noteTold(accountId, version);
  return news.length > 0;
}
