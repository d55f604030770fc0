/** A batch in a few lines: how photos ended, and how long their images lived, as bars. Pure; needs no colour. */
import { wordsOf } from './report.ts';
import type { PhotoResult } from './result.ts';

/** From so many photos on, bars say more than rows. */
export const fewestSummarized = 10;

const widest = 40;

/** Bars of ends, bars of lifetimes, and what it took. `elapsedMs`: the run, real time. */
export function renderSummary(results: readonly PhotoResult[], elapsedMs: number): string {
  const lived = results
    .flatMap((result) => (result.kind === 'ended' ? [result.scan.deletion?.msFromUpload ?? -1] : []))
    .filter((ms) => ms >= 0)
    .toSorted((a, b) => a - b);
  const charged = results.filter((result) => result.kind === 'ended' && result.scan.charged).length;
  const perSecond = (results.length / Math.max(elapsedMs, 1)) * 1000;
  return [
    `${results.length} photos in ${seconds(elapsedMs)} (${perSecond.toFixed(1)} a second), ${charged} charged`,
    renderBars('How they ended', countsOf(results)),
    ...(lived.length === 0
      ? []
      : [renderBars('How long the images lived', rangesOf(lived)), percentiles(lived)]),
  ].join('\n\n');
}

/** The most frequent first. */
function countsOf(results: readonly PhotoResult[]): readonly (readonly [string, number])[] {
  const groups = Map.groupBy(results, wordsOf);
  return [...groups]
    .map(([words, all]) => [words, all.length] as const)
    .toSorted(([a, some], [b, others]) => others - some || a.localeCompare(b));
}

/** Ranges that double, without the empty ones at both ends. */
function rangesOf(sorted: readonly number[]): readonly (readonly [string, number])[] {
  const rangeOf = (ms: number): number => Math.max(0, Math.ceil(Math.log2(Math.max(ms, 1) / 125)));
  const [first = 0, last = 0] = [sorted[0], sorted.at(-1)].map((ms) => rangeOf(ms ?? 0));
  return Array.from({ length: last - first + 1 }, (_, at) => {
    const range = first + at;
    return [
      `up to ${seconds(125 * 2 ** range)}`,
      sorted.filter((ms) => rangeOf(ms) === range).length,
    ] as const;
  });
}

function percentiles(sorted: readonly number[]): string {
  const at = (part: number): string => `${sorted[Math.ceil(sorted.length * part) - 1] ?? 0} ms`;
  return `  p50 ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)}`;
}

/** A bar a row, the longest as wide as there is room; whatever was counted shows. */
function renderBars(title: string, rows: readonly (readonly [string, number])[]): string {
  const most = Math.max(1, ...rows.map(([, count]) => count));
  const nameWidth = Math.max(0, ...rows.map(([name]) => name.length));
  const countWidth = String(most).length;
  const lines = rows.map(([name, count]) => {
    const width = count === 0 ? 0 : Math.max(1, Math.round((count / most) * widest));
    return `  ${name.padEnd(nameWidth)}  ${String(count).padStart(countWidth)}  ${'#'.repeat(width)}`.trimEnd();
  });
  return [title, ...lines].join('\n');
}

function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Number((ms / 1000).toFixed(1))} s`;
}
