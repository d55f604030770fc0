/** What the whole system publishes about lifetimes, and what it keeps to know them (ONE-1, CAL-9). */
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { statusSchema } from '../../core/contract.ts';
import { fieldOfAttribute } from '../../core/policy.ts';
import { calmara } from '../../policies/calmara.ts';
import { photo, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.cloud.close());

const status = async () => statusSchema.parse(await (await fetch(`${world.cloud.apiUrl}/v1/status`)).json());

it('shows lifetimes from ten objects on, the swept one among them, and keeps only counters', async () => {
  const person = await world.person();
  const bytes = await photo('jpeg-32x32');
  const send = async () => {
    const ticket = await person.ticket(bytes);
    await world.put(ticket, bytes);
    await world.idle();
  };
  for (let count = 0; count < 9; count += 1) await send();
  expect((await status()).lifetimes).toEqual({ windowDays: 7 });
  world.cloud.runner.planDeliveries('analyze', 'lost');
  await send();
  await world.pass(250_000);
  const { lifetimes, boundMs, oldestObjectMs } = await status();
  expect(lifetimes.count).toBe(10);
  expect(lifetimes.p50Ms).toBeLessThan(30_000);
  expect(lifetimes.maxMs).toBeGreaterThan(120_000);
  expect(lifetimes.maxMs).toBeLessThan(boundMs);
  expect(oldestObjectMs).toBe(0);

  const { Items = [] } = await world.cloud.documents.send(
    new ScanCommand({ TableName: world.cloud.names.operations }),
  );
  const policy = calmara.dataClasses.find(({ table }) => table === 'operations');
  if (policy === undefined) throw new Error('the policy has a class for this table');
  const stray = Items.flatMap((item) => Object.keys(item)).filter(
    (attribute) => fieldOfAttribute(policy, attribute) === undefined,
  );
  expect(stray).toEqual([]);
  expect(JSON.stringify(Items)).not.toContain(person.accountId);
});
