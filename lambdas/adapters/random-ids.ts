/** Ids that nobody can guess: 128 random bits, base64url, 22 characters. */
import { randomBytes } from 'node:crypto';
import type { Ids } from '../../core/ports.ts';

export const randomIds: Ids = {
  next: () => randomBytes(16).toString('base64url'),
};
