import { expect, it, vi } from 'vitest';
import { behindOrigin, originHeader } from '../../../lambdas/api/origin.ts';

const secret = 's'.repeat(64);
const open = (given: string | undefined = secret) => {
  const handler = vi.fn(async (_event: unknown) => 'answered');
  return { handler, guarded: behindOrigin(given, handler, () => '0000-0000-0000-0000') };
};

it('hands on what carries the secret of the distribution', async () => {
  const { guarded } = open();
  expect(await guarded({ headers: { [originHeader]: secret } })).toBe('answered');
});

it.each([
  ['no header', { headers: {} }],
  ['another secret', { headers: { [originHeader]: 't'.repeat(64) } }],
  ['the beginning of it', { headers: { [originHeader]: secret.slice(1) } }],
  ['a list', { headers: { [originHeader]: [secret] } }],
  ['no headers at all', {}],
  ['nothing', undefined],
])('rejects %s as an address that there is not, before the API sees it', async (_what, event) => {
  const { handler, guarded } = open();
  expect(await guarded(event)).toMatchObject({
    statusCode: 404,
    headers: { 'content-type': 'application/problem+json' },
    body: expect.stringContaining('"code":"not-found"'),
  });
  expect(handler).not.toHaveBeenCalled();
});

it('hands everything on where no distribution stands before it', async () => {
  const handler = async (): Promise<string> => 'answered';
  expect(behindOrigin(undefined, handler, () => '')).toBe(handler);
});
