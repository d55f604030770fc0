/**
 * A user pool as far as the adapter asks one, over HTTP: requests and answers have the shapes of the public API
 * reference (AdminCreateUser, AdminInitiateAuth, AdminRespondToAuthChallenge, AdminUserGlobalSignOut,
 * AdminDeleteUser, ListUsers, DescribeUserPoolClient), written down from it and not recorded from a pool. It checks what a pool checks: the secret
 * hash, the session of a challenge, the code, and that nobody gave a password.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { SignJWT } from 'jose';
import { z } from 'zod';

export const userPoolId = 'us-east-1_example';
export const clientId = 'client-of-the-api';
const clientSecret = 'a-secret-that-cognito-made';

const inputSchema = z.looseObject({
  UserPoolId: z.string(),
  ClientId: z.string().optional(),
  Username: z.string().optional(),
  MessageAction: z.string().optional(),
  TemporaryPassword: z.string().optional(),
  AuthFlow: z.string().optional(),
  AuthParameters: z.record(z.string(), z.string()).optional(),
  ChallengeName: z.string().optional(),
  ChallengeResponses: z.record(z.string(), z.string()).optional(),
  Session: z.string().optional(),
  AttributesToGet: z.array(z.string()).optional(),
  Limit: z.int().optional(),
  PaginationToken: z.string().optional(),
});
type Input = z.infer<typeof inputSchema>;

/** What a pool refuses, as it names it. */
class Refused extends Error {
  readonly type: string;

  constructor(type: string) {
    super(type);
    this.type = type;
  }
}

export interface FakePool {
  readonly endpoint: string;
  /** Operations asked for, in order. */
  readonly asked: string[];
  codeFor(address: string): string;
  /** The `sub` of whoever has this address there. */
  subOf(address: string): string | undefined;
  /** A user who is there, past signing in. */
  add(address: string, sub: string): void;
  /** Everybody who is there. */
  users(): readonly { readonly address: string; readonly sub: string }[];
  /** Epoch ms; a test moves it. */
  now: number;
  /** How much longer making a user takes than finding that there is one, ms. Default: 0 */
  makingTakesMs: number;
  close(): Promise<void>;
}

const codeLivesMs = 10 * 60_000;

