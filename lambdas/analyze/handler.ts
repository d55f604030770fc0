/** The S3 trigger: parses the event, wires the use-case, answers. The event carries an IP address: never log it. */
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { tableNames } from '../../core/tables.ts';
import { createDynamoClient, createS3Client } from '../adapters/aws-clients.ts';
import { createDwellStore } from '../adapters/dynamodb/dwell-store.ts';
import { createScanStore } from '../adapters/dynamodb/scan-store.ts';
import { startAnalyzer } from '../adapters/analyzer-host.ts';
import { jitteredPacing } from '../adapters/pacing.ts';
import { randomIds } from '../adapters/random-ids.ts';
import { createUploadedImages } from '../adapters/s3-uploaded-images.ts';
import { createImageDecoder } from '../adapters/image-decoder.ts';
import { readEnv } from '../runtime/env.ts';
import { InvocationFailed } from '../runtime/invocation-failed.ts';
import { createLog } from '../runtime/log.ts';
import { analyze, type AnalyzePorts } from './analyze.ts';
import { arrivalsOf } from './event.ts';

const env = readEnv({
  TABLE_PREFIX: 'required',
  UPLOAD_BUCKET: 'required',
  MODEL: 'required',
  MODEL_DIGEST: 'optional',
  UNEVALUATED_MODEL: 'optional',
  VCPUS: 'optional',
});
const threads = z.coerce.number().int().positive().default(1).parse(env.VCPUS);
const unevaluated = z
  .enum(['may-answer', 'must-not-answer'])
  .default('must-not-answer')
  .parse(env.UNEVALUATED_MODEL);
const log = createLog('analyze');

const dynamo = createDynamoClient();
const names = tableNames(env.TABLE_PREFIX);

const ports: AnalyzePorts = {
  scans: createScanStore(dynamo, names),
  dwell: createDwellStore(dynamo, names),
  images: createUploadedImages(createS3Client(), env.UPLOAD_BUCKET),
  decoder: createImageDecoder({ threads }),
  analyzer: await startAnalyzer(new URL(`./models/${env.MODEL}/`, import.meta.url).pathname, {
    threads,
    pinnedDigest: env.MODEL_DIGEST,
    unevaluated,
  }),
  clock: { now: () => Date.now() },
  ids: randomIds,
  pacing: jitteredPacing,
  log,
};

/** Every record is handled, whatever became of the one before. Throws at the end when any of them failed. */
export async function handler(event: unknown, context: Context): Promise<void> {
  let failed = false;
  for (const arrival of arrivalsOf(event, log)) {
    try {
      await analyze(ports, arrival, () => context.getRemainingTimeInMillis());
    } catch (error) {
      log.error('analysis-failed', error);
      failed = true;
    }
  }
  if (failed) throw new InvocationFailed();
}
