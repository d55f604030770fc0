/** docs/promises.md names code and tests that exist, and leaves out no promise that the code speaks of. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readText, root, rows, section } from './pages.ts';

const page = readText('docs/promises.md');
const kept = rows(section(page, '## Kept'));
const begun = rows(section(page, '## Begun'));
const notYet = rows(section(page, '## Not yet'));
const ids = [...kept, ...begun, ...notYet].flatMap(([id = '']) => expand(id));

/** One id, or the ids of a range such as `ALY-2 to ALY-14`. */
function expand(cell: string): readonly string[] {
  const range = /^([A-Z]{3})-(\d+) to \1-(\d+)$/.exec(cell);
  if (range === null) return [cell];
  const [, product, from, to] = range;
  return Array.from({ length: Number(to) - Number(from) + 1 }, (_, at) => `${product}-${Number(from) + at}`);
}

function sourcesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, path));
}

describe.each([...kept, ...begun].map((cells) => [cells[0] ?? '', cells.at(-2) ?? '', cells.at(-1) ?? '']))(
  '%s',
  (_id, code, tests) => {
    it('names code that exists', () => {
      const files = [...code.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file);
      expect(files.length).toBeGreaterThan(0);
      expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    });

    it('names tests that exist, by their titles', () => {
      const named = tests.split(/(?=`test\/)/).flatMap((part) => {
        const file = /`([^`]+)`/.exec(part)?.[1] ?? '';
        return [...part.matchAll(/"([^"]+)"/g)].map(([, title = '']) => ({ file, title }));
      });
      expect(named.length).toBeGreaterThan(0);
      expect(named.filter(({ file, title }) => !hasTest(readText(file), title))).toEqual([]);
    });
  },
);

/** Whether a test of this title is called in the source, quoted in any way. */
function hasTest(broken: string, title: string): boolean {
  // A long title has a line of its own.
  const source = broken.replaceAll(/\b(it|test)\(\s+/g, '$1(');
  return [`'${title}'`, `"${title}"`, `\`${title}\``].some((quoted) =>
    ['it(', 'test('].some((call) => source.includes(`${call}${quoted}`)),
  );
}

it('names every promise once', () => {
  expect(ids.toSorted()).toEqual([...new Set(ids)].toSorted());
});

it('names every promise that code and tests speak of', () => {
  const spokenOf = ['bin', 'client', 'core', 'lambdas', 'lib', 'local', 'policies', 'test']
    .flatMap(sourcesBelow)
    .flatMap((path) => readText(path).match(/\b(?:CAL|ALY|PBC|ONE)-\d+\b/g) ?? []);
  expect(spokenOf).toContain('ONE-1');
  expect([...new Set(spokenOf)].filter((id) => !ids.includes(id))).toEqual([]);
});
