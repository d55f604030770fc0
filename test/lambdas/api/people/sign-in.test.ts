/** Signing in by mail over the real routes and stores, in both shapes of keeping the refresh token. */
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  challengeSchema,
  meSchema,
  problemSchema,
  sessionsViewSchema,
  sessionTokensSchema,
} from '../../../../core/contract.ts';
import { signIn as numbers } from '../../../../core/session.ts';
import {
  bodyOf,
  codeOf,
  freshAddress,
  givenPeople,
  signIn,
  type PeopleWorld,
} from '../../../people/given.ts';
import { rememberingLog } from '../../../memory/log.ts';
import { signInContract } from '../../../contract/sign-in.contract.ts';

let world: PeopleWorld;
beforeAll(async () => {
  world = await givenPeople();
});
afterAll(() => world.close());
// Each test has the limits of a quarter of an hour for itself.
beforeEach(() => world.clock.advance(16 * 60_000));

const minute = 60_000;

signInContract('the local issuer', async () => {
  const { provider, members } = world.ports;
  const steps: string[] = [];
  world.database.faults.after((operation) => void steps.push(operation));
  return {
    provider,
    codeFor: (address) => world.codeFor(address),
    async admit({ accountId, sessionId }, email) {
      await members.open({ accountId, state: 'active', email });
      const now = world.clock.now();
      await members.putSession({
        accountId,
        sessionId,
        createdAt: now,
        refreshedAt: now,
        expiresAt: now + minute,
        generation: 1,
      });
    },
    passCode: () => world.clock.advance(numbers.codeMs),
    freshAddress,
    steps: () => [...steps],
  };
});

async function ask(email: string, source = '203.0.113.7'): Promise<Response> {
  return world.call('POST', '/v1/sessions', { body: { email }, source });
}

async function verify(email: string, challenge: unknown, code: string, more = {}): Promise<Response> {
  return world.call('POST', '/v1/sessions/verify', { body: { email, challenge, code, ...more } });
}

describe('asking for a code', () => {
  it('answers the same, byte for byte but for the challenge, whoever’s address it is', async () => {
    const { email } = await signIn(world);
    const [known, unknown] = [await ask(email), await ask(freshAddress())];
    expect([known.status, unknown.status]).toEqual([202, 202]);
    expect([...known.headers]).toEqual([...unknown.headers]);
    const [one, other] = [
      challengeSchema.parse(await known.json()),
      challengeSchema.parse(await unknown.json()),
    ];
    expect(Object.keys(one)).toEqual(Object.keys(other));
    expect(one.challenge).toHaveLength(other.challenge.length);
    expect(one.expiresAt).toBe(other.expiresAt);
  });

  it('takes a masked address, one with a plus, and capitals as small letters', async () => {
    for (const email of ['x7k2p@privaterelay.example', 'me+onceover@example.com', ' Me.Too@Example.COM ']) {
      expect((await ask(email)).status, email).toBe(202);
    }
    expect(world.mails.at(-1)?.to).toBe('me.too@example.com');
  });

  it.each([
    'nobody',
    'a@b',
    'a@@b.example',
    'a b@c.example',
    '.a@b.example',
    'a@-b.example',
    'a@b..example',
    'ä@b.example',
  ])('rejects %s, which is no address', async (email) => {
    const sent = world.mails.length;
    const response = await ask(email);
    expect(response.status).toBe(400);
    expect(world.mails).toHaveLength(sent);
    // What was sent is nowhere in the answer.
    expect(await response.text()).not.toContain(email);
  });

  it('speaks the language that was asked for, and the policy’s own where it has no such', async () => {
    const email = freshAddress();
    await world.call('POST', '/v1/sessions', { body: { email, language: 'de' } });
    expect(world.mails.at(-1)?.subject).toMatch(/ist dein Code$/);
    await world.call('POST', '/v1/sessions', { body: { email, language: 'fr' } });
    expect(world.mails.at(-1)?.subject).toMatch(/is your code$/);
  });

  it('rejects the sixth code for one address in a quarter of an hour, wherever it comes from', async () => {
    const email = freshAddress();
    for (let count = 0; count < 5; count += 1)
      expect((await ask(email, `203.0.113.${count}`)).status).toBe(202);
    const refused = await ask(email, '203.0.113.99');
    expect(refused.status).toBe(429);
    expect(await codeOf(refused)).toBe('too-many-attempts');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    world.clock.advance(15 * minute);
    expect((await ask(email)).status).toBe(202);
  });

  it('rejects the thirty-first code for one source, and of IPv6 counts a whole network as one', async () => {
    const sources = (count: number): string => `2001:db8:1:2:${count.toString(16)}::1`;
    for (let count = 0; count < 30; count += 1)
      expect((await ask(freshAddress(), sources(count))).status).toBe(202);
    expect((await ask(freshAddress(), '2001:db8:1:2::ffff')).status).toBe(429);
    expect((await ask(freshAddress(), '2001:db8:1:3::1')).status).toBe(202);
  });

  it('counts who is behind a distribution by the address that the distribution names', async () => {
    const sourceHeader = 'cloudfront-viewer-address';
    const behind = await givenPeople({ sharing: world, replace: () => ({ sourceHeader }) });
    const from = async (viewer: string): Promise<number> => {
      const headers = { [sourceHeader]: viewer };
      return (await behind.call('POST', '/v1/sessions', { body: { email: freshAddress() }, headers })).status;
    };
    for (let count = 0; count < 30; count += 1) expect(await from(`198.51.100.77:${4000 + count}`)).toBe(202);
    expect(await from('198.51.100.77:9')).toBe(429);
    expect(await from('198.51.100.78:9')).toBe(202);
    for (let count = 0; count < 30; count += 1) expect(await from(`2001:db8:7:7::${count}:443`)).toBe(202);
    expect(await from('[2001:db8:7:7::ffff]:443')).toBe(429);
  });

  it('keeps neither the address, nor the source, nor the code', async () => {
    const email = freshAddress();
    await ask(email, '203.0.113.200');
    const stored = JSON.stringify(await world.database.items('identities'));
    expect(stored).not.toContain(email);
    expect(stored).not.toContain('203.0.113.200');
    expect(stored).not.toContain(world.codeFor(email));
  });
});

