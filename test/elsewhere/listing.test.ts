/** Every contract and every scenario runs elsewhere or is listed by name, and nothing is listed that is not there. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { embeddedOnly, emulators, exclusionsAt, runnablePattern, withoutCloud } from './cannot.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const casesSchema = z.array(z.object({ name: z.string(), file: z.string() }));

interface Case {
  /** Suites and title, as Vitest matches names. */
  readonly name: string;
  readonly file: string;
}

/** The cases that a run with these arguments would have. */
async function collect(...args: readonly string[]): Promise<readonly Case[]> {
  const { AWS_ENDPOINT_URL: _endpoint, ...env } = process.env;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [vitest, 'list', '--json', '--staticParse=false', ...args],
    { cwd: root, env, timeout: 200_000, killSignal: 'SIGKILL', maxBuffer: 1 << 24 },
  );
  return casesSchema
    .parse(JSON.parse(stdout.slice(stdout.indexOf('['))))
    .map(({ name, file }) => ({ name: name.replaceAll(' > ', ' '), file: relative(root, file) }));
}

let embedded: readonly Case[];
let elsewhere: readonly Case[];
beforeAll(async () => {
  [embedded, elsewhere] = await Promise.all([
    collect('test/scenario/'),
    // Without an endpoint only what is left out everywhere is missing.
    collect('--config', 'test/elsewhere/vitest.config.ts', '--testNamePattern', '^'),
  ]);
});

describe('what runs in another cloud', () => {
  it('is every scenario that is not listed as one for the embedded cloud alone', () => {
    const listed = new Set(embeddedOnly.map(({ file }) => file));
    const names = new Set(elsewhere.map(({ name }) => name));
    const neither = embedded
      .filter(({ file }) => !listed.has(file))
      .filter(({ name }) => !names.has(name.replace(', embedded ', ', elsewhere ')));
    expect(neither, 'neither runs elsewhere nor is listed in cannot.ts').toEqual([]);
    expect(embedded.filter(({ file }) => !listed.has(file)).length).toBeGreaterThan(30);
  });

  it('is every contract there is, but those that no cloud can hold', () => {
    const suite = readFileSync(`${root}test/elsewhere/contracts.suite.ts`, 'utf8');
    const contracts = readdirSync(`${root}test/contract`)
      .filter((file) => file.endsWith('.contract.ts'))
      .map((file) => file.replace('.contract.ts', ''));
    expect(contracts).toContain('ledger');
    const left = contracts.filter((contract) => !suite.includes(`\n${contract}Contract('elsewhere', `));
    expect(left).toEqual(withoutCloud.map(({ contract }) => contract));
    expect(elsewhere.filter(({ file }) => file.endsWith('/contracts.suite.ts')).length).toBeGreaterThan(50);
  });

  it.each(emulators)('at %s leaves out exactly the cases that are listed', (emulator) => {
    const pattern = runnablePattern(emulator);
    const left = elsewhere.filter(({ name }) => !pattern.test(name)).map(({ name }) => name);
    const listed = exclusionsAt(emulator).flatMap(({ cases }) => cases);
    for (const title of listed) {
      expect(
        left.filter((name) => name.endsWith(title)),
        title,
      ).toHaveLength(1);
    }
    expect(left).toHaveLength(listed.length);
  });

  it('lists no file for the embedded cloud alone that has no case any more', () => {
    const files = new Set(embedded.map(({ file }) => file));
    expect(embeddedOnly.map(({ file }) => file).filter((file) => !files.has(file))).toEqual([]);
  });
});
