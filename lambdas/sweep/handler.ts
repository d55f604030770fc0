/** The cleaner's schedule: wires the use-case and runs it once. */
import { tableNames } from '../../core/tables.ts';
import { createDynamoClient, createS3Client } from '../adapters/aws-clients.ts';
import { createDwellStore } from '../adapters/dynamodb/dwell-store.ts';
import { createHeartbeatStore } from '../adapters/dynamodb/heartbeat-store.ts';
import { createScanStore } from '../adapters/dynamodb/scan-store.ts';
import { jitteredPacing } from '../adapters/pacing.ts';
import { createUploadBucket } from '../adapters/s3-upload-bucket.ts';
import { readEnv } from '../runtime/env.ts';
import { InvocationFailed } from '../runtime/invocation-failed.ts';
import { createLog } from '../runtime/log.ts';
import { sweep, type SweepPorts } from './sweep.ts';

const env = readEnv({ TABLE_PREFIX: 'required', UPLOAD_BUCKET: 'required' });
const dynamo = createDynamoClient();
const names = tableNames(env.TABLE_PREFIX);
const log = createLog('sweep');

const ports: SweepPorts = {
  bucket: createUploadBucket(createS3Client(), env.UPLOAD_BUCKET),
  scans: createScanStore(dynamo, names),
  heartbeat: createHeartbeatStore(dynamo, names),
  dwell: createDwellStore(dynamo, names),
  clock: { now: () => Date.now() },
  pacing: jitteredPacing,
  log,
};

/** Answers its report, for whoever invokes it by hand. */
export async function handler(): Promise<Awaited<ReturnType<typeof sweep>>> {
  try {
    return await sweep(ports);
  } catch (error) {
    log.error('sweep-incomplete', error);
    throw new InvocationFailed();
  }
}
