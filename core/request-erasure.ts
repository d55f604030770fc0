/**
 * Begins an erasure: for a person's own request, and for whoever of the staff confirms a report. From the answer on the
 * account is severed; upkeep does the rest.
 */
import type { ErasureCause, ErasureScope } from './erasure.ts';
import type { ErasureStore } from './erasure-ports.ts';
import type { AccountStore, Clock, Ids, Pacing } from './ports.ts';

export interface RequestErasurePorts {
  readonly erasures: Pick<ErasureStore, 'begin'>;
  readonly accounts: AccountStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly pacing: Pacing;
}

/** An erasure that was asked for, perhaps before. */
export interface RequestedErasure {
  readonly reference: string;
  /** Epoch ms of this request. */
  readonly requestedAt: number;
}

const maxAttempts = 8;

/** `inactive`: no such account, or a part of one that is not active. `busy`: try again. Safe to repeat. */
export async function requestErasure(
  ports: RequestErasurePorts,
  accountId: string,
  cause: ErasureCause,
  scope: ErasureScope = 'account',
): Promise<RequestedErasure | 'inactive' | 'busy'> {
  // 128 random bits of its own: it says nothing about the account.
  const reference = ports.ids.next();
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const email = (await ports.accounts.find(accountId))?.email;
    const at = ports.clock.now();
    const answer = await ports.erasures.begin({
      reference,
      accountId,
      scope,
      cause,
      at,
      ...(email === undefined ? {} : { email }),
    });
    if (answer === 'begun') return { reference, requestedAt: at };
    if (answer === 'inactive') return 'inactive';
    if (answer !== 'conflict') return { reference: answer.severed, requestedAt: at };
    await ports.pacing.pause(attempt);
  }
  return 'busy';
}
