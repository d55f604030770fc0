/** The client's sign-in and everything that people do, over the real routes and stores in this process. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../client/client.ts';
import { createSession, type SessionOptions } from '../../client/session.ts';
import { retryBounds } from '../../client/retry.ts';
import { systemTiming } from '../../client/timing.ts';
import { send as sendEvent } from '../money/given.ts';
import { freshAddress, givenPeople, type PeopleWorld } from '../people/given.ts';

let world: PeopleWorld;
beforeAll(async () => {
  world = await givenPeople();
});
afterAll(() => world.close());

/** A browser tab or a program: cookies of its own, an address of its own, requests that can be broken. */
function device(options: { readonly drops?: (path: string) => boolean } = {}) {
  const asked: string[] = [];
  let cookie: string | undefined;
  source += 1;
  const address = `2001:db8:0:${source.toString(16)}::1`;
  const send: typeof fetch = async (input, init) => {
    const path = new URL(input instanceof Request ? input.url : input).pathname;
    asked.push(`${init?.method} ${path}`);
    const headers = new Headers(init?.headers);
    if (init?.credentials === 'same-origin' && cookie !== undefined) headers.set('cookie', cookie);
    const token = headers.get('authorization')?.slice('Bearer '.length);
    headers.delete('authorization');
    const answer = await world.call(init?.method ?? 'GET', path, {
      token,
      headers: Object.fromEntries(headers),
      source: address,
      ...(typeof init?.body === 'string' ? { body: init.body } : {}),
    });
    const set = answer.headers.get('set-cookie');
    if (set !== null && init?.credentials === 'same-origin') cookie = set.split(';', 1)[0];
    if (options.drops?.(path) === true) throw new TypeError('The connection broke.');
    return answer;
  };
  return { send, asked };
}
let source = 0;

const timing = { ...systemTiming, now: () => world.clock.now(), sleep: async () => {} };

async function signedIn(more: Partial<SessionOptions> = {}, here = device()) {
  const session = createSession({ baseUrl: 'https://api.example', fetch: here.send, timing, ...more });
  const client = createClient({
    baseUrl: 'https://api.example',
    getToken: session.getToken,
    fetch: here.send,
    timing,
  });
  const email = freshAddress();
  const { challenge } = await session.requestCode(email);
  await session.verifyCode({ email, challenge, code: world.codeFor(email) });
  return { session, client, email, asked: here.asked };
}

