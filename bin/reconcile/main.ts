/**
 * The reconcile command: asks the upkeep function of a running system to compare the books, and prints what differs. It
 * knows no table and no key.
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';

const helpText = `Compares Stripe's payments with the purchases here, and what each purchase counts with its scans.

  npm run reconcile [-- options]

Options
  --repair    Also do what the nightly run does: make up for events that were lost. Default: only look
  --api URL   The system, on this machine. Default: http://127.0.0.1:4747
  --json      Print the report as JSON.
  --print     Print the request instead, for \`aws lambda invoke --payload\`: on AWS, IAM says who may.
  --help      This text.

Exit codes
  0    the books agree
  1    they differ
  2    wrong usage
  3    the system cannot be reached, or the comparison failed
`;

const reportSchema = z.object({
  payments: z.int(),
  purchases: z.int(),
  differences: z.array(
    z.object({
      kind: z.string(),
      paymentIntentId: z.string(),
      lastsMs: z.number().optional(),
      repaired: z.boolean(),
    }),
  ),
  drift: z.int(),
});
type Report = z.infer<typeof reportSchema>;

/** Books of a million payments take minutes. */
const patienceMs = 900_000;

/** Runs the command and resolves with its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        repair: { type: 'boolean', default: false },
        api: { type: 'string', default: 'http://127.0.0.1:4747' },
        json: { type: 'boolean', default: false },
        print: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return complain(`${message}\nSee: npm run reconcile -- --help`, 2);
  }
  if (values.help) return say(helpText, 0);
  const payload = JSON.stringify({ repair: values.repair });
  if (values.print) return say(`${payload}\n`, 0);
  const report = await ask(values.api.replace(/\/+$/, ''), payload);
  if (typeof report === 'string') return complain(report, 3);
  const text = values.json ? JSON.stringify(report, undefined, 2) : render(report);
  return say(`${text}\n`, report.differences.length === 0 ? 0 : 1);
}

/** The report, or why there is none. */
async function ask(api: string, payload: string): Promise<Report | string> {
  let response: Response;
  try {
    response = await fetch(`${api}/local/upkeep`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: payload,
      signal: AbortSignal.timeout(patienceMs),
    });
  } catch {
    return `Nothing answers at ${api}. Start onceover with "npm start", or name it with --api.`;
  }
  const parsed = reportSchema.safeParse(await response.json().catch(() => undefined));
  if (parsed.success) return parsed.data;
  return response.status === 502
    ? 'The comparison failed: Stripe or the database could not be asked. The log of upkeep says why (npm start -- --verbose).'
    : `${api} has no upkeep at /local/upkeep. On AWS use --print with "aws lambda invoke".`;
}

function render({ payments, purchases, differences, drift }: Report): string {
  const summary = `Payments at Stripe: ${payments}. Purchases here: ${purchases}.`;
  if (differences.length === 0) return `${summary} The books agree.`;
  const lines = differences.map(({ kind, paymentIntentId, lastsMs, repaired }) => {
    const since = lastsMs === undefined ? 'at once' : `for ${Math.round(lastsMs / 1000)} s`;
    return `  ${kind.padEnd(15)} ${paymentIntentId}  ${since}${repaired ? ', repaired' : ''}`;
  });
  return `${summary} Differences: ${differences.length}, of which ${drift} lasted too long.\n${lines.join('\n')}\nWhat to do: docs/runbook.md, "payments-drift".`;
}

function say(text: string, code: number): number {
  process.stdout.write(text);
  return code;
}

function complain(text: string, code: number): number {
  process.stderr.write(`${text}\n`);
  return code;
}
