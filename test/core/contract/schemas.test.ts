import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  historyQuerySchema,
  idempotencyKeySchema,
  problemSchema,
  renameSchema,
  scanIdSchema,
  scanQuerySchema,
  scanViewSchema,
  ticketRequestSchema,
} from '../../../core/contract.ts';
import { errorCodes, errorDescriptions } from '../../../core/errors.ts';
import { scanIdOfKey } from '../../../core/scan.ts';

const request = { contentType: 'image/jpeg', contentLength: 1, sha256: `${'A'.repeat(43)}=` };

test('requests are closed: a field that is not known is refused', () => {
  expect(ticketRequestSchema.safeParse(request).success).toBe(true);
  expect(ticketRequestSchema.safeParse({ ...request, exif: {} }).success).toBe(false);
  expect(renameSchema.safeParse({ name: null, state: 'completed' }).success).toBe(false);
  expect(historyQuerySchema.safeParse({ accountId: 'x' }).success).toBe(false);
});

test.each([
  ['a length of nothing', { contentLength: 0 }],
  ['half a byte', { contentLength: 1.5 }],
  ['a length in words', { contentLength: '12' }],
  ['a length past what is counted exactly', { contentLength: 2 ** 53 }],
  ['a digest in hex', { sha256: 'a'.repeat(64) }],
  ['a digest of another size', { sha256: `${'A'.repeat(42)}==` }],
  ['a content type without end', { contentType: 'x'.repeat(101) }],
])('rejects a ticket request with %s', (_what, change) => {
  expect(ticketRequestSchema.safeParse({ ...request, ...change }).success).toBe(false);
});

test('a scan id of the contract is exactly an object key that a ticket can name', () => {
  const idLike = fc.oneof(fc.string({ maxLength: 24 }), fc.stringMatching(/^[A-Za-z0-9_-]{21,23}$/));
  fc.assert(
    fc.property(idLike, (text) => scanIdSchema.safeParse(text).success === (scanIdOfKey(text) !== undefined)),
  );
});

test('an idempotency key is safe in a database key and in a log of headers', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 16, maxLength: 64, unit: 'binary' }), (text) => {
      const accepted = idempotencyKeySchema.safeParse(text).success;
      return accepted === /^[\w-]+$/.test(text);
    }),
  );
  expect(idempotencyKeySchema.safeParse(crypto.randomUUID()).success).toBe(true);
});

test('queries have defaults and bounds', () => {
  expect(historyQuerySchema.parse({})).toEqual({ limit: 20 });
  expect(scanQuerySchema.parse({})).toEqual({ wait: 0 });
  expect(scanQuerySchema.parse({ wait: '2.5' })).toEqual({ wait: 2.5 });
  expect(scanQuerySchema.safeParse({ wait: '6' }).success).toBe(false);
});

test('an erased scan has no view', () => {
  const view = { id: 'x'.repeat(22), issuedAt: '2026-11-21T14:00:00.000Z', message: 'm', charged: false };
  expect(scanViewSchema.safeParse({ ...view, state: 'expired' }).success).toBe(true);
  expect(scanViewSchema.safeParse({ ...view, state: 'erased' }).success).toBe(false);
});

test('every error code has its status, a title and a sentence that says what to do', () => {
  for (const code of errorCodes) {
    const { status, title, detail } = errorDescriptions[code];
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(detail).toMatch(/\.$/);
    expect(problemSchema.shape.code.options).toContain(code);
  }
});
