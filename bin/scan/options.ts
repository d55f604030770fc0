/** What the command line asks for. Reads no file and no network. */
import { parseArgs } from 'node:util';
import { maxNameLength, parseScanName } from '../../core/scan.ts';

export interface Options {
  readonly paths: readonly string[];
  /** Without a slash at its end. */
  readonly apiUrl: string;
  readonly token: string | undefined;
  readonly json: boolean;
  readonly concurrency: number;
  readonly name: string | undefined;
  /** The journal of a batch. */
  readonly resume: string | undefined;
}

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'usage'; readonly message: string }
  | ({ readonly kind: 'scan' } & Options);

export const helpText = `Sends photos through a running onceover and shows what comes back.

  npm run scan -- PHOTO... [options]

PHOTO is a photo or a folder; in a folder and the folders inside it, every image is taken.
Each photo is looked at once and deleted; only a high-level result is kept.

Options
  --api URL          Where the system is.       Default: ONCEOVER_API, or http://127.0.0.1:4747
  --token TOKEN      An access token.           Default: ONCEOVER_TOKEN; a system on this machine
                     (npm start) gives one by itself. The variable keeps it out of the shell's history.
  --json             One JSON object a line for each photo, nothing else on standard output.
  --concurrency N    Photos at the same time, 1 to 16. Default: 3
  --name NAME        A name for the scans in the history. Default: none; file names are never sent.
  --resume FILE      A journal, begun when it is not there: a rerun with the same file asks for the same
                     scans and sends nothing again. Holds names and digests, never a photo or a token.
  --help             This text.

Exit codes
  0    every photo was looked at (a result, or "cannot tell")
  1    some were rejected, failed or refused
  2    wrong usage: an unknown option, no photo, a file that is not there
  3    the system cannot be reached, or there is no token to be had
  130  stopped with Ctrl-C

NO_COLOR switches colours off.
`;

/** Turns arguments and environment into a command; every mistake becomes a sentence. */
export function parseCommand(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Command {
  let parsed;
  try {
    parsed = parse(args);
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals: paths } = parsed;
  if (values.help === true) return { kind: 'help' };
  const apiUrl = (values.api ?? given(env['ONCEOVER_API']) ?? 'http://127.0.0.1:4747').replace(/\/+$/, '');
  const badAddress = problemOfAddress(apiUrl);
  if (badAddress !== undefined) return usage(badAddress);
  const concurrency = values.concurrency ?? '3';
  if (!/^(?:[1-9]|1[0-6])$/.test(concurrency)) {
    return usage(`--concurrency takes a whole number from 1 to 16, not "${concurrency}".`);
  }
  const token = given(values.token) ?? given(env['ONCEOVER_TOKEN']);
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    return usage('The token has characters that no token has; a line break, for example.');
  }
  if (values.name !== undefined && parseScanName(values.name) === undefined) {
    return usage(`--name takes 1 to ${maxNameLength} characters, none of them invisible.`);
  }
  if (paths.length === 0) return usage('No photo given. Name one or more photos or folders.');
  return {
    kind: 'scan',
    paths,
    apiUrl,
    token,
    json: values.json === true,
    concurrency: Number(concurrency),
    name: values.name,
    resume: given(values.resume),
  };
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      api: { type: 'string' },
      token: { type: 'string' },
      json: { type: 'boolean' },
      concurrency: { type: 'string' },
      name: { type: 'string' },
      resume: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
}

function usage(message: string): Command {
  return { kind: 'usage', message };
}

/** A variable that is set to nothing is not set. */
function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

function problemOfAddress(apiUrl: string): string | undefined {
  const url = URL.parse(apiUrl);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    return `--api takes an address such as https://api.example.com, not "${apiUrl}".`;
  }
  if (url.username !== '' || url.search !== '' || url.hash !== '') {
    return '--api takes an address without user name, query or fragment.';
  }
  if (url.protocol === 'http:' && !isLoopback(apiUrl)) {
    return `Photos and tokens do not travel unencrypted: use https:// for ${url.host}.`;
  }
  return undefined;
}

/** Whether an address is on this machine. */
export function isLoopback(apiUrl: string): boolean {
  const { hostname } = new URL(apiUrl);
  return (
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    /^127(?:\.\d{1,3}){3}$/.test(hostname) ||
    hostname.endsWith('.localhost')
  );
}
