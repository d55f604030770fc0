/**
 * Joining: each thing that a person affirms or agrees to is an act of its own, kept as evidence with the very text
 * that was shown (CAL-7, CAL-16). An act about another text than the present one is refused: nobody can agree to
 * what they did not read.
 */
import { createHash } from 'node:crypto';
import { missingConsents } from '../../../core/consent.ts';
import type { ActRequest, ConsentsView, Me } from '../../../core/contract.ts';
import type { Account } from '../../../core/account.ts';
import type { Act } from '../../../core/evidence.ts';
import { OnceoverError } from '../../../core/errors.ts';
import { policyText } from '../../../core/policy-text.ts';
import { currentVersion, localized, mustAcceptAgain, type Policy } from '../../../core/policy.ts';
import type { Joining } from '../../../core/people-ports.ts';
import type { ApiPorts } from '../ports.ts';
import { violation } from '../problems.ts';
import { instant } from '../scan-view.ts';
import { languageOf } from './sign-in.ts';
import { stopLeftovers, stopWork } from './stop-work.ts';

type JoinPorts = Pick<
  ApiPorts,
  'accounts' | 'joining' | 'scans' | 'images' | 'clock' | 'ids' | 'pacing' | 'policy' | 'log'
>;

/** A text that a person can be asked about, as it is now. */
interface Asked {
  readonly kind: Act['kind'];
  readonly text: string;
  readonly version: string;
  readonly shown: (language: string) => string;
}

/** The affirmation of adulthood. */
export function adulthoodAsked({ adulthood }: Policy): Asked {
  return {
    kind: 'adulthood-affirmed',
    text: 'adulthood',
    version: String(adulthood.version),
    shown: (language) => localized(adulthood.text, language),
  };
}

/** The policy itself, as it is told in that language. */
export function policyAsked(policy: Policy): Asked {
  return {
    kind: 'policy-accepted',
    text: 'policy',
    version: currentVersion(policy).version,
    shown: (language) => policyText(policy, language),
  };
}

/** A consent. Throws `purpose-not-found`. */
export function consentAsked({ consents }: Policy, purpose: string): Asked {
  const consent = consents.find((one) => one.purpose === purpose);
  if (consent === undefined) throw new OnceoverError('purpose-not-found');
  return {
    kind: 'consent-given',
    text: purpose,
    version: String(consent.version),
    shown: (language) => `${localized(consent.title, language)}\n${localized(consent.text, language)}`,
  };
}

const maxAttempts = 8;

/** Records one act; done twice, it is evidence once. Answers what stands then. */
export async function act(
  ports: JoinPorts,
  accountId: string,
  asked: Asked,
  request: ActRequest,
  by: string,
): Promise<ConsentsView> {
  if (String(request.version) !== asked.version) {
    throw new OnceoverError('text-changed', { extra: { version: asked.version } });
  }
  if (languageOf(ports, request.language) !== request.language) {
    throw violation('language', 'is no language of the policy');
  }
  const done: Act = {
    actId: ports.ids.next(),
    kind: asked.kind,
    text: asked.text,
    version: asked.version,
    language: request.language,
    textDigest: digestOf(asked.shown(request.language)),
    at: ports.clock.now(),
    by,
  };
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const answer = await ports.joining.record(accountId, done);
    if (answer === 'inactive') throw new OnceoverError('account-inactive');
    if (answer !== 'conflict') {
      if (answer === 'recorded') ports.log.info('act-recorded', { act: asked.kind });
      return viewConsents(await ports.joining.read(accountId));
    }
    await ports.pacing.pause(attempt);
  }
  throw new OnceoverError('busy', { retryAfterSeconds: 1 });
}

/**
 * Withdraws a consent. With it, in the same transaction, every open scan is erased and its unit given back; from
 * then on no ticket is given. Answers what stands then; withdrawn twice, it is evidence once.
 */
export async function withdraw(
  ports: JoinPorts,
  accountId: string,
  purpose: string,
  by: string,
): Promise<ConsentsView> {
  const asked = consentAsked(ports.policy, purpose);
  const find = async () =>
    (await ports.joining.read(accountId)).consents.find((one) => one.purpose === purpose);
  const held = await find();
  if (held?.granted === true) {
    const at = ports.clock.now();
    const withdrawn = { purpose, version: held.version, granted: false, at };
    const done: Act = {
      actId: ports.ids.next(),
      kind: 'consent-withdrawn',
      text: asked.text,
      version: String(held.version),
      at,
      by,
    };
    await stopWork(
      ports,
      accountId,
      { kind: 'withdrawal', consent: withdrawn, act: done },
      async () => (await find())?.granted === true,
    );
    ports.log.info('act-recorded', { act: 'consent-withdrawn' });
  } else {
    await stopLeftovers(ports, accountId);
  }
  return viewConsents(await ports.joining.read(accountId));
}

/** Under which a text is found that somebody was asked about. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What stands, and everything that was done. */
export function viewConsents({ consents, acts }: Joining): ConsentsView {
  return {
    consents: consents.map(({ purpose, version, granted, at }) => ({
      purpose,
      version,
      granted,
      at: instant(at),
    })),
    acts: acts.map(({ actId: _actId, at, ...done }) => ({ ...done, at: instant(at) })),
  };
}

/** The person, as they may see themselves. */
export function viewMe(ports: Pick<ApiPorts, 'policy'>, account: Account, joining: Joining): Me {
  const { policy } = ports;
  const mustAccept = mustAcceptAgain(policy, account.policyVersion);
  const required = policy.consents.filter(({ requiredFor }) => requiredFor === 'scan');
  return {
    ...(account.email === undefined ? {} : { email: account.email }),
    language: languageOf(ports, account.language),
    ...(account.openedAt === undefined ? {} : { openedAt: instant(account.openedAt) }),
    ...(account.adultAffirmedAt === undefined ? {} : { adultAffirmedAt: instant(account.adultAffirmedAt) }),
    policy: {
      ...(account.policyVersion === undefined ? {} : { acceptedVersion: account.policyVersion }),
      ...(account.policyAcceptedAt === undefined ? {} : { acceptedAt: instant(account.policyAcceptedAt) }),
      currentVersion: currentVersion(policy).version,
      mustAccept,
    },
    consents: viewConsents(joining).consents,
    missing: [
      ...(account.adultAffirmedAt === undefined ? (['adulthood'] as const) : []),
      ...(mustAccept ? (['policy'] as const) : []),
      ...(missingConsents(joining.consents, required).length > 0 ? (['consent'] as const) : []),
    ],
  };
}
