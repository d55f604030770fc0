/** A real ticket over HTTP, abused in each way: nothing is stored, nothing runs, the unit comes back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ticket } from '../../core/contract.ts';
import { protocol } from '../../core/scan.ts';
import { abuses, upload, type Address } from '../contract/upload-abuses.ts';
import { expectNothingLeft, photo, startWorld, type Person, type World } from './world.ts';

let world: World;
let bytes: Uint8Array;
beforeAll(async () => {
  world = await startWorld();
  bytes = await photo('skin-clear');
});
afterAll(() => world.cloud.close());

function addressOf({ upload: address }: Ticket): Address {
  if (address === undefined) throw new Error('the ticket has no upload address');
  return address;
}

/** Every invocation of `analyze` so far. */
function looks(): number {
  return world.observed.filter(
    (seen) =>
      seen.source === 'functions' && seen.type === 'invocation-ended' && seen.functionName === 'analyze',
  ).length;
}

/** Lets the deadline pass and a sweep run: the scan ends as nobody's upload, and costs nothing. */
async function expectExpired(person: Person, scanId: string): Promise<void> {
  await world.pass(protocol.deadlineMs + 70_000);
  expectNothingLeft(world);
  expect(await person.client.getScan(scanId)).toMatchObject({ state: 'expired', charged: false });
  expect(await person.units()).toEqual([0, 0]);
}

describe('a ticket’s upload address', () => {
  it.each(abuses)('rejects $title: the bucket stays empty and the scan expires', async (abuse) => {
    const person = await world.person();
    const before = looks();
    const ticket = await person.ticket(bytes);
    const { status, code } = abuse;
    expect(await abuse.run(addressOf(ticket), bytes)).toEqual({ status, code });
    expectNothingLeft(world);
    await expectExpired(person, ticket.scan.id);
    expect(looks()).toBe(before);
  });

  it('rejects an upload a second after it expired', async () => {
    const person = await world.person();
    const ticket = await person.ticket(bytes);
    await world.pass(protocol.uploadMs + 1000);
    expect(await upload(addressOf(ticket), bytes)).toEqual({ status: 403, code: 'AccessDenied' });
    expectNothingLeft(world);
    await expectExpired(person, ticket.scan.id);
  });

  it('rejects the photo of another ticket of the same person', async () => {
    const person = await world.person();
    const other = await photo('jpeg-progressive');
    const [ticket, another] = [await person.ticket(bytes), await person.ticket(other)];
    const { url } = addressOf(ticket);
    const { headers } = addressOf(another);
    expect(await upload({ url, headers }, other)).toEqual({ status: 403, code: 'SignatureDoesNotMatch' });
    expectNothingLeft(world);
    expect(await person.units()).toEqual([2, 0]);
    await expectExpired(person, ticket.scan.id);
  });

  it('rejects a second upload while the first one waits, which is then looked at once', async () => {
    const person = await world.person();
    const before = looks();
    world.cloud.runner.planDeliveries('analyze', { delayMs: 5_000 });
    const ticket = await person.ticket(bytes);
    expect(await upload(addressOf(ticket), bytes)).toMatchObject({ status: 200 });
    expect(await upload(addressOf(ticket), bytes)).toEqual({ status: 412, code: 'PreconditionFailed' });
    await world.pass(6_000);
    expectNothingLeft(world);
    expect(await person.client.getScan(ticket.scan.id)).toMatchObject({ state: 'completed' });
    expect(await person.units()).toEqual([1, 1]);
    expect(looks()).toBe(before + 1);
  });

  it('is still good for its one upload after every abuse of it', async () => {
    const person = await world.person();
    const ticket = await person.ticket(bytes);
    for (const abuse of abuses) {
      expect((await abuse.run(addressOf(ticket), bytes)).status, abuse.title).toBeGreaterThanOrEqual(400);
    }
    expect(await upload(addressOf(ticket), bytes)).toMatchObject({ status: 200 });
    await world.idle();
    expectNothingLeft(world);
    expect(await person.client.getScan(ticket.scan.id)).toMatchObject({ state: 'completed' });
    expect(await person.units()).toEqual([1, 1]);
  });
});
