/**
 * The embedded S3 as the functions meet it: each with the rights of its entry in the catalogue, on a clock that
 * only the test moves and that is years from this machine's. Holds no expectation.
 */
import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { protocol } from '../../../core/scan.ts';
import type { FunctionName } from '../../../lib/functions.ts';
import { createPrincipals, intruder } from '../../../local/principals.ts';
import type { StorageObservation } from '../../../local/s3/exchange.ts';
import type { Principal } from '../../../local/s3/operations.ts';
import { startS3, type EmbeddedS3 } from '../../../local/s3/server.ts';

export const bucket = 'uploads';

/** Roles that nobody has, to see what a missing right does: `analyze` without ListBucket, and ListBucket alone. */
const lacking = {
  'without-list': ['s3:GetObject', 's3:DeleteObject'],
  'list-only': ['s3:ListBucket'],
} as const;

export type Role = FunctionName | typeof intruder | keyof typeof lacking;

export interface EmbeddedUploads {
  readonly s3: EmbeddedS3;
  /** Epoch ms of storage. */
  readonly clock: { at: number };
  readonly seen: readonly StorageObservation[];
  /** Events that storage sent. */
  readonly events: () => number;
  /** A client as `createS3Client` makes them; `skewMs`: by how much its own clock is wrong. */
  client(role: Role, more?: S3ClientConfig & { readonly skewMs?: number }): S3Client;
  put(key: string, bytes: Uint8Array, ageMs?: number): Promise<string>;
  beginMultipart(key: string, ageMs: number): Promise<void>;
  multipartKeys(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Starts an empty bucket. */
export async function startEmbeddedUploads(): Promise<EmbeddedUploads> {
  const clock = { at: Date.UTC(2031, 4, 6, 7, 8, 9, 250) };
  const principals = new Map<Role, Principal>(createPrincipals('contract'));
  for (const name of ['without-list', 'list-only'] as const) {
    const key = { accessKeyId: `AK-${name}`, secretAccessKey: `secret of ${name}` };
    principals.set(name, { name, ...key, actions: lacking[name] });
  }
  const seen: StorageObservation[] = [];
  const clients: S3Client[] = [];
  let events = 0;
  const s3 = await startS3({
    bucket,
    now: () => clock.at,
    principals: [...principals.values()],
    cors: { origins: [], methods: [], headers: [] },
    maxSignatureAgeMs: protocol.uploadMs,
    notify: () => void (events += 1),
    observe: (observation) => void seen.push(observation),
  });

  function client(role: Role, { skewMs = 0, ...more }: S3ClientConfig & { skewMs?: number } = {}): S3Client {
    const key = principals.get(role);
    const made = new S3Client({
      endpoint: s3.url,
      region: 'us-east-1',
      credentials: { accessKeyId: key?.accessKeyId ?? '', secretAccessKey: key?.secretAccessKey ?? '' },
      maxAttempts: 4,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      forcePathStyle: true,
      systemClockOffset: clock.at - Date.now() + skewMs,
      ...more,
    });
    clients.push(made);
    return made;
  }

  const planter = client(intruder);
  /** Runs something as it would have been run that long ago. */
  async function ago<T>(ageMs: number, run: () => Promise<T>): Promise<T> {
    clock.at -= ageMs;
    try {
      return await run();
    } finally {
      clock.at += ageMs;
    }
  }
  return {
    s3,
    clock,
    seen,
    events: () => events,
    client,
    async put(Key, Body, ageMs = 0) {
      const command = new PutObjectCommand({ Bucket: bucket, Key, Body, IfNoneMatch: '*' });
      const { ETag } = await ago(ageMs, () => planter.send(command));
      return ETag?.replaceAll('"', '') ?? '';
    },
    async beginMultipart(Key, ageMs) {
      await ago(ageMs, () => planter.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key })));
    },
    async multipartKeys() {
      const page = await client('sweep').send(new ListMultipartUploadsCommand({ Bucket: bucket }));
      return (page.Uploads ?? []).map(({ Key }) => Key ?? '');
    },
    async close() {
      for (const one of clients) one.destroy();
      await s3.close();
    },
  };
}
