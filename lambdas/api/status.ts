/** How long images exist, for anybody to read (ONE-1): counters of everybody together, never of a few (CAL-9). */
import type { Status } from '../../core/contract.ts';
import { promisedDwellMs, summarizeDwell, type DwellHistogram } from '../../core/dwell.ts';
import { dwellWindowDays } from '../../core/tables.ts';
import type { Cleaner } from './cleaner.ts';
import type { ApiPorts } from './ports.ts';
import { instant } from './scan-view.ts';

type StatusPorts = Pick<ApiPorts, 'dwell' | 'clock'> & { readonly cleaner: Cleaner };

/** An answer serves everybody who asks within this time: anybody may, as often as they like. */
const believeMs = 5_000;

/** Fewer objects than this are nobody's statistics (CAL-9). */
const fewestShown = 10;

/** Answers the status, remembering it within this instance; those who ask at once share one look. */
export function watchStatus(ports: StatusPorts): () => Promise<Status> {
  let known: { readonly at: number; readonly status: Promise<Status> } | undefined;
  return async () => {
    const now = ports.clock.now();
    if (known !== undefined && now - known.at < believeMs) return known.status;
    const asked = { at: now, status: lookAtStatus(ports, now) };
    known = asked;
    try {
      return await asked.status;
    } catch (error) {
      // The next one asks anew.
      if (known === asked) known = undefined;
      throw error;
    }
  };
}

async function lookAtStatus({ cleaner, dwell }: StatusPorts, now: number): Promise<Status> {
  const [{ alive, seenAt }, { lifetimes, sight }] = await Promise.all([cleaner.look(), dwell.read(now)]);
  return {
    status: alive ? 'ok' : 'paused',
    ...(seenAt === undefined ? {} : { cleanerSeenAt: instant(seenAt) }),
    lifetimes: { windowDays: dwellWindowDays, ...shown(lifetimes) },
    ...(sight === undefined
      ? {}
      : { oldestObjectMs: Math.max(0, sight.oldestAgeMs), oldestObjectSeenAt: instant(sight.at) }),
    boundMs: promisedDwellMs,
    promise: 'ONE-1',
  };
}

/** A percentile of a few would be somebody's, so it is withheld with its count. */
function shown(lifetimes: DwellHistogram) {
  const summary = summarizeDwell(lifetimes);
  return summary === undefined || summary.count < fewestShown ? {} : summary;
}
