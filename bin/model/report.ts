/** Checks as a table for people and as JSON for scripts. Pure: writes nothing itself. */
import Table from 'cli-table3';
import { isUsable, type Check } from './checks.ts';

/** Paints a text; given the identity where there are no colours. */
export type Paint = (colour: 'green' | 'yellow' | 'red' | 'dim', text: string) => string;

const colours = { ok: 'green', warning: 'yellow', refused: 'red', 'not-reached': 'dim' } as const;

/** One row a point. */
export function renderChecks(checks: readonly Check[], paint: Paint): string {
  const table = new Table({
    head: ['point', '', 'seen'],
    style: { head: [], border: [] },
    colWidths: [16, 13, 78],
    // A line between rows only makes it twice as long.
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    wordWrap: true,
  });
  for (const { point, state, detail } of checks) {
    table.push([point, paint(colours[state], state.replace('-', ' ')), printable(detail)]);
  }
  return table.toString();
}

/** What it comes to, in a sentence. */
export function renderVerdict(dir: string, checks: readonly Check[]): string {
  const refusal = checks.find(({ state }) => state === 'refused');
  if (refusal !== undefined) return `Refused (${refusal.point}): ${printable(refusal.detail)}.`;
  const warnings = checks.filter(({ state }) => state === 'warning').length;
  const but = warnings === 0 ? '' : ` ${warnings === 1 ? 'One warning' : `${warnings} warnings`} above.`;
  return `The model in ${dir} can be used.${but}`;
}

/** One JSON object. */
export function renderJson(dir: string, checks: readonly Check[]): string {
  return JSON.stringify({ model: dir, usable: isUsable(checks), checks });
}

/** A stranger's file may hold anything; control characters would reach the terminal. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) => (character === '\n' ? '\n' : '?'));
}
