import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bucket, givenS3, image, roles, send, without, type Given, type RawAnswer } from './given.ts';

let given: Given;
beforeEach(async () => {
  given = await givenS3();
});
afterEach(() => given.close());

/** SHA-256 and its HMAC in the shape that the signer takes. */
class Sha256 {
  private readonly hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = typeof secret === 'string' ? secret : secret === undefined ? undefined : toBuffer(secret);
    this.hash = key === undefined ? createHash('sha256') : createHmac('sha256', key);
  }

  update(bytes: Uint8Array | string): void {
    this.hash.update(bytes);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest());
  }

  reset(): void {
    throw new Error('The signer hashes once.');
  }
}

function toBuffer(bytes: ArrayBuffer | ArrayBufferView): Buffer {
  return ArrayBuffer.isView(bytes)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : Buffer.from(bytes);
}

interface Sending {
  readonly method?: string;
  readonly path?: string;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: Buffer;
  readonly role?: keyof typeof roles;
  readonly signedAt?: number;
  /** Default: true */
  readonly stateLength?: boolean;
  /** Default: true */
  readonly signHost?: boolean;
  /** What becomes of the headers after signing. */
  readonly tamper?: (headers: Record<string, string>) => Record<string, string>;
}

/** Signs with the signer of the AWS SDK and sends: what the SDK's client itself would not send. */
async function signAndSend(sending: Sending): Promise<RawAnswer> {
  const { method = 'PUT', path = `/${bucket}/scan-1`, query = {}, headers = {}, body = image } = sending;
  const signer = new SignatureV4({
    service: 's3',
    region: 'us-east-1',
    credentials: roles[sending.role ?? 'api'],
    sha256: Sha256,
    uriEscapePath: false,
  });
  const hash = createHash('sha256').update(body).digest('hex');
  const { host, hostname, port } = new URL(given.s3.url);
  const length = sending.stateLength === false ? undefined : { 'content-length': String(body.length) };
  const named = sending.signHost === false ? undefined : { host };
  const always = { ...named, ...length, 'x-amz-content-sha256': hash };
  const signed = await signer.sign(
    {
      method,
      path,
      query,
      protocol: 'http:',
      hostname,
      port: Number(port),
      headers: { ...always, ...headers },
    },
    { signingDate: new Date(sending.signedAt ?? given.clock.at) },
  );
  const search = new URLSearchParams(query).toString();
  const sent = sending.tamper?.(signed.headers) ?? signed.headers;
  return send(`${given.s3.url}${path}${search === '' ? '' : `?${search}`}`, method, sent, body);
}

const withoutHash = (headers: Readonly<Record<string, string>>) => without(headers, 'x-amz-content-sha256');
const noOverwrite = { 'if-none-match': '*' };
const codeOf = async (sending: Sending) => {
  const { status, code } = await signAndSend(sending);
  return { status, code };
};

const get = (role: keyof typeof roles, key = 'scan-1') =>
  given.client(role).send(new GetObjectCommand({ Bucket: bucket, Key: key }));
const head = (role: keyof typeof roles, key: string) =>
  given.client(role).send(new HeadObjectCommand({ Bucket: bucket, Key: key }));

const remove = (text: string, headers?: Record<string, string>) => {
  const body = Buffer.from(text);
  const md5 = createHash('md5').update(body).digest('base64');
  const query = { delete: '' };
  return codeOf({
    method: 'POST',
    path: `/${bucket}`,
    query,
    body,
    headers: headers ?? { 'content-md5': md5 },
  });
};

const helloCrc = Buffer.alloc(4);
helloCrc.writeUInt32BE(crc32(Buffer.from('hello world')));
const trailer = `x-amz-checksum-crc32:${helloCrc.toString('base64')}\r\n\r\n`;
const framed = `5\r\nhello\r\n6\r\n world\r\n0\r\n${trailer}`;
const putFramed = (text: string, more: Record<string, string> = {}) =>
  signAndSend({
    body: Buffer.from(text),
    headers: {
      ...noOverwrite,
      'content-encoding': 'aws-chunked',
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': '11',
      'x-amz-trailer': 'x-amz-checksum-crc32',
      ...more,
    },
  });

