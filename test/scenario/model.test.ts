/** The chosen model as the whole system shows it: evaluated or not, and what then becomes of a photo and its unit. */
import { expect, it, onTestFinished } from 'vitest';
import { expectNothingLeft, photo, startWorld, type World } from './world.ts';

async function scanned(options: Parameters<typeof startWorld>[0]) {
  const world: World = await startWorld(options);
  onTestFinished(() => world.cloud.close());
  const person = await world.person();
  const bytes = await photo('skin-blob');
  const ticket = await person.ticket(bytes);
  expect(await world.put(ticket, bytes)).toBe(200);
  await world.idle();
  const scan = await person.client.getScan(ticket.scan.id);
  expectNothingLeft(world);
  return { scan, units: await person.units(), policy: await person.client.policy() };
}

it('without an evaluation nothing is said of the photo, and nothing is charged', async () => {
  const { scan, units, policy } = await scanned({ unevaluated: 'must-not-answer' });
  expect(scan).toMatchObject({
    state: 'inconclusive',
    reason: 'not-evaluated',
    charged: false,
    model: { name: 'colour-contrast', version: '0.1.0+not-evaluated', evaluated: false },
  });
  expect(units).toEqual([0, 0]);
  expect(policy.model).toMatchObject({ name: 'colour-contrast', evaluated: false });
});

it('on a machine for tests it speaks, and the result says what it is worth', async () => {
  const { scan, units } = await scanned({});
  expect(scan).toMatchObject({
    state: 'completed',
    band: 'visible-difference',
    message: expect.stringMatching(/has not been evaluated: for tests only\.$/),
    model: { version: '0.1.0+not-evaluated', evaluated: false },
  });
  expect(units).toEqual([1, 1]);
});
