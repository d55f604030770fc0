/** What an audit looks at first: rows of staff that are out of the ordinary. Decides; reads nothing. */
import type { WrittenRow } from './people-ports.ts';
import { staffActionNames, staffActions, staffCategories, type StaffReason } from './staff.ts';

/** What makes rows worth a look, the gravest first. */
export const anomalyKinds = [
  'refused',
  'unlisted',
  'authority-answered',
  'many-accounts',
  'one-account-often',
  'many-roles',
  'alike-notes',
] as const;
export type AnomalyKind = (typeof anomalyKinds)[number];

export interface Anomaly {
  readonly kind: AnomalyKind;
  readonly staff: string;
  /** UTC day, `YYYY-MM-DD`. */
  readonly day: string;
  readonly count: number;
  /** About whose account, where it is one. */
  readonly accountId?: string;
}

/** More in one day than work explains. */
const bounds = { accounts: 15, looks: 10, alike: 10 } as const;

/** Anomalies of these rows, the gravest first, then the latest. */
export function anomaliesOf(rows: readonly WrittenRow[]): readonly Anomaly[] {
  const days = [
    ...Map.groupBy(rows, ({ staff, at }) => `${new Date(at).toISOString().slice(0, 10)} ${staff}`),
  ];
  return days
    .flatMap(([key, ofDay]) => {
      const [day = '', staff = ''] = key.split(' ');
      return anomaliesOfDay(ofDay).map((one) => ({ ...one, staff, day }));
    })
    .toSorted(
      (a, b) =>
        anomalyKinds.indexOf(a.kind) - anomalyKinds.indexOf(b.kind) ||
        (a.day < b.day ? 1 : a.day > b.day ? -1 : 0),
    );
}

/** Of one person of the staff, on one day. */
function anomaliesOfDay(rows: readonly WrittenRow[]): readonly Omit<Anomaly, 'staff' | 'day'>[] {
  const looks = rows.filter(({ refused }) => refused === undefined);
  const byAccount = Map.groupBy(
    looks.filter(({ accountId }) => accountId !== undefined),
    ({ accountId = '' }) => accountId,
  );
  const notes = Map.groupBy(looks, ({ note }) => note.trim().toLowerCase());
  const often = [...byAccount].filter(([, ofAccount]) => ofAccount.length > bounds.looks);
  return [
    ...counted('refused', rows.length - looks.length, 0),
    ...counted('unlisted', rows.filter((row) => !isOfToday(row)).length, 0),
    ...looks
      // The row about the account is written once it is answered, and not when it was only asked for.
      .filter(({ action, accountId }) => action === 'authority-answer' && accountId !== undefined)
      .map(({ accountId }) => ({
        kind: 'authority-answered' as const,
        count: 1,
        ...(accountId === undefined ? {} : { accountId }),
      })),
    ...counted('many-accounts', byAccount.size, bounds.accounts),
    ...often.map(([accountId, ofAccount]) => ({
      kind: 'one-account-often' as const,
      count: ofAccount.length,
      accountId,
    })),
    ...counted('many-roles', new Set(rows.map(({ category }) => category)).size, 1),
    ...counted('alike-notes', Math.max(0, ...[...notes.values()].map(({ length }) => length)), bounds.alike),
  ];
}

/** What nobody can ask for today was written by other code, or by somebody who is none. */
function isOfToday({ action, category, reason, refused }: WrittenRow): boolean {
  const known = staffActionNames.find((name) => name === action);
  const inRole = staffCategories.find((name) => name === category);
  if (known === undefined || inRole === undefined) return false;
  const ofAction: readonly string[] = staffActions[known].reasons;
  // Rows from before the list of reasons have that one.
  if (!ofAction.includes(reason) && reason !== ('own-words' satisfies StaffReason)) return false;
  // Another role's action is refused, and the refusal written down.
  return refused !== undefined || staffActions[known].category === inRole;
}

function counted(
  kind: AnomalyKind,
  count: number,
  bound: number,
): readonly { kind: AnomalyKind; count: number }[] {
  return count > bound ? [{ kind, count }] : [];
}
