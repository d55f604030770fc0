/** Sign-in by Cognito through the real SDK, against a pool that answers in the shapes of the API reference. */
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Account } from '../../../core/account.ts';
import { beginSession, type Session } from '../../../core/session.ts';
import { createCognitoProvider } from '../../../lambdas/adapters/cognito-provider.ts';
import { signInContract, type ProviderUnderTest } from '../../contract/sign-in.contract.ts';
import { freshAddress } from '../../people/given.ts';
import { clientId, startFakePool, userPoolId, type FakePool } from './cognito.ts';

const start = Date.parse('2026-11-21T14:00:00.000Z');
let pool: FakePool;
let client: CognitoIdentityProviderClient;
beforeAll(async () => {
  pool = await startFakePool(start);
  client = new CognitoIdentityProviderClient({
    endpoint: pool.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});
afterAll(async () => {
  client.destroy();
  await pool.close();
});

function open() {
  const accounts = new Map<string, Account>();
  const sessions = new Map<string, Session>();
  const provider = createCognitoProvider({
    client,
    userPoolId,
    clientId,
    accounts: { find: async (accountId) => accounts.get(accountId) },
    members: {
      findSession: async (_accountId, sessionId) => sessions.get(sessionId),
      async renewSession(_from, to) {
        sessions.set(to.sessionId, to);
        return 'renewed';
      },
    },
    clock: { now: () => pool.now },
    pause: async (ms) => void (pool.now += ms),
  });
  const under: ProviderUnderTest = {
    provider,
    codeFor: (address) => pool.codeFor(address),
    async admit({ accountId, sessionId }) {
      accounts.set(accountId, { accountId, state: 'active' });
      sessions.set(sessionId, beginSession(accountId, sessionId, pool.now));
    },
    passCode: () => void (pool.now += 10 * 60_000),
    freshAddress,
    steps: () => pool.asked,
  };
  return { ...under, accounts, sessions };
}

signInContract('Cognito', async () => open());

describe('sign-in by Cognito', () => {
  async function signedIn() {
    const under = open();
    const address = freshAddress();
    const { challenge } = await under.provider.begin({ address, language: 'en' });
    const proven = await under.provider.verify({ address, challenge, code: pool.codeFor(address) });
    if (proven === undefined) throw new Error('given: refused');
    await under.admit(proven, address);
    return { ...under, proven, tokens: await proven.tokens() };
  }

  it('reads the client’s secret once, and sends it never', async () => {
    const before = pool.asked.length;
    const { provider } = open();
    for (let count = 0; count < 3; count += 1)
      await provider.begin({ address: freshAddress(), language: 'en' });
    expect(pool.asked.slice(before).filter((name) => name === 'DescribeUserPoolClient')).toHaveLength(1);
  });

  it('takes as long for an address without a user as for one with, however long making one takes', async () => {
    const { provider } = open();
    const address = freshAddress();
    await provider.begin({ address, language: 'en' });
    pool.makingTakesMs = 400;
    const timed = async (whose: string): Promise<number> => {
      const startedAt = pool.now;
      await provider.begin({ address: whose, language: 'en' });
      return pool.now - startedAt;
    };
    expect([await timed(address), await timed(freshAddress())]).toEqual([1000, 1000]);
    pool.makingTakesMs = 0;
  });

  it('rejects to refresh a session that is over here, although Cognito would', async () => {
    const { provider, sessions, proven, tokens } = await signedIn();
    expect(await provider.refresh(tokens.refreshToken)).toBeDefined();
    sessions.delete(proven.sessionId);
    expect(await provider.refresh(tokens.refreshToken)).toBeUndefined();
  });

  it('rejects to refresh after signing out everywhere, there as well as here', async () => {
    const { provider, proven, tokens } = await signedIn();
    await provider.endAll(proven.accountId);
    expect(await provider.refresh(tokens.refreshToken)).toBeUndefined();
    // Nobody there is no failure.
    await provider.endAll('nobody');
  });

  it('takes what is no refusal for what it is: a fault', async () => {
    const { provider } = createWrong();
    const startedAt = pool.now;
    await expect(provider.begin({ address: freshAddress(), language: 'en' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    // Answered no sooner than anything else.
    expect(pool.now - startedAt).toBe(1000);
  });
});

/** Another pool than there is. */
function createWrong() {
  return {
    provider: createCognitoProvider({
      client,
      userPoolId: 'us-east-1_other',
      clientId,
      accounts: { find: async () => undefined },
      members: { findSession: async () => undefined, renewSession: async () => 'moved' },
      clock: { now: () => pool.now },
      pause: async (ms) => void (pool.now += ms),
    }),
  };
}
