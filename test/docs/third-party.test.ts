/** THIRD-PARTY-NOTICES.md is what docs/third-party.ts makes of the lock file. */
import { expect, it } from 'vitest';
import { renderNotices } from '../../docs/third-party.ts';
import { readText } from './pages.ts';

it('the third-party notices are fresh: "node docs/third-party.ts" writes them', async () => {
  expect(readText('THIRD-PARTY-NOTICES.md')).toBe(await renderNotices());
});

it('the notices name no registry, and every package’s source by https', async () => {
  const notices = await renderNotices();
  expect(notices).not.toMatch(/registry|\.tgz|resolved/);
  const sources = [...notices.matchAll(/^\| \S.* \| (\S+) \|$/gm)].map(([, source]) => source).slice(1);
  expect(sources.length).toBeGreaterThan(50);
  expect(sources.filter((source) => !/^https:\/\/[\w./-]+$/.test(source ?? ''))).toEqual([]);
});