describe('verifying a code', () => {
  it('opens an account that can do nothing yet but say what is missing', async () => {
    const { token, email } = await signIn(world);
    const me = meSchema.parse(await (await world.call('GET', '/v1/me', { token })).json());
    expect(me).toMatchObject({ email, missing: ['adulthood', 'policy', 'consent'], consents: [] });
  });

  it('takes a code as people type it', async () => {
    const email = freshAddress();
    const { challenge } = await bodyOf(await ask(email));
    const code = world.codeFor(email);
    expect((await verify(email, challenge, ` ${code.slice(0, 4)} ${code.slice(4)} `)).status).toBe(200);
  });

  it('rejects every code after five wrong tries, the right one too', async () => {
    const email = freshAddress();
    const { challenge } = await bodyOf(await ask(email));
    const code = world.codeFor(email);
    const wrong = code === '00000000' ? '11111111' : '00000000';
    for (let tried = 0; tried < 5; tried += 1) {
      expect(await codeOf(await verify(email, challenge, wrong))).toBe('code-refused');
    }
    expect(await codeOf(await verify(email, challenge, code))).toBe('code-refused');
  });

  it('counts for the alarm each code that was refused, or could not be sent or checked; nothing else', async () => {
    const { log, said } = rememberingLog();
    let isDown = false;
    const watched = await givenPeople({
      sharing: world,
      log,
      replace: ({ provider }) => ({
        provider: {
          ...provider,
          begin: async (request) => (isDown ? Promise.reject(new Error('down')) : provider.begin(request)),
          verify: async (attempt) => (isDown ? Promise.reject(new Error('down')) : provider.verify(attempt)),
        },
      }),
    });
    const failed = (): number => said.filter(([, event]) => event === 'sign-in-failed').length;
    const post = async (path: string, body: object): Promise<number> =>
      (await watched.call('POST', path, { body, source: '203.0.113.7' })).status;
    const email = freshAddress();
    const { challenge } = await bodyOf(await watched.call('POST', '/v1/sessions', { body: { email } }));
    const code = world.codeFor(email);
    const wrong = code === '00000000' ? '11111111' : '00000000';
    expect(failed()).toBe(0);
    expect(await post('/v1/sessions/verify', { email, challenge, code: wrong })).toBe(422);
    expect(failed()).toBe(1);
    isDown = true;
    expect(await post('/v1/sessions/verify', { email, challenge, code })).toBe(500);
    expect(await post('/v1/sessions', { email: freshAddress() })).toBe(500);
    expect(failed()).toBe(3);
    isDown = false;
    expect(await post('/v1/sessions/verify', { email, challenge, code })).toBe(200);
    expect(failed()).toBe(3);
  });

  it('lets one of five at once use a code', async () => {
    const email = freshAddress();
    const { challenge } = await bodyOf(await ask(email));
    const code = world.codeFor(email);
    const answers = await Promise.all(Array.from({ length: 5 }, () => verify(email, challenge, code)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 422, 422, 422, 422]);
  });

  it('opens one account when two codes of a new address are verified at once', async () => {
    const email = freshAddress();
    const first = await bodyOf(await ask(email));
    const firstCode = world.codeFor(email);
    const second = await bodyOf(await ask(email));
    const answers = await Promise.all([
      verify(email, first['challenge'], firstCode),
      verify(email, second['challenge'], world.codeFor(email)),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const accounts = (await world.database.items('accounts')).filter((item) =>
      JSON.stringify(item).includes(email),
    );
    expect(accounts).toHaveLength(1);
  });

  it('rejects a suspended account, without a session', async () => {
    const { email, accountId } = await signIn(world);
    await world.call('POST', '/v1/reports/minor', { body: { email }, source: '203.0.113.120' });
    const { challenge } = await bodyOf(await ask(email));
    const refused = await verify(email, challenge, world.codeFor(email));
    expect(await codeOf(refused)).toBe('account-inactive');
    const { sessionsEndedAt } = (await world.ports.accounts.find(accountId)) ?? {};
    expect(sessionsEndedAt).toBeDefined();
  });

  it('rejects more than sixty tries of one source', async () => {
    for (let tried = 0; tried < 60; tried += 1) await verify(freshAddress(), 'none', '00000000');
    expect(await codeOf(await verify(freshAddress(), 'none', '00000000'))).toBe('too-many-attempts');
  });
});

describe('refreshing', () => {
  const refresh = (refreshToken: string): Promise<Response> =>
    world.call('POST', '/v1/sessions/refresh', { body: { refreshToken } });
  const next = async (response: Response): Promise<string> =>
    String(sessionTokensSchema.parse(await response.json()).refreshToken);

  it('answers the same next token when the answer got lost, and ends the session when an old one comes later', async () => {
    const member = await signIn(world);
    const second = await next(await refresh(member.refreshToken));
    expect(await next(await refresh(member.refreshToken))).toBe(second);
    world.clock.advance(numbers.repeatMs + 1);
    expect((await refresh(member.refreshToken)).status).toBe(401);
    // Nobody can tell the thief from the person: both are out.
    expect((await refresh(second)).status).toBe(401);
    expect((await world.call('GET', '/v1/me', { token: member.token })).status).toBe(401);
  });

  it('rejects a token two steps old at once', async () => {
    const { refreshToken } = await signIn(world);
    const second = await next(await refresh(refreshToken));
    await refresh(second);
    expect((await refresh(refreshToken)).status).toBe(401);
    expect((await refresh(second)).status).toBe(401);
  });

  it('gives ten tabs at once the same next token', async () => {
    const { refreshToken } = await signIn(world);
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(refreshToken)));
    const tokens = new Set(await Promise.all(answers.map(next)));
    expect(tokens.size).toBe(1);
  });

  it('rejects a session that nobody used for thirty days, and any after half a year', async () => {
    const idle = await signIn(world);
    world.clock.advance(numbers.idleMs);
    expect((await refresh(idle.refreshToken)).status).toBe(401);
    let token = (await signIn(world)).refreshToken;
    const halfYear = Math.ceil(numbers.longestMs / (29 * 24 * 60 * minute));
    let status = 200;
    for (let month = 0; month < halfYear + 1 && status === 200; month += 1) {
      world.clock.advance(29 * 24 * 60 * minute);
      const answer = await refresh(token);
      ({ status } = answer);
      if (status === 200) token = await next(answer);
    }
    expect(status).toBe(401);
  });

  it('rejects a token whose session’s item is gone', async () => {
    const { refreshToken, accountId } = await signIn(world);
    for (const { sessionId } of await world.ports.members.listSessions(accountId)) {
      const Key = { accountId, item: `session#${sessionId}` };
      await world.documents.send(new DeleteCommand({ TableName: world.names.accounts, Key }));
    }
    expect((await refresh(refreshToken)).status).toBe(401);
  });
});

