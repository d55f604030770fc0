/**
 * Brings every erasure that is due one pass further, every minute. A pass that was killed, or that left something, is due
 * still; one that is not done in its bound is an alarm.
 */
import { erase, type ErasePorts } from '../../core/erase.ts';
import { afterPass, isOverdue, type PendingErasure } from '../../core/erasure.ts';
import type { ErasureStore } from '../../core/erasure-ports.ts';
import type { Log } from '../runtime/log.ts';

export interface EraseDuePorts extends ErasePorts {
  readonly erasures: Pick<ErasureStore, 'due' | 'advance'>;
  readonly log: Log;
}

/** A pass is not begun with less than this left, ms. */
const leastMs = 20_000;

/** One run. `remainingMs`: until the function ends. */
export async function eraseDue(ports: EraseDuePorts, remainingMs: () => number): Promise<void> {
  let [erasures, failed, overdue] = [0, 0, 0];
  for await (const erasure of ports.erasures.due(ports.clock.now())) {
    if (isOverdue(erasure, ports.clock.now())) overdue += 1;
    if (remainingMs() < leastMs) continue;
    if (await pass(ports, erasure)) erasures += 1;
    else failed += 1;
  }
  if (overdue > 0) ports.log.error('erasures-overdue', undefined, { count: overdue });
  ports.log.info('erasures-run', { count: erasures, failed });
}

/** One that fails must not hold up the others. */
async function pass(ports: EraseDuePorts, erasure: PendingErasure): Promise<boolean> {
  try {
    if ((await erase(ports, erasure)) === 'left') {
      ports.log.warn('erasure-left', { scope: erasure.scope });
      return false;
    }
    const next = afterPass(erasure, ports.clock.now());
    await ports.erasures.advance(erasure, next);
    ports.log.info('erasure-passed', { scope: erasure.scope, attempt: next.passes });
    return true;
  } catch (error) {
    ports.log.error('erasure-failed', error, { scope: erasure.scope });
    return false;
  }
}
