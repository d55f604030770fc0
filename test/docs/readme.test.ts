/** Cheap truths about the README and the pages it leads to. The commands by curl are run by test/walkthrough. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import manifest from '../../models/skin-contrast/manifest.json' with { type: 'json' };
import { errorCodes, errorDescriptions } from '../../core/errors.ts';
import { maxImagePixels } from '../../core/image/admit.ts';
import { maxUploadBytes } from '../../core/scan.ts';
import { calmara } from '../../policies/calmara.ts';
import { pages, readText, root, rows, section } from './pages.ts';

const readme = readText('README.md');

it('names only npm scripts that exist', () => {
  const named = pages().flatMap((page) =>
    [...readText(page).matchAll(/npm run ([a-z:]+)/g)].map(([, script]) => script),
  );
  expect(named).toContain('check');
  expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining(named));
});

it.each(pages())('every relative link of %s leads to a file', (page) => {
  const targets = [...readText(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)/g)].map(([, to = '']) => to);
  expect(targets.filter((to) => !existsSync(join(root, dirname(page), to)))).toEqual([]);
});

it.each(['README.md', 'docs/architecture.md'])(
  'every folder and file named in code type in %s exists',
  (page) => {
    const named = [...readText(page).matchAll(/`((?:\.\/)?[a-z][\w-]*\/[\w./-]*)`/g)].map(
      ([, path = '']) => path,
    );
    const own = named.filter((path) => !path.startsWith('application/'));
    expect(own.length).toBeGreaterThan(5);
    const relativeTo = (path: string): readonly string[] =>
      // The folder table of the README names what lies below `lambdas/` and `test/` by its last part.
      ['', 'lambdas', 'test'].map((folder) => join(root, folder, path));
    expect(own.filter((path) => !relativeTo(path).some(existsSync))).toEqual([]);
  },
);

it('has one line for each runtime dependency, and none for any other', () => {
  const development = section(readme, '## Develop');
  const explained = [...development.matchAll(/^- `([^`]+)`: /gm)].map(([, name]) => name);
  expect(explained).toEqual(Object.keys(packageJson.dependencies));
});

it('lists every error code with its status and title', () => {
  expect(rows(section(readme, '### Errors'))).toEqual(
    errorCodes.map((code) => {
      const { status, title } = errorDescriptions[code];
      return [`\`${code}\``, String(status), title];
    }),
  );
});

it('lists every stored field of the policy, by table, and no other', () => {
  const listed = new Map<string, Set<string>>();
  for (const [first = '', fields = ''] of rows(section(readme, '## What is stored'))) {
    const table = /^\w+/.exec(first)?.[0] ?? '';
    const names = [...fields.matchAll(/`(\w+\*?)`/g)].map(([, name = '']) => name);
    listed.set(table, new Set([...(listed.get(table) ?? []), ...names]));
  }
  const kept = new Map(
    calmara.dataClasses.map(({ table, fields }) => [table, new Set(fields.map(({ name }) => name))]),
  );
  expect(listed).toEqual(kept);
});

it('says the limits as the code has them', () => {
  const limits = section(readme, '### Formats and limits');
  expect(limits).toContain(`${maxUploadBytes / 2 ** 20} MiB`);
  expect(limits).toContain(`${maxImagePixels / 1e6} megapixels`);
  expect([manifest.input.width, manifest.input.height]).toEqual([256, 256]);
  expect(limits).toContain('at least 256 pixels on each side');
  expect(limits).toContain(`${calmara.limits.ticketsPerDay} tickets a day`);
});
