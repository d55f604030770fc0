/** References that a person can read out to support: random, tied to nothing but one line of the log. */
import { randomBytes } from 'node:crypto';
import type { Ids } from '../../core/ports.ts';

/** Crockford's base 32: no I, L, O or U. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 80 random bits as XXXX-XXXX-XXXX-XXXX. */
export const randomReferences: Ids = {
  next() {
    const symbols = Array.from(randomBytes(16), (byte) => alphabet.charAt(byte % alphabet.length)).join('');
    return symbols.replaceAll(/(.{4})(?=.)/g, '$1-');
  },
};
