/** The catalogues against each other. That none lacks a sentence, the compiler sees. */
import { expect, it } from 'vitest';
import { de } from '../../../web/words/de.ts';
import { en } from '../../../web/words/en.ts';
import { preferredLanguage } from '../../../web/words/words.ts';

/** Every sentence by its path; functions as what they say of stand-ins. */
function sentences(value: unknown, path = ''): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return [[path, String(value('1', '2', '3'))]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => sentences(inner, `${path}.${name}`));
}

it('no sentence is empty, in any language', () => {
  const empty = [...sentences(en), ...sentences(de)].filter(([, text]) => text.trim() === '');
  expect(empty).toEqual([]);
});

it('German says as many things as English, each in words of its own', () => {
  const english = sentences(en);
  const german = new Map(sentences(de));
  expect([...german.keys()]).toEqual(english.map(([path]) => path));
  const same = english.filter(([path, text]) => text.length > 24 && german.get(path) === text);
  expect(same).toEqual([]);
});

it('says of a translation that nobody has read it', () => {
  expect(en.language.reviewed).toBe(true);
  expect(de.language.reviewed).toBe(false);
});

it('no sentence names a disease, a diagnosis that is made, or a risk', () => {
  const said = sentences([en.bands, en.reasons, en.advice, de.bands, de.reasons, de.advice]);
  expect(
    said.filter(([, text]) => /cancer|melanom|krebs|infection|risk|risiko|herpes|symptom/i.test(text)),
  ).toEqual([]);
});

it.each([
  [['de-CH', 'en'], 'de'],
  [['fr', 'de'], 'de'],
  [['en-GB'], 'en'],
  [['ar'], 'en'],
  [[], 'en'],
])('of readers of %j chooses %s', (wanted, chosen) => {
  expect(preferredLanguage(wanted)).toBe(chosen);
});
