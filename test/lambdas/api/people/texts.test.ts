/**
 * Every text that somebody was ever asked about can be found by the digest that evidence of the act holds: the file keeps
 * all of them, and a text that changes without a number of its own is refused here.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { adulthoodAsked, consentAsked } from '../../../../lambdas/api/people/join.ts';
import { calmara } from '../../../../policies/calmara.ts';

const file = new URL('../../../../policies/calmara.texts.json', import.meta.url);
const kept = z
  .record(
    z.string().regex(/^[0-9a-f]{64}$/),
    z.strictObject({ text: z.string(), version: z.string(), language: z.string(), shown: z.string() }),
  )
  .parse(JSON.parse(readFileSync(file, 'utf8')));

const asked = [
  adulthoodAsked(calmara),
  ...calmara.consents.map(({ purpose }) => consentAsked(calmara, purpose)),
].flatMap(({ text, version, shown }) =>
  calmara.languages.map((language) => ({ text, version, language, shown: shown(language) })),
);

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

it.each(asked)('$text, version $version, $language: is kept under its digest', (one) => {
  expect(kept[digestOf(one.shown)]).toEqual(one);
});

it('each kept text is what its digest says, and no number stands for two', () => {
  const all = Object.entries(kept);
  expect(all.filter(([digest, { shown }]) => digestOf(shown) !== digest)).toEqual([]);
  const names = all.map(([, { text, version, language }]) => `${text} ${version} ${language}`);
  expect(names.toSorted()).toEqual([...new Set(names)].sort());
});
