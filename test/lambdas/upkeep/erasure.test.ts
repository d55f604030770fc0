/**
 * Erasure over a real database and the payment stand-in: everything that is stored for one person is listed raw before
 * and after, whatever pass was killed where (CAL-6, CAL-15).
 */
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { ticketSchema } from '../../../core/contract.ts';
import { erasureTimes } from '../../../core/erasure.ts';
import type { Act } from '../../../core/evidence.ts';
import { requestErasure } from '../../../core/request-erasure.ts';
import { isOpen } from '../../../core/scan.ts';
import { beginSession } from '../../../core/session.ts';
import { settle } from '../../../core/settle.ts';
import { classOfTable } from '../../../core/policy.ts';
import { historyIndex, tables } from '../../../core/tables.ts';
import { createPersonalData } from '../../../lambdas/adapters/dynamodb/personal-data.ts';
import { calmara } from '../../../policies/calmara.ts';
import { aLease, anIssuedScan, aPurchase, aTicket, freshId, outcomes } from '../../contract/given.ts';
import { erasureSteps, type ErasureStep } from '../../../core/erase.ts';
import { eraseDue, type EraseDuePorts } from '../../../lambdas/upkeep/erase-due.ts';
import { everythingOf } from '../../erasure/everything.ts';
import { givenEverything, identifiers, leftovers, placesOf, requestBy } from '../../erasure/given.ts';
import {
  bodyOf,
  codeOf,
  givenPeople,
  join,
  runErasures,
  signIn,
  ticket,
  type Member,
  type PeopleWorld,
} from '../../people/given.ts';

const worlds: PeopleWorld[] = [];
let world: PeopleWorld;
beforeEach(async () => {
  world = await givenPeople();
  worlds.push(world);
});
afterAll(async () => {
  for (const one of worlds) await one.close();
});

async function stateOf(reference: string): Promise<number> {
  return (await world.call('GET', `/v1/erasures/${reference}`)).status;
}

/** Minutes pass, with upkeep's runs. */
async function finish(): Promise<void> {
  await runErasures(world);
  world.clock.advance(erasureTimes.quietMs);
  await runErasures(world);
}

describe('an account that is erased', () => {
  it('leaves nothing anywhere but what is named, and after the last pass not even its random id', async () => {
    const other = await givenEverything(world);
    const member = await givenEverything(world);
    const ids = await identifiers(world, member);
    const before = await everythingOf(placesOf(world), ids);
    const places = new Set(before.map(({ place }) => place));
    for (const place of [
      'accounts',
      'identities',
      'scans',
      'purchases',
      'consents',
      'communications',
    ] as const) {
      expect(places, place).toContain(place);
    }
    expect(places).toContain('dead addresses');
    expect(places).toContain('user pool');
    expect(before.filter(({ raw }) => raw.includes('"object":"customer"'))).toHaveLength(1);
    const othersBefore = await everythingOf(placesOf(world), await identifiers(world, other));

    const reference = await requestBy(world, member);
    expect(await stateOf(reference)).toBe(200);
    const severed = await world.database.items('erasures');
    await runErasures(world);
    expect(await leftovers(world, ids)).toEqual([]);
    expect(world.pool.asked).toContain('AdminDeleteUser');
    expect(world.deletedImages).toContain(member.openScan);
    // It is not said to be done before whoever wrote last has ended.
    expect(await stateOf(reference)).toBe(200);
    world.clock.advance(erasureTimes.quietMs - 1);
    await runErasures(world);
    expect(await stateOf(reference)).toBe(200);
    world.clock.advance(1);
    await runErasures(world);
    expect(await stateOf(reference)).toBe(204);
    world.clock.advance(erasureTimes.thirdAfterMs);
    await runErasures(world);
    expect(await leftovers(world, ids, { after: true })).toEqual([]);
    expect(await stateOf(reference)).toBe(204);
    // The ledger holds what the policy names, at each moment of it.
    const { fields } = classOfTable(calmara, 'erasures');
    const named = new Set<string>(fields.map(({ name }) => name));
    const ledger = [...severed, ...(await world.database.items('erasures'))];
    expect(ledger.flatMap((item) => Object.keys(item)).filter((name) => !named.has(name))).toEqual([]);
    // Nothing of anybody else was touched.
    expect(await everythingOf(placesOf(world), await identifiers(world, other))).toEqual(othersBefore);
    expect(world.database.faults.pending()).toEqual([]);
  });

  it('is severed by the answer: no request, refresh or code of it works, and the answer comes again', async () => {
    const member = await join(world);
    const { challenge } = await world.ports.provider.begin({ address: member.email, language: 'en' });
    const reference = await requestBy(world, member);
    expect(await requestBy(world, member)).toBe(reference);
    expect(await codeOf(await world.call('GET', '/v1/me', { token: member.token }))).toBe('account-inactive');
    const refreshed = await world.call('POST', '/v1/sessions/refresh', {
      body: { refreshToken: member.refreshToken },
    });
    expect(refreshed.status).toBe(401);
    const verified = await world.call('POST', '/v1/sessions/verify', {
      body: { email: member.email, challenge, code: world.codeFor(member.email) },
    });
    expect(await codeOf(verified)).toBe('account-inactive');
    await runErasures(world);
    expect(await requestBy(world, member)).toBe(reference);
  });

  it('gives the address free: whoever joins with it is somebody new, whom later passes do not touch', async () => {
    const member = await givenEverything(world);
    await requestBy(world, member);
    await runErasures(world);
    const again = await signIn(world, member.email);
    expect(again.accountId).not.toBe(member.accountId);
    const before = await everythingOf(placesOf(world), [again.accountId]);
    await finish();
    world.clock.advance(erasureTimes.thirdAfterMs);
    await runErasures(world);
    expect(await everythingOf(placesOf(world), [again.accountId])).toEqual(before);
    expect((await signIn(world, member.email)).accountId).toBe(again.accountId);
  });

  it('has a page of more than the database answers at once deleted', async () => {
    const member = await join(world);
    const text = 'x'.repeat(1990);
    for (let count = 0; count < 700; count += 1) {
      await world.ports.communications.addMessage(member.accountId, {
        messageId: `m${count}`,
        topic: 'other',
        text,
        at: world.clock.now() + count,
      });
    }
    const ids = await identifiers(world, member);
    await requestBy(world, member);
    await runErasures(world);
    expect(await leftovers(world, ids)).toEqual([]);
  });
});