describe('a session', () => {
  it('signs in, refreshes before the token runs out, and signs out', async () => {
    const { session, client, asked } = await signedIn();
    await client.me();
    world.clock.advance(280_000);
    await client.me();
    expect(asked.filter((one) => one.endsWith('/refresh'))).toHaveLength(1);
    await session.signOut();
    expect(await session.isSignedIn()).toBe(false);
    await expect(client.me()).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('refreshes once for many that ask at once', async () => {
    const { client, asked } = await signedIn();
    world.clock.advance(400_000);
    await Promise.all(Array.from({ length: 8 }, () => client.me()));
    expect(asked.filter((one) => one.endsWith('/refresh'))).toHaveLength(1);
  });

  it('survives a refresh whose answer got lost', async () => {
    let drop = 0;
    const here = device({ drops: (path) => path.endsWith('/refresh') && (drop += 1) === 1 });
    const { client } = await signedIn({}, here);
    world.clock.advance(400_000);
    await client.me();
    expect(drop).toBe(2);
  });

  it('keeps a page’s refresh token in the cookie alone', async () => {
    const { client, session } = await signedIn({ keep: 'cookie' });
    world.clock.advance(400_000);
    await client.me();
    await session.signOutEverywhere();
    expect(await session.isSignedIn()).toBe(false);
  });

  it('goes on after a restart from what its caller kept, and says when the session is over', async () => {
    let kept: string | undefined;
    const keep = { load: () => kept, save: (token: string | undefined) => void (kept = token) };
    const { client, asked } = await signedIn({ keep });
    let told = 0;
    const here = device();
    const again = createSession({
      baseUrl: 'https://api.example',
      fetch: here.send,
      timing,
      keep,
      onSignedOut: () => (told += 1),
    });
    expect(await again.isSignedIn()).toBe(true);
    const [session] = (await client.sessions()).sessions;
    await client.endSession(session?.id ?? '');
    expect(await again.getToken({ renew: true })).toBeUndefined();
    expect([told, kept]).toEqual([1, undefined]);
    expect(asked).not.toContain('POST /v1/sessions/refresh');
  });

  it('takes nothing from a refresh that is answered after signing out, or after somebody else came', async () => {
    const answered = Promise.withResolvers<void>();
    let kept: string | undefined;
    const keep = { load: () => kept, save: (token: string | undefined) => void (kept = token) };
    const here = device();
    let tries = 0;
    let renewed: Promise<string | undefined> | undefined;
    const send: typeof fetch = async (input, init) => {
      const path = new URL(input instanceof Request ? input.url : input).pathname;
      if (path.endsWith('/current')) {
        tries += 1;
        // The last try to say goodbye breaks too, and meanwhile a request of before asks for another token.
        if (tries === retryBounds.attempts) renewed = Promise.resolve(session.getToken({ renew: true }));
        throw new TypeError('The connection broke.');
      }
      const answer = await here.send(input, init);
      if (path.endsWith('/refresh')) await answered.promise;
      return answer;
    };
    const { session, client } = await signedIn({ keep }, { ...here, send });
    await expect(session.signOut()).rejects.toMatchObject({ code: 'network' });
    expect([kept, renewed]).toEqual([undefined, expect.any(Promise)]);
    const email = freshAddress();
    const { challenge } = await session.requestCode(email);
    await session.verifyCode({ email, challenge, code: world.codeFor(email) });
    const theirs = kept;
    answered.resolve();
    expect(await renewed).toBeUndefined();
    expect(kept).toBe(theirs);
    expect((await client.me()).email).toBe(email);
  });

  it('rejects a wrong code, and never sends one twice', async () => {
    const here = device({ drops: (path) => path.endsWith('/verify') });
    const session = createSession({ baseUrl: 'https://api.example', fetch: here.send, timing });
    const attempt = { email: freshAddress(), challenge: 'none', code: '00000000' };
    await expect(session.verifyCode(attempt)).rejects.toMatchObject({ code: 'network' });
    expect(here.asked).toEqual(['POST /v1/sessions/verify']);
    const there = createSession({ baseUrl: 'https://api.example', fetch: device().send, timing });
    await expect(there.verifyCode(attempt)).rejects.toMatchObject({ code: 'code-refused' });
  });
});

describe('a buyer', () => {
  it('is led to the payment page, also when an answer was lost, and sees what was bought', async () => {
    let drop = 0;
    const here = device({ drops: (path) => path === '/v1/checkout' && (drop += 1) === 1 });
    const { client } = await signedIn({}, here);
    const { adulthood } = await client.policy();
    await client.affirmAdulthood({ version: adulthood.version, language: 'en' });
    const { url } = await client.openCheckout('pack-20');
    const { stripe } = world;
    expect(stripe.books.all('checkout.session').map((session) => session.url)).toEqual([url]);
    const checkoutId = url.slice(url.lastIndexOf('/') + 1);
    stripe.books.pay(checkoutId, 'pays');
    expect(await client.checkout(checkoutId)).toEqual({ state: 'paid' });
    expect(await client.purchases()).toEqual({ purchases: [], scansLeft: 0 });
    for (const event of stripe.deliveries.events()) await sendEvent(world, event);
    const { purchases, scansLeft } = await client.purchases();
    expect(await client.checkout(checkoutId)).toEqual({ state: 'paid', purchase: purchases[0]?.id });
    expect([scansLeft, purchases.map(({ plan }) => plan)]).toEqual([20, ['pack-20']]);
    expect((await client.paymentReceipt(purchases[0]?.id ?? '')).url).toContain('/receipts/');
    await expect(client.openCheckout('pack-7')).rejects.toMatchObject({ code: 'plan-not-found' });
    await expect(client.paymentReceipt('pi_none')).rejects.toMatchObject({ code: 'purchase-not-found' });
  });
});

describe('a person', () => {
  it('joins act by act, sees the evidence, and withdraws', async () => {
    const { client, email } = await signedIn();
    const policy = await client.policy();
    expect((await client.me()).missing).toEqual(['adulthood', 'policy', 'consent']);
    const [consent] = policy.consents;
    await client.affirmAdulthood({ version: policy.adulthood.version, language: 'en' });
    await client.acceptPolicy({ version: policy.version, language: 'en' });
    await client.giveConsent(consent?.purpose ?? '', { version: consent?.version ?? 0, language: 'de' });
    expect(await client.me()).toMatchObject({ email, missing: [] });
    expect((await client.withdrawConsent('image-processing')).consents).toMatchObject([{ granted: false }]);
    expect((await client.consents()).acts).toHaveLength(4);
    expect(await client.changeLanguage('de')).toMatchObject({ language: 'de', missing: ['consent'] });
  });

  it('writes, reads and deletes messages, answers a survey, reports', async () => {
    const { client } = await signedIn();
    const { id } = await client.sendMessage('question', 'How?');
    expect((await client.messages()).messages).toMatchObject([{ id, text: 'How?' }]);
    await client.deleteMessage(id);
    expect((await client.messages()).messages).toEqual([]);
    await expect(client.deleteMessage(id)).rejects.toMatchObject({ code: 'message-not-found' });
    await client.sendFeedback({ survey: 'after-scan', version: 1, answers: { clear: 4 } });
    const [answered] = (await client.feedback()).feedback;
    expect(answered).toMatchObject({ survey: 'after-scan', version: 1, answers: { clear: 4 } });
    await client.deleteFeedback(answered?.id ?? '');
    expect((await client.feedback()).feedback).toEqual([]);
    expect(await client.reportSecurity({ text: 'Look at /x.' })).toHaveProperty('message');
    expect(await client.reportMinor({ email: freshAddress() })).toHaveProperty('message');
  });
});
