/** Whether the cleaner is alive (ONE-5), without asking the same item for every request. */
import type { Clock, HeartbeatStore } from '../../core/ports.ts';
import { protocol } from '../../core/scan.ts';

/** How long an answer is believed: a good one for 5 s, a bad one for 1 s, so that recovery is seen at once. */
const believeMs = { alive: 5_000, dead: 1_000 };

export interface Cleaner {
  /** When the sweep last reached its end, epoch ms, and whether that is recent enough to admit uploads. */
  look(): Promise<{ readonly alive: boolean; readonly seenAt?: number }>;
}

/** Watches the heartbeat, remembering it within this instance. */
export function watchCleaner(heartbeat: HeartbeatStore, clock: Clock): Cleaner {
  let readAt: number | undefined;
  let seenAt: number | undefined;
  const isAlive = (now: number): boolean =>
    seenAt !== undefined && now - seenAt <= protocol.heartbeatMaxAgeMs;
  return {
    async look() {
      const now = clock.now();
      const believe = isAlive(now) ? believeMs.alive : believeMs.dead;
      if (readAt === undefined || now - readAt >= believe) {
        seenAt = await heartbeat.read();
        readAt = now;
      }
      return { alive: isAlive(now), ...(seenAt === undefined ? {} : { seenAt }) };
    },
  };
}