it('an erasure nobody asked for is not found', async () => {
  expect(await codeOf(await world.call('GET', '/v1/erasures/f7Qk2mTnS8u5vJ1xYbD7Hw'))).toBe(
    'erasure-not-found',
  );
});

/** Ports that fail once, when a step begins or when it is done, as if the function were killed there. */
function killedIn(step: ErasureStep, when: 'before' | 'after') {
  let struck = 0;
  const strike = async (at: ErasureStep, act: () => Promise<void>): Promise<void> => {
    if (at !== step || struck > 0) return act();
    if (when === 'after') await act();
    struck += 1;
    throw new Error(`killed ${when} ${step}`);
  };
  const { data, users, suppressions, traces } = world.erasing;
  const ports: EraseDuePorts = {
    ...world.erasing,
    users: { remove: (...given) => strike('users', () => users.remove(...given)) },
    suppressions: { forget: (...given) => strike('suppressions', () => suppressions.forget(...given)) },
    traces: { forget: (...given) => strike('traces', () => traces.forget(...given)) },
    data: {
      ...data,
      removeScan: (...given) => strike('scans', () => data.removeScan(...given)),
      removeIdentity: (...given) => strike('identities', () => data.removeIdentity(...given)),
      removeItems: (...given) => strike(given[0], () => data.removeItems(...given)),
    },
  };
  return { ports, struck: () => struck };
}

describe('a pass that is killed', () => {
  it.each(
    erasureSteps.flatMap(
      (step) =>
        [
          [step, 'before'],
          [step, 'after'],
        ] as const,
    ),
  )('in its step %s, %s it, is made up for by the next minute’s', async (step, when) => {
    const member = await givenEverything(world);
    const ids = await identifiers(world, member);
    const reference = await requestBy(world, member);
    const { ports, struck } = killedIn(step, when);
    await eraseDue(ports, () => Infinity);
    expect(struck()).toBe(1);
    await finish();
    expect(await leftovers(world, ids)).toEqual([]);
    expect(await stateOf(reference)).toBe(204);
  });
});

