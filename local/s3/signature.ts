/**
 * AWS Signature Version 4, the verifying side: who signed this request, and does every byte that the signature
 * covers stand as it was signed? (AWS reference: "Authenticating Requests (AWS Signature Version 4)", for S3:
 * path encoded once, both in the Authorization header and in the query.) Must not decide what the signer may
 * do, and reads no body: the payload's stated hash is handed on to be checked.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { S3Error } from './errors.ts';
import type { Principal } from './operations.ts';
import type { S3Request } from './request.ts';

/** Who signed, and what the signature says about time and payload. */
export interface Caller {
  readonly principal: Principal;
  readonly presigned: boolean;
  /** How long ago it was signed by the server's clock, in ms; negative when the signer's clock is ahead. */
  readonly signatureAgeMs: number;
  /** `x-amz-content-sha256` as signed: lower-case hex, `UNSIGNED-PAYLOAD` or a `STREAMING-` marker. */
  readonly payloadHash: string;
}

/** What the verification needs to know of the server; `at` is when the request started, epoch ms. */
export interface SignatureContext {
  readonly principals: readonly Principal[];
  readonly region: string;
  readonly at: number;
}

/** What a request says about its own signature, not yet believed. */
interface Claim {
  readonly presigned: boolean;
  readonly credential: string;
  readonly date: string;
  readonly expiresSeconds: number;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly payloadHash: string;
}

const algorithm = 'AWS4-HMAC-SHA256';
const maxSkewMs = 15 * 60_000;
const maxExpiresSeconds = 7 * 24 * 3600;

/** Verifies the signature and its times; throws the S3Error that AWS answers. */
export function authenticate(request: S3Request, context: SignatureContext): Caller {
  const claim = readClaim(request);
  const scope = readScope(claim, context.region);
  const principal = context.principals.find((known) => known.accessKeyId === scope.accessKeyId);
  if (principal === undefined) throw new S3Error('InvalidAccessKeyId');
  if (request.fields.get('x-amz-security-token') !== principal.sessionToken)
    throw new S3Error('InvalidToken');
  const signatureAgeMs = context.at - parseAmzDate(claim);
  checkTimes(claim, signatureAgeMs);
  checkSignedHeaders(request, claim);
  const expected = sign(request, claim, scope, principal.secretAccessKey);
  if (!sameHex(expected, claim.signature)) throw new S3Error('SignatureDoesNotMatch');
  return { principal, presigned: claim.presigned, signatureAgeMs, payloadHash: claim.payloadHash };
}

function readClaim(request: S3Request): Claim {
  const authorization = request.headers.get('authorization');
  const presigned = request.query.has('X-Amz-Signature') || request.query.has('X-Amz-Algorithm');
  if (authorization !== undefined && presigned)
    throw new S3Error('InvalidArgument', 'Only one auth mechanism allowed.');
  if (presigned) return readQueryClaim(request);
  if (authorization === undefined) throw new S3Error('AccessDenied');
  return readHeaderClaim(request, authorization);
}

