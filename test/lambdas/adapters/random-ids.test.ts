import { expect, it } from 'vitest';
import { idFrom, randomIds } from '../../../lambdas/adapters/random-ids.ts';

it('draws again where an id would begin with a hyphen, so that commands take it for no option', () => {
  const draws = [Buffer.alloc(16, 0xf8), Buffer.alloc(16, 0xfb), Buffer.alloc(16, 1)];
  expect(draws[0]?.toString('base64url')).toMatch(/^-/);
  const id = idFrom(() => draws.shift() ?? Buffer.alloc(16));
  expect(id).toBe(Buffer.alloc(16, 1).toString('base64url'));
  expect(draws).toHaveLength(0);
});

it('gives ids of 22 characters, each of them once', () => {
  const ids = Array.from({ length: 2_000 }, () => randomIds.next());
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^\w[\w-]{21}$/);
});
