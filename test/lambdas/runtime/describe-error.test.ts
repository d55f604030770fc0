import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeError } from '../../../lambdas/runtime/describe-error.ts';

function withStack(message: string, stack: string): Error {
  const error = new Error(message);
  error.stack = stack;
  return error;
}

test('frames are printed by function, file and place, without folders', () => {
  const stack = [
    'Error: m',
    '    at read (/home/canary/project/adapter.ts:3:7)',
    '    at async Store.find (file:///srv/canary/store.js:10:2)',
    '    at /srv/canary/handler.mjs:1:1',
    '    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
  ].join('\n');
  expect(describeError(withStack('m', stack)).frames).toEqual([
    'read (adapter.ts:3:7)',
    'Store.find (store.js:10:2)',
    '<anonymous> (handler.mjs:1:1)',
    'process.processTicksAndRejections (internal/process/task_queues:105:5)',
  ]);
});

test('a message that imitates frames is not printed', () => {
  const message = 'x\n    at canary (/canary/IMG_0001.ts:1:1)';
  expect(JSON.stringify(describeError(new Error(message)))).not.toContain('canary');
});

test('no message is ever printed, whatever is in it', () => {
  const line = fc.stringMatching(/^canary[ -~]{0,40}$/);
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), (parts) => {
      const described = JSON.stringify(describeError(new TypeError(parts.join('\n    at '))));
      return !described.includes('canary');
    }),
  );
});

test('rejects names and codes that are not of the form of a name or a code', () => {
  const error = new Error('m');
  error.name = 'canary@example.com';
  const described = describeError(Object.assign(error, { code: 'k7Zk0mTnS8u5vJ1xYbD7Hw' }));
  expect(described.name).toBe('Error');
  expect(described.code).toBeUndefined();
});

test('what is not an error is said to be none, and nothing of it is printed', () => {
  for (const thrown of ['canary', 7, undefined, { message: 'canary' }]) {
    expect(describeError(thrown)).toEqual({ name: 'NotAnError', frames: [] });
  }
});

test('a chain of causes that leads back to itself ends', () => {
  const error = new Error('a');
  error.cause = error;
  let depth = 0;
  for (let at = describeError(error).cause; at !== undefined; at = at.cause) depth += 1;
  expect(depth).toBe(4);
});
