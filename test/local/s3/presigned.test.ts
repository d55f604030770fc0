import { connect } from 'node:net';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  bucket,
  givenS3,
  givenTicket,
  image,
  send,
  sha256,
  without,
  type Given,
  type RawAnswer,
  type Ticket,
} from './given.ts';

let given: Given;
let ticket: Ticket;
beforeEach(async () => {
  given = await givenS3();
  ticket = await givenTicket(given, 'scan-1');
});
afterEach(() => given.close());

const upload = (headers: Readonly<Record<string, string>> = ticket.headers, body = image, url = ticket.url) =>
  send(url, 'PUT', headers, body);

/** What came of an upload: the answer, and whether anything was stored or announced after all. */
async function outcomeOf(answer: Promise<RawAnswer>) {
  const { status, code } = await answer;
  return { status, code, stored: given.s3.objects().length, events: given.events.length };
}

const refused = (code: string, status = 403) => ({ status, code, stored: 0, events: 0 });

const presignGet = (role: 'analyze' | 'api') =>
  getSignedUrl(given.client(role), new GetObjectCommand({ Bucket: bucket, Key: 'scan-1' }), {
    signingDate: new Date(given.clock.at),
  });

describe('a presigned upload', () => {
  test('signs length, type, checksum and no-overwrite', () => {
    expect(new URL(ticket.url).searchParams.get('X-Amz-SignedHeaders')).toBe(
      'content-length;content-type;host;if-none-match;x-amz-checksum-sha256',
    );
  });

  test('stores exactly what was announced', async () => {
    expect((await upload()).status).toBe(200);
    expect(given.s3.objects()).toMatchObject([{ key: 'scan-1', size: image.length }]);
  });

  test('works from fetch as a browser would send it', async () => {
    const headers = without(ticket.headers, 'content-length');
    const answer = await fetch(ticket.url, { method: 'PUT', headers, body: image });
    expect(answer.status).toBe(200);
  });

  test('works again after the object was deleted, as on S3', async () => {
    expect((await upload()).status).toBe(200);
    await given.client('analyze').send(new DeleteObjectCommand({ Bucket: bucket, Key: 'scan-1' }));
    expect((await upload()).status).toBe(200);
    expect(given.events).toHaveLength(2);
  });

  test('carries the session token of temporary credentials', async () => {
    const temporary = await givenTicket(given, 'scan-2', { role: 'uploader' });
    expect((await upload(temporary.headers, image, temporary.url)).status).toBe(200);
  });

  test('works with what the presigner signs when nobody pins anything, apart from no-overwrite', async () => {
    const url = await getSignedUrl(
      given.client('api', { requestChecksumCalculation: 'WHEN_REQUIRED' }),
      new PutObjectCommand({ Bucket: bucket, Key: 'loose', IfNoneMatch: '*' }),
      { signingDate: new Date(given.clock.at), signableHeaders: new Set(['if-none-match']) },
    );
    expect((await send(url, 'PUT', { 'if-none-match': '*' }, image)).status).toBe(200);
  });

  test('rejects the empty checksum that the presigner adds by default', async () => {
    const url = await getSignedUrl(
      given.client('api'),
      new PutObjectCommand({ Bucket: bucket, Key: 'scan-1', IfNoneMatch: '*' }),
      { signingDate: new Date(given.clock.at), signableHeaders: new Set(['if-none-match']) },
    );
    expect(url).toContain('x-amz-checksum-crc32=AAAAAA%3D%3D');
    expect(await outcomeOf(send(url, 'PUT', { 'if-none-match': '*' }, image))).toEqual(
      refused('BadDigest', 400),
    );
  });
});

