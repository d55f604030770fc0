/** What the command line asks for. Reads no file. */
import { parseArgs } from 'node:util';

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'usage'; readonly message: string }
  | { readonly kind: 'check'; readonly dir: string; readonly json: boolean }
  | { readonly kind: 'new'; readonly name: string; readonly into: string; readonly onnx: string | undefined };

export const helpText = `Plugs a model of your own into onceover.

  npm run model -- new NAME [--onnx FILE] [--into DIR]
  npm run model -- check DIR [--json]

new     Makes the folder models/NAME with a manifest, a model card and a model. With --onnx, the manifest is
        written from what that file declares, and says what only you can know. Without, it starts as the
        analytic example, which runs at once.
check   Says whether the folder's model can be used, point by point, and what to do where it cannot. The model is
        opened and run in a process of its own, on made-up photos; nothing is sent anywhere.

Options
  --onnx FILE   An ONNX file: one input (the photo), any outputs.
  --into DIR    Where the folder is made. Default: models
  --json        One JSON object, nothing else on standard output.
  --help        This text.

Exit codes
  0    made, or the model can be used (perhaps with warnings)
  1    refused
  2    wrong usage
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
  const [verb, what, ...more] = positionals;
  if (verb !== 'check' && verb !== 'new') {
    return usage(`Say "check DIR" or "new NAME"${verb === undefined ? '' : `, not "${verb}"`}.`);
  }
  if (what === undefined || what === '' || more.length > 0) {
    return usage(verb === 'check' ? '"check" takes one folder.' : '"new" takes one name.');
  }
  if (verb === 'check') {
    if (values.onnx !== undefined || values.into !== undefined) {
      return usage('--onnx and --into belong to "new".');
    }
    return { kind: 'check', dir: what, json: values.json };
  }
  if (values.json) return usage('--json belongs to "check".');
  if (!/^[a-z][a-z0-9-]{1,39}$/.test(what)) {
    return usage(
      `A name has 2 to 40 small letters, digits and hyphens, beginning with a letter; not "${what}".`,
    );
  }
  return { kind: 'new', name: what, into: values.into ?? 'models', onnx: values.onnx };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      onnx: { type: 'string' },
      into: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
}

function usage(message: string): Command {
  return { kind: 'usage', message };
}
