/**
 * Everything that somebody who holds an upload address may try beside the one upload it is for, and how storage
 * refuses it. Used on the signer alone and through the whole system. Holds no expectation of its own.
 */
import { request as httpRequest } from 'node:http';
import { sha256 } from './given.ts';

/** What a ticket gives: where to send, and the headers that the signature covers. */
export interface Address {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface StorageAnswer {
  readonly status: number;
  /** Error code of the answer's document; absent without one. */
  readonly code: string | undefined;
}

/** One thing to try, with an address that is good for exactly `photo`. */
export interface Abuse {
  readonly title: string;
  readonly status: number;
  readonly code: string | undefined;
  run(address: Address, photo: Uint8Array): Promise<StorageAnswer>;
}

/** Sends exactly these headers and bytes, with the length that the bytes have unless the headers say another. */
export async function send(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  body?: Uint8Array,
): Promise<StorageAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<StorageAnswer>();
  const length = body === undefined ? {} : { 'content-length': String(body.length) };
  const outgoing = httpRequest(url, { method, headers: { ...length, ...headers } }, (incoming) => {
    let text = '';
    incoming.setEncoding('utf8');
    incoming.on('data', (part: string) => void (text += part));
    incoming.once('error', reject);
    incoming.once('end', () =>
      resolve({ status: incoming.statusCode ?? 0, code: /<Code>(\w+)<\/Code>/.exec(text)?.[1] }),
    );
  });
  outgoing.once('error', reject);
  outgoing.end(body);
  return promise;
}

/** The one upload that an address is for. */
export function upload({ url, headers }: Address, photo: Uint8Array): Promise<StorageAnswer> {
  return send('PUT', url, headers, photo);
}

const unsigned = { status: 403, code: 'SignatureDoesNotMatch' };
const denied = { status: 403, code: 'AccessDenied' };
const wrongBytes = { status: 400, code: 'BadDigest' };

function without(headers: Address['headers'], name: string): Address['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([header]) => header !== name));
}

function withQuery(url: string, change: (query: URLSearchParams) => void): string {
  const changed = new URL(url);
  change(changed.searchParams);
  return changed.href;
}

/** The path's last segment is the key. */
function withKey(url: string, rename: (key: string) => string): string {
  return url.replace(/\/([^/?]+)\?/, (_all, key: string) => `/${rename(key)}?`);
}

/** The same key, with one character that says something else. */
function neighbour(key: string): string {
  return `${key.slice(0, -1)}${key.endsWith('A') ? 'Q' : 'A'}`;
}

function flipped(photo: Uint8Array): Uint8Array {
  const other = Uint8Array.from(photo);
  other.fill((photo[0] ?? 0) ^ 1, 0, 1);
  return other;
}

const keys: readonly Abuse[] = [
  {
    title: 'another key',
    ...unsigned,
    run: ({ url, headers }, photo) => send('PUT', withKey(url, neighbour), headers, photo),
  },
  {
    title: 'a key below its own',
    ...unsigned,
    run: ({ url, headers }, photo) =>
      send(
        'PUT',
        withKey(url, (key) => `${key}/more`),
        headers,
        photo,
      ),
  },
];

const bodies: readonly Abuse[] = [
  {
    title: 'fewer bytes',
    ...unsigned,
    run: (address, photo) => upload(address, photo.subarray(0, photo.length - 1)),
  },
  {
    title: 'more bytes',
    ...unsigned,
    run: (address, photo) => upload(address, Uint8Array.from([...photo, 0])),
  },
  { title: 'no bytes', ...unsigned, run: (address) => upload(address, new Uint8Array()) },
  {
    title: 'other bytes of the same length',
    ...wrongBytes,
    run: (address, photo) => upload(address, flipped(photo)),
  },
  {
    title: 'other bytes with their own checksum',
    ...unsigned,
    run: ({ url, headers }, photo) =>
      send('PUT', url, { ...headers, 'x-amz-checksum-sha256': sha256(flipped(photo)) }, flipped(photo)),
  },
];

const headersChanged: readonly Abuse[] = [
  ...['image/png', 'image/svg+xml', 'IMAGE/JPEG'].map((type) => ({
    title: `the type ${type}`,
    ...unsigned,
    run: ({ url, headers }: Address, photo: Uint8Array) =>
      send('PUT', url, { ...headers, 'content-type': type }, photo),
  })),
  ...['content-type', 'if-none-match', 'x-amz-checksum-sha256'].map((name) => ({
    title: `no ${name}`,
    ...unsigned,
    run: ({ url, headers }: Address, photo: Uint8Array) => send('PUT', url, without(headers, name), photo),
  })),
  {
    title: 'a chunked body of no stated length',
    ...unsigned,
    run: ({ url, headers }) => send('PUT', url, { ...headers, 'transfer-encoding': 'chunked' }),
  },
  {
    title: 'a key of its own to encrypt with',
    ...denied,
    run: ({ url, headers }, photo) =>
      send('PUT', url, { ...headers, 'x-amz-server-side-encryption-customer-algorithm': 'AES256' }, photo),
  },
  ...['x-amz-acl', 'x-amz-meta-name', 'x-amz-storage-class'].map((name) => ({
    title: `an ${name} that was not signed`,
    ...denied,
    run: ({ url, headers }: Address, photo: Uint8Array) =>
      send('PUT', url, { ...headers, [name]: 'public-read' }, photo),
  })),
];

const methods: readonly Abuse[] = [
  ...['GET', 'DELETE', 'POST'].map((method) => ({
    title: `the method ${method}`,
    ...unsigned,
    run: ({ url, headers }: Address) => send(method, url, headers),
  })),
  // An answer to HEAD has no document.
  {
    title: 'the method HEAD',
    ...unsigned,
    code: undefined,
    run: ({ url, headers }) => send('HEAD', url, headers),
  },
];

const queries: readonly Abuse[] = [
  ...(
    [
      ['a longer life', 'X-Amz-Expires', '3600', unsigned],
      ['a later signing', 'X-Amz-Date', undefined, unsigned],
      ['fewer signed headers', 'X-Amz-SignedHeaders', 'host', denied],
      ['another signature', 'X-Amz-Signature', '0'.repeat(64), unsigned],
      ['an ACL', 'x-amz-acl', 'public-read', unsigned],
      ['a multipart upload', 'uploads', '', unsigned],
      ['a part of an upload', 'partNumber', '1', unsigned],
    ] as const
  ).map(([what, name, value, refusal]) => ({
    title: `${what} in the query`,
    ...refusal,
    run: ({ url, headers }: Address, photo: Uint8Array) => {
      const changed = withQuery(url, (query) => query.set(name, value ?? nextSecond(query.get(name))));
      return send('PUT', changed, headers, photo);
    },
  })),
  {
    title: 'no signature at all',
    ...denied,
    run: ({ url, headers }, photo) => send('PUT', url.replace(/\?.*$/, ''), headers, photo),
  },
];

/** The basic ISO 8601 moment one second later, of the same minute where that is possible. */
function nextSecond(moment: string | null): string {
  const second = Number(moment?.slice(-3, -1));
  const other = String(second === 59 ? 0 : second + 1).padStart(2, '0');
  return `${moment?.slice(0, -3)}${other}Z`;
}

/** Each refused while the address is fresh, and none of them stores anything. */
export const abuses: readonly Abuse[] = [...keys, ...bodies, ...headersChanged, ...methods, ...queries];
