/** A function whose clock is three minutes wrong: every promise holds, though a photo may not be looked at. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FunctionName } from '../../lib/functions.ts';
import { freshId } from '../contract/given.ts';
import { endOf, failed, looked, type End } from './timeline.ts';
import { claimOf, photo, startWorld, type World } from './world.ts';

const minutesMs = 180_000;

async function givenWorld(skewMs: Partial<Record<FunctionName, number>>): Promise<World> {
  const world = await startWorld({ skewMs });
  onTestFinished(() => world.cloud.close());
  return world;
}

async function upload(world: World): Promise<End> {
  const bytes = await photo('skin-clear');
  const person = await world.person();
  const ticket = await person.ticket(bytes);
  expect(await world.put(ticket, bytes)).toBe(200);
  return endOf(world, person, ticket.scan.id);
}

const expired: End = { state: 'expired', units: [0, 0] };

describe('a clock three minutes wrong', () => {
  it('fast, in the analysis: every photo seems late, is deleted unread and costs nothing', async () => {
    expect(await upload(await givenWorld({ analyze: minutesMs }))).toEqual(expired);
  });

  it('slow, in the analysis: photos are looked at once, also when it is killed on top', async () => {
    const world = await givenWorld({ analyze: -minutesMs });
    expect(await upload(world)).toEqual(looked);
    const { faults } = world.cloud.storage;
    const stop = faults.before(async (operation) => {
      if (operation !== 'GetObject') return;
      stop();
      await world.cloud.runner.kill('analyze');
    });
    expect(await upload(world)).toEqual(looked);
  });

  it('slow, in the sweep: nothing is admitted, since its heartbeat seems old (ONE-5)', async () => {
    const world = await givenWorld({ sweep: -minutesMs });
    const person = await world.person();
    const ticket = await person.call('POST', '/v1/scans', {
      body: claimOf(await photo('skin-clear')),
      key: freshId(),
    });
    expect(await ticket.json()).toMatchObject({ code: 'cleaner-not-alive', status: 503 });
    expect(await person.units()).toEqual([0, 0]);
  });

  it('fast, in the sweep: it undoes no result, deletes no young object, and an unseen one in time', async () => {
    const world = await givenWorld({ sweep: minutesMs });
    expect(await upload(world)).toEqual(looked);
    const bytes = await photo('skin-clear');
    world.cloud.runner.planDeliveries('analyze', 'lost');
    const person = await world.person();
    const ticket = await person.ticket(bytes);
    await world.put(ticket, bytes);
    await world.pass(65_000);
    expect(world.cloud.storage.objects()).toHaveLength(1);
    const uploadedAt = world.cloud.clock.now() - 65_000;
    expect(await endOf(world, person, ticket.scan.id, uploadedAt)).toEqual(failed('not-analysed'));
  });
});
