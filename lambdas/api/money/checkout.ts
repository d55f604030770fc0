/**
 * Buying: a plan of the policy becomes a checkout at the payment provider, which learns the address for the receipt and
 * nothing else of the person (CAL-13). Nothing is written here: a purchase comes to be when its payment succeeded.
 */
import type { Account } from '../../../core/account.ts';
import { refuseAccount } from '../../../core/account.ts';
import type { Checkout, CheckoutState } from '../../../core/contract.ts';
import { OnceoverError } from '../../../core/errors.ts';
import { localized } from '../../../core/policy.ts';
import { limits } from '../../../core/session.ts';
import { admitAttempt, languageOf } from '../people/sign-in.ts';
import type { ApiPorts } from '../ports.ts';

type CheckoutPorts = Pick<ApiPorts, 'checkouts' | 'attempts' | 'keyedHash' | 'clock' | 'policy' | 'log'>;

/** Where to pay. Throws `plan-not-found`, `adults-only`, `idempotency-key-reused`, `too-many-attempts`. */
export async function openCheckout(
  ports: CheckoutPorts,
  account: Account,
  { plan: planId, idempotencyKey }: { readonly plan: string; readonly idempotencyKey: string },
): Promise<Checkout> {
  // A pack is for photos, which only an adult may send (CAL-7).
  const refusal = refuseAccount(account);
  if (refusal !== undefined) throw new OnceoverError(refusal);
  const plan = ports.policy.plans.find((one) => one.planId === planId);
  if (plan === undefined) throw new OnceoverError('plan-not-found');
  await admitAttempt(ports, [
    { limits: limits.checkoutsOfAccount, hash: ports.keyedHash('account', account.accountId) },
  ]);
  const language = languageOf(ports, account.language);
  const answer = await ports.checkouts.open({
    accountId: account.accountId,
    ...(account.email === undefined ? {} : { email: account.email }),
    title: localized(plan.title, language),
    language,
    planId,
    scans: plan.scans,
    amount: plan.price.minorUnits,
    currency: plan.price.currency,
    // The provider remembers keys of all accounts together.
    idempotencyKey: ports.keyedHash('checkout', `${account.accountId}/${idempotencyKey}`),
  });
  if (answer === 'key-reused') throw new OnceoverError('idempotency-key-reused');
  ports.log.info('checkout-opened');
  return answer;
}

/**
 * What became of a checkout, for whoever comes back from it: Stripe knows of the payment, and the purchase is there once
 * the payment's event was handled. Throws `purchase-not-found` for one of somebody else.
 */
export async function readCheckout(
  ports: Pick<ApiPorts, 'checkouts' | 'purchases'>,
  accountId: string,
  checkoutId: string,
): Promise<CheckoutState> {
  const checkout = await ports.checkouts.find(checkoutId);
  if (checkout?.accountId !== accountId) throw new OnceoverError('purchase-not-found');
  const { state, paymentIntentId } = checkout;
  if (state !== 'paid' || paymentIntentId === undefined) return { state };
  const purchase = await ports.purchases.find(accountId, paymentIntentId);
  return { state, ...(purchase === undefined ? {} : { purchase: paymentIntentId }) };
}
