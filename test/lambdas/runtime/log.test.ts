import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  createLog,
  logEvents,
  logFlags,
  logNumbers,
  logWords,
  type LogFields,
} from '../../../lambdas/runtime/log.ts';

let printed: string[] = [];

beforeEach(() => {
  printed = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      printed.push(String(chunk));
      return true;
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

function lines(): unknown[] {
  return printed
    .join('')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}

/** What a caller with another language than TypeScript, or a bug, could pass. */
function untyped(fields: Readonly<Record<string, unknown>>): LogFields {
  return fields; // every field of LogFields is optional, so that any record has its type
}

test('an entry is one line of JSON: level, time, function, event and its fields, and nothing else', () => {
  createLog('sweep').info('sweep-finished', { count: 3, oldestAgeMs: 1_200.5, complete: true });
  createLog('analyze').warn('scan-settled', { state: 'rejected', reason: 'too-small' });
  expect(lines()).toEqual([
    {
      level: 'INFO',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      function: 'sweep',
      event: 'sweep-finished',
      count: 3,
      oldestAgeMs: 1_200.5,
      complete: true,
    },
    {
      level: 'WARN',
      timestamp: expect.any(String),
      function: 'analyze',
      event: 'scan-settled',
      state: 'rejected',
      reason: 'too-small',
    },
  ]);
});

test('everything that the lists allow is printed', () => {
  const log = createLog('api');
  for (const event of logEvents) log.info(event);
  for (const name of logNumbers) log.info('model-loaded', { [name]: 1 });
  for (const name of logFlags) log.info('model-loaded', { [name]: false });
  for (const [name, words] of Object.entries(logWords)) {
    for (const word of words) log.info('model-loaded', untyped({ [name]: word }));
  }
  log.info('request-refused', { reference: '7KQX-93MD-P2WA-5T0C' });
  expect(printed.join('')).not.toContain('withheld');
});

const canaries = {
  scanId: randomBytes(16).toString('base64url'),
  lowerCaseId: 'abcdefghijklmnopqrstuv',
  accountId: randomUUID(),
  email: 'canary@example.com',
  token: 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2ln',
  address: '203.0.113.7',
  fileName: 'canary-img-0042',
  gps: '48.8583,2.2944',
  exif: 'Exif\u0000\u0000MM',
};

test.each(Object.entries(canaries))(
  'rejects a %s in any field, in an unknown field, and as an event (ONE-6)',
  (_what, canary) => {
    const log = createLog('api');
    const fields = [...Object.keys(logWords), ...logNumbers, ...logFlags, 'reference', 'other', canary];
    for (const field of fields) log.info('scan-settled', untyped({ [field]: canary, ms: 1 }));
    for (const value of [[canary], { canary }, new Map([[canary, canary]]), new Error(canary)]) {
      log.info('scan-settled', untyped({ state: value, ms: 1 }));
    }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a bug would do
    log.info(canary as 'scan-settled');
    log.error('request-failed', canary);
    log.error('request-failed', { message: canary, stack: canary });
    expect(printed.join('')).not.toContain(canary);
    expect(lines()[0]).toMatchObject({ event: 'scan-settled', ms: 1, withheld: 1 });
  },
);

test('rejects any string that is not a word of its own field’s list', () => {
  const log = createLog('api');
  const words = new Set<string>(logWords.state);
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.constantFrom(...logWords.code)), (text) => {
      printed = [];
      log.info('scan-settled', untyped({ state: text }));
      return words.has(text) || JSON.stringify(lines()[0]).includes('"withheld":1');
    }),
  );
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('rejects %s as a number', (value) => {
  createLog('api').info('scan-settled', { ms: value });
  expect(lines()[0]).toMatchObject({ withheld: 1 });
});

test('rejects numbers and flags in fields of words, and in fields that are not known', () => {
  const log = createLog('api');
  for (const value of [48.8583, true]) {
    for (const field of ['state', 'reference', 'latitude', typeof value === 'number' ? 'complete' : 'ms']) {
      printed = [];
      log.info('scan-settled', untyped({ [field]: value }));
      expect(lines()[0]).toMatchObject({ withheld: 1 });
      expect(lines()[0]).not.toHaveProperty(field);
    }
  }
});

test('an error is printed as name, code, status and frames, without its message, through every cause', () => {
  class StorageError extends Error {
    override readonly name = 'StorageError';
    readonly code = 'ECONNRESET';
    readonly $metadata = { httpStatusCode: 503, requestId: 'canary-request' };
    readonly bucket = 'canary-bucket';
  }
  const error = new StorageError('canary-message', { cause: new TypeError('canary-cause') });
  createLog('sweep').error('deletion-failed', error, { attempt: 2 });
  expect(printed.join('')).not.toContain('canary');
  expect(lines()[0]).toMatchObject({
    level: 'ERROR',
    event: 'deletion-failed',
    attempt: 2,
    error: {
      name: 'StorageError',
      code: 'ECONNRESET',
      status: 503,
      frames: expect.arrayContaining([expect.stringMatching(/\(log\.test\.ts:\d+:\d+\)$/)]),
      cause: { name: 'TypeError', frames: expect.any(Array) },
    },
  });
});

test('environment settings of the logging library cannot make it print more', () => {
  vi.stubEnv('POWERTOOLS_LOGGER_LOG_EVENT', 'true');
  vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'canary-service');
  vi.stubEnv('_X_AMZN_TRACE_ID', 'Root=1-canary;Parent=canary;Sampled=1');
  createLog('api').info('model-loaded');
  expect(printed.join('')).not.toContain('canary');
  expect(lines()).toHaveLength(1);
});
