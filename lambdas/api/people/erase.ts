/**
 * A person has everything erased, or a part of it (CAL-6, CAL-15). The account is severed in this request; a part is
 * deleted in it as far as its time allows. The rest, and the proof that nothing is left, is upkeep's.
 */
import type { ErasureView } from '../../../core/contract.ts';
import { erasePart } from '../../../core/erase.ts';
import type { ErasurePart } from '../../../core/erasure.ts';
import { OnceoverError } from '../../../core/errors.ts';
import { requestErasure, type RequestedErasure } from '../../../core/request-erasure.ts';
import { limits } from '../../../core/session.ts';
import type { ApiPorts } from '../ports.ts';
import { instant } from '../scan-view.ts';
import { admitAttempt } from './sign-in.ts';

type ErasePorts = Pick<
  ApiPorts,
  | 'erasures'
  | 'accounts'
  | 'data'
  | 'scans'
  | 'images'
  | 'attempts'
  | 'keyedHash'
  | 'clock'
  | 'ids'
  | 'pacing'
  | 'provider'
  | 'log'
>;

/** Severs the account. Throws `account-inactive` and `busy`. */
export async function eraseMe(ports: ErasePorts, accountId: string): Promise<ErasureView> {
  const requested = asked(await requestErasure(ports, accountId, 'requested'));
  ports.log.info('erasure-requested', { scope: 'account' });
  try {
    await ports.provider.endAll(accountId);
  } catch (error) {
    // Its sessions are worth nothing here already, and its user goes within a minute.
    ports.log.error('erasure-failed', error, { scope: 'account' });
  }
  return viewErasure(requested);
}

/** Deletes a part of what the account has so far. Throws `account-inactive`, `too-many-attempts` and `busy`. */
export async function eraseMyPart(
  ports: ErasePorts,
  accountId: string,
  scope: ErasurePart,
): Promise<ErasureView> {
  await admitAttempt(ports, [
    { limits: limits.erasuresOfAccount, hash: ports.keyedHash('account', accountId) },
  ]);
  const requested = asked(await requestErasure(ports, accountId, 'requested', scope));
  ports.log.info('erasure-requested', { scope });
  await eraseNow(ports, accountId, scope, requested);
  return viewErasure(requested);
}

function asked(answer: Awaited<ReturnType<typeof requestErasure>>): RequestedErasure {
  if (answer === 'inactive') throw new OnceoverError('account-inactive');
  if (answer === 'busy') throw new OnceoverError('busy', { retryAfterSeconds: 1 });
  return answer;
}

/** Best effort, so that the person sees it gone: it is written down already, and done again within a minute. */
async function eraseNow(
  ports: ErasePorts,
  accountId: string,
  scope: ErasurePart,
  { reference, requestedAt }: RequestedErasure,
): Promise<void> {
  const work = { accountId, dueAt: requestedAt };
  try {
    await erasePart(ports, { reference, scope, cause: 'requested', requestedAt, passes: 0, work });
  } catch (error) {
    ports.log.error('erasure-failed', error, { scope });
  }
}

/** As it can be followed without an account; undefined: it is done. Throws `erasure-not-found`. */
export async function readErasure(
  { erasures }: Pick<ApiPorts, 'erasures'>,
  reference: string,
): Promise<ErasureView | undefined> {
  const erasure = await erasures.find(reference);
  if (erasure === undefined) throw new OnceoverError('erasure-not-found');
  return erasure.doneAt === undefined ? viewErasure(erasure) : undefined;
}

/** What a request that was made before led to. */
export async function erasedBefore(
  ports: Pick<ApiPorts, 'erasures' | 'clock'>,
  reference: string,
): Promise<ErasureView> {
  const requestedAt = (await ports.erasures.find(reference))?.requestedAt ?? ports.clock.now();
  return viewErasure({ reference, requestedAt });
}

function viewErasure({ reference, requestedAt }: RequestedErasure): ErasureView {
  return { erasure: { reference, requestedAt: instant(requestedAt), state: 'erasing' } };
}
