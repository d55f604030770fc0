/** Signs access tokens with a key of ours, as the local issuer does; where Cognito issues, nobody needs it. */
import { importJWK, SignJWT } from 'jose';
import { z } from 'zod';
import type { TokenSigner } from '../../core/people-ports.ts';
import { accessTokenSeconds, type TokenSettings } from './token-verifier.ts';

const algorithm = 'ES256';

const signingKey = z.looseObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
  kid: z.string(),
});

/** The signer of one issuer; `key` is its private key as a JWK. Throws when it is none. */
export function createTokenSigner(key: string, { issuer, audience }: TokenSettings): TokenSigner {
  const jwk = signingKey.parse(JSON.parse(key));
  const imported = importJWK(jwk, algorithm);
  // Waited for at each use; a key that cannot be imported fails there, not as an unhandled rejection.
  imported.catch(() => {});
  return {
    async sign(accountId, sessionId, now) {
      const issuedAt = Math.floor(now / 1000);
      const accessToken = await new SignJWT({ token_use: 'access', origin_jti: sessionId })
        .setProtectedHeader({ alg: algorithm, kid: jwk.kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(accountId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + accessTokenSeconds)
        .sign(await imported);
      return { accessToken, expiresInSeconds: accessTokenSeconds };
    },
  };
}
