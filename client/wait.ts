/** Waits for the end of a scan by asking again and again, each time for as long as the API is willing to wait. */
import type { ScanView } from '../core/contract.ts';
import { OnceoverApiError } from './error.ts';
import type { Timing } from './timing.ts';

export interface WaitOptions {
  readonly signal?: AbortSignal;
  /** Longest wait, ms. Default: 300,000; every scan ends within 290 s of its ticket. */
  readonly timeoutMs?: number;
}

/** Reads a scan; the API may hold its answer back for `waitSeconds` until the scan ends. */
export type GetScan = (
  scanId: string,
  waitSeconds: number,
  signal: AbortSignal | undefined,
) => Promise<ScanView>;

/** The longest that the API waits in one request. */
const maxWaitSeconds = 5;

/** Never ask more often than this, even of a system that answers at once. */
const minPeriodMs = 1000;

/** Resolves with the ended scan; throws `timeout` when it is still open after `timeoutMs`. */
export async function waitForEnd(
  timing: Timing,
  getScan: GetScan,
  scanId: string,
  { signal, timeoutMs = 300_000 }: WaitOptions = {},
): Promise<ScanView> {
  const endsAt = timing.now() + timeoutMs;
  for (;;) {
    const askedAt = timing.now();
    const waitSeconds = Math.max(0, Math.min(maxWaitSeconds, Math.ceil((endsAt - askedAt) / 1000)));
    const scan = await getScan(scanId, waitSeconds, signal);
    if (scan.state !== 'issued' && scan.state !== 'claimed') return scan;
    const now = timing.now();
    if (now >= endsAt) {
      throw new OnceoverApiError(
        'timeout',
        'The scan has not ended yet. Ask for it again later; its image is deleted in any case.',
      );
    }
    await timing.sleep(Math.min(Math.max(0, askedAt + minPeriodMs - now), endsAt - now), signal);
  }
}
