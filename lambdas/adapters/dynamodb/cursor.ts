/** The opaque cursor of a page: where it ended. It names no account, so one of somebody else's leads nowhere. */
import type { z } from 'zod';
import { OnceoverError } from '../../../core/errors.ts';

/** A cursor of these values. */
export function renderCursor(values: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** @throws OnceoverError `invalid-request` on anything that `renderCursor` did not make of such values. */
export function parseCursor<S extends z.ZodType>(schema: S, cursor: string): z.output<S> {
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (cause) {
    throw new OnceoverError('invalid-request', {
      extra: { violations: [{ field: 'after', problem: 'not a cursor that this API gave' }] },
      cause,
    });
  }
}
