/**
 * Asks the staff function of a system: on this machine, or of an environment on AWS. It takes a session of the role that the
 * action belongs to, proves by it who asks, and hands the request over. It knows no table and no key of the product.
 */
import { staffActions, type StaffAnswer, type StaffRequest } from '../../core/staff.ts';
import { AwsCallError, createAwsCall, NoCredentials, type AwsKeys } from '../aws/call.ts';
import { proven } from './proof.ts';

/** Which system, and who asks. */
export interface Asker {
  readonly target:
    | { readonly kind: 'local'; readonly apiUrl: string }
    | { readonly kind: 'aws'; readonly environment: string; readonly region: string };
  /** Name of the role's session. */
  readonly staff: string;
  /** Of the person's device for a second factor, where the role asks for one. */
  readonly mfa?: { readonly serial: string; readonly code: string };
}

/** The system could not be asked; the message says what to do. */
export class NotAsked extends Error {
  override readonly name = 'NotAsked';
}

const limitMs = 15_000;

/** @throws NotAsked */
export async function askStaff(
  asker: Asker,
  request: StaffRequest,
  env: Readonly<Record<string, string | undefined>>,
): Promise<StaffAnswer> {
  const { category } = staffActions[request.action];
  const answer =
    asker.target.kind === 'local'
      ? await askHere(asker.target.apiUrl, asker.staff, category, request)
      : await askAws({ ...asker.target, ...asker }, category, request, env);
  if (!isAnswer(answer)) throw new NotAsked('The staff function failed; its log says why.');
  return answer;
}

async function askHere(
  apiUrl: string,
  staff: string,
  category: string,
  request: StaffRequest,
): Promise<unknown> {
  const sts = new URL('/local/sts', apiUrl);
  const keys = sessionKeys(
    await (
      await post(
        sts,
        assumption(`arn:aws:iam::000000000000:role/onceover-local-staff-${category}`, staff),
        apiUrl,
      )
    ).text(),
  );
  // The clock of a system on this machine may be ahead of it.
  const now = await nowAt(apiUrl);
  const event = await proven(request, { url: sts, region: 'us-east-1' }, keys, now);
  const response = await post(new URL('/local/staff', apiUrl), JSON.stringify(event), apiUrl);
  return response.json().catch(() => undefined);
}

/** What that system takes for now: its answers are dated by it. */
async function nowAt(apiUrl: string): Promise<number> {
  const response = await fetch(new URL('/local/now', apiUrl), { signal: AbortSignal.timeout(limitMs) });
  const now = Number(await response.text());
  if (!response.ok || !Number.isFinite(now)) throw noneHere(apiUrl);
  return now;
}

async function post(url: URL, body: string | URLSearchParams, apiUrl: string): Promise<Response> {
  const isForm = typeof body !== 'string';
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json' },
    body,
    signal: AbortSignal.timeout(limitMs),
  }).catch((cause: unknown) => {
    throw new NotAsked(
      `Nothing answers at ${apiUrl}. Start onceover with "npm start", or name it with --api.`,
      { cause },
    );
  });
  if (response.status === 404) throw noneHere(apiUrl);
  return response;
}

function noneHere(apiUrl: string): NotAsked {
  return new NotAsked(`${apiUrl} has no staff function. On AWS name the environment with --environment.`);
}

async function askAws(
  { environment, region, staff, mfa }: Omit<Asker, 'target'> & Extract<Asker['target'], { kind: 'aws' }>,
  category: string,
  request: StaffRequest,
  env: Readonly<Record<string, string | undefined>>,
): Promise<unknown> {
  try {
    const own = createAwsCall(region, env);
    const me = await own({
      service: 'sts',
      body: new URLSearchParams({ Action: 'GetCallerIdentity', Version: '2011-06-15' }),
    });
    const account = /<Account>(\d{12})</.exec(me)?.[1] ?? '';
    const form = assumption(`arn:aws:iam::${account}:role/onceover-${environment}-staff-${category}`, staff);
    if (mfa !== undefined) {
      form.set('SerialNumber', mfa.serial);
      form.set('TokenCode', mfa.code);
    }
    const keys = sessionKeys(await own({ service: 'sts', body: form }));
    const url = new URL(env['AWS_ENDPOINT_URL'] ?? `https://sts.${region}.amazonaws.com`);
    const event = await proven(request, { url, region }, keys, Date.now());
    const asRole = createAwsCall(region, env, async () => keys);
    const path = `/2015-03-31/functions/onceover-${environment}-staff/invocations`;
    const answer: unknown = JSON.parse(await asRole({ service: 'lambda', path, body: { ...event } }));
    return answer;
  } catch (error) {
    if (error instanceof NoCredentials) {
      throw new NotAsked('There are no AWS credentials: sign in first, for example with "aws sso login".', {
        cause: error,
      });
    }
    if (error instanceof AwsCallError && error.awsCode.startsWith('AccessDenied')) {
      throw new NotAsked(
        `AWS refuses (${error.message}). You must be allowed to take the role onceover-${environment}-staff-${category} under your own user name, with a second factor (--mfa-serial, --mfa-code).`,
        { cause: error },
      );
    }
    if (error instanceof AwsCallError)
      throw new NotAsked(`AWS did not answer: ${error.message}.`, { cause: error });
    throw error;
  }
}

function assumption(RoleArn: string, RoleSessionName: string): URLSearchParams {
  return new URLSearchParams({ Action: 'AssumeRole', Version: '2011-06-15', RoleArn, RoleSessionName });
}

/** @throws NotAsked when there are none in the answer */
function sessionKeys(xml: string): AwsKeys {
  const part = (name: string): string => new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1] ?? '';
  const keys = {
    accessKeyId: part('AccessKeyId'),
    secretAccessKey: part('SecretAccessKey'),
    sessionToken: part('SessionToken'),
  };
  if (keys.accessKeyId === '') {
    throw new NotAsked(
      'There is no such role of staff, or --as is no name: small letters, digits, dots, hyphens.',
    );
  }
  return keys;
}

function isAnswer(value: unknown): value is StaffAnswer {
  return typeof value === 'object' && value !== null && 'ok' in value && typeof value.ok === 'boolean';
}
