import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomReferences } from '../../../lambdas/api/references.ts';
import { createRequestHasher } from '../../../lambdas/api/request-hash.ts';
import { referencePattern } from '../../../lambdas/runtime/log.ts';

const upload = { contentType: 'image/jpeg', contentLength: 5, sha256: `${'A'.repeat(43)}=` } as const;
const key = 'k'.repeat(32);

test('equal requests hash alike, and any difference in account, body or key shows', () => {
  const hash = createRequestHasher(key);
  const hashes = [
    hash('a', { upload }),
    hash('b', { upload }),
    hash('a', { upload, name: 'n' }),
    hash('a', { upload: { ...upload, contentLength: 6 } }),
    hash('a', { upload: { ...upload, contentType: 'image/png' } }),
    createRequestHasher('l'.repeat(32))('a', { upload }),
  ];
  expect(new Set(hashes).size).toBe(hashes.length);
  expect(hash('a', { upload: { sha256: upload.sha256, contentLength: 5, contentType: 'image/jpeg' } })).toBe(
    hashes[0],
  );
});

test('a hash holds neither the digest nor the name', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{4,20}$/), (name) => {
      const hash = createRequestHasher(key)('a', { upload, name });
      return /^[\w-]{43}$/.test(hash) && !hash.includes(upload.sha256.slice(0, 8));
    }),
  );
});

test('rejects a key that could be guessed', () => {
  expect(() => createRequestHasher('k'.repeat(31))).toThrow(RangeError);
});

test('references are of their own form, and never the same', () => {
  const references = Array.from({ length: 500 }, () => randomReferences.next());
  for (const reference of references) expect(reference).toMatch(referencePattern);
  expect(new Set(references).size).toBe(references.length);
});
