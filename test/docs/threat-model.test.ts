/** docs/threat-model.md names tests that exist, and says so where nothing shows a mechanism. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readText, root, rows } from './pages.ts';

const page = readText('docs/threat-model.md');
const threats = rows(page).map((cells) => ({
  letters: cells[0] ?? '',
  threat: cells[1] ?? '',
  mechanism: cells[2] ?? '',
  shown: cells[3] ?? '',
}));

/** Files and titles that a cell names. */
function named(cell: string): readonly { readonly file: string; readonly titles: readonly string[] }[] {
  return cell.split(/(?=`test\/)/).flatMap((part) => {
    const file = /`([^`]+)`/.exec(part)?.[1];
    if (file === undefined) return [];
    return [{ file, titles: [...part.matchAll(/"([^"]+)"/g)].map(([, title = '']) => title) }];
  });
}

describe.each(threats)('$threat', ({ mechanism, shown }) => {
  it('has a mechanism, and a test that exists or the words that nothing shows it', () => {
    expect(mechanism.length).toBeGreaterThan(10);
    const tests = named(shown);
    expect(tests.length > 0 || shown.startsWith('not shown')).toBe(true);
    const missing = tests.flatMap(({ file, titles }) => {
      if (!existsSync(join(root, file))) return [file];
      const source = readText(file);
      return titles.filter(
        (title) => ![`'${title}'`, `"${title}"`, `\`${title}\``].some((quoted) => source.includes(quoted)),
      );
    });
    expect(missing).toEqual([]);
  });
});

it('every kind of threat is looked for', () => {
  const letters = new Set(threats.flatMap(({ letters: some }) => some.split(', ')));
  expect([...letters].sort().join('')).toBe('DEIRST');
  expect(threats.length).toBeGreaterThan(30);
});

it('the position on unlawful images waits for counsel', () => {
  expect(page).toContain('to be confirmed by counsel');
});