describe('a signed request', () => {
  test('is taken when everything agrees', async () => {
    expect(await signAndSend({ headers: noOverwrite })).toMatchObject({ status: 200 });
    expect(given.s3.objects()).toHaveLength(1);
  });

  test('rejects no signature at all, for every operation', async () => {
    for (const method of ['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'PATCH'])
      for (const path of [`/${bucket}`, `/${bucket}/scan-1`, '/'])
        expect((await send(given.s3.url + path, method, {})).status).toBe(403);
  });

  test('rejects another bucket as not existing', async () => {
    const command = new ListObjectsV2Command({ Bucket: 'elsewhere' });
    await expect(given.client('sweep').send(command)).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  test('rejects a wrong secret and an unknown key', async () => {
    const list = new ListObjectsV2Command({ Bucket: bucket });
    const { accessKeyId } = roles.sweep;
    const wrong = given.client('sweep', { credentials: { accessKeyId, secretAccessKey: 'guess' } });
    await expect(wrong.send(list)).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
    const nobody = given.client('sweep', {
      credentials: { accessKeyId: 'AKNONE', secretAccessKey: 'guess' },
    });
    await expect(nobody.send(list)).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
  });

  test('rejects another region', async () => {
    const client = given.client('sweep', { region: 'eu-west-1' });
    const list = new ListObjectsV2Command({ Bucket: bucket });
    await expect(client.send(list)).rejects.toMatchObject({ name: 'AuthorizationHeaderMalformed' });
  });

  test('takes a clock that is 15 minutes off and rejects one that is further off', async () => {
    const far = 15 * 60_000;
    for (const off of [-far + 1000, far])
      expect(
        (
          await signAndSend({
            path: `/${bucket}/at${off}`,
            headers: noOverwrite,
            signedAt: given.clock.at + off,
          })
        ).status,
      ).toBe(200);
    for (const off of [-far, far + 1000])
      expect(await codeOf({ headers: noOverwrite, signedAt: given.clock.at + off })).toEqual({
        status: 403,
        code: 'RequestTimeTooSkewed',
      });
  });

  test('an age beyond the presigned limit is no matter in a header signature', async () => {
    const signedAt = given.clock.at - 5 * 60_000;
    expect((await signAndSend({ headers: noOverwrite, signedAt })).status).toBe(200);
  });

  test.each([
    ['a changed header', { 'content-type': 'image/png' }, 'SignatureDoesNotMatch'],
    ['an unsigned x-amz- header', { 'x-amz-acl': 'public-read' }, 'AccessDenied'],
    ['another date', { 'x-amz-date': '20310506T070000Z' }, 'SignatureDoesNotMatch'],
  ])('rejects %s', async (_, changed, code) => {
    const headers = { ...noOverwrite, 'content-type': 'image/jpeg' };
    const tamper = (signed: Record<string, string>) => ({ ...signed, ...changed });
    expect(await codeOf({ headers, tamper })).toEqual({ status: 403, code });
    expect(given.s3.objects()).toEqual([]);
  });

  test('rejects a payload hash that is missing or of other bytes', async () => {
    const other = createHash('sha256').update('other').digest('hex');
    expect(await codeOf({ headers: { ...noOverwrite, 'x-amz-content-sha256': other } })).toEqual({
      status: 400,
      code: 'XAmzContentSHA256Mismatch',
    });
    expect(await codeOf({ headers: noOverwrite, tamper: withoutHash })).toEqual({
      status: 400,
      code: 'InvalidRequest',
    });
    expect(given.s3.objects()).toEqual([]);
  });

  test('rejects a signature that leaves out the host', async () => {
    expect(await codeOf({ headers: noOverwrite, signHost: false })).toEqual({
      status: 403,
      code: 'AccessDenied',
    });
  });

  test('rejects the absence of a header that was signed empty', async () => {
    const sending = { headers: { ...noOverwrite, 'x-empty': '' } };
    expect(await codeOf({ ...sending, tamper: (signed) => without(signed, 'x-empty') })).toEqual({
      status: 403,
      code: 'SignatureDoesNotMatch',
    });
    expect((await codeOf(sending)).status).toBe(200);
  });

  test('rejects a malformed authorization', async () => {
    const headers = { authorization: 'AWS4-HMAC-SHA256 nothing of use' };
    const answer = await send(`${given.s3.url}/${bucket}`, 'GET', headers);
    expect(answer).toMatchObject({ status: 400, code: 'AuthorizationHeaderMalformed' });
  });

  test('rejects a path that is not UTF-8, a listing cannot name, or is too long', async () => {
    for (const [path, code] of [
      [`/${bucket}/%ff`, 'InvalidURI'],
      [`/${bucket}/%01`, 'InvalidURI'],
      [`/${bucket}/${'a'.repeat(1025)}`, 'KeyTooLongError'],
    ])
      expect(await send(`${given.s3.url}${path}`, 'GET', {})).toMatchObject({ status: 400, code });
  });
});

describe('the bytes of an upload', () => {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(image));

  test.each([
    ['x-amz-checksum-crc32', sum.toString('base64')],
    ['x-amz-checksum-sha1', createHash('sha1').update(image).digest('base64')],
    ['x-amz-checksum-sha256', createHash('sha256').update(image).digest('base64')],
    ['content-md5', createHash('md5').update(image).digest('base64')],
  ])('are held against %s', async (name, value) => {
    const malformed = name === 'content-md5' ? 'InvalidDigest' : 'InvalidRequest';
    const wrong = Buffer.from(value, 'base64').fill(1).toString('base64');
    const put = (stated: string) => codeOf({ headers: { ...noOverwrite, [name]: stated } });
    expect(await put(wrong)).toEqual({ status: 400, code: 'BadDigest' });
    expect(await put('short')).toEqual({ status: 400, code: malformed });
    expect(given.s3.objects()).toEqual([]);
    expect((await put(value)).status).toBe(200);
  });

  test('rejects more than 64 MiB from the stated length alone, and then takes nothing on that connection', async () => {
    const stated = { 'content-length': String(64 * 1024 * 1024 + 1), expect: '100-continue' };
    const answer = await signAndSend({ headers: { ...noOverwrite, ...stated }, body: Buffer.alloc(0) });
    expect(answer).toMatchObject({ status: 400, code: 'EntityTooLarge', headers: { connection: 'close' } });
  });

  test('rejects a chunked transfer, whose length nobody stated', async () => {
    const headers = { ...noOverwrite, 'transfer-encoding': 'chunked' };
    expect(await codeOf({ headers, stateLength: false })).toEqual({ status: 501, code: 'NotImplemented' });
    expect(given.s3.objects()).toEqual([]);
  });

  test('rejects another content encoding', async () => {
    for (const encoding of ['gzip', 'aws-chunked'])
      expect(await codeOf({ headers: { ...noOverwrite, 'content-encoding': encoding } })).toEqual({
        status: 501,
        code: 'NotImplemented',
      });
  });
});

describe('an aws-chunked upload', () => {
  test('is stored decoded', async () => {
    expect((await putFramed(framed)).status).toBe(200);
    const stored = await given
      .client('analyze')
      .send(new GetObjectCommand({ Bucket: bucket, Key: 'scan-1' }));
    expect(await stored.Body?.transformToString()).toBe('hello world');
  });

  test('rejects a body whose decoded length nobody stated', async () => {
    const headers = {
      ...noOverwrite,
      'content-encoding': 'aws-chunked',
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    };
    expect(await codeOf({ headers, body: Buffer.from(framed) })).toEqual({
      status: 411,
      code: 'MissingContentLength',
    });
  });

  test.each([
    ['bytes that are not framed', 'hello world', {}, 'IncompleteBody'],
    ['no last chunk', '5\r\nhello\r\n6\r\n world\r\n', {}, 'IncompleteBody'],
    ['a chunk longer than what follows', `ff\r\nhello\r\n0\r\n${trailer}`, {}, 'IncompleteBody'],
    [
      'a chunk shorter than what follows',
      `4\r\nhello\r\n6\r\n world\r\n0\r\n${trailer}`,
      {},
      'IncompleteBody',
    ],
    ['a chunk without its line end', `5\r\nhello__6\r\n world\r\n0\r\n${trailer}`, {}, 'IncompleteBody'],
    ['a chunk signature', `b;chunk-signature=00\r\nhello world\r\n0\r\n${trailer}`, {}, 'IncompleteBody'],
    ['another decoded length', framed, { 'x-amz-decoded-content-length': '10' }, 'IncompleteBody'],
    ['another checksum', framed.replace('world', 'WORLD'), {}, 'BadDigest'],
    ['a missing trailer', '5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n', {}, 'MalformedTrailerError'],
    [
      'a trailer that was not announced',
      framed,
      { 'x-amz-trailer': 'x-amz-checksum-sha256' },
      'MalformedTrailerError',
    ],
    ['a malformed trailer', '5\r\nhello\r\n6\r\n world\r\n0\r\nnothing\r\n\r\n', {}, 'MalformedTrailerError'],
    [
      'a trailer that is no checksum',
      'b\r\nhello world\r\n0\r\nif-match:*\r\n\r\n',
      { 'x-amz-trailer': 'if-match' },
      'NotImplemented',
    ],
    [
      'signed chunks',
      framed,
      { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' },
      'NotImplemented',
    ],
  ])('rejects %s', async (_, text, more, code) => {
    expect(await putFramed(text, more)).toMatchObject({ code });
    expect(given.s3.objects()).toEqual([]);
  });
});

describe('rights', () => {
  beforeEach(() => signAndSend({ headers: noOverwrite }));

  test('only who may read reads', async () => {
    expect((await get('analyze')).ContentLength).toBe(image.length);
    expect((await get('reader')).ContentLength).toBe(image.length);
  });

  test.each(['api', 'uploader', 'sweep'] as const)('rejects reading by %s, GET and HEAD', async (role) => {
    await expect(get(role)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(head(role, 'scan-1')).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });

  test('a missing key is 404 to who may list and 403 to who may not', async () => {
    await expect(get('analyze', 'gone')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(head('analyze', 'gone')).rejects.toMatchObject({ name: 'NotFound' });
    await expect(get('reader', 'gone')).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(head('reader', 'gone')).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });

  test('rejects storing, deleting and listing without the action', async () => {
    expect(await codeOf({ role: 'analyze', headers: noOverwrite })).toEqual({
      status: 403,
      code: 'AccessDenied',
    });
    expect((await codeOf({ role: 'reader', method: 'DELETE', body: Buffer.alloc(0) })).code).toBe(
      'AccessDenied',
    );
    const list = new ListObjectsV2Command({ Bucket: bucket });
    await expect(given.client('reader').send(list)).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(given.s3.objects()).toHaveLength(1);
  });

  test('rejects an upload without If-None-Match, by bucket policy', async () => {
    expect(await codeOf({ path: `/${bucket}/other` })).toEqual({ status: 403, code: 'AccessDenied' });
  });

  test('rejects If-None-Match with anything but a star', async () => {
    expect((await codeOf({ headers: { 'if-none-match': '"abc"' } })).code).toBe('NotImplemented');
  });

  test('rejects encryption with a key of the customer, by bucket policy', async () => {
    const headers = { ...noOverwrite, 'x-amz-server-side-encryption-customer-algorithm': 'AES256' };
    expect((await codeOf({ path: `/${bucket}/other`, headers })).code).toBe('AccessDenied');
  });

  test.each([
    ['a subresource', 'GET', `/${bucket}`, { versioning: '' }],
    ['the first listing', 'GET', `/${bucket}`, {}],
    ['reading an ACL', 'GET', `/${bucket}/scan-1`, { acl: '' }],
    ['creating the bucket', 'PUT', `/${bucket}`, {}],
    ['a form upload', 'POST', `/${bucket}`, {}],
  ])('rejects %s as not implemented', async (_, method, path, query) => {
    expect(await codeOf({ method, path, query, body: Buffer.alloc(0) })).toEqual({
      status: 501,
      code: 'NotImplemented',
    });
  });

  test('rejects a method that S3 does not have', async () => {
    expect((await codeOf({ method: 'PATCH' })).code).toBe('MethodNotAllowed');
  });
});

describe('a batch deletion', () => {
  test.each([
    ['no XML', 'keys please'],
    ['an empty batch', '<Delete></Delete>'],
    ['a key that is not there', '<Delete><Object></Object></Delete>'],
    ['a version', '<Delete><Object><Key>a</Key><VersionId>1</VersionId></Object></Delete>'],
    ['entities', '<!DOCTYPE a [<!ENTITY b "c">]><Delete><Object><Key>&b;</Key></Object></Delete>'],
    ['more than 1,000 keys', `<Delete>${'<Object><Key>a</Key></Object>'.repeat(1001)}</Delete>`],
  ])('rejects %s', async (_, text) => {
    expect(await remove(text)).toEqual({ status: 400, code: 'MalformedXML' });
  });

  test('rejects a body without checksum', async () => {
    expect((await remove('<Delete><Object><Key>a</Key></Object></Delete>', {})).code).toBe('InvalidRequest');
  });
});
