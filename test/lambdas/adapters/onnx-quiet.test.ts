/** What the process that holds a photo leaves on the disk besides: nothing (CAL-13). */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const run = promisify(execFile);
const adapter = new URL('../../../lambdas/adapters/onnx-analyzer.ts', import.meta.url).href;
const model = fileURLToPath(new URL('../../../models/skin-contrast/', import.meta.url));
const runtime = import.meta.resolve('onnxruntime-node');

const looksOnce = `
  const { loadAnalyzer } = await import('${adapter}');
  const analyzer = await loadAnalyzer('${model}', { threads: 1 });
  const data = new Uint8Array(256 * 256 * 3).fill(90);
  await analyzer.analyze({ width: 256, height: 256, data });
`;
const opensSession = `
  const { InferenceSession } = (await import('${runtime}')).default;
  await InferenceSession.create('${model}model.onnx');
`;

/** Runs a script in a process whose home and temporary folder are empty; answers what it left there. */
async function leftBehind(script: string): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'onceover-quiet-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    TMPDIR: folder,
    XDG_CACHE_HOME: join(folder, 'cache'),
  };
  await run(process.execPath, ['--input-type=module', '--eval', script], { env });
  return readdir(folder, { recursive: true });
}

test('a process that looked at a photo leaves no file behind, no queue of reports to the runtime’s maker', async () => {
  expect(await leftBehind(looksOnce)).toEqual([]);
});

test.runIf(process.platform === 'linux')(
  'a session opened without the adapter would leave some: the check can fail',
  async () => {
    expect((await leftBehind(opensSession)).length).toBeGreaterThan(0);
  },
);
