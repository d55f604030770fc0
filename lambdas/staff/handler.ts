/** What staff asked for, once: wires the use-case. */
import type { Context } from 'aws-lambda';
import type { StaffAnswer } from '../../core/staff.ts';
import { tableNames } from '../../core/tables.ts';
import { calmara } from '../../policies/calmara.ts';
import { createDynamoClient, createSesClient } from '../adapters/aws-clients.ts';
import { createAccountStore } from '../adapters/dynamodb/account-store.ts';
import { createAuditLog } from '../adapters/dynamodb/audit-log.ts';
import { createAuthorityRequests } from '../adapters/dynamodb/authority-requests.ts';
import { createCommunicationStore } from '../adapters/dynamodb/communication-store.ts';
import { createDwellStore } from '../adapters/dynamodb/dwell-store.ts';
import { createErasureStore } from '../adapters/dynamodb/erasure-store.ts';
import { createHeartbeatStore } from '../adapters/dynamodb/heartbeat-store.ts';
import { createHoldingsStore } from '../adapters/dynamodb/holdings-store.ts';
import { createIdentityStore } from '../adapters/dynamodb/identity-store.ts';
import { createMemberStore } from '../adapters/dynamodb/member-store.ts';
import { createParkedEvents } from '../adapters/dynamodb/parked-events.ts';
import { createPurchaseStore } from '../adapters/dynamodb/purchase-store.ts';
import { createUsageStore } from '../adapters/dynamodb/usage-store.ts';
import { jitteredPacing } from '../adapters/pacing.ts';
import { randomIds } from '../adapters/random-ids.ts';
import { createMailer } from '../adapters/ses-mailer.ts';
import { createStripeClient } from '../adapters/stripe-client.ts';
import { createStripePayments } from '../adapters/stripe-payments.ts';
import { createStsIdentity } from '../adapters/sts-identity.ts';
import { withoutPayments } from '../adapters/without-payments.ts';
import { readEnv } from '../runtime/env.ts';
import { InvocationFailed } from '../runtime/invocation-failed.ts';
import { createKeyedHash } from '../runtime/keyed-hash.ts';
import { createLog } from '../runtime/log.ts';
import { actForStaff, type StaffPorts } from './staff.ts';

const env = readEnv({
  TABLE_PREFIX: 'required',
  IDENTITY_KEY: 'required',
  MAIL_FROM: 'required',
  STAFF_ROLE_PREFIX: 'required',
  STS_URL: 'optional',
  AWS_ENDPOINT_URL: 'optional',
  AWS_REGION: 'required',
  STRIPE_SECRET_KEY: 'optional',
  STRIPE_API_URL: 'optional',
});
const dynamo = createDynamoClient();
const names = tableNames(env.TABLE_PREFIX);
const keyedHash = createKeyedHash(env.IDENTITY_KEY);
const log = createLog('staff');
const clock = { now: () => Date.now() };
const identities = createIdentityStore(dynamo, names, keyedHash);

const ports: Omit<StaffPorts, 'identity'> = {
  audit: createAuditLog(dynamo, names),
  accounts: createAccountStore(dynamo, names),
  identities,
  members: createMemberStore(dynamo, names, keyedHash),
  keyedHash,
  communications: createCommunicationStore(dynamo, names),
  purchases: createPurchaseStore(dynamo, names),
  payments: choosePayments(),
  authorities: createAuthorityRequests(dynamo, names),
  holdings: createHoldingsStore(dynamo, names, keyedHash),
  usage: createUsageStore(dynamo, names),
  heartbeat: createHeartbeatStore(dynamo, names),
  dwell: createDwellStore(dynamo, names),
  parkedEvents: createParkedEvents(dynamo, names),
  erasures: createErasureStore(dynamo, names, keyedHash),
  mailer: createMailer(createSesClient(), identities, {
    from: env.MAIL_FROM,
    hashAddress: (address) => keyedHash('address', address),
    pause: async () => {},
  }),
  pacing: jitteredPacing,
  clock,
  ids: randomIds,
  log,
  policy: calmara,
};

function choosePayments(): StaffPorts['payments'] {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_API_URL: apiUrl } = env;
  if (secretKey === undefined) return withoutPayments.payments;
  const stripe = createStripeClient({ secretKey, ...(apiUrl === undefined ? {} : { apiUrl }) });
  return createStripePayments(stripe, calmara.product.productId);
}

/** Takes a `StaffEvent`. Roles of this function's own account may ask, and of no other. */
export async function handler(event: unknown, context: Context): Promise<StaffAnswer> {
  try {
    const identity = createStsIdentity({
      endpoint: env.STS_URL ?? env.AWS_ENDPOINT_URL ?? `https://sts.${env.AWS_REGION}.amazonaws.com`,
      account: context.invokedFunctionArn.split(':')[4] ?? '',
      rolePrefix: env.STAFF_ROLE_PREFIX,
      clock,
    });
    return await actForStaff({ ...ports, identity }, event);
  } catch (error) {
    log.error('staff-failed', error);
    throw new InvocationFailed();
  }
}
