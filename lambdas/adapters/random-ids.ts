/** Ids that nobody can guess: 128 random bits, base64url, 22 characters. */
import { randomBytes } from 'node:crypto';
import type { Ids } from '../../core/ports.ts';

export const randomIds: Ids = { next: () => idFrom(() => randomBytes(16)) };

/** Draws again where the id would begin with a hyphen: every command line would take it for an option. */
export function idFrom(draw: () => Buffer): string {
  for (;;) {
    const id = draw().toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}
