/** What the command line of `npm run chaos` asks for. */
import { parseArgs } from 'node:util';
import { mutantNames, type MutantName } from './mutants.ts';

export interface Options {
  readonly seed: number;
  /** Real ms. */
  readonly durationMs: number;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly mutant: MutantName | undefined;
}

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'usage'; readonly message: string }
  | ({ readonly kind: 'chaos' } & Options);

export const helpText = `Runs the whole product on this machine under misfortune, then lists and judges everything stored.

  npm run chaos [-- options]

People send photos, good and bad, delete, rename and replay; meanwhile functions are killed at named steps and
at random, storage and database fail, events get lost, clocks are wrong, sweeps are missed. Minutes pass at once.
After each round of trouble the faults are lifted, five minutes pass, and everything stored is judged:

  ONE-1   no object is there, and none ever lived longer than 300 s, by storage's own observation
  ONE-2   every scan ended exactly once, within 300 s of its ticket (and what a wrong clock adds)
  ONE-3   every purchase counts what was completed, no more and no less
  CAL-2   nothing is stored that the policy does not name, nothing outlives its scan

Most rounds make one kind of trouble. Every sixth makes up to three at once: then the 300 s are no promise, and
everything else still is.

Options
  --seed N       A whole number; the same seed plans the same rounds. Default: random
  --minutes M    How long, in real minutes (0.1 to 1440). Default: 2
  --json         The summary as one JSON object on standard output.
  --verbose      Print what the functions log, on standard error.
  --help         This text.

Exit codes
  0    everything kept
  1    a promise was broken; the evidence is printed
  2    wrong usage
`;

/** Turns arguments into a command; every mistake becomes a sentence. */
export function parseCommand(args: readonly string[], randomSeed: () => number): Command {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        seed: { type: 'string' },
        minutes: { type: 'string', default: '2' },
        json: { type: 'boolean', default: false },
        verbose: { type: 'boolean', default: false },
        // Not in the help: a broken build that must be caught, to prove that the judge can say no.
        break: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error));
  }
  if (values.help) return { kind: 'help' };
  const seed = values.seed ?? String(randomSeed());
  if (!/^\d{1,9}$/.test(seed)) return usage(`--seed takes a whole number below 1000000000, not "${seed}".`);
  const minutes = /^\d{1,4}(?:\.\d{1,3})?$/.test(values.minutes) ? Number(values.minutes) : 0;
  if (minutes < 0.1 || minutes > 1440) {
    return usage(`--minutes takes a number from 0.1 to 1440, not "${values.minutes}".`);
  }
  const mutant = mutantNames.find((name) => name === values.break);
  if (values.break !== undefined && mutant === undefined) {
    return usage(`--break takes one of ${mutantNames.join(', ')}, not "${values.break}".`);
  }
  const { json, verbose } = values;
  return { kind: 'chaos', seed: Number(seed), durationMs: minutes * 60_000, json, verbose, mutant };
}

function usage(message: string): Command {
  return { kind: 'usage', message };
}
