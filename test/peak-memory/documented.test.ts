import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { memoryCases } from '../../bench/memory-cases.ts';
import { maxPeakBytes } from '../../bench/memory.ts';

const text = readFileSync(new URL('../../docs/memory.md', import.meta.url), 'utf8');
const rows = [...text.matchAll(/^\| ([^|]+) \| [\d,]+ \| (\d+) \| \d+ % \|$/gm)];

test('docs/memory.md has a figure of every case, in order, each within the bound that it states', () => {
  expect(rows.map(([, name]) => name)).toEqual(memoryCases.map(({ name }) => name));
  const peaks = rows.map(([, , peak]) => Number(peak));
  expect(Math.max(...peaks)).toBeLessThan(maxPeakBytes / 1024 / 1024);
  expect(text).toContain(Math.floor(maxPeakBytes / 1024 / 1024).toLocaleString('en'));
});