describe('a page’s refresh token', () => {
  async function signInPage(): Promise<{
    readonly cookie: string;
    readonly set: string;
    readonly token: string;
  }> {
    const email = freshAddress();
    const { challenge } = await bodyOf(await ask(email));
    const answer = await verify(email, challenge, world.codeFor(email), { keep: 'cookie' });
    const set = answer.headers.get('set-cookie') ?? '';
    const tokens = sessionTokensSchema.parse(await answer.json());
    expect(tokens.refreshToken).toBeUndefined();
    return { set, cookie: set.split(';', 1)[0] ?? '', token: tokens.accessToken };
  }

  it('is in a cookie that no script reads, no other site sends and no other path sees', async () => {
    const { set } = await signInPage();
    for (const attribute of [
      'HttpOnly',
      'SameSite=Strict',
      'Path=/v1/sessions',
      'Secure',
      'Max-Age=2592000',
    ]) {
      expect(set).toContain(attribute);
    }
    expect(set).not.toContain('Domain');
  });

  it('is refreshed from its cookie into its cookie', async () => {
    const { cookie } = await signInPage();
    const answer = await world.call('POST', '/v1/sessions/refresh', { body: {}, headers: { cookie } });
    expect(answer.status).toBe(200);
    expect(await bodyOf(answer)).not.toHaveProperty('refreshToken');
    expect(answer.headers.get('set-cookie')).not.toContain(cookie);
  });

  it.each(['cross-site', 'same-site'])('rejects what the browser calls %s', async (site) => {
    const { cookie } = await signInPage();
    const headers = { cookie, 'sec-fetch-site': site };
    const refused = await world.call('POST', '/v1/sessions/refresh', { body: {}, headers });
    expect(await codeOf(refused)).toBe('cross-site');
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'rejects what another site’s page can send without asking, a form of %s, also from a browser that says nothing of the site',
    async (type) => {
      const { cookie } = await signInPage();
      const headers = { cookie, 'content-type': type };
      const refused = await world.call('POST', '/v1/sessions/refresh', { body: '{}', headers });
      expect(await codeOf(refused)).toBe('unsupported-media-type');
      expect(refused.headers.get('set-cookie')).toBeNull();
      // The session was neither used nor ended.
      const own = await world.call('POST', '/v1/sessions/refresh', { body: {}, headers: { cookie } });
      expect(own.status).toBe(200);
    },
  );

  it('is taken away on signing out', async () => {
    const { cookie, token } = await signInPage();
    const answer = await world.call('DELETE', '/v1/sessions/current', { token, headers: { cookie } });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('set-cookie')).toContain('Max-Age=0');
    expect((await world.call('GET', '/v1/me', { token })).status).toBe(401);
  });
});

