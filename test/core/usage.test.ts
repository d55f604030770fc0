/** What a report of use says, and what it does not (CAL-9). */
import { describe, expect, it } from 'vitest';
import { reportedDays, reportUsage, type UsageEvent } from '../../core/usage.ts';

const counted = (day: string, counts: Partial<Record<UsageEvent, number>>) => ({
  day,
  counts: new Map(Object.entries(counts)),
});

describe('a report of use', () => {
  it('shows nothing of fewer than ten, and nothing finer than tens', () => {
    const { days } = reportUsage('2026-11-01', [
      counted('2026-11-01', { 'app-opened': 9, joined: 10, 'photo-sent': 19, 'result-seen': 127 }),
    ]);
    expect(days).toEqual([
      { day: '2026-11-01', counts: { joined: 10, 'photo-sent': 10, 'result-seen': 120 } },
    ]);
  });

  it('sums what it shows and nothing else, so that no difference tells what it does not', () => {
    const days = [counted('2026-11-01', { joined: 9 }), counted('2026-11-02', { joined: 25 })];
    expect(reportUsage('2026-11-01', days).totals).toEqual({ joined: 20 });
  });

  it('ends with the last day that has been over for an hour', () => {
    const at = (text: string): number => Date.parse(text);
    expect(reportedDays('2026-11-01', at('2026-11-03T00:59:59.999Z'))).toEqual(['2026-11-01']);
    expect(reportedDays('2026-11-01', at('2026-11-03T01:00:00.000Z'))).toEqual(['2026-11-01', '2026-11-02']);
    expect(reportedDays('2026-11-03', at('2026-11-03T12:00:00.000Z'))).toEqual([]);
  });

  it('leaves out what is no event of the list, whatever is stored', () => {
    const stored = [{ day: '2026-11-01', counts: new Map([['of-somebody', 50]]) }];
    expect(reportUsage('2026-11-01', stored).days).toEqual([{ day: '2026-11-01', counts: {} }]);
  });
});