/** Starts a pool without users. */
export async function startFakePool(now: number): Promise<FakePool> {
  const subs = new Map<string, string>();
  const createdAt = new Map<string, number>();
  const codes = new Map<string, string>();
  const challenges = new Map<string, { address: string; code: string; at: number }>();
  const refreshTokens = new Map<string, { sub: string; session: string }>();
  const key = new TextEncoder().encode('k'.repeat(32));
  const pool = { asked: [] as string[], now, makingTakesMs: 0 };

  const hashOf = (username: string): string =>
    createHmac('sha256', clientSecret).update(`${username}${clientId}`).digest('base64');
  async function tokens(sub: string, session: string, withRefresh: boolean): Promise<object> {
    const AccessToken = await new SignJWT({
      token_use: 'access',
      client_id: clientId,
      origin_jti: session,
      jti: randomUUID(),
    })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(sub)
      .sign(key);
    const RefreshToken = `opaque.${randomUUID()}`;
    if (withRefresh) refreshTokens.set(RefreshToken, { sub, session });
    return {
      ChallengeParameters: {},
      AuthenticationResult: {
        AccessToken,
        IdToken: 'an-id-token',
        ExpiresIn: 300,
        TokenType: 'Bearer',
        ...(withRefresh ? { RefreshToken } : {}),
      },
    };
  }

  const operations: Record<string, (input: Input) => Promise<object>> = {
    DescribeUserPoolClient: async () => ({
      UserPoolClient: { UserPoolId: userPoolId, ClientId: clientId, ClientSecret: clientSecret },
    }),
    async AdminCreateUser({ Username = '', MessageAction, TemporaryPassword }) {
      if (MessageAction !== 'SUPPRESS' || TemporaryPassword !== undefined)
        throw new Refused('InvalidParameterException');
      if (subs.has(Username)) throw new Refused('UsernameExistsException');
      pool.now += pool.makingTakesMs;
      subs.set(Username, randomUUID());
      createdAt.set(Username, pool.now);
      return { User: { Username: subs.get(Username), Enabled: true, UserStatus: 'CONFIRMED' } };
    },
    async AdminInitiateAuth({ AuthFlow, AuthParameters = {} }) {
      if (AuthFlow === 'REFRESH_TOKEN_AUTH') {
        const held = refreshTokens.get(AuthParameters['REFRESH_TOKEN'] ?? '');
        if (held === undefined || AuthParameters['SECRET_HASH'] !== hashOf(held.sub)) {
          throw new Refused('NotAuthorizedException');
        }
        return tokens(held.sub, held.session, false);
      }
      const address = AuthParameters['USERNAME'] ?? '';
      if (AuthFlow !== 'USER_AUTH' || AuthParameters['SECRET_HASH'] !== hashOf(address)) {
        throw new Refused('NotAuthorizedException');
      }
      if (!subs.has(address)) throw new Refused('UserNotFoundException');
      const code = String(Math.floor(Math.random() * 1e8)).padStart(8, '0');
      codes.set(address, code);
      const Session = `${randomUUID()}-${'s'.repeat(800)}`;
      challenges.set(Session, { address, code, at: pool.now });
      return {
        ChallengeName: 'EMAIL_OTP',
        Session,
        ChallengeParameters: {
          CODE_DELIVERY_DELIVERY_MEDIUM: 'EMAIL',
          CODE_DELIVERY_DESTINATION: 'x***@e***',
        },
        AvailableChallenges: ['EMAIL_OTP'],
      };
    },
    async AdminRespondToAuthChallenge({ ChallengeName, ChallengeResponses = {}, Session = '' }) {
      // The reference's own bounds.
      if (Session.length < 20 || Session.length > 2048) throw new Refused('InvalidParameterException');
      const challenge = challenges.get(Session);
      const address = ChallengeResponses['USERNAME'] ?? '';
      if (ChallengeName !== 'EMAIL_OTP' || ChallengeResponses['SECRET_HASH'] !== hashOf(address)) {
        throw new Refused('NotAuthorizedException');
      }
      if (challenge === undefined || challenge.address !== address)
        throw new Refused('NotAuthorizedException');
      if (pool.now - challenge.at >= codeLivesMs) throw new Refused('ExpiredCodeException');
      if (ChallengeResponses['EMAIL_OTP_CODE'] !== challenge.code) throw new Refused('CodeMismatchException');
      challenges.delete(Session);
      return tokens(subs.get(address) ?? '', randomUUID(), true);
    },
    async AdminDeleteUser({ Username = '' }) {
      const address = [...subs].find(([, sub]) => sub === Username)?.[0];
      if (address === undefined) throw new Refused('UserNotFoundException');
      subs.delete(address);
      return {};
    },
    async ListUsers({ AttributesToGet = [], Limit = 60, PaginationToken }) {
      if (AttributesToGet.join() !== 'sub' || Limit > 60) throw new Refused('InvalidParameterException');
      const all = [...subs];
      const from = Number(PaginationToken ?? 0);
      const users = all.slice(from, from + Limit).map(([address, sub]) => ({
        Username: sub,
        Attributes: [{ Name: 'sub', Value: sub }],
        UserCreateDate: (createdAt.get(address) ?? 0) / 1000,
        UserStatus: 'CONFIRMED',
        Enabled: true,
      }));
      const next = from + Limit < all.length ? { PaginationToken: String(from + Limit) } : {};
      return { Users: users, ...next };
    },
    async AdminUserGlobalSignOut({ Username = '' }) {
      if (![...subs.values()].includes(Username)) throw new Refused('UserNotFoundException');
      for (const [token, { sub }] of refreshTokens) if (sub === Username) refreshTokens.delete(token);
      return {};
    },
  };

  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      let text = '';
      for await (const chunk of request) text += String(chunk);
      const name = String(request.headers['x-amz-target']).replace('AWSCognitoIdentityProviderService.', '');
      pool.asked.push(name);
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      try {
        const operation = operations[name];
        const input = inputSchema.parse(JSON.parse(text));
        if (operation === undefined || input.UserPoolId !== userPoolId)
          throw new Refused('ResourceNotFoundException');
        response.end(JSON.stringify(await operation(input)));
      } catch (error) {
        response.statusCode = 400;
        const type = error instanceof Refused ? error.type : 'InvalidParameterException';
        response.end(JSON.stringify({ __type: type, message: 'as the pool says it' }));
      }
    };
    void answer();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return Object.assign(pool, {
    endpoint: `http://127.0.0.1:${port}`,
    codeFor: (email: string) => codes.get(email) ?? '',
    subOf: (email: string) => subs.get(email),
    add: (email: string, sub: string) => void subs.set(email, sub),
    users: () => [...subs].map(([email, sub]) => ({ address: email, sub })),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close').catch(() => undefined);
    },
  });
}
