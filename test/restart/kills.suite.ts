/**
 * The whole product under load, killed again and again at random moments, on one data folder. `ROUNDS` (20) and
 * `SEED` (a fresh one, which is printed) choose what happens.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { expectPromisesKept } from './after-kill.ts';
import { endsAfterKill, killPoints } from './kill-points.ts';
import { killUnderLoad, nothingAnswered } from './kill-under-load.ts';
import { freePorts } from './ports.ts';

const rounds = Number(process.env['ROUNDS'] ?? 20);
const seed = process.env['SEED'] ?? String(Date.now());
const data = join(mkdtempSync(join(tmpdir(), 'onceover-restart-')), 'data');
const answered = nothingAnswered();
afterAll(() => rmSync(join(data, '..'), { recursive: true, force: true }));

it.each(Array.from({ length: rounds }, (_, round) => `${seed}/${round}`))(
  'keeps every promise after the kill of SEED %s',
  async (roundSeed) => {
    const options = { data, port: await freePorts(), seed: roundSeed, scans: 100_000, answered };
    await killUnderLoad(options);
    expect(answered.issued.size).toBeGreaterThan(0);
    await expectPromisesKept(options);
  },
);

it.each(killPoints)('keeps every promise of a process that is killed when %s', async (point, state) => {
  const units = state === 'completed' ? ['1', '1'] : ['0', '0'];
  const ends = await endsAfterKill(join(data, '..', point), point);
  expect(ends).toEqual({ afterRetry: state, promised: state, units });
});
