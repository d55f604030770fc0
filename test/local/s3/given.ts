/**
 * What the suites of the embedded S3 share: a server on a clock that only tests move, one principal a role of
 * the product, the real SDK client, and a raw request for what no client would send. Holds no expectation.
 */
import { request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { createHash } from 'node:crypto';
import { PutObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { S3Event } from 'aws-lambda';
import type { StorageObservation } from '../../../local/s3/exchange.ts';
import type { Principal } from '../../../local/s3/operations.ts';
import { startS3, type EmbeddedS3, type S3Options } from '../../../local/s3/server.ts';

export const bucket = 'uploads';
export const startedAt = Date.UTC(2031, 4, 6, 7, 8, 9, 250);

function principal(name: string, actions: Principal['actions'], sessionToken?: string): Principal {
  const secrets = { accessKeyId: `AK${name.toUpperCase()}`, secretAccessKey: `secret-of-${name}` };
  return { name, ...secrets, actions, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

/** The product's roles, and one that may do everything. */
export const roles = {
  api: principal('api', ['s3:PutObject', 's3:DeleteObject', 's3:ListBucket']),
  uploader: principal('uploader', ['s3:PutObject'], 'token-of-uploader'),
  analyze: principal('analyze', ['s3:GetObject', 's3:DeleteObject', 's3:ListBucket']),
  reader: principal('reader', ['s3:GetObject']),
  sweep: principal('sweep', [
    's3:DeleteObject',
    's3:ListBucket',
    's3:AbortMultipartUpload',
    's3:ListBucketMultipartUploads',
  ]),
} as const;

/** A running server and what it said. */
export interface Given {
  readonly s3: EmbeddedS3;
  readonly clock: { at: number };
  readonly events: S3Event[];
  readonly seen: StorageObservation[];
  readonly client: (role: keyof typeof roles, config?: S3ClientConfig) => S3Client;
  readonly close: () => Promise<void>;
}

/** Starts a server whose clock stands at `startedAt`. */
export async function givenS3(options: Pick<S3Options, 'folder'> = {}): Promise<Given> {
  const clock = { at: startedAt };
  const events: S3Event[] = [];
  const seen: StorageObservation[] = [];
  const clients: S3Client[] = [];
  const s3 = await startS3({
    ...options,
    bucket,
    now: () => clock.at,
    principals: Object.values(roles),
    cors: {
      origins: ['https://app.example', 'https://*.preview.example'],
      methods: ['PUT'],
      headers: ['content-type', 'if-none-match', 'x-amz-checksum-sha256'],
      exposeHeaders: ['etag'],
      maxAgeSeconds: 600,
    },
    maxSignatureAgeMs: 60_000,
    notify: (event) => events.push(event),
    observe: (observation) => seen.push(observation),
  });
  return {
    s3,
    clock,
    events,
    seen,
    client: (role, config = {}) => {
      const { accessKeyId, secretAccessKey, sessionToken } = roles[role];
      const client = new S3Client({
        endpoint: s3.url,
        region: 'us-east-1',
        credentials: {
          accessKeyId,
          secretAccessKey,
          ...(sessionToken === undefined ? {} : { sessionToken }),
        },
        // The server's clock is not this machine's: the client is told the difference instead of finding out.
        systemClockOffset: clock.at - Date.now(),
        maxAttempts: 1,
        ...config,
      });
      clients.push(client);
      return client;
    },
    close: async () => {
      for (const client of clients) client.destroy();
      await s3.close();
    },
  };
}

/** A ticket: the presigned PUT of one image, and the headers that it pins. */
export interface Ticket {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export const image = Buffer.from('the bytes of an image');
export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64');

/** Presigns as the API does: length, type, checksum and no-overwrite are signed headers. */
export async function givenTicket(
  given: Given,
  key: string,
  options: { role?: keyof typeof roles; expiresIn?: number; signedAt?: number } = {},
): Promise<Ticket> {
  const client = given.client(options.role ?? 'api', { requestChecksumCalculation: 'WHEN_REQUIRED' });
  const pinned = new Set(['content-length', 'content-type', 'if-none-match', 'x-amz-checksum-sha256']);
  const url = await getSignedUrl(
    client,
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      ContentLength: image.length,
      ContentType: 'image/jpeg',
      ChecksumSHA256: sha256(image),
      IfNoneMatch: '*',
    }),
    {
      expiresIn: options.expiresIn ?? 60,
      signingDate: new Date(options.signedAt ?? given.clock.at),
      signableHeaders: pinned,
      unhoistableHeaders: pinned,
    },
  );
  return {
    url,
    headers: {
      'content-length': String(image.length),
      'content-type': 'image/jpeg',
      'if-none-match': '*',
      'x-amz-checksum-sha256': sha256(image),
    },
  };
}

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The error code of an XML error. */
  readonly code: string | undefined;
}

/** Sends exactly these headers and bytes; the path is not normalised. */
export function send(
  url: string,
  method: string,
  headers: OutgoingHttpHeaders,
  body?: Buffer,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const path = url.slice(url.indexOf('/', 'http://'.length));
  return new Promise((resolve, reject) => {
    const options = { hostname, port, method, path, headers };
    const outgoing = httpRequest(options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('error', reject);
      incoming.once('end', () => {
        const text = Buffer.concat(chunks).toString();
        const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1];
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text, code });
      });
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

/** The headers without one of them, whatever its case. */
export function without(headers: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([header]) => header !== name));
}
