/** The `npm start` command: boots the embedded cloud, runs the sample photo, stays up until it is stopped. */
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { createClient } from '../../client/client.ts';
import type { PolicyView, ScanView } from '../../core/contract.ts';
import { startCloud, type Cloud, type Resumed } from '../../local/cloud.ts';
import { DataError } from '../../local/data/data-error.ts';
import { calmara } from '../../policies/calmara.ts';
import { ensureWeb } from '../../lib/web-bundle.ts';
import { createLife } from './life.ts';
import { createLifetimes, type Lifetimes } from './lifetimes.ts';
import { defaultPort, helpText, parseCommand, type Options } from './options.ts';

const samplePhoto = new URL('../../local/sample/photo.jpg', import.meta.url);

/** Said this often, when there is something new to say. */
const tellLifetimesEveryMs = 5 * 60_000;

/** Runs the command and resolves with its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const command = parseCommand(args, modelNames());
  if (command.kind === 'help') {
    process.stdout.write(helpText);
    return 0;
  }
  if (command.kind === 'usage') {
    process.stderr.write(`${command.message}\nSee: npm start -- --help\n`);
    return 2;
  }
  const stopped = stopSignal();
  const startedAt = performance.now();
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  const tell = (what: string, particulars: string): void => {
    const after = `+${Math.round(performance.now() - startedAt)} ms`.padStart(10);
    say(`${styleText('dim', after)}  ${styleText('bold', what.padEnd(15))}  ${particulars}`);
  };
  say(`${styleText('bold', 'onceover')}: an image gets one look\n`);
  say('Starting storage, database, functions and schedule on this machine ...');
  let cloud: Cloud;
  let started: Cloud | undefined;
  const life = createLife(tell);
  const lifetimes = createLifetimes(() => started?.storage.objects());
  try {
    // With --once nobody is there to open a page.
    const web = command.once ? undefined : await ensureWeb();
    if (web?.isNew === true) tell('app built', 'from web/; a start with the same sources skips this');
    cloud = await boot(command, web?.dir, life, lifetimes);
    started = cloud;
  } catch (error) {
    process.stderr.write(`${whyNotStarted(error, command.port)}\n`);
    return isAddressInUse(error) || error instanceof DataError ? 2 : 1;
  }
  try {
    tell('ready', 'the cleaner has reported in, so uploads are admitted');
    if (!command.once) tell('app', `${cloud.apiUrl}/ in a browser`);
    if (cloud.resumed !== undefined) say(`\n${whatWasKept(cloud.resumed)}`);
    if (cloud.replacesErased)
      say('The local account was erased and stays gone. This start made another one.\n');
    const wentWell =
      (cloud.resumed !== undefined && !command.once) || (await showSample(cloud, tell, life.unverified));
    if (command.once || stopped.signal.aborted) {
      say(lifetimes.sentence(cloud));
      return wentWell ? 0 : 1;
    }
    say(addresses(cloud, command));
    const telling = setInterval(() => {
      const news = lifetimes.news(cloud);
      if (news !== undefined) tell('lifetimes', news);
    }, tellLifetimesEveryMs);
    await stopped.promise;
    clearInterval(telling);
    say(`\n${lifetimes.sentence(cloud)}\n${farewell(command)}`);
    return wentWell ? 0 : 1;
  } finally {
    await cloud.close();
  }
}

/** Folders of `models/` that hold a model. */
function modelNames(): readonly string[] {
  const models = fileURLToPath(new URL('../../models', import.meta.url));
  return readdirSync(models).filter((name) => existsSync(join(models, name, 'manifest.json')));
}

/** Resolves on Ctrl-C or a polite kill. */
function stopSignal(): { readonly promise: Promise<void>; readonly signal: AbortSignal } {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      controller.abort();
      resolve();
    });
  }
  return { promise, signal: controller.signal };
}

function boot(
  options: Options,
  web: string | undefined,
  life: ReturnType<typeof createLife>,
  lifetimes: Lifetimes,
): Promise<Cloud> {
  const { port, seed, data, scans, model, verbose } = options;
  return startCloud({
    port,
    ...(seed === undefined ? {} : { seed }),
    ...(data === undefined ? {} : { data }),
    model,
    ...(web === undefined ? {} : { web }),
    scans: scans ?? calmara.plans[0]?.scans ?? 1,
    ...(scans === undefined ? {} : { dailyTicketLimit: 1_000_000 }),
    observe(observation) {
      life.observe(observation);
      lifetimes.observe(observation);
    },
    log(functionName, line) {
      life.log(line);
      if (verbose) process.stdout.write(`${styleText('dim', `${functionName.padEnd(8)} ${line}`)}\n`);
    },
  });
}

