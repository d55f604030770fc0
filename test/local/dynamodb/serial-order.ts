/**
 * Decides whether what parallel clients saw could have come from doing the same operations one after the other.
 * Pure: a model of counters, the outcomes that were seen, and a search over all orders.
 */

/** Counters by index. */
export type State = readonly number[];

export type Step =
  /** A transaction: `n` units from one counter to another, refused when there are fewer. */
  | { readonly kind: 'move'; readonly from: number; readonly to: number; readonly n: number }
  /** A transaction: sets one counter when another holds at least `n`. */
  | {
      readonly kind: 'set-if';
      readonly guard: number;
      readonly n: number;
      readonly to: number;
      readonly value: number;
    }
  /** A transaction: reads all counters. */
  | { readonly kind: 'read-all' }
  /** A plain write without condition. */
  | { readonly kind: 'add'; readonly to: number; readonly n: number }
  /** A plain write, refused when the counter is not `from`. */
  | { readonly kind: 'swap'; readonly at: number; readonly from: number; readonly value: number };

/** What its client saw of a step: whether it was applied, or what it read. */
export type Outcome = 'applied' | 'refused' | State;

export interface Seen {
  readonly step: Step;
  readonly outcome: Outcome;
}

const at = (state: State, index: number): number => state[index] ?? 0;
const withValue = (state: State, index: number, value: number): State => state.with(index, value);

/** One step on the model. */
function perform(state: State, step: Step): { readonly state: State; readonly outcome: Outcome } {
  const applied = (next: State) => ({ state: next, outcome: 'applied' }) as const;
  const refused = { state, outcome: 'refused' } as const;
  switch (step.kind) {
    case 'move': {
      if (at(state, step.from) < step.n) return refused;
      const taken = withValue(state, step.from, at(state, step.from) - step.n);
      return applied(withValue(taken, step.to, at(taken, step.to) + step.n));
    }
    case 'set-if':
      return at(state, step.guard) < step.n ? refused : applied(withValue(state, step.to, step.value));
    case 'read-all':
      return { state, outcome: state };
    case 'add':
      return applied(withValue(state, step.to, at(state, step.to) + step.n));
    case 'swap':
      return at(state, step.at) === step.from ? applied(withValue(state, step.at, step.value)) : refused;
    default:
      return step satisfies never;
  }
}

/** True when some order of the steps gives every outcome that was seen and ends in `final`. */
export function hasSerialOrder(initial: State, seen: readonly Seen[], final: State): boolean {
  if (seen.length === 0) return String(initial) === String(final);
  return seen.some(({ step, outcome }, index) => {
    const next = perform(initial, step);
    return (
      String(next.outcome) === String(outcome) && hasSerialOrder(next.state, seen.toSpliced(index, 1), final)
    );
  });
}
