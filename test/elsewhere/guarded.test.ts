import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startGuarded } from './guarded.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onceover-guarded-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A process with a child of its own; prints both ids. Neither ends by itself, nor when it is asked to, if deaf. */
const family = (deaf: boolean): readonly string[] => {
  const stay = `${deaf ? "process.on('SIGTERM', () => {});" : ''} setInterval(() => {}, 1e6);`;
  const parent = `const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(stay)}]);
    child.once('spawn', () => console.log(JSON.stringify([process.pid, child.pid])));
    ${stay}`;
  return [process.execPath, '-e', parent];
};

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function idsIn(file: string): Promise<readonly number[]> {
  return vi.waitFor(
    async () => {
      const ids: unknown = JSON.parse(await readFile(file, 'utf8'));
      return Array.isArray(ids) ? ids.map(Number) : [];
    },
    { timeout: 10_000 },
  );
}

it.each([false, true])('ends with all that it started when it is stopped (deaf: %s)', async (deaf) => {
  const output = join(folder, 'out');
  const file = await open(output, 'w');
  const guarded = startGuarded(family(deaf), { cwd: folder, env: {}, output: file.fd });
  await file.close();
  const ids = await idsIn(output);
  expect(ids.map(lives)).toEqual([true, true]);
  await guarded.stop();
  await vi.waitFor(() => expect(ids.map(lives)).toEqual([false, false]), { timeout: 5_000 });
});

it.each([false, true])('ends with all that it started when its holder is killed (deaf: %s)', async (deaf) => {
  const output = join(folder, 'out');
  const holder = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { openSync } from 'node:fs';
      const { startGuarded } = await import(${JSON.stringify(new URL('guarded.ts', import.meta.url).href)});
      startGuarded(${JSON.stringify(family(deaf))}, { cwd: '/', env: {}, output: openSync(${JSON.stringify(output)}, 'w') });`,
    ],
    { stdio: 'ignore' },
  );
  const ids = await idsIn(output);
  expect(ids.map(lives)).toEqual([true, true]);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await vi.waitFor(() => expect(ids.map(lives)).toEqual([false, false]), { timeout: 10_000 });
});

it.each([0, 3])('answers the exit code %i of a command that ends by itself', async (code) => {
  const file = await open(join(folder, 'out'), 'w');
  const command = [process.execPath, '-e', `process.exit(${code})`];
  expect(await startGuarded(command, { cwd: folder, env: {}, output: file.fd }).ended).toBe(code);
  await file.close();
});
