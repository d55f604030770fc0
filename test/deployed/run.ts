/**
 * `npm run test:deploy` and `npm run deploy:local`: bootstraps a cloud on this machine, deploys the stacks as `cdk`
 * deploys them on AWS, runs the scenarios and the scan command against what is there, says what was left out and why,
 * and takes everything down. Each step has a limit in time. Never used against AWS: its keys open nothing there.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { createAwsCall, type AwsCall } from '../../bin/aws/call.ts';
import { viewAccount } from '../../bin/preflight/account.ts';
import { runChecks } from '../../bin/preflight/checks.ts';
import { openCloud as openRemovable } from '../../bin/remove/cloud.ts';
import { removeEnvironment } from '../../bin/remove/steps.ts';
import { settingsOf, type Override } from '../../lib/environments.ts';
import { createVirtualClock } from '../../local/clock.ts';
import { startGateway } from '../../local/gateway.ts';
import { createIssuer, createIssuerKey, seedLocalAccount, type Issuer } from '../../local/issuer.ts';
import { embeddedOnly } from '../elsewhere/cannot.ts';
import { credentials, EndpointError, endpointOf, region } from '../elsewhere/endpoint.ts';
import { connectStores } from '../elsewhere/environment.ts';
import { startGuarded } from '../elsewhere/guarded.ts';
import { MinistackError, ministackVersion, startMinistack, type Ministack } from '../elsewhere/ministack.ts';
import { account, DeployError, environmentOf, runCdk, workDir } from './cdk.ts';
import { inventoryIn, inventoryOf, leftOut } from './inventory.ts';
import { targetVariable, writeTarget, type Target } from './target.ts';

const helpText = `Deploys the stacks to a cloud on this machine and tries them.

  npm run test:deploy [-- options]     a MiniStack ${ministackVersion} of its own, installed where needed, that enforces policies
  npm run deploy:local [-- options]    the cloud that listens at AWS_ENDPOINT_URL: LocalStack, MiniStack, AWS's emulator

Options
  --keep     After the cases, leave everything up until Ctrl-C, with a token and the address to send photos to.
  --help     This text.

Exit codes
  0    deployed, every case passed, taken down
  1    a case or a photo failed
  2    there is no such cloud, a step of the deployment failed, or wrong usage
`;

const environment = 'emulator';
const localAccountId = 'deployed-local-account';
const limits = { bootstrapMs: 120_000, deployMs: 300_000, suiteMs: 600_000, scanMs: 120_000 } as const;
const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));
const outputsFile = join(workDir, 'outputs.json');
const assembly = join(workDir, 'cdk.out');
const photos = [
  'local/sample/photo.jpg',
  'test/fixtures/images/skin-clear.jpg',
  'test/fixtures/images/heic.heic',
];

interface Cloud extends Ministack {
  /** It is ours: nothing of anybody else is in it. */
  readonly isOwn: boolean;
}

async function openCloud(listening: boolean): Promise<Cloud> {
  if (!listening) return { ...(await startMinistack({ services: [], enforcing: true })), isOwn: true };
  // `localhost` would make the CDK ask for BUCKET.localhost, which not every machine resolves.
  const endpoint = endpointOf(process.env).replace('//localhost:', '//127.0.0.1:');
  await fetch(endpoint, { signal: AbortSignal.timeout(5_000) }).catch((cause: unknown) => {
    throw new EndpointError(`Nothing answers at AWS_ENDPOINT_URL, ${endpoint}.`, { cause });
  });
  return { endpoint, isOwn: false, stop: async () => {} };
}

