/** The usage command: asks the staff function for counts of use as product staff, and prints a table and a plot. */
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { z } from 'zod';
import { usageEvents, type UsageEvent } from '../../core/usage.ts';
import { askStaff, NotAsked } from '../staff/ask.ts';
import { askerOf, askerOptions } from '../staff/options.ts';

const helpText = `How often what was done in the app, of all people together (CAL-9): days that are over, tens, nothing under ten.

  npm run usage -- --since DAY --as NAME

Options
  --since DAY         From which UTC day on, YYYY-MM-DD. Default: 28 days ago
  --as NAME           Who you are, as product staff (or ONCEOVER_STAFF).
  --note TEXT         Why, for the audit. Default: "Looking at counts of use."
  --json              Print the report as JSON.
  --api URL           A system on this machine. Default: http://127.0.0.1:4747
  --environment NAME  An environment on AWS instead; --region, --mfa-serial and --mfa-code as in npm run staff.
  --help              This text.

Exit codes
  0    done
  1    refused
  2    wrong usage
  3    the system cannot be reached
`;

const countsSchema = z.partialRecord(z.enum(usageEvents), z.int());
const reportSchema = z.object({
  since: z.string(),
  until: z.string(),
  days: z.array(z.object({ day: z.string(), counts: countsSchema })),
  totals: countsSchema,
});
type Report = z.infer<typeof reportSchema>;

const dayMs = 24 * 60 * 60 * 1000;

/** Runs the command and resolves with its exit code. */
export async function main(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        ...askerOptions,
        since: { type: 'string' },
        note: { type: 'string', default: 'Looking at counts of use.' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    return complain(
      `${error instanceof Error ? error.message : String(error)}\nSee: npm run usage -- --help`,
      2,
    );
  }
  if (values.help) return say(helpText, 0);
  const since = values.since ?? new Date(Date.now() - 28 * dayMs).toISOString().slice(0, 10);
  const asker = askerOf(values, env);
  if (typeof asker === 'string') return complain(asker, 2);
  if (!z.iso.date().safeParse(since).success) return complain('--since takes a day, YYYY-MM-DD.', 2);
  if (values.note.length < 10) return complain('--note takes a sentence of 10 characters or more.', 2);
  try {
    const request = { action: 'usage', reason: 'product-review', note: values.note, since } as const;
    const answer = await askStaff(asker, request, env);
    if (!answer.ok) return complain(`Refused: ${answer.code}.`, 1);
    const report = reportSchema.parse(answer.answer);
    return say(values.json ? `${JSON.stringify(report, undefined, 2)}\n` : renderUsage(report), 0);
  } catch (error) {
    if (error instanceof NotAsked) return complain(error.message, 3);
    throw error;
  }
}

/** Widest bar of the plot, characters. */
const barWidth = 40;

/** A table of days and events, and a bar for each day of what was counted most. */
export function renderUsage({ since, until, days, totals }: Report): string {
  const shown = usageEvents.filter((event) => totals[event] !== undefined);
  const [most] = shown.toSorted((a, b) => (totals[b] ?? 0) - (totals[a] ?? 0));
  if (most === undefined) return `From ${since} to ${until}: nothing was counted ten times in a day.\n`;
  const table = new Table({
    head: ['day (UTC)', ...shown],
    colAligns: ['left', ...shown.map(() => 'right' as const)],
    style: { head: [], border: [] },
  });
  const cell = (count: number | undefined): string => (count === undefined ? '<10' : String(count));
  for (const { day, counts } of days) table.push([day, ...shown.map((event) => cell(counts[event]))]);
  table.push(['together', ...shown.map((event) => String(totals[event] ?? 0))]);
  return `${table.toString()}\n${plot(days, most)}\nDays that are over, in tens; "<10" is nothing, or fewer than ten. Sums are of what is shown.\n`;
}

function plot(days: Report['days'], event: UsageEvent): string {
  const highest = Math.max(...days.map(({ counts }) => counts[event] ?? 0));
  const bars = days.map(({ day, counts }) => {
    const count = counts[event] ?? 0;
    return `${day}  ${'█'.repeat(Math.round((count / highest) * barWidth))} ${count === 0 ? '' : count}`.trimEnd();
  });
  return `\n${event}\n${bars.join('\n')}\n`;
}

function say(text: string, code: number): number {
  process.stdout.write(text);
  return code;
}

function complain(text: string, code: number): number {
  process.stderr.write(`${text}\n`);
  return code;
}
