/** Signs the question "who am I?" with the keys of a role's session, tied to one request: the staff function shows it to AWS. */
import { createHash } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { identityQuestion, requestHeader, type StaffEvent } from '../../core/staff.ts';
import { Sha256 } from '../../lib/sha256.ts';
import type { AwsKeys } from '../aws/call.ts';

/** Where the identity service answers, as the function reaches it. */
export interface IdentityService {
  readonly url: URL;
  readonly region: string;
}

/** The event of the staff function for a request. `now`: epoch ms. */
export async function proven(
  request: unknown,
  { url, region }: IdentityService,
  keys: AwsKeys,
  now: number,
): Promise<StaffEvent> {
  const text = JSON.stringify(request);
  const signer = new SignatureV4({
    service: 'sts',
    region,
    credentials: keys,
    sha256: Sha256,
    applyChecksum: false,
  });
  const { headers } = await signer.sign(
    {
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: {},
      headers: {
        host: url.host,
        'content-type': 'application/x-www-form-urlencoded',
        [requestHeader]: createHash('sha256').update(text).digest('hex'),
      },
      body: identityQuestion,
    },
    { signingDate: new Date(now) },
  );
  const token = headers['x-amz-security-token'];
  return {
    request: text,
    proof: {
      authorization: headers['authorization'] ?? '',
      date: headers['x-amz-date'] ?? '',
      ...(token === undefined ? {} : { securityToken: token }),
    },
  };
}
