/** The routes by which people buy scans and see what they bought; as data, like `../routes.ts`. */
import { createRoute, z } from '@hono/zod-openapi';
import {
  checkoutIdSchema,
  checkoutRequestSchema,
  checkoutSchema,
  checkoutStateSchema,
  idempotencyKeySchema,
  paymentReceiptSchema,
  purchaseIdSchema,
  purchasesSchema,
  webhookAnswerSchema,
} from '../../../core/contract.ts';
import * as examples from '../examples.ts';
import { everywhere, problems, security, signedIn, withBody } from '../routes.ts';

export const openCheckout = createRoute({
  method: 'post',
  path: '/v1/checkout',
  operationId: 'openCheckout',
  tags: ['purchases'],
  summary: 'Buy a pack of scans: where to pay for it',
  description:
    'Answers with an address of the payment provider. The scans are there once the payment succeeded, which the provider tells us itself: moments later, or days later for a bank transfer. The same Idempotency-Key with the same plan answers with the same address.',
  security,
  request: {
    headers: z.object({ 'Idempotency-Key': idempotencyKeySchema }),
    body: {
      required: true,
      content: {
        'application/json': { schema: checkoutRequestSchema, example: examples.checkoutRequest },
      },
    },
  },
  responses: {
    201: {
      description: 'Send the person to this address.',
      content: { 'application/json': { schema: checkoutSchema, example: examples.checkout } },
    },
    ...problems([
      ...signedIn,
      ...withBody,
      'adults-only',
      'plan-not-found',
      'idempotency-key-reused',
      'too-many-attempts',
      'payments-unavailable',
    ]),
  },
});

export const readCheckout = createRoute({
  method: 'get',
  path: '/v1/checkout/{id}',
  operationId: 'readCheckout',
  tags: ['purchases'],
  summary: 'What became of a checkout, after coming back from it',
  description:
    'The payment provider puts the id into the address that it leads back to. Asked again until the purchase is there: moments after the payment, or days later for a bank transfer.',
  security,
  request: { params: z.object({ id: checkoutIdSchema }) },
  responses: {
    200: {
      description: 'As it is now.',
      content: { 'application/json': { schema: checkoutStateSchema, example: examples.checkoutState } },
    },
    ...problems([...signedIn, 'purchase-not-found', 'payments-unavailable']),
  },
});

export const listPurchases = createRoute({
  method: 'get',
  path: '/v1/purchases',
  operationId: 'listPurchases',
  tags: ['purchases'],
  summary: 'What I bought, and what is left of it (CAL-8)',
  security,
  responses: {
    200: {
      description: 'Every payment, newest first.',
      content: { 'application/json': { schema: purchasesSchema, example: examples.purchases } },
    },
    ...problems(signedIn),
  },
});

export const readReceipt = createRoute({
  method: 'get',
  path: '/v1/purchases/{id}/receipt',
  operationId: 'readReceipt',
  tags: ['purchases'],
  summary: 'Where the payment provider shows my receipt',
  description: 'Asked for when it is wanted: a receipt shows an e-mail address, and we keep no copy.',
  security,
  request: { params: z.object({ id: purchaseIdSchema }) },
  responses: {
    200: {
      description: 'The address of the receipt.',
      content: { 'application/json': { schema: paymentReceiptSchema, example: examples.paymentReceipt } },
    },
    ...problems([...signedIn, 'purchase-not-found', 'receipt-not-found', 'payments-unavailable']),
  },
});

/** Takes any body: what is signed are its bytes, which no schema may touch before. */
export const paymentEvent = createRoute({
  method: 'post',
  path: '/v1/webhooks/stripe',
  operationId: 'paymentEvent',
  tags: ['purchases'],
  summary: 'For the payment provider alone: something happened to a payment',
  description:
    'The body is an event of Stripe, signed in `Stripe-Signature`. Duplicates, any order and delays are welcome: each event only says that it is time to ask the provider. Anything but 200 asks for it again.',
  responses: {
    200: {
      description: 'Taken, or not for us.',
      content: { 'application/json': { schema: webhookAnswerSchema, example: { received: true } } },
    },
    ...problems([...everywhere, 'request-too-large', 'signature-refused']),
  },
});
