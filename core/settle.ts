/**
 * Ends an open scan: state and charge change together or not at all (step 4 of the life of an image). Shared by
 * analysis, sweep, deletion, withdrawal and erasure. All effects go through ports.
 */
import type { Outcome } from './outcome.ts';
import type { Clock, Pacing, ScanStore } from './ports.ts';
import { isOpen, maySettle, type OpenScan } from './scan.ts';

export interface SettlePorts {
  readonly scans: ScanStore;
  readonly clock: Clock;
  readonly pacing: Pacing;
}

/** How an attempt to end a scan ended. */
export type SettleAnswer =
  /** This call (or its own earlier write) ended the scan. */
  | 'settled'
  /** Somebody else ended it first; nothing moved twice. */
  | 'already-terminal'
  /** Still open, but under another lease than the one that was read. */
  | 'moved'
  /** The item is gone. */
  | 'gone'
  /** Other transactions kept being in the way; whoever sweeps next ends it. */
  | 'busy';

const maxAttempts = 8;

/**
 * Settles `from` with `outcome`. A cancelled write is followed by a strong read before anything is given up;
 * transaction conflicts are tried again with jitter.
 *
 * @throws RangeError when the outcome may not follow the scan's state: a bug of the caller.
 */
export async function settle(ports: SettlePorts, from: OpenScan, outcome: Outcome): Promise<SettleAnswer> {
  if (!maySettle(from, outcome)) {
    throw new RangeError(`a scan that is ${from.state} cannot become ${outcome.state}`);
  }
  const endedAt = ports.clock.now();
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    let answer = await ports.scans.settle({ from, outcome, endedAt });
    if (answer === 'purchase-gone') answer = await ports.scans.eraseAlone(from, endedAt);
    if (answer === 'settled') return 'settled';
    if (answer === 'moved') return whatHappened(ports, from);
    await ports.pacing.pause(attempt);
  }
  return 'busy';
}

/** Reads back, strongly, what a failed condition met. */
async function whatHappened(ports: SettlePorts, from: OpenScan): Promise<SettleAnswer> {
  const found = await ports.scans.find(from.scanId);
  if (found === undefined) return 'gone';
  return isOpen(found) ? 'moved' : 'already-terminal';
}
