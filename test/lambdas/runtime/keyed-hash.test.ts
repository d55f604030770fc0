import { expect, it } from 'vitest';
import { createKeyedHash, equalHashes } from '../../../lambdas/runtime/keyed-hash.ts';

const hash = createKeyedHash('an-identity-key-of-32-characters');

it('is the same for the same use and value, and another for any other', () => {
  expect(hash('address', 'a@example.com')).toBe(hash('address', 'a@example.com'));
  const others = [
    hash('source', 'a@example.com'),
    hash('address', 'b@example.com'),
    createKeyedHash('another-identity-key-32-character')('address', 'a@example.com'),
  ];
  expect(others).not.toContain(hash('address', 'a@example.com'));
  // A use cannot run into its value.
  expect(hash('a', 'bc')).not.toBe(hash('ab', 'c'));
});

it('rejects a key that could be guessed', () => {
  expect(() => createKeyedHash('short')).toThrow(RangeError);
});

it('compares hashes of any length', () => {
  expect(equalHashes('abc', 'abc')).toBe(true);
  expect(equalHashes('abc', 'abd')).toBe(false);
  expect(equalHashes('abc', 'ab')).toBe(false);
});
