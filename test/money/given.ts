/** Buying in a world of people: checkouts, what happens at Stripe, and its events as a test sends them. */
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { checkoutSchema, purchasesSchema, type Purchases } from '../../core/contract.ts';
import { itemKey } from '../../core/tables.ts';
import type { PaymentWay, StripeEvent } from '../../local/stripe/books.ts';
import { signatureOf } from '../../local/stripe/deliveries.ts';
import { anAccount, freshId } from '../contract/given.ts';
import { secrets, type Member, type PeopleWorld } from '../people/given.ts';

export function checkout(
  world: PeopleWorld,
  { token }: Member,
  { plan = 'pack-20', key = freshId() }: { readonly plan?: string; readonly key?: string } = {},
): Promise<Response> {
  return world.call('POST', '/v1/checkout', { token, body: { plan }, headers: { 'idempotency-key': key } });
}

/** Opens a checkout and lets the person pay so; answers the payment. No event is sent. */
export async function pay(world: PeopleWorld, member: Member, way: PaymentWay = 'pays'): Promise<string> {
  const answer = await checkout(world, member);
  if (answer.status !== 201) throw new Error(`given: a checkout answered ${answer.status}`);
  const { url } = checkoutSchema.parse(await answer.json());
  const sessionId = url.slice(url.lastIndexOf('/') + 1);
  world.stripe.books.pay(sessionId, way);
  return world.stripe.books.findSession(sessionId).payment_intent ?? '';
}

/** An account of its own, past signing in. */
export async function givenAccount({ documents, names }: PeopleWorld): Promise<string> {
  const accountId = freshId();
  const Item = { item: itemKey.account, ...anAccount(accountId) };
  await documents.send(new PutCommand({ TableName: names.accounts, Item }));
  return accountId;
}

/** A payment of an account, past the API. */
export async function payDirectly({ ports, stripe }: PeopleWorld, accountId: string): Promise<string> {
  const opened = await ports.checkouts.open({
    accountId,
    title: '20 scans',
    language: 'en',
    planId: 'pack-20',
    scans: 20,
    amount: 499,
    currency: 'EUR',
    idempotencyKey: freshId(),
  });
  if (opened === 'key-reused') throw new Error('given: a key of its own');
  const sessionId = opened.url.slice(opened.url.lastIndexOf('/') + 1);
  stripe.books.pay(sessionId, 'pays');
  return stripe.books.findSession(sessionId).payment_intent ?? '';
}

/** Sends an event as Stripe would; `at`: when it was signed. */
export function send(
  world: PeopleWorld,
  event: StripeEvent | string,
  more: { readonly at?: number; readonly signature?: string; readonly secret?: string } = {},
): Promise<Response> {
  const body = typeof event === 'string' ? event : JSON.stringify(event, undefined, 2);
  const { at = world.clock.now(), secret = secrets.webhookSecret } = more;
  const signature = more.signature ?? signatureOf(body, secret, at);
  return world.call('POST', '/v1/webhooks/stripe', { body, headers: { 'stripe-signature': signature } });
}

/** Events about one payment so far, oldest first. */
export function eventsOf(world: PeopleWorld, paymentIntentId: string): readonly StripeEvent[] {
  return world.stripe.deliveries
    .events()
    .filter(
      ({ data: { object } }) =>
        object.id === paymentIntentId ||
        ('payment_intent' in object && object.payment_intent === paymentIntentId),
    );
}

/** Sends every event about a payment, each to be taken. */
export async function sendAll(world: PeopleWorld, paymentIntentId: string): Promise<void> {
  for (const event of eventsOf(world, paymentIntentId)) {
    const { status } = await send(world, event);
    if (status !== 200) throw new Error(`given: ${event.type} answered ${status}`);
  }
}

export async function purchasesOf(world: PeopleWorld, { token }: Member): Promise<Purchases> {
  return purchasesSchema.parse(await (await world.call('GET', '/v1/purchases', { token })).json());
}

/** The purchase as it is stored. */
export async function stored(
  world: PeopleWorld,
  { accountId }: Pick<Member, 'accountId'>,
  paymentIntentId: string,
): ReturnType<PeopleWorld['ports']['purchases']['find']> {
  return world.ports.purchases.find(accountId, paymentIntentId);
}
