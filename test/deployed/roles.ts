/** Roles of the cloud under test, made and assumed by its query interfaces; the product has no client for these. */
import { credentials } from '../elsewhere/endpoint.ts';
import { createSignedCall, type SigningKeys } from '../elsewhere/signed-call.ts';
import { account } from './cdk.ts';

const form = { 'content-type': 'application/x-www-form-urlencoded' };

async function query(
  service: 'iam' | 'sts',
  endpoint: string,
  parameters: Readonly<Record<string, string>>,
  keys: SigningKeys = credentials,
): Promise<string> {
  const call = createSignedCall(service, endpoint, keys);
  const version = service === 'iam' ? '2010-05-08' : '2011-06-15';
  const body = new URLSearchParams({ ...parameters, Version: version }).toString();
  return (await call('POST', '/', body, form)).text();
}

/** A role that may do everything, for whoever is in the account. */
export async function createAdministrator(endpoint: string, RoleName: string): Promise<void> {
  await createRole(endpoint, RoleName, [{ Effect: 'Allow', Action: '*', Resource: '*' }]);
}

/** Keys of a session of a role. Rejects when the caller may not be that role. */
export async function assumeRole(
  endpoint: string,
  role: string,
  keys: SigningKeys = credentials,
): Promise<SigningKeys> {
  const answer = await query(
    'sts',
    endpoint,
    { Action: 'AssumeRole', RoleArn: `arn:aws:iam::${account}:role/${role}`, RoleSessionName: 'a-test' },
    keys,
  );
  const part = (name: string): string => new RegExp(`<${name}>([^<]+)</${name}>`).exec(answer)?.[1] ?? '';
  return {
    accessKeyId: part('AccessKeyId'),
    secretAccessKey: part('SecretAccessKey'),
    sessionToken: part('SessionToken'),
  };
}

/** A role for whoever is in the account, with these statements: what a role of the product may do, without its trust. */
export async function createRole(
  endpoint: string,
  RoleName: string,
  statements: readonly object[],
): Promise<void> {
  const Version = '2012-10-17';
  const Principal = { AWS: `arn:aws:iam::${account}:root` };
  await query('iam', endpoint, {
    Action: 'CreateRole',
    RoleName,
    AssumeRolePolicyDocument: JSON.stringify({
      Version,
      Statement: [{ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }],
    }),
  });
  await query('iam', endpoint, {
    Action: 'PutRolePolicy',
    RoleName,
    PolicyName: 'work',
    PolicyDocument: JSON.stringify({ Version, Statement: statements }),
  });
}

/** The statements of a deployed role's own policy. */
export async function statementsOf(
  endpoint: string,
  RoleName: string,
  PolicyName: string,
): Promise<readonly object[]> {
  const answer = await query('iam', endpoint, { Action: 'GetRolePolicy', RoleName, PolicyName });
  const text = /<PolicyDocument>([^<]+)</.exec(answer)?.[1] ?? '';
  const json = decodeURIComponent(text).replaceAll('&quot;', '"').replaceAll('&#34;', '"');
  const parsed: unknown = JSON.parse(json);
  if (typeof parsed !== 'object' || parsed === null || !('Statement' in parsed)) return [];
  return Array.isArray(parsed.Statement) ? parsed.Statement.map(Object) : [];
}
