import { expect, test } from 'vitest';
import { readEnv } from '../../../lambdas/runtime/env.ts';

test('required names are strings, optional ones may be absent', () => {
  const env = readEnv({ A: 'required', B: 'optional', C: 'optional' }, { A: 'a', B: 'b', D: 'd' });
  expect(env).toEqual({ A: 'a', B: 'b', C: undefined });
});

test('an empty value counts as missing', () => {
  expect(readEnv({ A: 'optional' }, { A: '' })).toEqual({ A: undefined });
  expect(() => readEnv({ A: 'required' }, { A: '' })).toThrow('lacks A;');
});

test('rejects with every missing name in one message, and no value of any other', () => {
  expect(() =>
    readEnv({ A: 'required', B: 'required', C: 'required', D: 'optional' }, { B: 'secret' }),
  ).toThrow(/^The environment lacks A, C; the deployment sets them\.$/);
});

test('reads the process’s own environment without another', () => {
  expect(readEnv({ PATH: 'required' }).PATH).toBe(process.env['PATH']);
});
