/** Adds the routes of `routes.ts` to the API: parse, call, answer. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiPorts } from '../ports.ts';
import { authenticated, named, type ApiEnv } from '../requests.ts';
import { openCheckout, readCheckout } from './checkout.ts';
import { takePaymentEvent } from './payment-event.ts';
import { listPurchases, readReceipt } from './purchases.ts';
import * as routes from './routes.ts';

/** Adds all of them. */
export function addMoneyRoutes(api: OpenAPIHono<ApiEnv>, ports: ApiPorts): void {
  const signedIn = authenticated(ports);

  api.openapi({ ...routes.openCheckout, middleware: [named('open-checkout'), signedIn] }, async (context) => {
    const { plan } = context.req.valid('json');
    const idempotencyKey = context.req.valid('header')['Idempotency-Key'];
    return context.json(await openCheckout(ports, context.get('account'), { plan, idempotencyKey }), 201);
  });

  api.openapi({ ...routes.readCheckout, middleware: [named('read-checkout'), signedIn] }, async (context) =>
    context.json(await readCheckout(ports, context.get('accountId'), context.req.valid('param').id), 200),
  );

  api.openapi({ ...routes.listPurchases, middleware: [named('list-purchases'), signedIn] }, async (context) =>
    context.json(await listPurchases(ports, context.get('accountId')), 200),
  );

  api.openapi({ ...routes.readReceipt, middleware: [named('read-receipt'), signedIn] }, async (context) =>
    context.json(await readReceipt(ports, context.get('accountId'), context.req.valid('param').id), 200),
  );

  api.openapi({ ...routes.paymentEvent, middleware: [named('payment-event')] }, async (context) => {
    // The bytes as they came: the signature is over them.
    const body = await context.req.text();
    await takePaymentEvent(ports, body, context.req.header('stripe-signature'));
    return context.json({ received: true as const }, 200);
  });
}
