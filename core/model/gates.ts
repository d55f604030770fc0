/**
 * Gates: conditions on the photo itself (light, sharpness, how much skin) that must hold before a score may be
 * read. Pure and free of any runtime, so that a browser can apply the same gates before an upload.
 */
import type { InconclusiveReason } from '../outcome.ts';
import type { MeasureName } from './measures.ts';

/** The order in which gates speak: what a person can mend at once comes first. */
export const gateOrder = [
  'too-dark',
  'too-bright',
  'blurred',
  'not-enough-skin',
  'not-skin',
] as const satisfies readonly InconclusiveReason[];
export type GateReason = (typeof gateOrder)[number];

/** Holds while `min <= value <= max`; a bound that is left out does not bind. */
export interface Bounds {
  readonly reason: GateReason;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** A gate whose value can be measured on the pixels alone, without the model. */
export interface PhotoGate extends Bounds {
  readonly measure: MeasureName;
}

/** The reason of the first gate, in `gateOrder`, that does not hold; a NaN never passes. */
export function firstShutGate<G extends Bounds>(
  gates: readonly G[],
  read: (gate: G) => number,
): GateReason | undefined {
  return gateOrder.find((reason) => gates.some((gate) => gate.reason === reason && !holds(gate, read(gate))));
}

/**
 * The gates that a device can apply before an upload, of a manifest's gates: those on the photo itself, and those on
 * an output of which the manifest says which measure it is.
 */
export function photoGatesOf(
  gates: readonly (Bounds & {
    readonly read: { readonly kind: string; readonly measure?: MeasureName | undefined };
    readonly sameAs?: MeasureName | undefined;
  })[],
): readonly PhotoGate[] {
  return gates.flatMap(({ reason, min, max, read, sameAs }) => {
    const measure = read.measure ?? sameAs;
    return measure === undefined ? [] : [{ reason, measure, min, max }];
  });
}

function holds(gate: Bounds, value: number): boolean {
  return value >= (gate.min ?? -Infinity) && value <= (gate.max ?? Infinity);
}
