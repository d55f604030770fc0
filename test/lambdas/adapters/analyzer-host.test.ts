/** The model in its own process: what it cannot end by itself is ended, and the next photo is looked at all the same. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { Analyzer } from '../../../core/ports.ts';
import { startAnalyzer, type HostOptions } from '../../../lambdas/adapters/analyzer-host.ts';
import { analyzerContract } from '../../contract/look.contract.ts';
import { byLogit, endlessIfBright, givenModel, logit, manifestOf } from '../../models/strangers.ts';

const own = join(import.meta.dirname, '../../../models/colour-contrast');
const speaking = { threads: 1, unevaluated: 'may-answer' } as const;
const modelError = { kind: 'inconclusive', reason: 'model-error' };

async function givenAnalyzer(model = endlessIfBright, options: Partial<HostOptions> = {}): Promise<Analyzer> {
  const outputs = { logit: { dtype: 'float32', shape: [1, 1] } };
  const dir = await givenModel(model, (bytes) => manifestOf(bytes, {}, outputs, byLogit));
  return startAnalyzer(dir, { ...speaking, ...options });
}

function photoOf(analyzer: Analyzer, colour: readonly number[]) {
  const { width, height } = analyzer.geometry;
  const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => colour[at % 3] ?? 0);
  return { width, height, data };
}

const [bright, reddish, bluish] = [
  [250, 250, 250],
  [200, 30, 20],
  [20, 30, 200],
];

/** Processes that this one started, by their ids. */
function startedHere(): readonly string[] {
  const listed = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], {
    encoding: 'utf8',
  });
  const lines = listed.split('\n').filter((line) => line.includes('analyzer-process'));
  return lines.map((line) => line.trim().split(' ')[0] ?? '');
}

analyzerContract('in a process of its own', async () => ({
  analyzer: await startAnalyzer(own, speaking),
  failing: await givenAnalyzer(
    { ...logit, nodes: endlessIfBright.nodes, constants: endlessIfBright.constants ?? [] },
    { timeLimitMs: 1 },
  ),
}));

describe('a run that never ends', () => {
  test('is inconclusive when its time is up, while this process goes on, and leaves no pixel behind', async () => {
    const analyzer = await givenAnalyzer(endlessIfBright, { timeLimitMs: 1_500 });
    const before = startedHere();
    const photo = photoOf(analyzer, bright);
    let ticks = 0;
    const ticking = setInterval(() => (ticks += 1), 50);
    const startedAt = performance.now();
    expect(await analyzer.analyze(photo)).toEqual(modelError);
    clearInterval(ticking);
    expect(performance.now() - startedAt).toBeGreaterThan(1_400);
    expect(ticks).toBeGreaterThan(5);
    expect(photo.data.every((value) => value === 0)).toBe(true);
    const after = startedHere();
    expect(after.filter((pid) => before.includes(pid)).length).toBe(before.length - 1);
  });

  test('does not keep the next photos from being looked at', async () => {
    const analyzer = await givenAnalyzer(endlessIfBright, { timeLimitMs: 20_000 });
    expect(await analyzer.analyze(photoOf(analyzer, reddish))).toEqual({
      kind: 'completed',
      band: 'reddish',
    });
    // Long enough for the process that comes after the one that is killed, on a slow machine as well.
    const impatient = await givenAnalyzer(endlessIfBright, { timeLimitMs: 8_000 });
    const findings = await Promise.all(
      [reddish, bright, bluish].map((colour) => impatient.analyze(photoOf(impatient, colour))),
    );
    expect(findings).toEqual([
      { kind: 'completed', band: 'reddish' },
      modelError,
      { kind: 'completed', band: 'bluish' },
    ]);
  });
});

describe('the process of the model', () => {
  test('that was killed between two photos is started again, and none of them is lost', async () => {
    const before = startedHere();
    const analyzer = await givenAnalyzer(logit);
    const [pid] = startedHere().filter((one) => !before.includes(one));
    process.kill(Number(pid), 'SIGKILL');
    await vi.waitFor(() => expect(startedHere()).not.toContain(pid), { timeout: 60_000 });
    expect(await analyzer.analyze(photoOf(analyzer, bluish))).toEqual({ kind: 'completed', band: 'bluish' });
  });

  test.runIf(process.platform === 'linux')('is given no variable of this one', async () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'a-secret');
    const before = startedHere();
    await givenAnalyzer(logit);
    vi.unstubAllEnvs();
    const [pid] = startedHere().filter((one) => !before.includes(one));
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8');
    expect(variables.replace(/LD_LIBRARY_PATH=[^\0]*\0/, '')).toBe('');
  });

  test('rejects a model that must not be used with the code of the reason', async () => {
    await expect(startAnalyzer('/no/such/folder', speaking)).rejects.toMatchObject({
      code: 'model-unreadable',
    });
    await expect(startAnalyzer(own, { ...speaking, pinnedDigest: '0'.repeat(64) })).rejects.toMatchObject({
      name: 'ModelLoadError',
      code: 'model-digest-not-pinned',
    });
  });
});
