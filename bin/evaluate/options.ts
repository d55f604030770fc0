/** What the command line asks for. Reads no file. */
import { parseArgs } from 'node:util';

export interface Options {
  /** A folder, or the name of one in `models/`. */
  readonly model: string;
  readonly photos: string;
  readonly compare: string | undefined;
  /** Class (sub-folder) to the band that its photos should get; `none`: they should get no band. */
  readonly expect: ReadonlyMap<string, string>;
  readonly groups: string | undefined;
  readonly out: string | undefined;
  readonly record: boolean;
  readonly set: string | undefined;
  readonly invariance: boolean;
  readonly bootstrap: number;
  readonly seed: number;
  readonly json: boolean;
}

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'usage'; readonly message: string }
  | ({ readonly kind: 'evaluate' } & Options);

export const helpText = `Measures a model on labelled photos, by the decoder and the runtime of the product.

  npm run evaluate -- MODEL DIR [options]

MODEL is a model's folder, or its name in models/. DIR holds one folder for each class, photos inside. A class
that is called like a band of the model should get that band; say it for any other with --expect.
Photos stay where they are; nothing is sent anywhere. Scores are in the report, and nowhere in the product.

Options
  --expect CLASS=BAND  What the photos of a class should get; "none": no band at all (objects, for
                       example). May be given several times.
  --groups FILE        A CSV file with a header and a column "file" (path below DIR, or a name that occurs
                       once); every other column is a grouping, such as skin tone.
  --compare MODEL      A second model on the same photos.
  --out DIR            Writes report.md, report.json, photos.csv and the plots (SVG) there.
  --record             Writes what was measured into the model's manifest: without that the product makes
                       no statement with it. Needs 10 photos of each band at least.
  --set TEXT           What the photos are, for --record and the report. Default: the folder's name
  --no-invariance      Leaves out the changed photos (exposure, white balance, JPEG, blur, rotation, crop),
                       which take most of the time.
  --bootstrap N        Resamplings of the interval of the area under the curve. Default: 2000
  --seed N             Of the resampling. Default: 1
  --json               The report as one JSON object, nothing else on standard output.
  --help               This text.

Exit codes
  0    measured
  1    the model cannot be used, or nothing could be measured or recorded
  2    wrong usage: an unknown option, a class without a band, a folder that is not there
`;

/** Turns arguments into a command; every mistake becomes a sentence. */
export function parseCommand(args: readonly string[]): Command {
  let parsed;
  try {
    parsed = parse(args);
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = parsed;
  if (values.help) return { kind: 'help' };
  const [model, photos, ...more] = positionals;
  if (model === undefined || photos === undefined || more.length > 0) {
    return usage('Name a model and a folder of photos, in this order.');
  }
  const expect = new Map<string, string>();
  for (const given of values.expect) {
    const at = given.lastIndexOf('=');
    if (at < 1 || at === given.length - 1) return usage(`--expect takes CLASS=BAND, not "${given}".`);
    expect.set(given.slice(0, at), given.slice(at + 1));
  }
  const bootstrap = wholeNumber(values.bootstrap, 100, 100_000);
  if (bootstrap === undefined) {
    return usage(`--bootstrap takes a whole number from 100 to 100000, not "${values.bootstrap}".`);
  }
  const seed = wholeNumber(values.seed, 0, 4_294_967_295);
  if (seed === undefined) return usage(`--seed takes a whole number up to 2^32, not "${values.seed}".`);
  const { compare, groups, out, record, json, set } = values;
  return {
    kind: 'evaluate',
    model,
    photos,
    compare,
    expect,
    groups,
    out,
    record,
    set,
    invariance: !values['no-invariance'],
    bootstrap,
    seed,
    json,
  };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      expect: { type: 'string', multiple: true, default: [] },
      groups: { type: 'string' },
      compare: { type: 'string' },
      out: { type: 'string' },
      record: { type: 'boolean', default: false },
      set: { type: 'string' },
      'no-invariance': { type: 'boolean', default: false },
      bootstrap: { type: 'string', default: '2000' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
}

function wholeNumber(text: string, min: number, max: number): number | undefined {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}

function usage(message: string): Command {
  return { kind: 'usage', message };
}
