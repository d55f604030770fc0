import { S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { createUploadSigner } from '../../../lambdas/adapters/s3-upload-signer.ts';

const now = Date.parse('2026-11-21T14:00:00.900Z');
const scanId = 'q3Zk0mTnS8u5vJ1xYbD7Hw';
const upload = { contentType: 'image/jpeg', contentLength: 5, sha256: `${'A'.repeat(43)}=` } as const;

function signer() {
  const client = new S3Client({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'session' },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  return createUploadSigner(client, 'uploads', { now: () => now });
}

test('one signature covers key, length, type, checksum and no-overwrite', async () => {
  const address = await signer().sign(scanId, upload, 60_000);
  const url = new URL(address.url);
  expect(url.pathname).toBe(`/${scanId}`);
  expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe(
    'content-length;content-type;host;if-none-match;x-amz-checksum-sha256',
  );
  expect(address.method).toBe('PUT');
  expect(address.headers).toEqual({
    'content-type': 'image/jpeg',
    'if-none-match': '*',
    'x-amz-checksum-sha256': upload.sha256,
  });
});

test('the address carries the signature and nothing that a client could leave out or change', async () => {
  const { url } = await signer().sign(scanId, upload, 60_000);
  expect([...new URL(url).searchParams.keys()].toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
    'X-Amz-Algorithm',
    'X-Amz-Content-Sha256',
    'X-Amz-Credential',
    'X-Amz-Date',
    'X-Amz-Expires',
    'X-Amz-Security-Token',
    'X-Amz-Signature',
    'X-Amz-SignedHeaders',
    'x-id',
  ]);
  expect(url).not.toMatch(/crc32|x-amz-sdk|x-amz-checksum-[^s]/i);
});

test.each([
  [60_000, '60', '2026-11-21T14:01:00.000Z'],
  [59_999, '59', '2026-11-21T14:00:59.000Z'],
  [1_000, '1', '2026-11-21T14:00:01.000Z'],
])('an address for %i ms lives whole seconds and never longer', async (ms, expires, until) => {
  const { url, expiresAt } = await signer().sign(scanId, upload, ms);
  const { searchParams } = new URL(url);
  expect(searchParams.get('X-Amz-Date')).toBe('20261121T140000Z');
  expect(searchParams.get('X-Amz-Expires')).toBe(expires);
  expect(new Date(expiresAt).toISOString()).toBe(until);
  expect(expiresAt).toBeLessThanOrEqual(now + ms);
});

test('rejects a lifetime of less than a second', async () => {
  await expect(signer().sign(scanId, upload, 999)).rejects.toThrow(RangeError);
});

test.each([
  ['key', 'q3Zk0mTnS8u5vJ1xYbD7Hx', upload],
  ['length', scanId, { ...upload, contentLength: 6 }],
  ['type', scanId, { ...upload, contentType: 'image/png' as const }],
  ['digest', scanId, { ...upload, sha256: `B${upload.sha256.slice(1)}` }],
])('another %s has another signature', async (_what, id, other) => {
  const signature = async (key: string, claim: typeof other | typeof upload) =>
    new URL((await signer().sign(key, claim, 60_000)).url).searchParams.get('X-Amz-Signature');
  expect(await signature(id, other)).not.toBe(await signature(scanId, upload));
});
