/**
 * Who of the staff asks (CAL-12): the caller signs the question "who am I?" with the keys of a session of their role, and the
 * identity service itself says whose signature it is. The signature covers the request's digest, so a proof is good for one
 * request; it is asked of nobody but the service, and only about roles of this account and environment.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../../core/ports.ts';
import type { StaffIdentity } from '../../core/people-ports.ts';
import {
  identityQuestion,
  proofLivesMs,
  requestHeader,
  staffCategories,
  staffNamePattern,
} from '../../core/staff.ts';

export interface StsIdentityOptions {
  /** Where the service answers: `https://sts.REGION.amazonaws.com`. */
  readonly endpoint: string;
  /** The account that the roles are of, 12 digits. */
  readonly account: string;
  /** How the roles' names begin; the category follows. */
  readonly rolePrefix: string;
  readonly clock: Clock;
}

const patienceMs = 3_000;

/** Throws when the service does not answer. */
export function createStsIdentity(options: StsIdentityOptions): StaffIdentity {
  return {
    async verify({ authorization, date, securityToken }, text) {
      const ageMs = options.clock.now() - momentOf(date);
      if (!(Math.abs(ageMs) <= proofLivesMs)) return undefined;
      // A digest that the signature does not cover would be nobody's word.
      const signed = /\bSignedHeaders=([a-z0-9;-]+)/.exec(authorization)?.[1]?.split(';') ?? [];
      if (!['host', 'x-amz-date', requestHeader].every((name) => signed.includes(name))) return undefined;
      const response = await fetch(options.endpoint, {
        method: 'POST',
        headers: {
          authorization,
          'content-type': 'application/x-www-form-urlencoded',
          'x-amz-date': date,
          [requestHeader]: createHash('sha256').update(text).digest('hex'),
          ...(securityToken === undefined ? {} : { 'x-amz-security-token': securityToken }),
        },
        body: identityQuestion,
        redirect: 'error',
        signal: AbortSignal.timeout(patienceMs),
      });
      if (response.status >= 500) throw new Error(`the identity service answered ${response.status}`);
      if (!response.ok) return undefined;
      return personOf(/<Arn>([^<]+)<\/Arn>/.exec(await response.text())?.[1] ?? '', options);
    },
  };
}

/** `20261121T140000Z` as epoch ms; NaN for what is none. */
function momentOf(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

/** A session of one of the roles of staff: its category, and the name that the role's trust lets nobody choose freely. */
function personOf(arn: string, { account, rolePrefix }: StsIdentityOptions) {
  const [, of, role = '', staff = ''] =
    /^arn:aws[a-z-]*:sts::(\d{12}):assumed-role\/([^/]+)\/([^/]+)$/.exec(arn) ?? [];
  if (of !== account || !role.startsWith(rolePrefix) || !staffNamePattern.test(staff)) return undefined;
  const category = staffCategories.find((one) => one === role.slice(rolePrefix.length));
  return category === undefined ? undefined : { staff, category };
}
