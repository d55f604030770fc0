/**
 * `npm run build` and `cdk synth` as a person runs them: the packages of both architectures, the other one's binaries
 * fetched through npm, and the exit code. Needs the network, so it is not in the default suite.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { analyzeFunction } from '../../../lib/functions.ts';
import { nodeArchitecture } from '../../../lib/native-packages.ts';
import { packageFunction, sizeLimits } from '../../../lib/package.ts';
import { architectures } from '../../../lib/settings.ts';
import { contentsOf, expectedNativeFiles, foreignFiles, nativeFiles } from '../contents.ts';

const run = promisify(execFile);
const cwd = fileURLToPath(new URL('../../..', import.meta.url));

describe.each(architectures)('the build for %s', (architecture) => {
  it('leaves a package of analyze with the native files of that architecture alone, small enough', async () => {
    await run(process.execPath, ['lib/build.ts', architecture], { cwd });
    const parent = await mkdtemp(join(tmpdir(), 'onceover-build-'));
    onTestFinished(() => rm(parent, { recursive: true }));
    const files = await contentsOf(
      await packageFunction(analyzeFunction, architecture, join(parent, 'analyze')),
    );
    expect(nativeFiles(files)).toEqual(expectedNativeFiles(nodeArchitecture[architecture]));
    expect(foreignFiles(files, nodeArchitecture[architecture])).toEqual([]);
    expect(files.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(sizeLimits[architecture]);
  });
});

describe('cdk synth', () => {
  const synth = (environment: string, env: Readonly<Record<string, string>> = {}) =>
    run(
      'npx',
      ['cdk', 'synth', '--quiet', '--output', '.build/cdk.out', '-c', `environment=${environment}`],
      { cwd, env: { ...process.env, ...env } },
    );

  it.each(['dev', 'production', 'emulator'])('passes for %s', async (environment) => {
    // In CI the command says so on standard output, else on standard error.
    const { stdout, stderr } = await synth(environment, { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' });
    expect(stdout + stderr).toContain('synthesized');
  });

  it('rejects the emulator’s environment where no emulator is named: it would go to AWS (CAL-12)', async () => {
    await expect(synth('emulator')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/CAL-12: .*AWS_ENDPOINT_URL/),
    });
  });

  it('rejects an environment that is not there, with an exit code and those that are', async () => {
    await expect(synth('staging')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there are: dev, production, emulator'),
    });
  });
});
