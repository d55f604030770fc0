/** The routes by which a person buys scans and sees what they bought: how a call becomes a request. Holds no state. */
import type {
  Checkout,
  CheckoutRequest,
  CheckoutState,
  PaymentReceipt,
  Purchases,
} from '../core/contract.ts';
import { isAddress, isCheckoutState, isPurchases } from './answers.ts';
import { send, type Wire } from './http.ts';
import type { Abortable } from './routes.ts';

export interface CheckoutOptions extends Abortable {
  /** Default: a fresh UUID. Keep one of your own to find the same checkout after a reload. */
  readonly idempotencyKey?: string;
}

/** What a person does with money. Each method throws OnceoverApiError. */
export interface MoneyClient {
  /** Where to pay for a plan of `policy()`: send the person to `url`. The scans are there once the payment succeeded. */
  readonly openCheckout: (plan: string, options?: CheckoutOptions) => Promise<Checkout>;
  /** What became of a checkout; its id is in the address that the provider leads back to. */
  readonly checkout: (checkoutId: string, options?: Abortable) => Promise<CheckoutState>;
  /** What I bought, newest first, and how many scans are left. */
  readonly purchases: (options?: Abortable) => Promise<Purchases>;
  /** Where the payment provider shows a receipt; asked for when it is wanted. */
  readonly paymentReceipt: (purchaseId: string, options?: Abortable) => Promise<PaymentReceipt>;
}

/** The methods over one wire. */
export function moneyClient(wire: Wire): MoneyClient {
  return {
    // Every retry in here repeats the same key, so that it finds the checkout of the first request.
    openCheckout: async (plan, { idempotencyKey = crypto.randomUUID(), signal } = {}) => {
      const body: CheckoutRequest = { plan };
      return send(wire, {
        method: 'POST',
        route: 'POST /v1/checkout',
        path: '/v1/checkout',
        body,
        headers: { 'idempotency-key': idempotencyKey },
        signal,
        isAnswer: isAddress,
      });
    },
    checkout: async (checkoutId, { signal } = {}) =>
      send(wire, {
        method: 'GET',
        route: 'GET /v1/checkout/{id}',
        path: `/v1/checkout/${encodeURIComponent(checkoutId)}`,
        signal,
        isAnswer: isCheckoutState,
      }),
    purchases: async ({ signal } = {}) =>
      send(wire, {
        method: 'GET',
        route: 'GET /v1/purchases',
        path: '/v1/purchases',
        signal,
        isAnswer: isPurchases,
      }),
    paymentReceipt: async (purchaseId, { signal } = {}) =>
      send(wire, {
        method: 'GET',
        route: 'GET /v1/purchases/{id}/receipt',
        path: `/v1/purchases/${encodeURIComponent(purchaseId)}/receipt`,
        signal,
        isAnswer: isAddress,
      }),
  };
}
