/**
 * `npm run bench -- [PHOTO]`: CPU time of one warm scan, ours against a tutorial's handler, on the same storage,
 * database, model and photo. Interleaved in one run, several rounds, medians; prints the ratio. The photo is by
 * default a generated one of 12 megapixels.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { S3Event } from 'aws-lambda';
import sharp from 'sharp';
import { openShardOf, protocol } from '../core/scan.ts';
import { tableNames, tables } from '../core/tables.ts';
import { bundleFunction, bundleModule } from '../lib/bundle.ts';
import { analyzeFunction } from '../lib/functions.ts';
import { startDynamoDb } from '../local/dynamodb/server.ts';
import { startS3 } from '../local/s3/server.ts';

const rounds = 15;
const warmUps = 3;
const bucket = 'bench';
const key = { accessKeyId: 'BENCH', secretAccessKey: 'bench' };
const names = tableNames('bench-');
const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

const bytes = process.argv[2] === undefined ? await twelveMegapixels() : await readFile(process.argv[2]);
const arrivals: S3Event[] = [];
const storage = await startS3({
  bucket,
  now: Date.now,
  principals: [
    { name: 'bench', ...key, actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:ListBucket'] },
  ],
  cors: { origins: [], methods: [], headers: [] },
  maxSignatureAgeMs: protocol.uploadMs,
  notify: (event) => void arrivals.push(event),
});
const database = await startDynamoDb({ tables, tablePrefix: 'bench-', now: Date.now });
const client = { region: 'us-east-1', credentials: key };
const s3 = new S3Client({ ...client, endpoint: storage.url, forcePathStyle: true });
const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ ...client, endpoint: database.url }));

const ours = await bundleFunction(analyzeFunction, path('../.build/bench/analyze'));
const naive = await bundleModule(path('./naive-handler.ts'), path('../.build/bench/naive'), {
  external: ['sharp', 'onnxruntime-node'],
});
const sides = [
  { name: 'onceover', worker: await start(ours.entry) },
  { name: 'tutorial', worker: await start(naive.entry) },
].map((side) => ({ ...side, cpuMs: [] as number[], rssMb: 0 }));

await documents.send(
  new PutCommand({
    TableName: names.purchases,
    Item: { accountId: 'bench', paymentIntentId: 'pi', scansTotal: 1e6, scansUsed: 0, scansCompleted: 0 },
  }),
);
for (let round = -warmUps; round < rounds; round += 1) {
  // Who goes first alternates, so that neither side always finds the other's caches.
  for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
    const { cpuMs, rssMb } = await scanOnce(side.worker);
    if (round >= 0) side.cpuMs.push(cpuMs);
    side.rssMb = Math.max(side.rssMb, rssMb);
  }
}
report();
for (const { worker } of sides) worker.kill();
s3.destroy();
documents.destroy();
await Promise.all([storage.close(), database.close()]);

/** A worker with a warm module, in the environment that a deployment would give it. */
async function start(entry: string): Promise<ChildProcess> {
  const worker = fork(path('./worker.ts'), [entry], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      AWS_REGION: client.region,
      AWS_ACCESS_KEY_ID: key.accessKeyId,
      AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
      AWS_ENDPOINT_URL_S3: storage.url,
      AWS_ENDPOINT_URL_DYNAMODB: database.url,
      TABLE_PREFIX: 'bench-',
      UPLOAD_BUCKET: bucket,
      MODEL: 'skin-contrast',
      MODEL_FILE: path('../models/skin-contrast/model.onnx'),
    },
  });
  await once(worker, 'message');
  return worker;
}

/** One photo, uploaded and issued past the API, handled by one side. */
async function scanOnce(worker: ChildProcess): Promise<{ cpuMs: number; rssMb: number }> {
  const scanId = randomBytes(16).toString('base64url');
  const issuedAt = Date.now();
  await documents.send(
    new PutCommand({
      TableName: names.scans,
      Item: {
        scanId,
        accountId: 'bench',
        paymentIntentId: 'pi',
        state: 'issued',
        issuedAt,
        deadlineAt: issuedAt + protocol.deadlineMs,
        openShard: openShardOf(scanId),
        contentType: 'image/jpeg',
        contentLength: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('base64'),
      },
    }),
  );
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: scanId, Body: bytes, IfNoneMatch: '*' }));
  const answered = once(worker, 'message');
  worker.send(arrivals.pop() ?? {});
  const [answer] = await answered;
  if (storage.objects().length > 0) throw new Error('a side left its object behind');
  return answer;
}

function report(): void {
  const [first, second] = sides.map(({ name, cpuMs, rssMb }) => {
    const sorted = cpuMs.toSorted((a, b) => a - b);
    const [low, median, high] = [0, sorted.length >> 1, sorted.length - 1].map((at) => sorted[at] ?? 0);
    console.log(
      `${name.padEnd(10)} ${show(median)} ms CPU a scan (median of ${sorted.length}; ${show(low)} to ${show(high)}), ${Math.round(rssMb)} MB`,
    );
    return median ?? Number.NaN;
  });
  const ratio = (second ?? Number.NaN) / (first ?? Number.NaN);
  console.log(`\nThe tutorial's handler costs ${ratio.toFixed(2)} times the CPU of onceover's.`);
}

function show(ms: number | undefined): string {
  return (ms ?? Number.NaN).toFixed(1);
}

/** Noise over a gradient, so that it compresses like a photo. */
async function twelveMegapixels(): Promise<Uint8Array> {
  const size = { width: 4000, height: 3000 };
  return sharp({
    create: {
      ...size,
      channels: 3,
      background: { r: 205, g: 160, b: 140 },
      noise: { type: 'gaussian', mean: 170, sigma: 12 },
    },
  })
    .jpeg({ quality: 90 })
    .toBuffer();
}
