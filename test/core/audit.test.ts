/** What an audit looks at first: each kind of anomaly at its bound, and the order. */
import { describe, expect, it } from 'vitest';
import { anomaliesOf, anomalyKinds } from '../../core/audit.ts';
import type { WrittenRow } from '../../core/people-ports.ts';

const noon = Date.parse('2026-11-21T12:00:00Z');
const dayMs = 86_400_000;
let rowCount = 0;

function row(more: Partial<WrittenRow> = {}): WrittenRow {
  rowCount += 1;
  return {
    auditId: `row-${rowCount}`,
    at: noon + rowCount,
    staff: 'kim',
    category: 'support',
    action: 'account',
    reason: 'person-asked',
    note: `Note number ${rowCount} of a long day.`,
    ...more,
  };
}

const rows = (count: number, more: (at: number) => Partial<WrittenRow>): readonly WrittenRow[] =>
  Array.from({ length: count }, (_, at) => row(more(at)));

/** Just ordinary, and one more: what is then said. */
const bounds: readonly (readonly [string, number, (at: number) => Partial<WrittenRow>, object])[] = [
  ['refused', 0, () => ({ refused: 'forbidden' }), { count: 1 }],
  ['unlisted', 0, () => ({ action: 'read-diary' }), { count: 1 }],
  ['many-accounts', 15, (at) => ({ accountId: `account-${at}` }), { count: 16 }],
  ['one-account-often', 10, () => ({ accountId: 'one' }), { count: 11, accountId: 'one' }],
  ['alike-notes', 10, (at) => ({ note: at % 2 === 0 ? 'Just looking.' : ' just Looking. ' }), { count: 11 }],
];

describe('rows of one day', () => {
  it.each(bounds)('are %s above %i, and nothing before', (kind, bound, more, said) => {
    expect(anomaliesOf(rows(bound, more))).toEqual([]);
    expect(anomaliesOf(rows(bound + 1, more))).toEqual([{ kind, staff: 'kim', day: '2026-11-21', ...said }]);
  });

  it.each<[string, Partial<WrittenRow>]>([
    ['an action that is none', { action: 'read-diary' }],
    ['a role that is none', { category: 'root' }],
    ['a role for an action', { action: 'support' }],
    ['an action for a role', { category: 'account' }],
    ['a name that every object has', { action: 'constructor' }],
    ['another role’s action that was done', { category: 'billing' }],
    ['another action’s reason', { reason: 'payment-dispute' }],
    ['a reason that is none', { reason: 'curiosity' }],
  ])('are unlisted with %s', (_what, more) => {
    expect(anomaliesOf([row(more)]).map(({ kind }) => kind)).toEqual(['unlisted']);
  });

  it.each<[string, Partial<WrittenRow>]>([
    ['a refusal of another role’s action', { category: 'billing', refused: 'forbidden' }],
    ['one from before there were reasons', { reason: 'own-words' }],
  ])('are not unlisted with %s', (_what, more) => {
    expect(anomaliesOf([row(more)]).map(({ kind }) => kind)).not.toContain('unlisted');
  });

  it('are unlisted with what is none, refused or not', () => {
    const refused = row({ action: 'read-diary', refused: 'forbidden' });
    expect(anomaliesOf([refused]).map(({ kind }) => kind)).toEqual(['refused', 'unlisted']);
  });

  it('of one person in two roles are many-roles, of two people in one each are not', () => {
    const inTwo = [row(), row({ category: 'billing', action: 'transactions' })];
    expect(anomaliesOf(inTwo)).toEqual([{ kind: 'many-roles', staff: 'kim', day: '2026-11-21', count: 2 }]);
    expect(anomaliesOf([row(), row({ staff: 'lou', category: 'billing', action: 'transactions' })])).toEqual(
      [],
    );
  });

  it('say of an authority’s request that it was answered, and of whom, not that it was asked for', () => {
    const asked = {
      action: 'authority-answer',
      category: 'privacy-officer',
      reason: 'authority-request',
      staff: 'bob',
    };
    expect(anomaliesOf([row(asked)])).toEqual([]);
    expect(anomaliesOf([row(asked), row({ ...asked, accountId: 'one' })])).toEqual([
      { kind: 'authority-answered', staff: 'bob', day: '2026-11-21', count: 1, accountId: 'one' },
    ]);
  });

  it('are counted by person and by UTC day: half of too many on each is not too many', () => {
    const looks = (staff: string, at: number): readonly WrittenRow[] =>
      rows(10, () => ({ staff, at, accountId: 'one' }));
    expect(
      anomaliesOf([...looks('kim', noon), ...looks('kim', noon + dayMs), ...looks('lou', noon)]),
    ).toEqual([]);
  });
});

it('the gravest come first, and of the same kind the latest', () => {
  const all = [
    ...rows(11, () => ({ note: 'Just looking.' })),
    row({ refused: 'forbidden', at: noon }),
    row({ refused: 'forbidden', at: noon + dayMs, staff: 'lou' }),
    ...rows(16, (at) => ({ accountId: `account-${at}`, category: 'billing', action: 'transactions' })),
    row({ action: 'read-diary' }),
  ];
  const kinds = anomaliesOf(all).map(({ kind, day }) => `${kind} ${day.slice(-2)}`);
  expect(kinds).toEqual([
    'refused 22',
    'refused 21',
    'unlisted 21',
    'many-accounts 21',
    'many-roles 21',
    'alike-notes 21',
  ]);
  expect(anomalyKinds[0]).toBe('refused');
});
