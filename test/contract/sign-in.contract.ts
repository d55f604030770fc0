/**
 * What every provider of sign-in does, whoever keeps its codes: the local issuer over a database, Cognito over what it
 * answers. Times are the provider's own, so a suite says how to let them pass.
 */
import { describe, expect, it } from 'vitest';
import type { SignInProvider, Tokens } from '../../core/people-ports.ts';

export interface ProviderUnderTest {
  readonly provider: SignInProvider;
  /** The code that was sent to an address last. */
  codeFor(address: string): string;
  /** Opens what a verified address needs before tokens: account and session. */
  admit(proven: { readonly accountId: string; readonly sessionId: string }, address: string): Promise<void>;
  /** Lets a code become too old. */
  passCode(): void;
  /** A mailbox that nobody has. */
  freshAddress(): string;
  /** What a request was seen to do, in order: the same for known and unknown addresses. */
  steps(): readonly string[];
}

/** The suite, over what `open` gives. */
export function signInContract(name: string, open: () => Promise<ProviderUnderTest>): void {
  describe(`sign-in by ${name}`, () => {
    async function signIn(under: ProviderUnderTest, address: string): Promise<Tokens> {
      const { challenge } = await under.provider.begin({ address, language: 'en' });
      const proven = await under.provider.verify({ address, challenge, code: under.codeFor(address) });
      if (proven === undefined) throw new Error('given: the code was refused');
      await under.admit(proven, address);
      return proven.tokens();
    }

    it('proves an address once, and opens one account for it', async () => {
      const under = await open();
      const address = under.freshAddress();
      const first = await signIn(under, address);
      const second = await signIn(under, address);
      expect(second.accountId).toBe(first.accountId);
      expect(second.sessionId).not.toBe(first.sessionId);
      expect(first.expiresInSeconds).toBe(300);
      expect((await signIn(under, under.freshAddress())).accountId).not.toBe(first.accountId);
    });

    it('does the same for an address with an account as for one without', async () => {
      const under = await open();
      const address = under.freshAddress();
      await signIn(under, address);
      const before = under.steps().length;
      await under.provider.begin({ address, language: 'en' });
      const known = under.steps().slice(before);
      const between = under.steps().length;
      await under.provider.begin({ address: under.freshAddress(), language: 'en' });
      expect(under.steps().slice(between)).toEqual(known);
      expect(known.length).toBeGreaterThan(0);
    });

    it('rejects a wrong code, one of another address, and one of another challenge', async () => {
      const under = await open();
      const [address, other] = [under.freshAddress(), under.freshAddress()];
      const mine = await under.provider.begin({ address, language: 'en' });
      const theirs = await under.provider.begin({ address: other, language: 'en' });
      const code = under.codeFor(address);
      const wrong = code === '12345678' ? '87654321' : '12345678';
      const { provider } = under;
      expect(await provider.verify({ address, challenge: mine.challenge, code: wrong })).toBeUndefined();
      expect(await provider.verify({ address: other, challenge: mine.challenge, code })).toBeUndefined();
      expect(await provider.verify({ address, challenge: theirs.challenge, code })).toBeUndefined();
      for (const challenge of ['no-such-challenge', 'c'.repeat(22), 'c'.repeat(4096)]) {
        expect(await provider.verify({ address, challenge, code })).toBeUndefined();
      }
    });

    it('rejects a code that was used', async () => {
      const under = await open();
      const address = under.freshAddress();
      const { challenge } = await under.provider.begin({ address, language: 'en' });
      const attempt = { address, challenge, code: under.codeFor(address) };
      expect(await under.provider.verify(attempt)).toBeDefined();
      expect(await under.provider.verify(attempt)).toBeUndefined();
    });

    it('rejects a code that is too old', async () => {
      const under = await open();
      const address = under.freshAddress();
      const { challenge } = await under.provider.begin({ address, language: 'en' });
      const code = under.codeFor(address);
      under.passCode();
      expect(await under.provider.verify({ address, challenge, code })).toBeUndefined();
    });

    it('refreshes the same session of the same account', async () => {
      const under = await open();
      const tokens = await signIn(under, under.freshAddress());
      const next = await under.provider.refresh(tokens.refreshToken);
      expect(next).toMatchObject({ accountId: tokens.accountId, sessionId: tokens.sessionId });
      expect(next?.accessToken).not.toBe('');
    });

    it('rejects a refresh token that is not one of its own', async () => {
      const under = await open();
      const { refreshToken } = await signIn(under, under.freshAddress());
      const changed = `${refreshToken.slice(0, -2)}${refreshToken.endsWith('AA') ? 'BB' : 'AA'}`;
      expect(await under.provider.refresh(changed)).toBeUndefined();
      expect(await under.provider.refresh('nonsense')).toBeUndefined();
    });
  });
}
