import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cardParts, writeCard } from '../../models/skin-contrast/card.ts';

const folder = join(import.meta.dirname, '../../models/skin-contrast');
const card = readFileSync(join(folder, 'README.md'), 'utf8');

test('the generated parts of the model card are what its script writes', () => {
  expect(writeCard(card, cardParts(folder))).toBe(card);
});

test('the card has each generated part, and says what the model is not for', () => {
  for (const part of Object.keys(cardParts(folder))) expect(card).toContain(`<!-- generated: ${part} -->`);
  expect(card).toMatch(/Not for:/);
});

test('a part that changed is written anew, and nothing around it', () => {
  const text = 'before\n<!-- generated: file -->\nold\n<!-- end -->\nafter\n';
  expect(writeCard(text, { file: 'new' })).toBe(
    'before\n<!-- generated: file -->\n\nnew\n\n<!-- end -->\nafter\n',
  );
});

test('rejects a part that nothing makes', () => {
  expect(() => writeCard('<!-- generated: other -->\n<!-- end -->', {})).toThrow(
    /other, which nothing makes/,
  );
});