describe('an abused presigned upload', () => {
  test('rejects another key', async () => {
    expect(await outcomeOf(upload(ticket.headers, image, ticket.url.replace('scan-1', 'scan-2')))).toEqual(
      refused('SignatureDoesNotMatch'),
    );
  });

  test('rejects another method', async () => {
    expect(await outcomeOf(send(ticket.url, 'GET', ticket.headers))).toEqual(
      refused('SignatureDoesNotMatch'),
    );
  });

  test('rejects another bucket', async () => {
    expect(
      await outcomeOf(upload(ticket.headers, image, ticket.url.replace('/uploads/', '/others/'))),
    ).toEqual(refused('NoSuchBucket', 404));
  });

  test.each(['content-type', 'if-none-match', 'x-amz-checksum-sha256'])(
    'rejects a missing %s',
    async (name) => {
      expect(await outcomeOf(upload(without(ticket.headers, name)))).toEqual(
        refused('SignatureDoesNotMatch'),
      );
    },
  );

  test('rejects a missing content-length', async () => {
    expect(
      await outcomeOf(
        upload({ ...without(ticket.headers, 'content-length'), 'transfer-encoding': 'chunked' }),
      ),
    ).toEqual(refused('SignatureDoesNotMatch'));
  });

  test.each([
    ['content-type', 'image/svg+xml'],
    ['if-none-match', '"other"'],
    ['x-amz-checksum-sha256', sha256(Buffer.from('other'))],
    ['host', 'uploads.example'],
  ])('rejects another %s', async (name, value) => {
    expect(await outcomeOf(upload({ ...ticket.headers, [name]: value }))).toEqual(
      refused('SignatureDoesNotMatch'),
    );
  });

  test('rejects a longer body that says so', async () => {
    const longer = Buffer.concat([image, image]);
    expect(
      await outcomeOf(upload({ ...ticket.headers, 'content-length': String(longer.length) }, longer)),
    ).toEqual(refused('SignatureDoesNotMatch'));
  });

  test('rejects a shorter body that says so', async () => {
    expect(
      await outcomeOf(upload({ ...ticket.headers, 'content-length': '4' }, image.subarray(0, 4))),
    ).toEqual(refused('SignatureDoesNotMatch'));
  });

  test('rejects other bytes of the same length', async () => {
    expect(await outcomeOf(upload(ticket.headers, Buffer.alloc(image.length, 'x')))).toEqual(
      refused('BadDigest', 400),
    );
  });

  test('takes only the stated length when more bytes follow', async () => {
    const socket = connect(given.s3.port, '127.0.0.1');
    const { pathname, search, host } = new URL(ticket.url);
    const lines = Object.entries({ host, ...ticket.headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`PUT ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n${image.toString()}and more`);
    await new Promise((resolve) => socket.resume().once('close', resolve));
    expect(given.s3.objects()).toMatchObject([{ size: image.length }]);
  });

  test('rejects a body that ends before its stated length', async () => {
    const left = new Promise<void>((resolve) => {
      given.s3.faults.before(() => resolve());
    });
    const socket = connect(given.s3.port, '127.0.0.1');
    const { pathname, search, host } = new URL(ticket.url);
    const lines = Object.entries({ host, ...ticket.headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`PUT ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n${image.toString().slice(1)}`);
    await left;
    socket.destroy();
    await expect
      .poll(() => given.seen.at(-1))
      .toMatchObject({ operation: 'PutObject', code: 'IncompleteBody' });
    expect(given.s3.objects()).toEqual([]);
  });

  test('rejects a second upload over the first', async () => {
    expect((await upload()).status).toBe(200);
    expect(await upload()).toMatchObject({ status: 412, code: 'PreconditionFailed' });
    expect(given.events).toHaveLength(1);
  });

  test('rejects all but one of many uploads at once', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => upload()));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 412)).toHaveLength(11);
  });

  test('rejects a changed, shortened or missing signature', async () => {
    const url = new URL(ticket.url);
    const signature = url.searchParams.get('X-Amz-Signature') ?? '';
    for (const forged of [
      signature.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
      signature.slice(2),
    ]) {
      url.searchParams.set('X-Amz-Signature', forged);
      expect(await outcomeOf(upload(ticket.headers, image, url.href))).toEqual(
        refused('SignatureDoesNotMatch'),
      );
    }
    url.searchParams.delete('X-Amz-Signature');
    expect(await outcomeOf(upload(ticket.headers, image, url.href))).toEqual(
      refused('AuthorizationQueryParametersError', 400),
    );
  });

  test.each([
    ['X-Amz-Expires', '600', 'SignatureDoesNotMatch', 403],
    ['X-Amz-Expires', '604801', 'AuthorizationQueryParametersError', 400],
    ['X-Amz-Expires', '0', 'AuthorizationQueryParametersError', 400],
    ['X-Amz-Algorithm', 'AWS4-ECDSA-P256-SHA256', 'AuthorizationQueryParametersError', 400],
    ['X-Amz-Credential', 'AKNOBODY/20310506/us-east-1/s3/aws4_request', 'InvalidAccessKeyId', 403],
    [
      'X-Amz-Credential',
      'AKAPI/20310506/eu-west-1/s3/aws4_request',
      'AuthorizationQueryParametersError',
      400,
    ],
    [
      'X-Amz-Credential',
      'AKAPI/20310505/us-east-1/s3/aws4_request',
      'AuthorizationQueryParametersError',
      400,
    ],
    ['X-Amz-Credential', 'AKANALYZE/20310506/us-east-1/s3/aws4_request', 'SignatureDoesNotMatch', 403],
    ['X-Amz-SignedHeaders', 'host', 'AccessDenied', 403],
    ['X-Amz-SignedHeaders', 'content-type', 'AccessDenied', 403],
    ['X-Amz-Date', '20310506T070810Z', 'SignatureDoesNotMatch', 403],
    ['X-Amz-Date', '20310506', 'AuthorizationQueryParametersError', 400],
    ['X-Amz-Security-Token', 'made-up', 'InvalidToken', 400],
    ['x-id', 'GetObject', 'SignatureDoesNotMatch', 403],
    ['versionId', '1', 'SignatureDoesNotMatch', 403],
  ])('rejects %s changed to %s', async (name, value, code, status) => {
    const url = new URL(ticket.url);
    url.searchParams.set(name, value);
    expect(await outcomeOf(upload(ticket.headers, image, url.href))).toEqual(refused(code, status));
  });

  test('rejects an x-amz- header that was not signed', async () => {
    expect(await outcomeOf(upload({ ...ticket.headers, 'x-amz-acl': 'public-read' }))).toEqual(
      refused('AccessDenied'),
    );
  });

  test('rejects a field that is given twice', async () => {
    expect(await outcomeOf(upload(ticket.headers, image, `${ticket.url}&X-Amz-Expires=600`))).toEqual(
      refused('InvalidArgument', 400),
    );
    expect(await outcomeOf(upload({ ...ticket.headers, 'x-amz-expires': '600' }))).toEqual(
      refused('InvalidArgument', 400),
    );
  });

  test('rejects a header that is given twice', async () => {
    expect(
      await outcomeOf(
        send(
          ticket.url,
          'PUT',
          { ...ticket.headers, 'x-amz-checksum-sha256': [sha256(image), sha256(image)] },
          image,
        ),
      ),
    ).toEqual(refused('InvalidRequest', 400));
  });

  test('rejects two ways of signing at once', async () => {
    expect(
      await outcomeOf(
        upload({
          ...ticket.headers,
          authorization: 'AWS4-HMAC-SHA256 Credential=a, SignedHeaders=b, Signature=c',
        }),
      ),
    ).toEqual(refused('InvalidArgument', 400));
  });

  test('rejects temporary credentials without their token', async () => {
    const temporary = await givenTicket(given, 'scan-2', { role: 'uploader' });
    const url = new URL(temporary.url);
    url.searchParams.delete('X-Amz-Security-Token');
    expect(await outcomeOf(upload(temporary.headers, image, url.href))).toEqual(refused('InvalidToken', 400));
  });

  test('rejects an upload that its signer may not make', async () => {
    const forbidden = await givenTicket(given, 'scan-1', { role: 'analyze' });
    expect(await outcomeOf(upload(forbidden.headers, image, forbidden.url))).toEqual(refused('AccessDenied'));
  });
});

