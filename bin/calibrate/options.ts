/** What the command line asks for. Reads no file. */
import { parseArgs } from 'node:util';

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'usage'; readonly message: string }
  | { readonly kind: 'split'; readonly lesions: string; readonly objects: string; readonly out: string }
  | { readonly kind: 'fit'; readonly even: string }
  | { readonly kind: 'figures'; readonly reports: string };

export const helpText = `Makes what skin-contrast's manifest and card say of real photos; models/skin-contrast/README.md has the rules.

  npm run calibrate -- split LESIONS OBJECTS OUT
      Cuts a folder of photos of lesions (PAD-UFES-20) and one of things into OUT/even and OUT/odd.
  npm run calibrate -- fit OUT/even
      Writes the constants and thresholds of the score into models/skin-contrast/calibration.json, from this part
      alone. Then: node models/skin-contrast/build.ts
  npm run calibrate -- figures REPORTS
      Writes models/skin-contrast/figures.json from REPORTS/odd, /generated, /things and /fresh, each written by
      npm run evaluate -- ... --out. Then: node models/skin-contrast/card.ts

Exit codes
  0    done
  2    wrong usage
`;

const takes = { split: ['LESIONS', 'OBJECTS', 'OUT'], fit: ['EVEN'], figures: ['REPORTS'] } as const;

/** Turns arguments into a command; every mistake becomes a sentence. */
export function parseCommand(args: readonly string[]): Command {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h', default: false } },
    });
  } catch (error) {
    return { kind: 'usage', message: error instanceof Error ? error.message : String(error) };
  }
  if (parsed.values.help) return { kind: 'help' };
  const [verb, first = '', second = '', third = ''] = parsed.positionals;
  if (verb !== 'split' && verb !== 'fit' && verb !== 'figures') {
    return { kind: 'usage', message: 'Say "split", "fit" or "figures".' };
  }
  if (parsed.positionals.length !== 1 + takes[verb].length) {
    return { kind: 'usage', message: `"${verb}" takes ${takes[verb].join(' ')}.` };
  }
  switch (verb) {
    case 'split':
      return { kind: 'split', lesions: first, objects: second, out: third };
    case 'fit':
      return { kind: 'fit', even: first };
    case 'figures':
      return { kind: 'figures', reports: first };
  }
}
