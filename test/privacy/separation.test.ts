/**
 * Separation (CAL-12): every right to a table, every action of staff and every stored item, held against the policy file; and
 * the join of classes that no human role may make, tried by each role with everything that it can ask for.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { classOfTable, fieldOfAttribute } from '../../core/policy.ts';
import { keepingOf } from '../../core/retention.ts';
import { staffActionNames, staffActions, staffCategories, type StaffCategory } from '../../core/staff.ts';
import { auditTable, dataClasses, seenIndex, tables, type DataClass } from '../../core/tables.ts';
import { createKeptItems } from '../../lambdas/adapters/dynamodb/kept-items.ts';
import { functions } from '../../lib/functions.ts';
import { tableRights, type ItemAction } from '../../lib/rights.ts';
import { calmara } from '../../policies/calmara.ts';
import { givenPeople, join, ticket, type Member, type PeopleWorld } from '../people/given.ts';
import { openOffice, type Office } from './staff.ts';

const reading: ReadonlySet<ItemAction> = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan']);
/** Looks where an address leads, which is nobody's data but a hash's. */
const readersOf = (table: string): readonly string[] => classOfTable(calmara, table).readers;

describe('the rights of functions', () => {
  it.each(functions.map(({ name }) => name).filter((name) => name !== 'staff'))(
    'of %s to read are to tables of which the policy names it as a reader',
    (name) => {
      const read = tableRights[name].filter(({ actions }) => actions.some((action) => reading.has(action)));
      const others = read.map(({ table }) => table).filter((table) => !readersOf(table).includes(name));
      expect(others).toEqual([]);
    },
  );

  it('of staff to read are to tables that some category may read, or that it writes to', () => {
    const read = tableRights.staff.filter(({ actions }) => actions.some((action) => reading.has(action)));
    const categories: ReadonlySet<string> = new Set(staffCategories);
    const others = read
      .map(({ table }) => table)
      .filter((table) => !readersOf(table).some((reader) => categories.has(reader)));
    // Whether an account is being erased already, it must know before it begins that.
    expect([...new Set(others)]).toEqual(['erasures']);
  });

  it('of staff leave results out: no right of any kind to scans', () => {
    expect(tableRights.staff.filter(({ table }) => table === 'scans')).toEqual([]);
  });

  it('of the API to who looked are to the index that knows no name of the staff and no note', () => {
    const rights = tableRights.api.filter(({ table }) => table === 'audit');
    expect(rights).toEqual([{ table: 'audit', index: seenIndex, actions: ['Query'] }]);
    const index = auditTable.indexes.find(({ name }) => name === seenIndex);
    expect(index?.projection).toEqual(['category', 'action', 'reason', 'removeAfter']);
  });

  it('of the API to use are to count, and of nobody but staff and upkeep to read a count', () => {
    const touching = functions.flatMap(({ name }) =>
      tableRights[name].filter(({ table }) => table === 'usage').map(({ actions }) => [name, ...actions]),
    );
    expect(touching).toEqual([
      ['api', 'UpdateItem'],
      ['upkeep', 'Scan'],
      ['staff', 'BatchGetItem'],
    ]);
  });
});

/** Classes that a category's actions show; `joint`: with what takes two people. */
function shownTo(category: StaffCategory, joint = false): ReadonlySet<DataClass> {
  return new Set(
    staffActionNames
      .filter((action) => staffActions[action].category === category)
      .filter((action) => joint || action !== 'authority-answer')
      .flatMap((action): readonly DataClass[] => staffActions[action].shows),
  );
}

/** Classes of which the policy names a category as a reader. */
function readBy(category: StaffCategory): ReadonlySet<DataClass> {
  const classes = calmara.dataClasses.filter(({ readers }) => readers.includes(category));
  return new Set(classes.map(({ dataClass }) => dataClass));
}

