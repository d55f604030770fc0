/**
 * Every operation of the served document, sent twice by the same person, byte for byte, as a network or an attacker would: what
 * the second one is told, and that it leaves no second thing behind, unless the table says so.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ticketSchema } from '../../../../core/contract.ts';
import { signatureOf } from '../../../../local/stripe/deliveries.ts';
import { freshId, sha256 } from '../../../contract/given.ts';
import { checkout, eventsOf, pay, sendAll } from '../../../money/given.ts';
import { readApi } from '../../../people/fuzz.ts';
import {
  bodyOf,
  freshAddress,
  givenPeople,
  heldBy,
  join,
  secrets,
  signIn,
  ticket,
  type Call,
  type Member,
  type PeopleWorld,
} from '../../../people/given.ts';

const world: PeopleWorld = await givenPeople();
const api = readApi(await (await world.call('GET', '/v1/openapi.json')).json());
beforeAll(async () => {
  await world.ports.heartbeat.beat(world.clock.now());
});
afterAll(() => world.close());

/** A request, where it needs more than its method and path. */
type Request = Pick<Call, 'body' | 'headers'> & { readonly path?: string };

interface Row {
  /** Statuses of the first and of the second. */
  readonly told: readonly [first: number, again: number];
  /** How many things are kept that the first one did not leave. Default: none */
  readonly adds?: number;
  readonly request?: (member: Member) => Promise<Request>;
}

const act = { language: 'en', version: 1 };
const photo = { contentType: 'image/jpeg', contentLength: 4, sha256: sha256(new Uint8Array(4)) };
const read: Row = { told: [200, 200] };

async function scanOf(member: Member): Promise<string> {
  return ticketSchema.parse(await bodyOf(await ticket(world, member))).scan.id;
}

async function firstOf({ token }: Member, path: string, field: string, body: object): Promise<string> {
  await world.call('POST', path, { token, body });
  const list = (await bodyOf(await world.call('GET', path, { token })))[field];
  const [first] = Array.isArray(list) ? list : [];
  return String(Object(first).id);
}

const aMessage = { topic: 'other', text: 'Once.' };
const anAnswer = { survey: 'after-scan', version: 1, answers: { clear: 5 } };

