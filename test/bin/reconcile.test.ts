/** `npm run reconcile` against the embedded cloud: what it prints, what it leaves, and its exit codes. */
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { main } from '../../bin/reconcile/main.ts';
import { aPurchase } from '../contract/given.ts';
import { startWorld, type World } from '../scenario/world.ts';

let world: World;
let out = '';
let complaints = '';
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  out = '';
  complaints = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    complaints += String(text);
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

const run = (...args: string[]): Promise<number> => main(['--api', world.cloud.apiUrl, ...args]);

it('says that the books agree, those of the local account included', async () => {
  expect(await run()).toBe(0);
  expect(out).toBe('Payments at Stripe: 1. Purchases here: 1. The books agree.\n');
});

it('prints each difference, and repairs only what it is asked to', async () => {
  const { stripe, documents, names, accountId } = world.cloud;
  const metadata = { product: 'calmara', account: accountId, plan: 'pack-20', scans: '20' };
  stripe.books.seed({ id: 'pi_untold', amount: 499, currency: 'eur', metadata });
  const Item = { ...aPurchase(accountId, { paymentIntentId: 'pi_made_up' }) };
  await documents.send(new PutCommand({ TableName: names.purchases, Item }));
  expect(await run()).toBe(1);
  expect(out).toMatch(/missing +pi_untold {2}for \d+ s\n/);
  expect(out).toMatch(/unpaid +pi_made_up/);
  out = '';
  expect(await run('--json', '--repair')).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    payments: 2,
    differences: [
      { kind: 'missing', paymentIntentId: 'pi_untold', repaired: true },
      { kind: 'unpaid', paymentIntentId: 'pi_made_up', repaired: false },
    ],
  });
  out = '';
  expect(await run()).toBe(1);
  expect(out).not.toContain('pi_untold');
});

it('prints the request for a system on AWS, and its help', async () => {
  expect(await run('--print', '--repair')).toBe(0);
  expect(out).toBe('{"repair":true}\n');
  expect(await run('--help')).toBe(0);
  expect(out).toContain('Exit codes');
});

it('rejects an option that there is not, and a system that does not answer or cannot compare', async () => {
  expect(await run('--all')).toBe(2);
  expect(await main(['--api', 'http://127.0.0.1:9'])).toBe(3);
  world.cloud.stripe.fail({ matches: /^GET/, times: 2, effect: 'refuse' });
  expect(await run()).toBe(3);
  expect(complaints).toContain('The comparison failed');
});