describe('the times of a presigned URL', () => {
  // The clock of a signature has whole seconds: the tests' clock stands at 250 ms of one.
  test('is taken until it expires and rejects after that', async () => {
    ticket = await givenTicket(given, 'scan-1', { expiresIn: 30 });
    given.clock.at += 29_750;
    expect((await upload()).status).toBe(200);
    await given.client('analyze').send(new DeleteObjectCommand({ Bucket: bucket, Key: 'scan-1' }));
    given.events.length = 0;
    given.clock.at += 1;
    expect(await outcomeOf(upload())).toEqual(refused('AccessDenied'));
  });

  test('rejects a signature older than the bucket policy allows, though it has not expired', async () => {
    ticket = await givenTicket(given, 'scan-1', { expiresIn: 3600 });
    given.clock.at += 59_751;
    expect(await outcomeOf(upload())).toEqual(refused('AccessDenied'));
    given.clock.at -= 1;
    expect((await upload()).status).toBe(200);
  });

  test('rejects a signature from the future', async () => {
    ticket = await givenTicket(given, 'scan-1', { signedAt: given.clock.at + 16 * 60_000 });
    expect(await outcomeOf(upload())).toEqual(refused('AccessDenied'));
  });

  test('a slow upload that began in time is stored after its expiry', async () => {
    given.s3.faults.before(() => {
      given.clock.at += 300_000;
    });
    expect((await upload()).status).toBe(200);
    expect(given.s3.objects()).toMatchObject([{ lastModifiedAt: given.clock.at }]);
  });
});

describe('a presigned download', () => {
  test('works for who may read, and rejects a second method or who may not', async () => {
    await upload();
    const url = await presignGet('analyze');
    expect(await send(url, 'GET', {})).toMatchObject({ status: 200, body: image.toString() });
    expect(await send(url, 'DELETE', {})).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' });
    expect(await send(await presignGet('api'), 'GET', {})).toMatchObject({
      status: 403,
      code: 'AccessDenied',
    });
  });
});