/** One photo through the whole path. True when it ended with a result and the image is gone. */
async function showSample(
  cloud: Cloud,
  tell: (what: string, particulars: string) => void,
  unverified: () => number,
): Promise<boolean> {
  process.stdout.write(
    '\nThe life of one photo (local/sample/photo.jpg, generated; with EXIF and GPS, as a phone would)\n\n',
  );
  const client = createClient({
    baseUrl: cloud.apiUrl,
    getToken: () => cloud.issuer.issueToken(cloud.accountId),
  });
  const scan = await client.scanPhoto(
    { bytes: await readFile(samplePhoto), contentType: 'image/jpeg' },
    {
      name: 'sample',
      onProgress(progress) {
        if (progress.stage !== 'ticket-issued') return;
        tell('ticket issued', 'one unit taken; the upload address is valid for 60 s, for these bytes only');
      },
    },
  );
  process.stdout.write(`\n${describe(scan, await client.policy())}\n`);
  return scan.state === 'completed' && unverified() === 0 && cloud.storage.objects().length === 0;
}

/** The result as a person would be told it. */
function describe(scan: ScanView, policy: PolicyView): string {
  const { band, deletion, message, model } = scan;
  const lines = [
    `  Result   ${styleText('bold', band ?? `${scan.state}${scan.reason === undefined ? '' : `: ${scan.reason}`}`)}`,
    `           ${message}`,
    `           ${policy.model.advice}`,
    ...(model === undefined
      ? []
      : [`  Model    ${model.name} ${model.version}, sha256 ${model.digest.slice(0, 12)}...`]),
    deletion === undefined
      ? '  Image    no deletion on record'
      : `  Image    deleted at ${deletion.deletedAt}, ${deletion.msFromUpload} ms after it arrived, verified`,
    `  Charged  ${scan.charged ? 'one scan' : 'nothing'}`,
  ];
  return `${lines.join('\n')}\n`;
}

function addresses(cloud: Cloud, { port, scans }: Options): string {
  const left =
    scans === undefined ? `${calmara.plans[0]?.scans ?? 1} scans` : `${scans} scans, no daily limit`;
  return `Up until Ctrl-C. The local account started with ${left}.
Whoever joins in the app buys a pack first, at a stand-in of Stripe: no card is asked for, and no money moves.

  App        ${cloud.apiUrl}/             (open it in a browser)
  API        ${cloud.apiUrl}/v1           (GET /v1/openapi.json describes it)
  Token      POST ${cloud.apiUrl}/local/token   (the local account)
  Mail       ${cloud.apiUrl}/local/mail   (whatever is sent, codes to sign in among it)
  Storage    ${cloud.storage.url}   (S3)
  Database   ${cloud.database.url}   (DynamoDB)
  Payments   ${cloud.stripe.url}   (Stripe, pretended: what was bought, refunds, disputes)

Send your own photos from another terminal:

  npm run scan -- PHOTO...${port === defaultPort ? '' : ` --api ${cloud.apiUrl}`}
`;
}

/** What a start on kept data found, and what it did about it. */
function whatWasKept({ scans, objects, events, cutBytes }: Resumed): string {
  const lines = [`Going on from kept data. Scans in it: ${scans}.`];
  if (objects > 0 || events > 0) {
    lines.push(
      `On their way when it stopped: photos ${objects}, events ${events}. What is still in time is analysed;`,
      'every photo is deleted within the bound, counted from now.',
    );
  }
  if (cutBytes > 0) {
    lines.push(`The last write was unfinished and had been answered to nobody: ${cutBytes} bytes cut off.`);
  }
  return `${lines.join('\n')}\n`;
}

function farewell({ data }: Options): string {
  return data === undefined
    ? 'Stopping. Everything was in memory; nothing is kept.'
    : `Stopping. Everything is kept in ${data}: the next start with --data goes on from there.`;
}

function isAddressInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function whyNotStarted(error: unknown, port: number): string {
  if (isAddressInUse(error)) {
    return `One of the ports ${port} to ${port + 3} is taken, perhaps by another onceover. Choose others: npm start -- --port ${port + 10}`;
  }
  if (error instanceof DataError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