/** Says on standard output what is being done, with how long the step before took. */
function createSteps(): (what: string) => void {
  const startedAt = performance.now();
  return (what) => {
    console.log(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${what}`);
  };
}

async function deploy(
  cloud: Cloud,
  { localKeys, localSigningKey }: Required<Override>,
  step: (what: string) => void,
): Promise<void> {
  step('bootstrap');
  await runCdk(
    cloud,
    ['bootstrap', `aws://${account}/${region}`, '-c', `environment=${environment}`, '--output', assembly],
    limits.bootstrapMs,
  );
  step('deploy');
  const quiet = ['--require-approval', 'never', '--progress', 'events', '--outputs-file', outputsFile];
  const context = Object.entries({ environment, localKeys, localSigningKey }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  await runCdk(cloud, ['deploy', '--all', ...context, ...quiet, '--output', assembly], limits.deployMs);
}

const outputsSchema = z.record(z.string(), z.record(z.string(), z.string()));

/**
 * Where the deployed API answers: as CloudFormation says, or where this machine does not resolve that name, at the path
 * that LocalStack and MiniStack have for it.
 */
async function findApi(endpoint: string): Promise<string> {
  const outputs = outputsSchema.parse(JSON.parse(await readFile(outputsFile, 'utf8')));
  const said = outputs[`onceover-${environment}-api`]?.['Url'];
  if (said === undefined) throw new DeployError('the api stack says no address');
  const id = new URL(said).hostname.split('.')[0] ?? '';
  for (const url of [said, `${endpoint}/_aws/execute-api/${id}/$default`]) {
    const answer = await fetch(`${url}/v1/health`, { signal: AbortSignal.timeout(30_000) }).catch(
      () => undefined,
    );
    if (answer?.ok === true) return url;
  }
  throw new DeployError(`the deployed API answers neither at ${said} nor at its path below ${endpoint}`);
}

const reportFile = join(workDir, 'report.json');
const reportSchema = z.object({ numTotalTests: z.int(), numPassedTests: z.int() });

/** The suite's exit code; 1 when it did not end in time, or nothing ran. */
async function runSuite(cloud: Cloud, targetFile: string): Promise<number> {
  const reports = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const vitest = join(repositoryRoot, 'node_modules', 'vitest', 'vitest.mjs');
  const suite = startGuarded(
    [process.execPath, vitest, 'run', '--config', 'test/deployed/vitest.config.ts', ...reports],
    {
      cwd: repositoryRoot,
      output: 1,
      env: { ...environmentOf(cloud), [targetVariable]: targetFile },
    },
  );
  const limit = setTimeout(() => {
    console.error(`The cases did not end within ${limits.suiteMs} ms.`);
    void suite.stop();
  }, limits.suiteMs);
  const exitCode = await suite.ended;
  clearTimeout(limit);
  return exitCode === 0 ? 0 : 1;
}

/** Sends photos with the scan command, as a person would; its exit code. */
async function runScan(cloud: Cloud, { apiUrl }: Target, issuer: Issuer): Promise<number> {
  const scan = spawn(process.execPath, ['bin/scan.ts', ...photos, '--api', apiUrl], {
    cwd: repositoryRoot,
    stdio: 'inherit',
    timeout: limits.scanMs,
    env: { ...environmentOf(cloud), ONCEOVER_TOKEN: await issuer.issueToken(localAccountId) },
  });
  const [exitCode]: unknown[] = await once(scan, 'exit');
  return exitCode === 0 ? 0 : 1;
}

/** How many cases ran, and which do not run over a deployment. */
async function tellCases(): Promise<void> {
  const { numTotalTests, numPassedTests } = reportSchema.parse(
    JSON.parse(await readFile(reportFile, 'utf8')),
  );
  console.log(`\n${numPassedTests} of ${numTotalTests} cases passed over the deployed stacks.`);
  console.log(`${embeddedOnly.length} files of scenarios need the embedded cloud and were left out:`);
  for (const { file, reason } of embeddedOnly) console.log(`  ${file}: ${reason}`);
}

function tellResources(): void {
  const deployed = inventoryIn(assembly);
  const left = leftOut(inventoryOf(settingsOf('production')), deployed);
  const count = [...left.values()].reduce((sum, { length }) => sum + length, 0);
  console.log(`\n${deployed.length} resources deployed; ${count} of production's left out:`);
  for (const [reason = 'without a reason', ones] of left) {
    console.log(`  ${reason}:`);
    for (const { stack, logicalId, type } of ones) console.log(`    ${stack} ${logicalId} (${type})`);
  }
}

/** Asks the cloud what a person is told before a deployment; how many of the questions it could not answer. */
async function lookBefore(call: AwsCall): Promise<number> {
  const findings = await runChecks(settingsOf(environment), viewAccount(call));
  for (const { title, state, seen } of findings) console.log(`            ${state}: ${title} (${seen})`);
  return findings.filter(({ state }) => state === 'unknown').length;
}

/** Takes down what a run put up, as `npm run remove` does, without its wait: nobody uploads here. */
async function takeDown(cloud: Cloud, call: AwsCall): Promise<void> {
  const stores = connectStores(cloud.endpoint, { prefix: '', bucket: '' });
  const { s3 } = stores;
  const removable = openRemovable({ environment, region, accountId: account, call, s3, askAgainMs: 100 });
  await removeEnvironment({
    environment,
    cloud: removable,
    wait: async () => {},
    tell: (line) => console.log(`            ${line}`),
  });
  const left = await removable.stacks();
  await stores.close();
  if (left.length > 0) throw new DeployError(`still there: ${left.join(', ')}`);
  if (cloud.isOwn) {
    await fetch(`${cloud.endpoint}/_ministack/reset`, {
      method: 'POST',
      signal: AbortSignal.timeout(30_000),
    });
  } else {
    console.log('The bootstrap stack, CDKToolkit, stays: other deployments to this cloud use it.');
  }
}

async function main({
  keep,
  listening,
}: {
  readonly keep: boolean;
  readonly listening: boolean;
}): Promise<number> {
  const step = createSteps();
  // First of all: without a cloud nothing is opened that would keep this process alive.
  step(listening ? 'using the cloud that listens' : `starting MiniStack ${ministackVersion}`);
  const cloud = await openCloud(listening);
  await rm(workDir, { recursive: true, force: true });
  await mkdir(workDir, { recursive: true, mode: 0o700 });
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  const issuerKey = await createIssuerKey();
  const issuer = await createIssuer({ now: () => Date.now(), accountId: localAccountId, key: issuerKey });
  // The functions fetch its keys from here; nothing else is answered.
  const front = await startGateway({
    clock: createVirtualClock(),
    invoke: async () => ({ payload: { statusCode: 404, body: '' } }),
    routes: issuer.routes,
  });
  let isDeployed = false;
  const call = createAwsCall(region, { AWS_ENDPOINT_URL: cloud.endpoint }, async () => credentials);
  try {
    const localKeys = `${front.url}${issuer.jwksPath}`;
    isDeployed = true;
    await deploy(cloud, { localKeys, localSigningKey: issuer.signingKey }, step);
    step('asking what preflight asks');
    const unanswered = await lookBefore(call);
    const apiUrl = await findApi(cloud.endpoint);
    step(`deployed: ${apiUrl}`);
    const target: Target = {
      endpoint: cloud.endpoint,
      apiUrl,
      environment,
      bucket: `onceover-${environment}-uploads-${account}-${region}`,
      enforcing: cloud.isOwn,
      issuerKey,
    };
    const targetFile = join(workDir, 'target.json');
    await writeTarget(targetFile, target);
    const suite = await runSuite(cloud, targetFile);
    step('sending photos with the scan command');
    const stores = connectStores(cloud.endpoint, {
      prefix: `onceover-${environment}-`,
      bucket: target.bucket,
    });
    await seedLocalAccount(stores.documents, stores.names, {
      accountId: localAccountId,
      scans: 1000,
      now: Date.now(),
    });
    await stores.close();
    const scanned = await runScan(cloud, target, issuer);
    await tellCases();
    tellResources();
    if (keep && !stopping.signal.aborted) await wait(target, front.url, stopping.signal);
    if (unanswered > 0) console.error(`${unanswered} questions of preflight had no answer.`);
    return Math.max(suite, scanned, unanswered > 0 ? 1 : 0);
  } finally {
    step('taking down');
    if (isDeployed) await takeDown(cloud, call);
    await cloud.stop();
    await front.close();
    step('done');
  }
}

/** Leaves it up until somebody has enough. */
async function wait({ apiUrl }: Target, issuerUrl: string, signal: AbortSignal): Promise<void> {
  console.log(`
Left up until Ctrl-C. A token lives for five minutes:

  export ONCEOVER_TOKEN=$(curl -sSX POST ${issuerUrl}/local/token | node -pe 'JSON.parse(require("fs").readFileSync(0)).accessToken')
  npm run scan -- --api '${apiUrl}' PHOTO...
`);
  if (!signal.aborted) await once(signal, 'abort');
}

function parseCommand(): { readonly keep: boolean; readonly listening: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        keep: { type: 'boolean' },
        listening: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help !== true) return { keep: values.keep === true, listening: values.listening === true };
  } catch (error) {
    console.error(
      `${error instanceof Error ? error.message : String(error)}\nSee: npm run test:deploy -- --help`,
    );
    process.exit(2);
  }
  process.stdout.write(helpText);
  process.exit(0);
}

try {
  process.exitCode = await main(parseCommand());
} catch (error) {
  const known =
    error instanceof EndpointError || error instanceof MinistackError || error instanceof DeployError;
  if (!known) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
