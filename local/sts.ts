/**
 * The identity service of the embedded cloud, as far as the staff function and the staff command ask it: whoever sits at
 * this machine gets keys for a session of a role of staff (`AssumeRole`), and a question that is signed with them is answered
 * with whose they are (`GetCallerIdentity`). Signatures are verified as on AWS; MFA is not asked for.
 */
import { SignatureV4 } from '@smithy/signature-v4';
import { staffCategories, staffNamePattern } from '../core/staff.ts';
import { Sha256 } from '../lib/sha256.ts';
import type { LocalRoute } from './gateway.ts';
import { isFromElsewhere } from './loopback.ts';
import { derive } from './principals.ts';

/** Path below the gateway that stands for the service's endpoint. */
export const stsPath = '/local/sts';
/** How the roles' names begin. */
export const staffRolePrefix = 'onceover-local-staff-';
/** The account of the embedded cloud. */
const account = '000000000000';
const region = 'us-east-1';
/** A signature is worth something for a quarter of an hour, as on AWS. */
const signatureLivesMs = 15 * 60 * 1000;

export interface StsOptions {
  readonly seed: string;
  readonly now: () => number;
}

/** `POST` to `stsPath`; and what time it is here, for whoever signs something on another clock. */
export function createStsRoutes({ seed, now }: StsOptions): readonly LocalRoute[] {
  const service: LocalRoute = {
    method: 'POST',
    path: stsPath,
    async handle(request) {
      if (isFromElsewhere(request)) return refuse(403, 'AccessDenied');
      const body = await request.text();
      const form = new URLSearchParams(body);
      const action = form.get('Action');
      if (action === 'AssumeRole') return assume(seed, form);
      if (action === 'GetCallerIdentity') return identify(seed, now(), request, body);
      return refuse(400, 'InvalidAction');
    },
  };
  const time: LocalRoute = {
    method: 'GET',
    path: '/local/now',
    handle: () => new Response(String(now()), { headers: { 'cache-control': 'no-store' } }),
  };
  return [service, time];
}

/** Keys of a session: made from the seed, so that none is kept. */
function keysOf(seed: string, session: string) {
  return {
    accessKeyId: `ASIA${derive(seed, `${session} id`).slice(0, 16).toUpperCase()}`,
    secretAccessKey: derive(seed, `${session} secret`).slice(0, 40),
    sessionToken: session,
  };
}

/** `ROLE/NAME` of a session of the staff; undefined for any other. */
function sessionOf(role: string, name: string): string | undefined {
  const isRole = staffCategories.some((category) => role === `${staffRolePrefix}${category}`);
  return isRole && staffNamePattern.test(name) ? `${role}/${name}` : undefined;
}

function assume(seed: string, form: URLSearchParams): Response {
  const role = /^arn:aws:iam::(\d{12}):role\/(.+)$/.exec(form.get('RoleArn') ?? '');
  const session =
    role?.[1] === account ? sessionOf(role[2] ?? '', form.get('RoleSessionName') ?? '') : undefined;
  if (session === undefined) return refuse(403, 'AccessDenied');
  const { accessKeyId, secretAccessKey, sessionToken } = keysOf(seed, session);
  return answer(
    `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey><SessionToken>${sessionToken}</SessionToken></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
  );
}

/** Signs the same request with the keys that it names, and compares. */
async function identify(seed: string, now: number, request: Request, body: string): Promise<Response> {
  const authorization = request.headers.get('authorization') ?? '';
  const [role = '', name = ''] = (request.headers.get('x-amz-security-token') ?? '').split('/');
  const session = sessionOf(role, name);
  const signed = /\bSignedHeaders=([a-z0-9;-]+)/.exec(authorization)?.[1]?.split(';') ?? [];
  const date = request.headers.get('x-amz-date') ?? '';
  const at = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (session === undefined || !(Math.abs(now - at) <= signatureLivesMs)) return refuse(403, 'AccessDenied');
  const url = new URL(request.url);
  const signer = new SignatureV4({
    service: 'sts',
    region,
    credentials: keysOf(seed, session),
    sha256: Sha256,
    uriEscapePath: true,
    applyChecksum: false,
  });
  const headers = Object.fromEntries(
    signed
      .filter((header) => !['x-amz-date', 'x-amz-security-token'].includes(header))
      .map((header) => [header, request.headers.get(header) ?? '']),
  );
  const expected = await signer.sign(
    {
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      headers,
      query: {},
      body,
    },
    { signingDate: new Date(at) },
  );
  if (expected.headers['authorization'] !== authorization) return refuse(403, 'SignatureDoesNotMatch');
  return answer(
    `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:sts::${account}:assumed-role/${session}</Arn><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
  );
}

function answer(xml: string): Response {
  return new Response(xml, { headers: { 'content-type': 'text/xml', 'cache-control': 'no-store' } });
}

function refuse(status: number, code: string): Response {
  return new Response(`<ErrorResponse><Error><Code>${code}</Code></Error></ErrorResponse>`, {
    status,
    headers: { 'content-type': 'text/xml', 'cache-control': 'no-store' },
  });
}
