/**
 * Verifies access tokens with jose, in the function itself: signature by the issuer's published keys, issuer,
 * audience, use and age. Whether the account is still active is asked elsewhere, by a strong read.
 */
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import type { Clock, TokenVerifier } from '../../core/ports.ts';

/** An access token lives at most this long. */
export const accessTokenSeconds = 300;

/** Asymmetric only: a key that verifies must not be able to sign. */
const algorithms = ['ES256', 'RS256'];
const clockToleranceSeconds = 5;
/** Subject and session become parts of database keys. */
const keyPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** What jose throws for a token that is not acceptable; anything else means that keys could not be had. */
const badToken: ReadonlySet<string> = new Set([
  errors.JOSEAlgNotAllowed.code,
  errors.JOSENotSupported.code,
  errors.JWKSMultipleMatchingKeys.code,
  errors.JWKSNoMatchingKey.code,
  errors.JWSInvalid.code,
  errors.JWSSignatureVerificationFailed.code,
  errors.JWTClaimValidationFailed.code,
  errors.JWTExpired.code,
  errors.JWTInvalid.code,
]);

/** Who issues tokens, and for whom. */
export interface TokenSettings {
  readonly issuer: string;
  readonly audience: string;
}

/** Rejects (rather than answering undefined) when the issuer's keys cannot be fetched: nobody's token is bad then. */
export function createTokenVerifier(
  keys: JWTVerifyGetKey,
  settings: TokenSettings,
  clock: Clock,
): TokenVerifier {
  return {
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, keys, {
          issuer: settings.issuer,
          algorithms,
          clockTolerance: clockToleranceSeconds,
          maxTokenAge: accessTokenSeconds,
          requiredClaims: ['exp', 'sub'],
          currentDate: new Date(clock.now()),
        });
        return holderOf(payload, settings.audience);
      } catch (error) {
        if (error instanceof errors.JOSEError && badToken.has(error.code)) return undefined;
        throw error;
      }
    },
  };
}

function holderOf(
  payload: JWTPayload,
  audience: string,
): { readonly accountId: string; readonly sessionId: string } | undefined {
  if (payload['token_use'] !== 'access' || !isFor(payload, audience)) return undefined;
  const { sub, iat, exp, origin_jti: sessionId } = payload;
  if (sub === undefined || !keyPattern.test(sub)) return undefined;
  // Cognito's name for what stays the same from one refresh to the next.
  if (typeof sessionId !== 'string' || !keyPattern.test(sessionId)) return undefined;
  if (iat === undefined || exp === undefined || exp - iat > accessTokenSeconds) return undefined;
  return { accountId: sub, sessionId };
}

/** Cognito names the client of an access token in `client_id` and leaves `aud` out; an `aud` always decides. */
function isFor({ aud, client_id: clientId }: JWTPayload, audience: string): boolean {
  if (aud === undefined) return clientId === audience;
  return Array.isArray(aud) ? aud.includes(audience) : aud === audience;
}

/** The issuer's published keys: fetched once, again after ten minutes or for an unknown key (every 30 s at most). */
export function remoteKeys(url: URL): JWTVerifyGetKey {
  if (url.protocol !== 'https:' && !isLoopback(url)) {
    throw new Error('keys are fetched over https, or from this machine itself');
  }
  return createRemoteJWKSet(url, { timeoutDuration: 3_000, cooldownDuration: 30_000, cacheMaxAge: 600_000 });
}

function isLoopback({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
}
