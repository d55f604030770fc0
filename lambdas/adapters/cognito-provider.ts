/**
 * Signing in through a Cognito user pool (USER_AUTH with EMAIL_OTP): it keeps addresses and codes, and signs tokens.
 * Every request creates the user or finds that there is one, then asks for a code, so that what it does is the same
 * for known and unknown addresses; and it is answered when its time has come, for the two take Cognito differently long.
 * Only an administrator's call creates a user, and none ever has a password.
 *
 * The account's id is the user's `sub`, a session's id the tokens' `origin_jti`. A refresh token is handed out behind
 * the user's id, because Cognito wants a hash of both.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flows-selection-sdk.html
 */
import { createHmac } from 'node:crypto';
import {
  AdminCreateUserCommand,
  AdminInitiateAuthCommand,
  AdminRespondToAuthChallengeCommand,
  AdminUserGlobalSignOutCommand,
  CodeMismatchException,
  DescribeUserPoolClientCommand,
  ExpiredCodeException,
  InvalidParameterException,
  NotAuthorizedException,
  UsernameExistsException,
  UserNotFoundException,
  type AuthenticationResultType,
  type CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { decodeJwt } from 'jose';
import type { MemberStore, SignInProvider, Tokens } from '../../core/people-ports.ts';
import type { AccountStore, Clock } from '../../core/ports.ts';
import { renewSession, sessionStands } from '../../core/session.ts';

export interface CognitoPorts {
  readonly client: CognitoIdentityProviderClient;
  readonly userPoolId: string;
  readonly clientId: string;
  readonly accounts: AccountStore;
  readonly members: Pick<MemberStore, 'findSession' | 'renewSession'>;
  readonly clock: Clock;
  /** Waits, ms. */
  readonly pause: (ms: number) => Promise<void>;
}

/** A request for a code is answered this long after it came, whatever it led to: longer than either takes as a rule. */
const answeredAfterMs = 1_000;

/** What Cognito says when a code is wrong, too old, used, or was tried too often. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof CodeMismatchException ||
    error instanceof ExpiredCodeException ||
    error instanceof NotAuthorizedException ||
    error instanceof UserNotFoundException
  );
}

/** The provider over one pool and its client. */
export function createCognitoProvider(ports: CognitoPorts): SignInProvider {
  const { client, userPoolId: UserPoolId, clientId: ClientId } = ports;
  const pool = { UserPoolId, ClientId };
  let secret: Promise<string> | undefined;

  /** Read when first wanted, and again when that failed: it stands in no variable and no template. */
  function clientSecret(): Promise<string> {
    secret ??= readSecret().catch((error: unknown) => {
      secret = undefined;
      throw error;
    });
    return secret;
  }

  async function readSecret(): Promise<string> {
    const { UserPoolClient } = await client.send(new DescribeUserPoolClientCommand(pool));
    if (UserPoolClient?.ClientSecret === undefined) throw new Error('the user pool’s client has no secret');
    return UserPoolClient.ClientSecret;
  }

  /** What proves to Cognito that the caller knows the client's secret. */
  async function secretHash(username: string): Promise<string> {
    return createHmac('sha256', await clientSecret())
      .update(`${username}${ClientId}`)
      .digest('base64');
  }

  async function createUser(address: string): Promise<void> {
    try {
      await client.send(
        new AdminCreateUserCommand({
          UserPoolId,
          Username: address,
          // Nothing but the code goes out; whether the address is theirs, the code shows.
          MessageAction: 'SUPPRESS',
          UserAttributes: [
            { Name: 'email', Value: address },
            { Name: 'email_verified', Value: 'true' },
          ],
        }),
      );
    } catch (error) {
      if (!(error instanceof UsernameExistsException)) throw error;
    }
  }

  return {
    async begin({ address }) {
      const startedAt = ports.clock.now();
      try {
        await createUser(address);
        const { Session } = await client.send(
          new AdminInitiateAuthCommand({
            ...pool,
            AuthFlow: 'USER_AUTH',
            AuthParameters: {
              USERNAME: address,
              PREFERRED_CHALLENGE: 'EMAIL_OTP',
              SECRET_HASH: await secretHash(address),
            },
          }),
        );
        if (Session === undefined) throw new Error('the user pool began no challenge');
        return { challenge: Session };
      } finally {
        // A fault as well: of the two, one alone may have it.
        await ports.pause(Math.max(0, startedAt + answeredAfterMs - ports.clock.now()));
      }
    },

    async verify({ address, challenge, code }) {
      try {
        const { AuthenticationResult } = await client.send(
          new AdminRespondToAuthChallengeCommand({
            ...pool,
            ChallengeName: 'EMAIL_OTP',
            Session: challenge,
            ChallengeResponses: {
              USERNAME: address,
              EMAIL_OTP_CODE: code.replaceAll(/[\s-]/g, ''),
              SECRET_HASH: await secretHash(address),
            },
          }),
        );
        const tokens = tokensOf(AuthenticationResult, undefined);
        if (tokens === undefined) return undefined;
        const { accountId, sessionId } = tokens;
        return { accountId, sessionId, tokens: async () => tokens };
      } catch (error) {
        // Of what is sent here, only challenge and code are not ours: one of them has not even the form.
        if (isRefusal(error) || error instanceof InvalidParameterException) return undefined;
        throw error;
      }
    },

    async refresh(refreshToken) {
      const [, userId = '', token = ''] = /^([\w-]{1,64})\.(.+)$/.exec(refreshToken) ?? [];
      if (token === '') return undefined;
      let tokens: Tokens | undefined;
      try {
        const { AuthenticationResult } = await client.send(
          new AdminInitiateAuthCommand({
            ...pool,
            AuthFlow: 'REFRESH_TOKEN_AUTH',
            AuthParameters: { REFRESH_TOKEN: token, SECRET_HASH: await secretHash(userId) },
          }),
        );
        tokens = tokensOf(AuthenticationResult, token);
      } catch (error) {
        if (isRefusal(error)) return undefined;
        throw error;
      }
      return tokens !== undefined && (await standing(tokens)) ? tokens : undefined;
    },

    async endAll(accountId) {
      try {
        await client.send(new AdminUserGlobalSignOutCommand({ UserPoolId, Username: accountId }));
      } catch (error) {
        // Nobody there has nothing to sign out of.
        if (!(error instanceof UserNotFoundException)) throw error;
      }
    },
  };

  /** Whether our own session still stands: it can be over while Cognito does not know. Used, it lives longer. */
  async function standing({ accountId, sessionId }: Tokens): Promise<boolean> {
    const now = ports.clock.now();
    const [account, session] = await Promise.all([
      ports.accounts.find(accountId),
      ports.members.findSession(accountId, sessionId),
    ]);
    if (account === undefined || session === undefined || !sessionStands(session, account, now)) return false;
    // Of two at once one is enough.
    await ports.members.renewSession(session, renewSession(session, now));
    return true;
  }
}

/** What Cognito answers, as tokens; a refresh answers with no refresh token unless it made another. */
function tokensOf(
  result: AuthenticationResultType | undefined,
  present: string | undefined,
): Tokens | undefined {
  const { AccessToken, ExpiresIn, RefreshToken = present } = result ?? {};
  if (AccessToken === undefined || ExpiresIn === undefined || RefreshToken === undefined) return undefined;
  // Straight from Cognito; what a caller brings is verified elsewhere.
  const { sub, origin_jti: sessionId } = decodeJwt(AccessToken);
  if (sub === undefined || typeof sessionId !== 'string') return undefined;
  return {
    accountId: sub,
    sessionId,
    accessToken: AccessToken,
    expiresInSeconds: ExpiresIn,
    refreshToken: `${sub}.${RefreshToken}`,
  };
}
