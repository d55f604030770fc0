/** The hand-written pages, read for the tests of this folder. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A file of the repository, by its path from the root. */
export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Paths of the README and of every Markdown page under docs/, models/ and test/. */
export function pages(): readonly string[] {
  const below = ['docs', 'models', 'test'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  );
  return ['README.md', 'THIRD-PARTY-NOTICES.md', ...below.filter((path) => path.endsWith('.md'))];
}

/** The text of a page from a heading to the next one of the same or a higher level. */
export function section(page: string, heading: string): string {
  const level = /^#+/.exec(heading)?.[0].length ?? 0;
  const lines = page.split('\n');
  const start = lines.indexOf(heading);
  if (start < 0) throw new Error(`no heading "${heading}"`);
  const length = lines
    .slice(start + 1)
    .findIndex((line) => /^#+ /.test(line) && (line.match(/^#+/)?.[0].length ?? 0) <= level);
  return lines.slice(start, length < 0 ? undefined : start + 1 + length).join('\n');
}

/** The rows of the tables in a text, as cells, without heads. */
export function rows(text: string): readonly (readonly string[])[] {
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  return lines
    .filter((line, at) => !isRule(line) && !isRule(lines[at + 1] ?? ''))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

function isRule(line: string): boolean {
  return /^\|[-|]+\|$/.test(line);
}
