/** The remove command: what will go, a typed confirmation, the removal, and what AWS keeps. */
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { S3Client } from '@aws-sdk/client-s3';
import { settingsOf } from '../../lib/environments.ts';
import type { Settings } from '../../lib/settings.ts';
import { AwsCallError, createAwsCall, NoCredentials } from '../aws/call.ts';
import { viewAccount } from '../preflight/account.ts';
import { openCloud } from './cloud.ts';
import { keptByAws, removeEnvironment, RemovalStopped, settleMs, type RemovableCloud } from './steps.ts';

const helpText = `Takes an environment down: API first, then it waits ${settleMs / 1000} s for photos on their way, empties the bucket, and
removes the rest. Says at the end what AWS keeps and until when. Safe to run again after it stopped.

  npm run remove -- ENVIRONMENT [--confirm ENVIRONMENT]

It asks for the environment's name to be typed, unless --confirm gives it.

Exit codes
  0  removed
  1  stopped before the end; the message says what to do
  2  wrong usage, or not confirmed
  3  no credentials, or AWS cannot be reached
`;

/** What a test replaces. */
export interface RemoveParts {
  readonly accountId: (settings: Settings) => Promise<string>;
  readonly cloud: (settings: Settings, accountId: string) => RemovableCloud;
  readonly ask: (question: string) => Promise<string>;
  readonly wait: (ms: number) => Promise<void>;
}

/** Runs the command and resolves with its exit code. */
export async function main(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  parts: RemoveParts = realParts(env),
): Promise<number> {
  let settings: Settings;
  let confirmation: string | undefined;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' }, confirm: { type: 'string' } },
    });
    if (values.help === true) {
      process.stdout.write(helpText);
      return 0;
    }
    const [name, ...more] = positionals;
    if (name === undefined || more.length > 0) throw new RangeError('name one environment');
    settings = settingsOf(name);
    confirmation = values.confirm;
  } catch (error) {
    process.stderr.write(
      `${error instanceof Error ? error.message : String(error)}\nSee: npm run remove -- --help\n`,
    );
    return 2;
  }
  try {
    return await remove(settings, confirmation, parts);
  } catch (error) {
    if (error instanceof NoCredentials || error instanceof AwsCallError) {
      process.stderr.write(`${error.message}. Nothing more was removed.\n`);
      return 3;
    }
    if (!(error instanceof RemovalStopped)) throw error;
    process.stderr.write(`Stopped: ${error.message}\n`);
    return 1;
  }
}

async function remove(
  settings: Settings,
  confirmation: string | undefined,
  { accountId, cloud: open, ask, wait }: RemoveParts,
): Promise<number> {
  const { environment, region, deletionProtection } = settings;
  const account = await accountId(settings);
  const cloud = open(settings, account);
  const stacks = await cloud.stacks();
  const tell = (line: string): void => void process.stdout.write(`${line}\n`);
  if (stacks.length === 0) {
    tell(`Nothing of "${environment}" is in account ${account}, ${region}.`);
    return 0;
  }
  tell(`To be removed from account ${account}, ${region}, for good:`);
  for (const name of stacks) tell(`  ${name}`);
  if (!deletionProtection) tell('  with every account, scan, purchase and consent in its tables.');
  const typed = confirmation ?? (await ask(`Type "${environment}" to remove it: `));
  if (typed.trim() !== environment) {
    process.stderr.write('Not confirmed; nothing was removed.\n');
    return 2;
  }
  await removeEnvironment({ environment, cloud, wait, tell });
  tell(`\n"${environment}" is removed. What AWS keeps:`);
  for (const line of keptByAws(deletionProtection)) tell(`  - ${line}`);
  return 0;
}

function realParts(env: Readonly<Record<string, string | undefined>>): RemoveParts {
  return {
    accountId: ({ region }) => viewAccount(createAwsCall(region, env)).accountId(),
    cloud: ({ environment, region }, accountId) =>
      openCloud({
        environment,
        region,
        accountId,
        call: createAwsCall(region, env),
        s3: new S3Client({ region, forcePathStyle: env['AWS_ENDPOINT_URL'] !== undefined }),
      }),
    async ask(question) {
      const terminal = createInterface({ input: process.stdin, output: process.stdout });
      try {
        return await terminal.question(question);
      } finally {
        terminal.close();
      }
    },
    wait: (ms) => sleep(ms),
  };
}
