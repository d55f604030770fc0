/**
 * Counts of use (CAL-9): a closed list of things that are done in the app, counted for all people together by UTC day. A
 * report says nothing of days that still go on, of fewer than ten, and nothing finer than tens, so that neither a report
 * nor the difference of two tells of one person. Pure.
 */

/** Everything that is counted. None says what a photo showed, which words were written or who did it. */
export const usageEvents = [
  'app-opened',
  'policy-read',
  'joined',
  'photo-chosen',
  'photo-refused-on-device',
  'photo-sent',
  'result-seen',
  'history-opened',
  'evidence-opened',
  'purchase-opened',
  'messages-opened',
  'export-opened',
  'access-log-opened',
  'erasure-opened',
] as const;
export type UsageEvent = (typeof usageEvents)[number];

/** Counts of one UTC day, as they are stored. */
export interface UsageDay {
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly counts: ReadonlyMap<string, number>;
}

/** Fewer are not shown. */
export const leastShown = 10;
/** What is shown is a multiple of this: two that are shown differ by nothing, or by at least so many. */
const grain = 10;
const dayMs = 24 * 60 * 60 * 1000;
/** After a day's end, this long until it is shown: nothing is added to it any more. */
const settledAfterMs = 60 * 60 * 1000;

/** One line of a report: undefined where fewer than `leastShown` were counted, or none. */
export interface UsageRow {
  readonly day: string;
  readonly counts: { readonly [E in UsageEvent]?: number };
}

export interface UsageReport {
  readonly since: string;
  /** The last day that is over. */
  readonly until: string;
  readonly days: readonly UsageRow[];
  /** Sums of what is shown, and of nothing else. */
  readonly totals: { readonly [E in UsageEvent]?: number };
}

/** The UTC day of a moment, epoch ms. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** The days from `since` on that a report made at `now` may show; none when all of them still go on. */
export function reportedDays(since: string, now: number): readonly string[] {
  const days: string[] = [];
  for (let at = Date.parse(since); at + dayMs + settledAfterMs <= now; at += dayMs) days.push(dayOf(at));
  return days;
}

/** A report of days that are over. The same day says the same in every report. */
export function reportUsage(since: string, days: readonly UsageDay[]): UsageReport {
  const rows = days.map(({ day, counts }): UsageRow => ({ day, counts: shown(counts) }));
  const totals: Partial<Record<UsageEvent, number>> = {};
  for (const { counts } of rows) {
    for (const event of usageEvents) {
      const count = counts[event];
      if (count !== undefined) totals[event] = (totals[event] ?? 0) + count;
    }
  }
  return { since, until: rows.at(-1)?.day ?? since, days: rows, totals };
}

function shown(counts: UsageDay['counts']): UsageRow['counts'] {
  const row: Partial<Record<UsageEvent, number>> = {};
  for (const event of usageEvents) {
    const count = counts.get(event) ?? 0;
    if (count >= leastShown) row[event] = Math.floor(count / grain) * grain;
  }
  return row;
}
