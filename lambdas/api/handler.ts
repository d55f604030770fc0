/** The HTTP API on Lambda: reads the environment once, wires the ports, answers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { handle } from 'hono/aws-lambda';
import { z } from 'zod';
import type { SignInProvider } from '../../core/people-ports.ts';
import { tableNames } from '../../core/tables.ts';
import { calmara } from '../../policies/calmara.ts';
import { createAccountStore } from '../adapters/dynamodb/account-store.ts';
import {
  createCognitoClient,
  createDynamoClient,
  createS3Client,
  createSesClient,
} from '../adapters/aws-clients.ts';
import { createCognitoProvider } from '../adapters/cognito-provider.ts';
import { createCommunicationStore } from '../adapters/dynamodb/communication-store.ts';
import { createDwellStore } from '../adapters/dynamodb/dwell-store.ts';
import { createAccessLog, createHoldingsStore } from '../adapters/dynamodb/holdings-store.ts';
import { createHeartbeatStore } from '../adapters/dynamodb/heartbeat-store.ts';
import { createErasureStore } from '../adapters/dynamodb/erasure-store.ts';
import { createIdentityStore } from '../adapters/dynamodb/identity-store.ts';
import { createJoiningStore } from '../adapters/dynamodb/joining-store.ts';
import { createMemberStore } from '../adapters/dynamodb/member-store.ts';
import { createParkedEvents } from '../adapters/dynamodb/parked-events.ts';
import { createPersonalData } from '../adapters/dynamodb/personal-data.ts';
import { createPurchaseStore } from '../adapters/dynamodb/purchase-store.ts';
import { createScanStore } from '../adapters/dynamodb/scan-store.ts';
import { createTicketStore } from '../adapters/dynamodb/ticket-store.ts';
import { createUsageStore } from '../adapters/dynamodb/usage-store.ts';
import { jitteredPacing } from '../adapters/pacing.ts';
import { randomIds } from '../adapters/random-ids.ts';
import { createImageDeletion } from '../adapters/s3-image-deletion.ts';
import { createUploadSigner } from '../adapters/s3-upload-signer.ts';
import { createMailer } from '../adapters/ses-mailer.ts';
import { createStripeClient } from '../adapters/stripe-client.ts';
import { createStripeEvents } from '../adapters/stripe-events.ts';
import { createStripeCheckouts, createStripePayments } from '../adapters/stripe-payments.ts';
import { withoutPayments } from '../adapters/without-payments.ts';
import { createTokenSigner } from '../adapters/token-signer.ts';
import { createTokenVerifier, remoteKeys } from '../adapters/token-verifier.ts';
import { readEnv } from '../runtime/env.ts';
import { createKeyedHash } from '../runtime/keyed-hash.ts';
import { createLog } from '../runtime/log.ts';
import { readKnownModel } from '../runtime/model-manifest.ts';
import { createApi } from './app.ts';
import { createLocalProvider } from './people/local-provider.ts';
import { behindOrigin } from './origin.ts';
import type { ApiPorts } from './ports.ts';
import { randomReferences } from './references.ts';
import { createRequestHasher } from './request-hash.ts';
import { wellFormed } from './well-formed.ts';

const env = readEnv({
  TABLE_PREFIX: 'required',
  UPLOAD_BUCKET: 'required',
  ISSUER: 'required',
  AUDIENCE: 'required',
  JWKS_URL: 'required',
  REQUEST_HASH_KEY: 'required',
  MODEL: 'required',
  MODEL_DIGEST: 'optional',
  IDENTITY_KEY: 'required',
  MAIL_FROM: 'required',
  SESSION_KEY: 'optional',
  COGNITO_USER_POOL_ID: 'optional',
  COGNITO_CLIENT_ID: 'optional',
  CONTACT_SUPPORT: 'optional',
  CONTACT_PRIVACY: 'optional',
  CONTACT_SECURITY: 'optional',
  STRIPE_SECRET_KEY: 'optional',
  STRIPE_WEBHOOK_SECRET: 'optional',
  STRIPE_API_URL: 'optional',
  STRIPE_TAX: 'optional',
  CHECKOUT_SUCCESS_URL: 'optional',
  CHECKOUT_CANCEL_URL: 'optional',
  SOURCE_HEADER: 'optional',
  APP_ORIGIN: 'optional',
  DAILY_TICKET_LIMIT: 'optional',
  ORIGIN_SECRET: 'optional',
});
const ticketsPerDay = z.coerce
  .number()
  .int()
  .positive()
  .default(calmara.limits.ticketsPerDay)
  .parse(env.DAILY_TICKET_LIMIT);

const dynamo = createDynamoClient();
const s3 = createS3Client();
const names = tableNames(env.TABLE_PREFIX);
const clock = { now: () => Date.now() };
const token = { issuer: env.ISSUER, audience: env.AUDIENCE };
const keyedHash = createKeyedHash(env.IDENTITY_KEY);
const pause = (ms: number): Promise<void> => sleep(ms);

const accounts = createAccountStore(dynamo, names);
const members = createMemberStore(dynamo, names, keyedHash);
const identities = createIdentityStore(dynamo, names, keyedHash);
const mailer = createMailer(createSesClient(), identities, {
  from: env.MAIL_FROM,
  hashAddress: (address) => keyedHash('address', address),
  pause,
});

/** Who proves addresses and signs tokens: the user pool, or where the deployment gives a key, this function. */
function chooseProvider(): SignInProvider {
  const { COGNITO_USER_POOL_ID: userPoolId, COGNITO_CLIENT_ID: clientId, SESSION_KEY: sessionKey } = env;
  if (userPoolId !== undefined && clientId !== undefined) {
    return createCognitoProvider({
      client: createCognitoClient(),
      userPoolId,
      clientId,
      accounts,
      members,
      clock,
      pause,
    });
  }
  if (sessionKey === undefined) {
    throw new Error(
      'The environment lacks COGNITO_USER_POOL_ID and COGNITO_CLIENT_ID, and has no SESSION_KEY instead; the deployment sets them.',
    );
  }
  return createLocalProvider({
    accounts,
    identities,
    members,
    mailer,
    signer: createTokenSigner(sessionKey, token),
    keyedHash,
    clock,
    ids: randomIds,
    productName: calmara.product.name,
  });
}