describe('a part that is erased', () => {
  it('is the history: every scan so far, at once, and nothing else; a used one is not given back', async () => {
    const member = await givenEverything(world);
    const { token } = member;
    const used = async () => (await world.ports.purchases.list(member.accountId)).map((one) => one.scansUsed);
    expect(await used()).toContain(1);
    const reference = await requestBy(world, member, '/v1/me/history');
    const history = await bodyOf(await world.call('GET', '/v1/scans', { token }));
    expect(history['scans']).toEqual([]);
    expect(world.deletedImages).toContain(member.openScan);
    // What had not ended is given back; nothing was used.
    expect(await used()).not.toContain(1);
    world.clock.advance(1);
    const later = ticketSchema.parse(await (await ticket(world, member)).json()).scan.id;
    world.clock.advance(60_000);
    await runErasures(world);
    expect(await world.ports.scans.find(later)).toMatchObject({ state: 'issued' });
    const kept = await bodyOf(await world.call('GET', '/v1/messages', { token }));
    expect(kept['messages']).toHaveLength(1);
    world.clock.advance(erasureTimes.quietMs);
    await runErasures(world);
    expect(await stateOf(reference)).toBe(204);
  });

  it('is what was written: messages and answers to surveys', async () => {
    const member = await givenEverything(world);
    const reference = await requestBy(world, member, '/v1/me/messages');
    const left = (await world.database.items('communications')).map((item) => JSON.stringify(item));
    expect(left.filter((item) => item.includes(member.accountId))).toEqual([]);
    expect((await world.call('GET', '/v1/scans', { token: member.token })).status).toBe(200);
    await finish();
    expect(await stateOf(reference)).toBe(204);
  });

  it('can be asked for twenty times a day', async () => {
    const member = await join(world);
    for (let count = 0; count < 20; count += 1) await requestBy(world, member, '/v1/me/messages');
    const once = await world.call('DELETE', '/v1/me/messages', { token: member.token });
    expect(await codeOf(once)).toBe('too-many-attempts');
  });
});

describe('an erasure that is not done', () => {
  it('is told from an hour on, with every run, until it is', async () => {
    const told: unknown[] = [];
    const log = {
      info: () => {},
      warn: () => {},
      error: (event: string, _error: unknown, fields: unknown) => void told.push([event, fields]),
    };
    const member = await join(world);
    await requestBy(world, member);
    const remove = () => Promise.reject(new Error('no'));
    const broken: EraseDuePorts = { ...world.erasing, log, users: { remove } };
    await eraseDue(broken, () => Infinity);
    world.clock.advance(erasureTimes.boundMs + 1);
    told.length = 0;
    await eraseDue(broken, () => Infinity);
    expect(told).toContainEqual(['erasures-overdue', { count: 1 }]);
    const whole = { ...world.erasing, log };
    await eraseDue(whole, () => Infinity);
    await eraseDue(whole, () => Infinity);
    told.length = 0;
    await eraseDue(whole, () => Infinity);
    expect(told).toEqual([]);
  });

  it('is one whose photo storage still has: its scan names it until storage says that it is gone', async () => {
    const member = await givenEverything(world);
    const reference = await requestBy(world, member);
    const stubborn = { ...world.erasing, images: { ...world.ports.images, isGone: async () => false } };
    for (const ms of [0, erasureTimes.quietMs]) {
      world.clock.advance(ms);
      await eraseDue(stubborn, () => Infinity);
      expect(await world.ports.scans.find(member.openScan)).toMatchObject({ state: 'erased' });
      expect(await stateOf(reference)).toBe(200);
    }
    await finish();
    expect(await world.ports.scans.find(member.openScan)).toBeUndefined();
    expect(await stateOf(reference)).toBe(204);
  });

  it('does not hold up another one', async () => {
    const [stuck, other] = [await join(world), await join(world)];
    await requestBy(world, stuck);
    world.clock.advance(1);
    const reference = await requestBy(world, other);
    const remove = async (accountId: string): Promise<void> => {
      if (accountId === stuck.accountId) throw new Error('no');
    };
    const broken: EraseDuePorts = { ...world.erasing, users: { remove } };
    await eraseDue(broken, () => Infinity);
    world.clock.advance(erasureTimes.quietMs);
    await eraseDue(broken, () => Infinity);
    expect(await stateOf(reference)).toBe(204);
  });
});

/** Every write that a request, an event or the staff may be about to make when the account goes. */
const writers: Readonly<
  Record<string, (member: Member & { readonly openScan: string }) => Promise<unknown>>
