/** Keyed hashes: what an address, a source or a code is stored as. Without the key nobody can try addresses out. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { KeyedHash } from '../../core/ports.ts';

/** Shorter keys could be guessed, and every address with them. */
const minKeyLength = 32;

/** @throws RangeError when the key is shorter than 32 characters. */
export function createKeyedHash(key: string): KeyedHash {
  if (key.length < minKeyLength) {
    throw new RangeError(`the identity key has ${minKeyLength} characters or more, got ${key.length}`);
  }
  return (use, value) =>
    createHmac('sha256', key)
      .update(JSON.stringify([use, value]))
      .digest('base64url');
}

/** Compares two hashes in the same time wherever they differ. */
export function equalHashes(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
