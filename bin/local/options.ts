/** What the command line of `npm start` asks for. */
import { parseArgs } from 'node:util';

/** Where `npm run scan` looks without being told. */
export const defaultPort = 4747;

export interface Options {
  readonly port: number;
  /** Undefined: the data directory's, or a random one. */
  readonly seed: string | undefined;
  /** Undefined: everything is in memory. */
  readonly data: string | undefined;
  /** Undefined: the plan of the policy, with its daily limit. */
  readonly scans: number | undefined;
  /** A folder of `models/`. */
  readonly model: string;
  readonly once: boolean;
  readonly verbose: boolean;
}

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'usage'; readonly message: string }
  | ({ readonly kind: 'start' } & Options);

export const helpText = `Runs onceover on this machine: storage, database, functions, schedule and API, no cloud account, no Docker.

  npm start [-- options]

One sample photo goes through first: watch it come, be deleted, and its result stay.
Then everything stays up until Ctrl-C. State is in memory and nothing is kept, unless
--data names a folder.

Options
  --once        Stop after the sample photo; exit code 0 when it went well.
  --port N      Port of the API; storage, database and payments take the next three. Default: 4747
  --scans N     Scans of the local account. Default: 20, with the policy's daily limit;
                with this option the daily limit is lifted.
  --model NAME  A model of models/. Default: skin-contrast
  --seed TEXT   The local account and keys are made from it, the same each time. Default: random
  --data DIR    Keep everything in this folder, and go on from it: accounts, history, purchases,
                what is on its way, keys and tokens, also after a kill. Made when it is not
                there, for its owner alone; one process at a time. Later starts run no sample
                photo, unless --once asks for it. To forget everything, delete the folder.
  --verbose     Print what the functions log.
  --help        This text.

Exit codes
  0    stopped as asked
  1    the sample photo did not end as it should, or something broke
  2    wrong usage, a port is taken, or the data folder cannot be used
`;

/** Turns arguments into a command; every mistake becomes a sentence. `models`: those that there are. */
export function parseCommand(args: readonly string[], models: readonly string[]): Command {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        once: { type: 'boolean', default: false },
        port: { type: 'string', default: String(defaultPort) },
        scans: { type: 'string' },
        model: { type: 'string', default: 'skin-contrast' },
        seed: { type: 'string' },
        data: { type: 'string' },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    return { kind: 'usage', message: error instanceof Error ? error.message : String(error) };
  }
  if (values.help) return { kind: 'help' };
  const port = wholeNumber(values.port, 1, 65_532);
  if (port === undefined) {
    return { kind: 'usage', message: `--port takes a whole number from 1 to 65532, not "${values.port}".` };
  }
  const scans = values.scans === undefined ? undefined : wholeNumber(values.scans, 1, 1_000_000);
  if (values.scans !== undefined && scans === undefined) {
    return {
      kind: 'usage',
      message: `--scans takes a whole number from 1 to 1000000, not "${values.scans}".`,
    };
  }
  const { once, verbose, seed, data, model } = values;
  if (!models.includes(model)) {
    const names = models.join(', ');
    return {
      kind: 'usage',
      message: `--model takes a folder of models/, not "${model}". There are: ${names}.`,
    };
  }
  if (data === '') return { kind: 'usage', message: '--data takes the name of a folder.' };
  return { kind: 'start', port, scans, model, once, verbose, seed, data };
}

function wholeNumber(text: string, min: number, max: number): number | undefined {
  const value = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}
