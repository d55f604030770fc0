/**
 * The layout of a stored item: which attributes it has and what they mean. Written with the item, read before anything
 * else of it, so that data of an earlier layout is read as what it was and data of a later one is never misread.
 */
import { staffReasons, type StaffReason } from '../../../core/staff.ts';
import { currentLayout, layoutAttribute } from '../../../core/tables.ts';

/** An item was written by code that came after this: the deployment went back too far. */
export class LayoutError extends Error {
  override readonly name = 'LayoutError';
  readonly code = 'layout-too-new';
}

type Item = Readonly<Record<string, unknown>>;

/** From each layout to the next one. An item without a layout has the first. */
const upgrades: Readonly<Record<number, (item: Item) => Item>> = {
  // The second differs in that it says so.
  1: (item) => item,
  // In the third the staff's reason is one of a list, and their own words are a note that the person is not shown.
  2: (item) => {
    const { category, action, reason } = item;
    const isAudit = category !== undefined && action !== undefined && typeof reason === 'string';
    const listed: ReadonlySet<string> = new Set(staffReasons);
    if (!isAudit || listed.has(reason)) return item;
    const ownWords: StaffReason = 'own-words';
    return { ...item, reason: ownWords, note: reason };
  },
};

/** The item as it is written: with its layout. */
export function stamped<T extends object>(item: T): T & { readonly [layoutAttribute]: number } {
  return { ...item, [layoutAttribute]: currentLayout };
}

/** A stored item in today's layout, without its mark. @throws LayoutError for one of tomorrow's */
export function upgraded(raw: unknown): Item {
  if (typeof raw !== 'object' || raw === null) throw new LayoutError('a stored item is not an item');
  const { [layoutAttribute]: written = 1, ...attributes } = raw as Record<string, unknown>; // oxlint-disable-line typescript/no-unsafe-type-assertion -- an object's attributes, each checked by a schema after
  if (typeof written !== 'number' || written > currentLayout) {
    throw new LayoutError(
      `layout ${String(written)} was written by later code; this knows up to ${currentLayout}`,
    );
  }
  let item: Item = attributes;
  for (let layout = written; layout < currentLayout; layout += 1) item = upgrades[layout]?.(item) ?? item;
  return item;
}