/** A deployment that sells nothing has no key, and says so when it is asked. */
function choosePayments(): Pick<ApiPorts, 'checkouts' | 'payments' | 'paymentEvents'> {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: secrets, STRIPE_API_URL: apiUrl } = env;
  const { CHECKOUT_SUCCESS_URL: successUrl, CHECKOUT_CANCEL_URL: cancelUrl } = env;
  if (
    secretKey === undefined ||
    secrets === undefined ||
    successUrl === undefined ||
    cancelUrl === undefined
  ) {
    return withoutPayments;
  }
  const stripe = createStripeClient({ secretKey, ...(apiUrl === undefined ? {} : { apiUrl }) });
  return {
    payments: createStripePayments(stripe, calmara.product.productId),
    checkouts: createStripeCheckouts(stripe, {
      productId: calmara.product.productId,
      productName: calmara.product.name,
      successUrl,
      cancelUrl,
      automaticTax: env.STRIPE_TAX === 'automatic',
    }),
    // Two while the secret is being replaced.
    paymentEvents: createStripeEvents(stripe, secrets.split(/[\s,]+/)),
  };
}

const contacts = {
  ...(env.CONTACT_SUPPORT === undefined ? {} : { support: env.CONTACT_SUPPORT }),
  ...(env.CONTACT_PRIVACY === undefined ? {} : { privacy: env.CONTACT_PRIVACY }),
  ...(env.CONTACT_SECURITY === undefined ? {} : { security: env.CONTACT_SECURITY }),
};

const api = createApi({
  accounts,
  members,
  identities,
  attempts: identities,
  provider: chooseProvider(),
  joining: createJoiningStore(dynamo, names),
  communications: createCommunicationStore(dynamo, names),
  mailer,
  holdings: createHoldingsStore(dynamo, names, keyedHash),
  accessLog: createAccessLog(dynamo, names),
  usage: createUsageStore(dynamo, names),
  ...choosePayments(),
  purchases: createPurchaseStore(dynamo, names),
  parkedEvents: createParkedEvents(dynamo, names),
  erasures: createErasureStore(dynamo, names, keyedHash),
  data: createPersonalData(dynamo, names, keyedHash),
  keyedHash,
  contacts,
  ...(env.SOURCE_HEADER === undefined ? {} : { sourceHeader: env.SOURCE_HEADER }),
  ...(env.APP_ORIGIN === undefined ? {} : { appOrigin: env.APP_ORIGIN }),
  tickets: createTicketStore(dynamo, names),
  scans: createScanStore(dynamo, names),
  heartbeat: createHeartbeatStore(dynamo, names),
  dwell: createDwellStore(dynamo, names),
  images: createImageDeletion(s3, env.UPLOAD_BUCKET),
  signer: createUploadSigner(s3, env.UPLOAD_BUCKET, clock),
  tokens: createTokenVerifier(remoteKeys(new URL(env.JWKS_URL)), token, clock),
  clock,
  ids: randomIds,
  references: randomReferences,
  pacing: jitteredPacing,
  pause,
  hashRequest: createRequestHasher(env.REQUEST_HASH_KEY),
  log: createLog('api'),
  policy: calmara,
  ...readKnownModel(new URL(`./models/${env.MODEL}/`, import.meta.url).pathname, env.MODEL_DIGEST),
  ticketsPerDay,
});

const createReference = (): string => randomReferences.next();

/** API Gateway's HTTP API events (payload format 2.0). */
export const handler = behindOrigin(
  env.ORIGIN_SECRET,
  wellFormed(handle(api), createReference),
  createReference,
);