describe('the actions of staff', () => {
  it.each(staffActionNames)(
    '%s shows classes of which the policy names its category as a reader',
    (action) => {
      if (action === 'authority-answer') return;
      const { category, shows } = staffActions[action];
      for (const dataClass of shows) {
        const ofClass = calmara.dataClasses.filter((one) => one.dataClass === dataClass);
        expect(
          ofClass.some(({ readers }) => readers.includes(category)),
          dataClass,
        ).toBe(true);
      }
    },
  );

  it('show results to nobody', () => {
    for (const category of staffCategories) expect(shownTo(category, true).has('health')).toBe(false);
  });

  it('show each role every class of which the policy names it as a reader, and no other', () => {
    for (const category of staffCategories) {
      expect([...shownTo(category)].toSorted(), category).toEqual([...readBy(category)].toSorted());
    }
  });

  it('join no two classes that together say who did what', () => {
    const forbidden: readonly (readonly DataClass[])[] = [
      ['personal', 'transactions'],
      ['personal', 'health'],
      ['health', 'transactions'],
      ['communications', 'transactions'],
      ...dataClasses.filter((one) => one !== 'usage').map((one) => ['usage', one] as const),
    ];
    for (const category of staffCategories) {
      for (const join0 of forbidden) {
        for (const classes of [shownTo(category), readBy(category)]) {
          expect(
            join0.every((dataClass) => classes.has(dataClass)),
            `${category}: ${join0.join(' with ')}`,
          ).toBe(false);
        }
      }
    }
  });

  it('hand several classes over together only with a second person', () => {
    const joint = staffActionNames.filter((action) => staffActions[action].shows.length > 1);
    expect(joint).toEqual(['authority-answer']);
  });
});

describe('a role that tries everything that it may ask for', () => {
  let world: PeopleWorld;
  let office: Office;
  let member: Member;
  let scanId: string;
  beforeAll(async () => {
    world = await givenPeople();
    office = await openOffice(world);
    member = await join(world);
    const body: unknown = await (await ticket(world, member)).json();
    scanId = /"id":"([^"]+)"/.exec(JSON.stringify(body))?.[1] ?? '';
    const { token } = member;
    await world.call('POST', '/v1/messages', { token, body: { topic: 'other', text: 'My knee hurts.' } });
    for (let at = 0; at < 12; at += 1) {
      await world.call('POST', '/v1/usage', { body: { event: 'app-opened' } });
    }
  });
  afterAll(async () => {
    await office.close();
    await world.close();
  });

  /** Everything that one role is shown about the account, and about all. */
  async function everythingFor(category: StaffCategory): Promise<string> {
    const { accountId, email } = member;
    const since = '2026-11-01';
    const messageId = (await world.ports.communications.listMessages(accountId))[0]?.messageId;
    const fields: Record<string, object> = {
      find: { email },
      account: { accountId },
      messages: { accountId },
      feedback: { accountId },
      answer: { accountId, messageId, text: 'So.' },
      transactions: { accountId },
      refund: { accountId, paymentIntentId: 'pi_unknown' },
      usage: { since },
      audit: { since },
      minor: { accountId },
      'authority-open': {
        accountId,
        authority: 'A court, 12/34',
        counselReference: 'C-1/26',
        classes: ['personal', 'transactions', 'communications', 'evidence'],
      },
    };
    let shown = '';
    for (const action of staffActionNames) {
      const request = {
        action,
        reason: staffActions[action].reasons[0],
        note: 'Trying what the role may do.',
        ...fields[action],
      };
      shown += JSON.stringify(await office.ask({ category, staff: 'nosy' }, request));
    }
    // Alone, and with the very request that it just opened.
    const requestId = /"requestId":"([^"]+)"/.exec(shown)?.[1];
    const court = { reason: 'authority-request', note: 'Trying to be two people.' };
    const answered = await office.ask(
      { category, staff: 'nosy' },
      { ...court, action: 'authority-answer', requestId },
    );
    return `${shown}${JSON.stringify(answered)}`;
  }

  it.each(staffCategories)(
    '%s cannot join who somebody is with what they bought, wrote or sent',
    async (category) => {
      const shown = await everythingFor(category);
      const facts = {
        address: shown.includes(member.email),
        payment: shown.includes('pi_first'),
        message: shown.includes('My knee hurts.'),
        scan: shown.includes(scanId),
        use: shown.includes('app-opened'),
      };
      const seen = Object.entries(facts).flatMap(([fact, isSeen]) => (isSeen ? [fact] : []));
      const expected: Record<StaffCategory, readonly string[]> = {
        support: ['message'],
        billing: ['payment'],
        product: [],
        'privacy-officer': [],
        'on-call': [],
      };
      expect(seen).toEqual(expected[category]);
    },
  );

  it('stores items whose every attribute and kind the policy names', async () => {
    const items = createKeptItems(world.documents, world.names);
    let looked = 0;
    for (const { name } of tables) {
      const ofClass = classOfTable(calmara, name);
      for await (const page of items.pages({ table: name, segment: 0, segments: 1 })) {
        for (const item of page) {
          looked += 1;
          expect(keepingOf(calmara, name, item), `${name} ${JSON.stringify(item['item'])}`).toBeDefined();
          const unnamed = Object.keys(item).filter((one) => fieldOfAttribute(ofClass, one) === undefined);
          expect(unnamed, name).toEqual([]);
        }
      }
    }
    expect(looked).toBeGreaterThan(30);
  });
});
