/** A purchase as an item. */
import { z } from 'zod';
import { voidReasons, type Purchase } from '../../../core/purchase.ts';
import { upgraded } from './layout.ts';

const purchaseItem = z.object({
  accountId: z.string(),
  paymentIntentId: z.string(),
  boughtAt: z.int(),
  scansTotal: z.int(),
  scansUsed: z.int(),
  scansCompleted: z.int(),
  voidedAt: z.int().exactOptional(),
  voidReason: z.enum(voidReasons).exactOptional(),
  planId: z.string().exactOptional(),
  amount: z.int().exactOptional(),
  currency: z.string().exactOptional(),
  amountRefunded: z.int().exactOptional(),
});

/** Throws when it is none. */
export function purchaseOfItem(item: unknown): Purchase {
  return purchaseItem.parse(upgraded(item));
}
