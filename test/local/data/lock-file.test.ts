import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { takeLock } from '../../../local/data/lock-file.ts';
import { codeOf, givenFolder } from './given.ts';

/** Another process that holds the lock until it is killed. */
async function givenHolder(folder: string) {
  const code = `const { takeLock } = await import(${JSON.stringify(new URL('../../../local/data/lock-file.ts', import.meta.url).href)});
    takeLock(${JSON.stringify(folder)}); process.stdout.write('held'); setInterval(() => {}, 1e6);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

test('rejects a folder that a living process holds, and names the process', async () => {
  const folder = givenFolder();
  const holder = await givenHolder(folder);
  expect(codeOf(() => takeLock(folder))).toBe('in-use');
  expect(() => takeLock(folder)).toThrow(`process ${holder.pid}`);
  expect(readdirSync(folder)).toEqual(['lock']);
});

test('takes over the lock of a process that was killed', async () => {
  const folder = givenFolder();
  const holder = await givenHolder(folder);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  expect(existsSync(join(folder, 'lock'))).toBe(true);
  const release = takeLock(folder);
  expect(readdirSync(folder)).toEqual(['lock']);
  release();
  expect(readdirSync(folder)).toEqual([]);
});

test('tells a later process of the same number from the holder, where the system says when one started', () => {
  const folder = givenFolder();
  const path = join(folder, 'lock');
  takeLock(folder);
  const lock: object = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...lock, startedAt: '1' }));
  expect(codeOf(() => takeLock(folder))).toBe(process.platform === 'linux' ? undefined : 'in-use');
});

test('takes over a lock that names nobody', () => {
  const folder = givenFolder();
  writeFileSync(join(folder, 'lock'), '');
  takeLock(folder);
  expect(readFileSync(join(folder, 'lock'), 'utf8')).toContain(String(process.pid));
});

test('rejects a second holder in the same process', () => {
  const folder = givenFolder();
  takeLock(folder);
  expect(codeOf(() => takeLock(folder))).toBe('in-use');
});
