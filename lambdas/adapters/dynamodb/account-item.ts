/** An account as its stored item. */
import { z } from 'zod';
import type { Account } from '../../../core/account.ts';
import { itemKey } from '../../../core/tables.ts';
import { stamped, upgraded } from './layout.ts';

const accountItem = z.object({
  accountId: z.string(),
  state: z.enum(['active', 'suspended', 'erasing']),
  email: z.string().exactOptional(),
  language: z.string().exactOptional(),
  openedAt: z.int().exactOptional(),
  adultAffirmedAt: z.int().exactOptional(),
  policyVersion: z.string().exactOptional(),
  policyAcceptedAt: z.int().exactOptional(),
  policyTold: z.string().exactOptional(),
  sessionsEndedAt: z.int().exactOptional(),
});

/** Reads a stored item; attributes that a request does not ask for are left aside. */
export function accountOfItem(item: unknown): Account {
  return accountItem.parse(upgraded(item));
}

/** An account as the item that opens it. */
export function itemOfAccount(account: Account): Record<string, unknown> {
  return stamped({ ...account, item: itemKey.account });
}
