/**
 * Holds what is stored against what was promised, once faults are lifted and time has passed. Pure: it reads
 * lists and answers violations, each with its evidence. Ids may stand in evidence, images never.
 */
import { promisedDwellMs } from '../../core/dwell.ts';
import { fieldOfAttribute, type Policy } from '../../core/policy.ts';
import { terminalStates } from '../../core/scan.ts';
import type { TableName } from '../../core/tables.ts';
import type { Life } from '../../local/witness.ts';
import type { Entry } from './books.ts';

/** A promise that was not kept. */
export interface Violation {
  readonly promise: string;
  readonly what: string;
  readonly evidence: Readonly<Record<string, unknown>>;
}

type Item = Readonly<Record<string, unknown>>;

/** Everything that there is to see. */
export interface Evidence {
  readonly entries: readonly Entry[];
  readonly items: Readonly<Record<TableName, readonly Item[]>>;
  readonly objects: readonly Life[];
  /** Lives that ended since the last judgement. */
  readonly lives: readonly Life[];
  readonly policy: Policy;
  /** How far a function's clock was off: a scan's deadline moves with the clock that set or reads it. */
  readonly clocksOffMs: number;
  /** Several failures at once: lifetimes and deadlines are then no promise, everything else is. */
  readonly combined: boolean;
}

/** How long a scan may be open, ms (ONE-2). */
const promisedScanMs = 300_000;

/** Every violation; none is what everybody hopes for. */
export function judge(evidence: Evidence): readonly Violation[] {
  return [
    ...judgeObjects(evidence),
    ...evidence.entries.flatMap((entry) => judgeScan(evidence, entry)),
    ...judgeItems(evidence),
    ...judgePurchases(evidence),
    ...judgeAttributes(evidence),
  ];
}

function judgeObjects({ objects, lives, combined }: Evidence): readonly Violation[] {
  const tooLong = combined ? [] : lives.filter(({ lifetimeMs }) => lifetimeMs > promisedDwellMs);
  return [
    ...objects.map((life) => ({ promise: 'ONE-1', what: 'an object is still there', evidence: { ...life } })),
    ...tooLong.map((life) => ({ promise: 'ONE-1', what: 'an object lived too long', evidence: { ...life } })),
  ];
}

function judgeScan({ combined, clocksOffMs }: Evidence, entry: Entry): readonly Violation[] {
  const [end, ...more] = entry.ends;
  const evidence = { ...entry };
  if (end === undefined) return [{ promise: 'ONE-2', what: 'a scan never ended', evidence }];
  const openMs = end.at - entry.issuedAt;
  return [
    ...(more.length > 0 ? [{ promise: 'ONE-2', what: 'a scan ended more than once', evidence }] : []),
    ...(!combined && openMs > promisedScanMs + clocksOffMs
      ? [{ promise: 'ONE-2', what: 'a scan was open too long', evidence: { ...evidence, openMs } }]
      : []),
  ];
}

/** Stored scans against the books: the state that the database applied is the one that stays. */
function judgeItems({ entries, items }: Evidence): readonly Violation[] {
  const known = new Map(entries.map((entry) => [entry.scanId, entry]));
  return items.scans.flatMap((item) => {
    const ends = known.get(String(item['scanId']))?.ends;
    const isTerminal = terminalStates.some((state) => state === item['state']);
    const isLast = ends?.at(-1)?.state === item['state'];
    return isTerminal && isLast
      ? []
      : [{ promise: 'ONE-2', what: 'a stored scan is not as it ended', evidence: { ...item, ends } }];
  });
}

function judgePurchases({ entries, items }: Evidence): readonly Violation[] {
  const completed = Map.groupBy(entries, ({ accountId }) => accountId);
  return items.purchases.flatMap((purchase) => {
    const ofAccount = completed.get(String(purchase['accountId'])) ?? [];
    const usable = ofAccount.filter(({ ends }) => ends.some(({ state }) => state === 'completed')).length;
    const { scansUsed, scansCompleted, scansTotal } = purchase;
    const isRight = scansUsed === usable && scansCompleted === usable && Number(scansTotal) >= usable;
    return isRight
      ? []
      : [{ promise: 'ONE-3', what: 'a charge is wrong', evidence: { ...purchase, completedEver: usable } }];
  });
}

/** No attribute beyond the policy, and none that a scan's end should have taken away (CAL-2). */
function judgeAttributes({ items, policy }: Evidence): readonly Violation[] {
  return policy.dataClasses.flatMap((dataClass) => {
    const stored = Object.entries(items).find(([table]) => table === dataClass.table)?.[1] ?? [];
    return stored.flatMap((item) =>
      Object.keys(item).flatMap((attribute) => {
        const field = fieldOfAttribute(dataClass, attribute);
        const what =
          field === undefined
            ? 'an attribute that the policy does not name'
            : field.retention?.until === 'scan-ends'
              ? 'an attribute that outlived its scan'
              : undefined;
        return what === undefined
          ? []
          : [{ promise: 'CAL-2', what, evidence: { table: dataClass.table, attribute, item } }];
      }),
    );
  });
}
