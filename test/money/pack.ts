/** A pack that somebody has from the start of a test: paid at Stripe's stand-in as its page would have it paid. */
import type { Cloud } from '../../local/cloud.ts';

/** Pays for a pack of an account and waits until its scans are there; no page and no browser. */
export async function payForPack(
  { stripe: { books, deliveries }, apiUrl }: Pick<Cloud, 'stripe' | 'apiUrl'>,
  accountId: string,
  scans = 20,
): Promise<void> {
  const metadata = { product: 'calmara', account: accountId, plan: 'pack-20', scans: String(scans) };
  const session = books.openSession({
    amount: 499,
    currency: 'eur',
    title: '20 scans',
    email: null,
    locale: 'en',
    successUrl: `${apiUrl}/`,
    cancelUrl: null,
    metadata,
    intentMetadata: metadata,
    automaticTax: false,
    taxIncluded: true,
  });
  books.pay(session.id, 'pays');
  await deliveries.idle();
}