/** By method and path. An operation that has no row fails. */
const table: Readonly<Record<string, Row>> = {
  'POST /v1/scans': {
    // The same key, the same scan.
    told: [201, 200],
    request: async () => ({ body: photo, headers: { 'idempotency-key': freshId() } }),
  },
  'GET /v1/scans': read,
  'GET /v1/scans/{id}': {
    ...read,
    request: async (member) => ({ path: `/v1/scans/${await scanOf(member)}` }),
  },
  'PATCH /v1/scans/{id}': {
    ...read,
    request: async (member) => ({ path: `/v1/scans/${await scanOf(member)}`, body: { name: 'Left arm' } }),
  },
  'DELETE /v1/scans/{id}': {
    told: [200, 404],
    request: async (member) => ({ path: `/v1/scans/${await scanOf(member)}` }),
  },
  // Each is a code of its own; the account is none the richer.
  'POST /v1/sessions': { told: [202, 202], request: async () => ({ body: { email: freshAddress() } }) },
  'POST /v1/sessions/verify': {
    told: [200, 422],
    async request({ email }) {
      const { challenge } = await bodyOf(await world.call('POST', '/v1/sessions', { body: { email } }));
      return { body: { email, challenge, code: world.codeFor(email) } };
    },
  },
  // Moments later it is a lost answer, and told again; anything older ends the session.
  'POST /v1/sessions/refresh': {
    told: [200, 200],
    request: async ({ refreshToken }) => ({ body: { refreshToken } }),
  },
  'GET /v1/sessions': read,
  'DELETE /v1/sessions': { told: [204, 401] },
  'DELETE /v1/sessions/current': { told: [204, 401] },
  'DELETE /v1/sessions/{id}': {
    told: [204, 404],
    async request({ email, token }) {
      await signIn(world, email);
      const { sessions } = await bodyOf(await world.call('GET', '/v1/sessions', { token }));
      const other = (Array.isArray(sessions) ? sessions : []).find((one) => Object(one).current === false);
      return { path: `/v1/sessions/${String(Object(other).id)}` };
    },
  },
  'GET /v1/me': read,
  'PATCH /v1/me': { ...read, request: async () => ({ body: { language: 'de' } }) },
  // Severed, it is told the same reference again.
  'DELETE /v1/me': { told: [202, 202] },
  'PUT /v1/me/adulthood': { ...read, request: async () => ({ body: act }) },
  'PUT /v1/me/policy': { ...read, request: async () => ({ body: { ...act, version: '1.0' } }) },
  'GET /v1/me/consents': read,
  'PUT /v1/me/consents/{purpose}': {
    ...read,
    request: async () => ({ path: '/v1/me/consents/image-processing', body: act }),
  },
  'DELETE /v1/me/consents/{purpose}': {
    ...read,
    request: async () => ({ path: '/v1/me/consents/image-processing' }),
  },
  'DELETE /v1/me/history': { told: [202, 202] },
  'DELETE /v1/me/messages': { told: [202, 202] },
  'GET /v1/me/export': read,
  'GET /v1/me/access-log': read,
  'GET /v1/erasures/{reference}': {
    ...read,
    async request({ token }) {
      const { erasure } = await bodyOf(await world.call('DELETE', '/v1/me/history', { token }));
      return { path: `/v1/erasures/${String(Object(erasure).reference)}` };
    },
  },
  // What people write has no key: they said it twice.
  'POST /v1/messages': { told: [201, 201], adds: 1, request: async () => ({ body: aMessage }) },
  'GET /v1/messages': read,
  'DELETE /v1/messages/{id}': {
    told: [204, 404],
    request: async (member) => ({
      path: `/v1/messages/${await firstOf(member, '/v1/messages', 'messages', aMessage)}`,
    }),
  },
  'POST /v1/feedback': { told: [201, 201], adds: 1, request: async () => ({ body: anAnswer }) },
  'GET /v1/feedback': read,
  'DELETE /v1/feedback/{id}': {
    told: [204, 404],
    request: async (member) => ({
      path: `/v1/feedback/${await firstOf(member, '/v1/feedback', 'feedback', anAnswer)}`,
    }),
  },
  'POST /v1/reports/minor': { told: [202, 202], request: async () => ({ body: { email: freshAddress() } }) },
  'POST /v1/reports/security': { told: [202, 202], request: async () => ({ body: { text: 'Look.' } }) },
  'GET /.well-known/security.txt': read,
  'POST /v1/checkout': {
    told: [201, 201],
    request: async () => ({ body: { plan: 'pack-20' }, headers: { 'idempotency-key': freshId() } }),
  },
  'GET /v1/checkout/{id}': {
    ...read,
    async request(member) {
      const url = String((await bodyOf(await checkout(world, member)))['url']);
      return { path: `/v1/checkout/${url.slice(url.lastIndexOf('/') + 1)}` };
    },
  },
  'GET /v1/purchases': read,
  'GET /v1/purchases/{id}/receipt': {
    ...read,
    async request(member) {
      const payment = await pay(world, member);
      await sendAll(world, payment);
      return { path: `/v1/purchases/${payment}/receipt` };
    },
  },
  'POST /v1/webhooks/stripe': {
    ...read,
    async request(member) {
      const body = JSON.stringify(eventsOf(world, await pay(world, member)).at(-1));
      const signature = signatureOf(body, secrets.webhookSecret, world.clock.now());
      return { body, headers: { 'stripe-signature': signature } };
    },
  },
  'POST /v1/usage': { told: [204, 204], request: async () => ({ body: { event: 'app-opened' } }) },
  'GET /v1/policy': read,
  'GET /v1/health': read,
  'GET /v1/status': read,
  'GET /v1/openapi.json': read,
};

it('every operation has a row', () => {
  expect(Object.keys(table).toSorted()).toEqual(
    api.operations.map(({ method, path }) => `${method} ${path}`).toSorted(),
  );
});

it.each(Object.entries(table))('%s, replayed', async (name, { told, adds = 0, request }) => {
  const [method = '', described = ''] = name.split(' ');
  const member = await join(world);
  const { path = described, ...more } = (await request?.(member)) ?? {};
  const send = async (): Promise<number> => {
    world.clock.advance(1000);
    const source = `2001:db8:${(sources += 1).toString(16)}::1`;
    return (await world.call(method, path, { token: member.token, source, ...more })).status;
  };
  const first = await send();
  const { length } = await heldBy(world, member);
  expect([first, await send()]).toEqual(told);
  expect(await heldBy(world, member)).toHaveLength(length + adds);
});
let sources = 0;
