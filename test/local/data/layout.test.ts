import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { claimFolder, layoutVersion, openLayout, type Upgrade } from '../../../local/data/layout.ts';
import { codeOf, givenFolder } from './given.ts';

const modeOf = (path: string): number => statSync(path).mode & 0o777;
const write = (folder: string, version: unknown): void =>
  writeFileSync(join(folder, 'layout.json'), JSON.stringify({ version }));
const versionIn = (folder: string): unknown => JSON.parse(readFileSync(join(folder, 'layout.json'), 'utf8'));

describe('a data folder', () => {
  test('is made for its owner alone, with the version of its form', () => {
    const folder = join(givenFolder(), 'a', 'b');
    claimFolder(folder);
    expect(openLayout(folder)).toEqual({ fresh: true });
    expect(modeOf(folder)).toBe(0o700);
    for (const name of readdirSync(folder)) expect(modeOf(join(folder, name))).toBe(0o600);
    expect(versionIn(folder)).toEqual({ version: layoutVersion });
    expect(openLayout(folder)).toEqual({ fresh: false });
  });

  test('is taken from everybody else when it was there and empty', () => {
    const folder = join(givenFolder(), 'open');
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    claimFolder(folder);
    expect(modeOf(folder)).toBe(0o700);
  });

  test('keeps itself out of a repository that it lies in', () => {
    const folder = givenFolder();
    openLayout(folder);
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('*\n');
  });

  test('rejects a file where a folder should be', () => {
    const file = join(givenFolder(), 'notes.txt');
    writeFileSync(file, '');
    expect(codeOf(() => claimFolder(file))).toBe('unusable');
  });

  test('rejects a folder that holds what is not its own, and leaves it alone', () => {
    const folder = givenFolder();
    mkdirSync(join(folder, 'holiday'), { mode: 0o755 });
    const mode = modeOf(folder);
    expect(codeOf(() => claimFolder(folder))).toBe('not-ours');
    expect(readdirSync(folder)).toEqual(['holiday']);
    expect(modeOf(folder)).toBe(mode);
  });
});

describe('a layout', () => {
  test('of an older version is upgraded step by step', () => {
    const folder = givenFolder();
    write(folder, 0);
    writeFileSync(join(folder, 'trail'), '');
    const step =
      (name: string): Upgrade =>
      (where) =>
        writeFileSync(join(where, 'trail'), name, { flag: 'a' });
    const upgrades = new Map([
      [0, step('a')],
      [1, step('b')],
    ]);
    openLayout(folder, { version: 2, upgrades });
    expect(readFileSync(join(folder, 'trail'), 'utf8')).toBe('ab');
    expect(versionIn(folder)).toEqual({ version: 2 });
    openLayout(folder, { version: 2, upgrades });
    expect(readFileSync(join(folder, 'trail'), 'utf8')).toBe('ab');
  });

  test('whose upgrade was killed goes on at the step that was not finished', () => {
    const folder = givenFolder();
    write(folder, 0);
    const done: number[] = [];
    const failing = new Map<number, Upgrade>([
      [0, () => void done.push(0)],
      [
        1,
        () => {
          throw new Error('killed');
        },
      ],
    ]);
    expect(() => openLayout(folder, { version: 2, upgrades: failing })).toThrow('killed');
    openLayout(folder, { version: 2, upgrades: new Map([...failing, [1, () => void done.push(1)]]) });
    expect(done).toEqual([0, 1]);
  });

  test('rejects a newer version with a sentence that says what to do', () => {
    const folder = givenFolder();
    write(folder, layoutVersion + 1);
    expect(codeOf(() => openLayout(folder))).toBe('too-new');
    expect(() => openLayout(folder)).toThrow('Update onceover, or choose another data directory.');
  });

  test('rejects an older version from which no upgrade exists', () => {
    const folder = givenFolder();
    write(folder, 0);
    expect(codeOf(() => openLayout(folder))).toBe('too-old');
  });

  test.each(['', '{', '{}', '{"version":"1"}', '{"version":1.5}', '{"version":-1}'])(
    'rejects the file %j as damaged',
    (text) => {
      const folder = givenFolder();
      writeFileSync(join(folder, 'layout.json'), text);
      expect(codeOf(() => openLayout(folder))).toBe('damaged');
    },
  );
});