describe('sessions', () => {
  const list = async (token: string) =>
    sessionsViewSchema.parse(await (await world.call('GET', '/v1/sessions', { token })).json()).sessions;

  it('are listed, and one is ended at once without the others', async () => {
    const here = await signIn(world);
    world.clock.advance(1000);
    const there = await signIn(world, here.email);
    const sessions = await list(here.token);
    expect(sessions.map(({ current }) => current)).toEqual([false, true]);
    const other = sessions.find(({ current }) => !current)?.id ?? '';
    expect((await world.call('DELETE', `/v1/sessions/${other}`, { token: here.token })).status).toBe(204);
    expect((await world.call('GET', '/v1/me', { token: there.token })).status).toBe(401);
    expect((await world.call('GET', '/v1/me', { token: here.token })).status).toBe(200);
    expect((await world.call('DELETE', `/v1/sessions/${other}`, { token: here.token })).status).toBe(404);
  });

  it('are ended everywhere at once, and signing in again works in the same millisecond', async () => {
    const here = await signIn(world);
    const there = await signIn(world, here.email);
    expect((await world.call('DELETE', '/v1/sessions', { token: here.token })).status).toBe(204);
    for (const { token } of [here, there]) {
      expect((await world.call('GET', '/v1/me', { token })).status).toBe(401);
    }
    const again = await signIn(world, here.email);
    expect((await world.call('GET', '/v1/me', { token: again.token })).status).toBe(200);
    expect(await list(again.token)).toHaveLength(1);
  });

  it('rejects to end the session of somebody else, as if there were none', async () => {
    const [mine, theirs] = [await signIn(world), await signIn(world)];
    const [session] = await list(theirs.token);
    const refused = await world.call('DELETE', `/v1/sessions/${session?.id}`, { token: mine.token });
    expect(problemSchema.parse(await refused.json()).code).toBe('session-not-found');
    expect((await world.call('GET', '/v1/me', { token: theirs.token })).status).toBe(200);
  });
});