function readQueryClaim({ query, fields }: S3Request): Claim {
  const need = (name: string): string => {
    const value = query.get(name);
    if (value === undefined || value === '')
      throw new S3Error('AuthorizationQueryParametersError', `${name} is missing.`);
    return value;
  };
  if (need('X-Amz-Algorithm') !== algorithm)
    throw new S3Error('AuthorizationQueryParametersError', `X-Amz-Algorithm only supports ${algorithm}.`);
  const expires = need('X-Amz-Expires');
  const expiresSeconds = /^\d{1,7}$/.test(expires) ? Number(expires) : 0;
  if (expiresSeconds < 1 || expiresSeconds > maxExpiresSeconds)
    throw new S3Error('AuthorizationQueryParametersError', 'X-Amz-Expires must be 1 to 604800 seconds.');
  return {
    presigned: true,
    credential: need('X-Amz-Credential'),
    date: need('X-Amz-Date'),
    expiresSeconds,
    signedHeaders: need('X-Amz-SignedHeaders').split(';'),
    signature: need('X-Amz-Signature'),
    payloadHash: fields.get('x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD',
  };
}

function readHeaderClaim({ headers }: S3Request, authorization: string): Claim {
  const form = /^AWS4-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([^,\s]+)$/;
  const [, credential, signedHeaders, signature] = form.exec(authorization) ?? [];
  if (credential === undefined || signedHeaders === undefined || signature === undefined)
    throw new S3Error('AuthorizationHeaderMalformed');
  const date = headers.get('x-amz-date');
  if (date === undefined) throw new S3Error('AccessDenied', 'A signed request needs x-amz-date.');
  const payloadHash = headers.get('x-amz-content-sha256');
  if (payloadHash === undefined)
    throw new S3Error('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  return {
    presigned: false,
    credential,
    date,
    expiresSeconds: 0,
    signedHeaders: signedHeaders.split(';'),
    signature,
    payloadHash,
  };
}

interface Scope {
  readonly accessKeyId: string;
  readonly day: string;
  readonly region: string;
}

function readScope(claim: Claim, region: string): Scope {
  const code = claim.presigned ? 'AuthorizationQueryParametersError' : 'AuthorizationHeaderMalformed';
  const [accessKeyId, day, signedRegion, service, end, ...more] = claim.credential.split('/');
  if (accessKeyId === undefined || day === undefined || signedRegion === undefined || more.length > 0)
    throw new S3Error(code);
  if (service !== 's3' || end !== 'aws4_request')
    throw new S3Error(code, 'The scope must end in s3/aws4_request.');
  if (signedRegion !== region) throw new S3Error(code, `The region is wrong; expecting '${region}'.`);
  if (!claim.date.startsWith(`${day}T`))
    throw new S3Error(code, 'The scope is of another day than the date.');
  return { accessKeyId, day, region };
}

function parseAmzDate(claim: Claim): number {
  const iso = claim.date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const at = Date.parse(iso);
  if (iso === claim.date || Number.isNaN(at))
    throw new S3Error('AccessDenied', 'The date of the signature is not a basic ISO 8601 date.');
  return at;
}

function checkTimes(claim: Claim, ageMs: number): void {
  if (!claim.presigned) {
    if (Math.abs(ageMs) > maxSkewMs) throw new S3Error('RequestTimeTooSkewed');
    return;
  }
  if (ageMs < -maxSkewMs) throw new S3Error('AccessDenied', 'Request is not yet valid');
  if (ageMs > claim.expiresSeconds * 1000) throw new S3Error('AccessDenied', 'Request has expired');
}

/** The host is signed, each signed header is here, and no `x-amz-` header came along unsigned. */
function checkSignedHeaders(request: S3Request, claim: Claim): void {
  const signed = new Set(claim.signedHeaders);
  if (!signed.has('host')) throw new S3Error('AccessDenied', 'The host header must be signed.');
  for (const name of signed)
    if (!request.headers.has(name))
      throw new S3Error('SignatureDoesNotMatch', 'A header that the signature covers is missing.');
  for (const name of request.headers.keys())
    if (name.startsWith('x-amz-') && !signed.has(name))
      throw new S3Error('AccessDenied', 'There were headers present in the request which were not signed');
}

function sign(request: S3Request, claim: Claim, scope: Scope, secret: string): string {
  const scopeText = `${scope.day}/${scope.region}/s3/aws4_request`;
  const hash = createHash('sha256').update(canonicalRequest(request, claim)).digest('hex');
  const day = hmac(`AWS4${secret}`, scope.day);
  const signing = hmac(hmac(hmac(day, scope.region), 's3'), 'aws4_request');
  return hmac(signing, [algorithm, claim.date, scopeText, hash].join('\n')).toString('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function canonicalRequest(request: S3Request, claim: Claim): string {
  const query = [...request.query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [uriEncode(name), uriEncode(value)] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const headers = claim.signedHeaders.map(
    (name) => `${name}:${(request.headers.get(name) ?? '').trim().replaceAll(/\s+/g, ' ')}\n`,
  );
  const path = request.path.split('/').map(uriEncode).join('/');
  const names = claim.signedHeaders.join(';');
  return [request.method, path, query, headers.join(''), names, claim.payloadHash].join('\n');
}

/** RFC 3986 percent-encoding as SigV4 wants it: everything but the unreserved characters. */
export function uriEncode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sameHex(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
