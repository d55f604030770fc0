/** A chaos run's summary as text. Pure: writes nothing itself. */
import Table from 'cli-table3';
import { dwellResolution, promisedDwellMs, type DwellSummary } from '../../core/dwell.ts';
import type { Found, Report } from './run.ts';

const plain = { style: { head: [], border: [] } };

/** Everything that a person wants to know, the verdict last. */
export function renderReport(report: Report): string {
  const { rounds, combinedRounds, virtualMs, found } = report;
  const scans = Object.values(report.scansByEnd).reduce((sum, count) => sum + count, 0);
  const never = Object.entries(report.met).filter(([, count]) => count === 0);
  return [
    `${rounds} rounds (${combinedRounds} with several troubles at once), ${hours(virtualMs)} of virtual time, ${scans} scans`,
    renderCounts(
      ['trouble', 'met'],
      Object.entries(report.met).filter(([, count]) => count > 0),
    ),
    never.length === 0
      ? 'Every kind of trouble was met.'
      : `Never met in this run: ${never.map(([name]) => name).join(', ')}.`,
    renderCounts(['scans ended', ''], Object.entries(report.scansByEnd)),
    renderCounts(['people were answered', ''], Object.entries(report.answers)),
    `Objects lived, by storage's own observation (each figure at most ${Math.round((dwellResolution - 1) * 100)} % too high):`,
    `  one trouble at a time   ${lifetimes(report.lifetimes)}   promised: ${promisedDwellMs} ms at most`,
    `  several at once         ${lifetimes(report.combinedLifetimes)}   promised: gone in the end`,
    found.length === 0 ? 'Every promise was kept.' : renderAllFound(found),
    `Repeat with: npm run chaos -- --seed ${report.seed}`,
  ].join('\n');
}

function renderCounts(head: readonly string[], rows: readonly (readonly [string, number])[]): string {
  const table = new Table({ head: [...head], colAligns: ['left', 'right'], ...plain });
  for (const [name, count] of rows.toSorted(([a], [b]) => a.localeCompare(b))) table.push([name, count]);
  return table.toString();
}

/** Times as a sentence; also for whoever measures lifetimes elsewhere. */
function lifetimes(summary: DwellSummary | undefined): string {
  if (summary === undefined) return 'none';
  const { count, p50Ms, p99Ms, maxMs } = summary;
  return `p50 ${p50Ms} ms, p99 ${p99Ms} ms, max ${maxMs} ms (${count} objects)`;
}

function hours(ms: number): string {
  return `${(ms / 3_600_000).toFixed(1)} hours`;
}

/** The first few say enough; the rest mostly follows from them. */
function renderAllFound(found: readonly Found[]): string {
  const shown = found.slice(0, 10).map(renderFound);
  const rest = found.length - shown.length;
  return [...shown, ...(rest > 0 ? [`and ${rest} more; --json has them all`] : [])].join('\n\n');
}

function renderFound({ promise, what, round, troubles, evidence }: Found): string {
  return `BROKEN ${promise}: ${what} (round ${round}: ${troubles.join(' + ')})\n  ${JSON.stringify(evidence)}`;
}
