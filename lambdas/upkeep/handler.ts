/**
 * Upkeep: wires its tasks and does one of them. The clock asks for each by its name; invoked by hand with
 * `{"repair": false}` the books are only looked at, `{"task": "replay", "restoredAt": "..."}` follows a restored backup,
 * and `{"task": "policy", "inParallel": 8}` tells of a changed policy faster than the clock does.
 */
import type { Context } from 'aws-lambda';
import { tableNames } from '../../core/tables.ts';
import { calmara } from '../../policies/calmara.ts';
import {
  createCognitoClient,
  createDynamoClient,
  createS3Client,
  createSesClient,
} from '../adapters/aws-clients.ts';
import { createCognitoDirectory, noDirectory } from '../adapters/cognito-directory.ts';
import { createAccountStore } from '../adapters/dynamodb/account-store.ts';
import { createAudienceStore } from '../adapters/dynamodb/audience-store.ts';
import { createErasureStore } from '../adapters/dynamodb/erasure-store.ts';
import { createIdentityStore } from '../adapters/dynamodb/identity-store.ts';
import { createJoiningStore } from '../adapters/dynamodb/joining-store.ts';
import { createKeptItems, createReplayLog, createRetentionLog } from '../adapters/dynamodb/kept-items.ts';
import { createPersonalData } from '../adapters/dynamodb/personal-data.ts';
import { createPurchaseStore } from '../adapters/dynamodb/purchase-store.ts';
import { createScanStore } from '../adapters/dynamodb/scan-store.ts';
import { jitteredPacing } from '../adapters/pacing.ts';
import { randomIds } from '../adapters/random-ids.ts';
import { createImageDeletion } from '../adapters/s3-image-deletion.ts';
import { createMailer } from '../adapters/ses-mailer.ts';
import { createMailSuppressions } from '../adapters/ses-suppressions.ts';
import { createStripeClient } from '../adapters/stripe-client.ts';
import { createStripePayments } from '../adapters/stripe-payments.ts';
import { createStripeTraces } from '../adapters/stripe-traces.ts';
import { readEnv } from '../runtime/env.ts';
import { InvocationFailed } from '../runtime/invocation-failed.ts';
import { createKeyedHash } from '../runtime/keyed-hash.ts';
import { createLog } from '../runtime/log.ts';
import { eraseDue } from './erase-due.ts';
import { parseEvent } from './event.ts';
import { removeUnverified } from './remove-unverified.ts';
import { replayErasures, type ReplayReport } from './replay-erasures.ts';
import { reconcile, type ReconcileReport } from './reconcile.ts';
import { retain, type RetainReport } from './retain.ts';
import { tellPolicy, type TellPolicyReport } from './tell-policy.ts';

const env = readEnv({
  TABLE_PREFIX: 'required',
  UPLOAD_BUCKET: 'required',
  IDENTITY_KEY: 'required',
  MAIL_FROM: 'required',
  COGNITO_USER_POOL_ID: 'optional',
  STRIPE_SECRET_KEY: 'optional',
  STRIPE_API_URL: 'optional',
});
const dynamo = createDynamoClient();
const names = tableNames(env.TABLE_PREFIX);
const keyedHash = createKeyedHash(env.IDENTITY_KEY);
const log = createLog('upkeep');

/** Undefined where nothing is sold. */
const stripe = (() => {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_API_URL: apiUrl } = env;
  if (secretKey === undefined) return undefined;
  return createStripeClient({ secretKey, ...(apiUrl === undefined ? {} : { apiUrl }) });
})();

const users =
  env.COGNITO_USER_POOL_ID === undefined
    ? noDirectory
    : createCognitoDirectory(createCognitoClient(), env.COGNITO_USER_POOL_ID);
const erasures = createErasureStore(dynamo, names, keyedHash);
const ports = {
  purchases: createPurchaseStore(dynamo, names),
  scans: createScanStore(dynamo, names),
  joining: createJoiningStore(dynamo, names),
  erasures,
  clock: { now: () => Date.now() },
  pacing: jitteredPacing,
  log,
};
const ses = createSesClient();
const erasing = {
  ...ports,
  accounts: createAccountStore(dynamo, names),
  data: createPersonalData(dynamo, names, keyedHash),
  images: createImageDeletion(createS3Client(), env.UPLOAD_BUCKET),
  users,
  suppressions: createMailSuppressions(ses),
  traces:
    stripe === undefined ? { forget: async () => {} } : createStripeTraces(stripe, calmara.product.productId),
};

const retaining = {
  items: createKeptItems(dynamo, names),
  progress: createRetentionLog(dynamo, names),
  policy: calmara,
  clock: ports.clock,
  log,
};

const replaying = {
  ...ports,
  items: retaining.items,
  progress: createReplayLog(dynamo, names),
  ids: randomIds,
  keyedHash,
};

const telling = {
  audience: createAudienceStore(dynamo, names),
  accounts: erasing.accounts,
  clock: ports.clock,
  mailer: createMailer(ses, createIdentityStore(dynamo, names, keyedHash), {
    from: env.MAIL_FROM,
    hashAddress: (address) => keyedHash('address', address),
    pause: async () => {},
  }),
  policy: calmara,
  log,
};

/** Time that is left to end well: one more mail, and the lines of the log. */
const reserveMs = 60_000;

/** Answers a report, for whoever invokes it by hand; undefined where there is none. */
export async function handler(
  raw: unknown,
  context?: Context,
): Promise<ReconcileReport | RetainReport | ReplayReport | TellPolicyReport | undefined> {
  const { task, repair, restoredAt, inParallel } = parseEvent(raw, ports.clock.now());
  const remainingMs = (): number => context?.getRemainingTimeInMillis() ?? Infinity;
  try {
    switch (task) {
      case 'erasures':
        await eraseDue(erasing, remainingMs);
        return undefined;
      case 'retention':
        return await retain(retaining, remainingMs);
      case 'unverified':
        await removeUnverified(erasing, () => remainingMs() > reserveMs);
        return undefined;
      case 'replay':
        return await replayErasures(replaying, restoredAt, remainingMs);
      case 'policy':
        return await tellPolicy(telling, () => remainingMs() > reserveMs, inParallel);
      case 'reconcile':
        if (stripe === undefined) return undefined;
        return await reconcile(
          { ...ports, payments: createStripePayments(stripe, calmara.product.productId) },
          { repair },
        );
    }
  } catch (error) {
    log.error('upkeep-failed', error);
    throw new InvocationFailed();
  }
}