> = {
  'opens the account': ({ accountId, email }) =>
    world.ports.members.open({ accountId, state: 'active', email, openedAt: world.clock.now() }),
  'begins a session': ({ accountId }) =>
    world.ports.members.putSession(beginSession(accountId, freshId(), world.clock.now())),
  'claims the address': ({ accountId, email }) =>
    world.ports.identities.claimAddress(world.ports.keyedHash('address', email), accountId),
  'sends a message': ({ accountId }) =>
    world.ports.communications.addMessage(accountId, {
      messageId: freshId(),
      topic: 'other',
      text: 'Wait!',
      at: world.clock.now(),
    }),
  'answers a survey': ({ accountId }) =>
    world.ports.communications.addFeedback(accountId, {
      feedbackId: freshId(),
      survey: 'after-scan',
      surveyVersion: 1,
      answers: { clear: 1 },
      at: world.clock.now(),
    }),
  'gives a consent': ({ accountId }) => world.ports.joining.record(accountId, anAct('consent-given')),
  'affirms adulthood': ({ accountId }) => world.ports.joining.record(accountId, anAct('adulthood-affirmed')),
  'withdraws a consent': async ({ accountId }) =>
    world.ports.joining.stop({
      accountId,
      cause: {
        kind: 'withdrawal',
        consent: { purpose: 'image-processing', version: 1, granted: false, at: world.clock.now() },
        act: anAct('consent-withdrawn'),
      },
      work: await world.ports.joining.findOpenWork(accountId, world.clock.now()),
      at: world.clock.now(),
    }),
  'changes the language': ({ accountId }) => world.ports.members.setLanguage(accountId, 'de'),
  'keeps a purchase': ({ accountId }) =>
    world.ports.purchases.keep({ ...aPurchase(accountId), paymentIntentId: `pi_${freshId()}` }),
  'gives a ticket': ({ accountId }) =>
    world.ports.tickets.issue(aTicket(anIssuedScan(accountId, { issuedAt: world.clock.now() }))),
  'erases a part': ({ accountId }) => requestErasure(world.ports, accountId, 'requested', 'history'),
};

function anAct(kind: Act['kind']): Act {
  return {
    actId: freshId(),
    kind,
    text: kind === 'adulthood-affirmed' ? 'adulthood' : 'image-processing',
    version: '2',
    at: world.clock.now(),
    by: 'a test',
  };
}

describe('whoever is about to write when an account goes', () => {
  it.each(Object.entries(writers))('and %s, writes nothing', async (_title, write) => {
    const member = await givenEverything(world);
    const snapshot = async (): Promise<unknown> =>
      Promise.all(tables.map(async ({ name }) => [name, await world.database.items(name)] as const));
    await requestBy(world, member);
    const severed = await snapshot();
    world.clock.advance(1);
    await write(member);
    expect(await snapshot()).toEqual(severed);
    await runErasures(world);
    const gone = await snapshot();
    await write(member);
    expect(await snapshot()).toEqual(gone);
  });

  it('and began a scan that the index does not show yet, leaves none: its request names it', async () => {
    const member = await join(world);
    const { scan } = ticketSchema.parse(await (await ticket(world, member)).json());
    const { documents, names, ports } = world;
    // Behind by more than an erasure takes.
    const lagging: typeof documents = Object.assign(Object.create(documents), {
      send: async (command: { readonly input: { readonly IndexName?: string } }) =>
        command.input.IndexName === historyIndex ? { Items: [] } : documents.send(command as never), // oxlint-disable-line typescript/no-unsafe-type-assertion -- handed on as it came
    });
    const data = createPersonalData(lagging, names, ports.keyedHash);
    expect(await data.scanIds(member.accountId)).toEqual([scan.id]);
    const reference = await requestBy(world, member);
    await eraseDue({ ...world.erasing, data }, () => Infinity);
    expect(await ports.scans.find(scan.id)).toBeUndefined();
    expect(world.deletedImages).toContain(scan.id);
    world.clock.advance(erasureTimes.quietMs);
    await eraseDue({ ...world.erasing, data }, () => Infinity);
    expect(await stateOf(reference)).toBe(204);
  });

  it('and holds an open scan, keeps it until it has ended: its unit and its photo hang on it', async () => {
    const member = await givenEverything(world);
    await world.erasing.data.removeScan(member.accountId, member.openScan);
    expect(await world.ports.scans.find(member.openScan)).toMatchObject({ state: 'issued' });
  });

  it('and analyses a photo, stores nothing: its scan is no longer open', async () => {
    const member = await givenEverything(world);
    const { scans } = world.ports;
    const lease = aLease({ leaseUntil: world.clock.now() + 40_000 });
    expect(await scans.claim(member.openScan, lease, world.clock.now())).toBe('claimed');
    const claimed = await scans.find(member.openScan);
    if (claimed === undefined || !isOpen(claimed)) throw new Error('given: a claimed scan');
    await requestBy(world, member);
    await runErasures(world);
    expect(await settle(world.erasing, claimed, outcomes.completed)).toBe('gone');
    expect(await scans.find(member.openScan)).toBeUndefined();
    expect(world.deletedImages).toContain(member.openScan);
  });
});
