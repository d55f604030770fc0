/** Notifications of mail that came back, through SNS: wires the use-case. */
import { tableNames } from '../../core/tables.ts';
import { createDynamoClient } from '../adapters/aws-clients.ts';
import { createIdentityStore } from '../adapters/dynamodb/identity-store.ts';
import { readEnv } from '../runtime/env.ts';
import { InvocationFailed } from '../runtime/invocation-failed.ts';
import { createKeyedHash } from '../runtime/keyed-hash.ts';
import { createLog } from '../runtime/log.ts';
import { takeReturns } from './bounces.ts';

const env = readEnv({ TABLE_PREFIX: 'required', IDENTITY_KEY: 'required' });
const log = createLog('bounces');

const keyedHash = createKeyedHash(env.IDENTITY_KEY);

const ports = {
  suppressions: createIdentityStore(createDynamoClient(), tableNames(env.TABLE_PREFIX), keyedHash),
  keyedHash,
  clock: { now: () => Date.now() },
  log,
};

/** Takes SNS's event. */
export async function handler(event: unknown): Promise<void> {
  try {
    await takeReturns(ports, event);
  } catch (error) {
    log.error('returns-failed', error);
    // Tried again, and then seen: what is lost would let mail go on to a dead address.
    throw new InvocationFailed();
  }
}
