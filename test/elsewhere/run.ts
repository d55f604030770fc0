/**
 * `npm run test:localstack`: runs the suites of this folder in the cloud that AWS_ENDPOINT_URL names, or in a
 * MiniStack of its own when it names none. Exit codes: 0 all green, 1 a case failed or was skipped without being
 * listed, 2 there is no such cloud. Arguments go to Vitest.
 */
import { readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { embeddedOnly, exclusionsAt } from './cannot.ts';
import { emulatorAt } from './emulator.ts';
import { EndpointError, endpointOf } from './endpoint.ts';
import { startGuarded } from './guarded.ts';
import { MinistackError, startMinistack, type Ministack } from './ministack.ts';

const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const reportFile = fileURLToPath(new URL('../../.build/elsewhere/report.json', import.meta.url));
const suitesLimitMs = 600_000;
const answerLimitMs = 5_000;

const reportSchema = z.object({
  testResults: z.array(
    z.object({ assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })) }),
  ),
});

/** A cloud to use, and how to leave it. */
async function openCloud(): Promise<Ministack> {
  if ((process.env['AWS_ENDPOINT_URL'] ?? '') === '') return startMinistack();
  const endpoint = endpointOf(process.env);
  try {
    // Any answer will do: a cloud without health pages says 403 or 404.
    await fetch(endpoint, { signal: AbortSignal.timeout(answerLimitMs) });
  } catch (error) {
    throw new EndpointError(`Nothing answers at AWS_ENDPOINT_URL, ${endpoint}.`, { cause: error });
  }
  return { endpoint, stop: async () => {} };
}

/** Vitest over the suites; its exit code, 1 when it did not end in time. */
async function runSuites(endpoint: string, args: readonly string[]): Promise<number> {
  await rm(reportFile, { force: true });
  const reports = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const suites = startGuarded(
    [process.execPath, vitest, 'run', '--config', 'test/elsewhere/vitest.config.ts', ...reports, ...args],
    { cwd: repositoryRoot, output: 1, env: { ...process.env, AWS_ENDPOINT_URL: endpoint } },
  );
  const limit = setTimeout(() => {
    console.error(`The suites did not end within ${suitesLimitMs} ms.`);
    void suites.stop();
  }, suitesLimitMs);
  const exitCode = await suites.ended;
  clearTimeout(limit);
  return exitCode === 0 ? 0 : 1;
}

/** Names of cases that were skipped although nothing lists them. Prints what was run and what was not. */
async function account(endpoint: string): Promise<readonly string[]> {
  const { testResults } = reportSchema.parse(JSON.parse(await readFile(reportFile, 'utf8')));
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  const exclusions = exclusionsAt(await emulatorAt(endpoint));
  console.log('Left out here, by name:');
  for (const { reason, cases } of exclusions) {
    console.log(`  ${reason}:`);
    for (const name of cases) console.log(`    ${name}`);
  }
  console.log('Embedded cloud only:');
  for (const { file, reason } of embeddedOnly) console.log(`  ${file}: ${reason}`);
  const listed = exclusions.flatMap(({ cases }) => cases);
  const skipped = results.filter(({ status }) => status !== 'passed' && status !== 'failed');
  const passed = results.filter(({ status }) => status === 'passed').length;
  console.log(`\n${passed} passed at ${endpoint}, ${skipped.length} left out.`);
  return skipped
    .map(({ fullName }) => fullName)
    .filter((fullName) => !listed.some((name) => fullName.endsWith(name)));
}

async function main(args: readonly string[]): Promise<number> {
  const cloud = await openCloud();
  try {
    const exitCode = await runSuites(cloud.endpoint, args);
    const unlisted = await account(cloud.endpoint);
    for (const name of unlisted) console.error(`Skipped and not listed: ${name}`);
    return exitCode === 0 && unlisted.length > 0 ? 1 : exitCode;
  } finally {
    await cloud.stop();
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof EndpointError) && !(error instanceof MinistackError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
