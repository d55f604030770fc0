/** What is held about a person as the person may see it: each item with its purpose, its source and its end. Pure. */
import type { KeptItem } from './contract.ts';
import type { KeptIn } from './people-ports.ts';
import { classOfTable, fieldOfAttribute, type Policy } from './policy.ts';
import { keepingOf } from './retention.ts';

/** Throws RangeError for an item of no kind that the policy names: nothing is kept without a reason. */
export function viewKept(policy: Policy, { table, item }: KeptIn): KeptItem {
  const { dataClass, purpose } = classOfTable(policy, table);
  const keeping = keepingOf(policy, table, item);
  if (keeping === undefined)
    throw new RangeError(`the policy names no kind of items of ${table} like this one`);
  const { kind, retention, until } = keeping;
  const { withheld } = kind;
  return {
    dataClass,
    table,
    kind: kind.kind,
    purpose,
    keptBecause: kind.why,
    source: kind.source,
    ...(until === undefined ? {} : { keptUntil: instantOf(until) }),
    endsWith: retention.until,
    ...(withheld === undefined ? {} : { withheld: withheld.why }),
    item: viewFields(policy, table, item, new Set(withheld?.fields)),
  };
}

/** Every field as it is stored, but for moments, which become instants. */
function viewFields(
  policy: Policy,
  table: string,
  item: KeptIn['item'],
  withheld: ReadonlySet<string>,
): KeptItem['item'] {
  const ofClass = classOfTable(policy, table);
  const shown: KeptItem['item'] = {};
  for (const [name, value] of Object.entries(item)) {
    if (withheld.has(name)) continue;
    const moment = fieldOfAttribute(ofClass, name)?.moment;
    if (moment !== undefined && typeof value === 'number') {
      shown[name] = instantOf(moment === 's' ? value * 1000 : value);
    } else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      shown[name] = value;
    } else if (Array.isArray(value) || value instanceof Set) {
      shown[name] = [...value].map(String);
    } else {
      shown[name] = mapOf(value);
    }
  }
  return shown;
}

/** Answers to a survey: the only map that is stored. */
function mapOf(value: unknown): Record<string, string | number> {
  if (typeof value !== 'object' || value === null) throw new RangeError('no field holds such a value');
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]: [string, unknown]) => [
      name,
      typeof inner === 'number' ? inner : String(inner),
    ]),
  );
}

/** Epoch ms as RFC 3339 with milliseconds, UTC. */
function instantOf(at: number): string {
  return new Date(at).toISOString();
}
