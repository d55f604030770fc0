/**
 * The embedded S3: one bucket over HTTP on loopback, for `npm start` and the tests. It answers the AWS SDK and
 * presigned requests and enforces what onceover's promises lean on; never to be reached from another machine.
 *
 * Enforced
 * - SigV4 in header and query: every signed header present and equal, no `x-amz-` header unsigned, region,
 *   session token; 15 min of skew; X-Amz-Expires (when the request starts: a slow body may land later)
 * - the payload: x-amz-content-sha256, checksums CRC32, SHA-1, SHA-256, Content-MD5, stated length, at most
 *   64 MiB; `aws-chunked` with unsigned trailer is decoded, every other streaming form is refused
 * - the bucket policy: presigned signatures older than `maxSignatureAgeMs`, an object created without
 *   If-None-Match, and SSE-C are denied; so is what a principal has no action for, and everything unsigned
 * - If-None-Match: * on writes, If-Match on reads; a missing key is 404 only to who may list, else 403
 * - CORS by one rule, on preflights and answers
 * - Date, Last-Modified, eventTime by the clock that is given (`now`)
 *
 * Not here: TLS, virtual-host addresses, SigV4A, POST forms, signed streaming, CRC32C and CRC64NVME, ranges,
 * user metadata, tags, ACLs, versions, encryption, delimiters, ListObjects v1, ListParts, copies, rights by
 * prefix, conditional deletes, keys with control characters, eventual delivery. What a request asks of these is
 * refused with NotImplemented (or InvalidURI), not passed over. Cache-Control and its like are not kept.
 */
import { createServer } from 'node:http';
import { announceLeft, serve, type Host, type ServerSettings } from './exchange.ts';
import { createFaults, type Faults } from './faults.ts';
import { sequencers } from './notification.ts';
import { folderStorage } from './folder-storage.ts';
import { memoryStorage } from './storage.ts';

/** Everything the server is told. */
export interface S3Options extends ServerSettings {
  /** Default: a free one. */
  readonly port?: number;
  /** Folder that keeps objects and unfinished uploads. Default: they live in memory. */
  readonly folder?: string;
}

/** What is stored, for tests: never an image's bytes. */
export interface ObjectSummary {
  readonly key: string;
  readonly size: number;
  readonly lastModifiedAt: number;
}

/** A running server. */
export interface EmbeddedS3 {
  /** The endpoint for clients, by address, so that the SDK uses path-style without being told. */
  readonly url: string;
  readonly port: number;
  readonly faults: Faults;
  /** All objects, read past HTTP, rights and faults. */
  objects(): readonly ObjectSummary[];
  /** Cuts every connection and forgets everything but what a folder keeps. */
  close(): Promise<void>;
}

const loopback = '127.0.0.1';
const keepAliveMs = 120_000;

/** Starts the server; rejects when the port is taken. */
export async function startS3(options: S3Options): Promise<EmbeddedS3> {
  const storage = options.folder === undefined ? memoryStorage() : folderStorage(options.folder);
  const faults = createFaults();
  const host: Host = { settings: options, storage, faults, nextSequencer: sequencers(options.now) };
  const server = createServer((message, response) => void serve(host, message, response, () => {}));
  // A client that asks first is told to go on only when its request is admitted.
  server.on('checkContinue', (message, response) => {
    void serve(host, message, response, () => response.writeContinue());
  });
  // Clients keep connections for longer than Node's 5 s; one that closes under a request looks like a fault.
  server.keepAliveTimeout = keepAliveMs;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, loopback, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no TCP port.');
  const { port } = address;
  // Not waited for: whoever takes the events may start later. It ends with the last of them.
  void announceLeft(host);
  return {
    url: `http://${loopback}:${port}`,
    port,
    faults,
    objects: () =>
      storage.list('').map(({ key, bytes, lastModifiedAt }) => ({ key, size: bytes.length, lastModifiedAt })),
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}
