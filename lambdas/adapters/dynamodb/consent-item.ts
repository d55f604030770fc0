/** A consent as it stands, as its stored item. */
import { z } from 'zod';
import type { Consent } from '../../../core/consent.ts';
import { upgraded } from './layout.ts';

const consentItem = z.object({ purpose: z.string(), version: z.int(), granted: z.boolean(), at: z.int() });

/** Reads a stored consent. */
export function consentOfItem(item: unknown): Consent {
  return consentItem.parse(upgraded(item));
}
