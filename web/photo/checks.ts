/**
 * The checklist of a photo, judged on the device by the gates of the model: what would end without a result there is
 * said here, before a byte leaves. Pure.
 */
import type { PolicyView } from '../../core/contract.ts';
import { firstShutGate } from '../../core/model/gates.ts';
import { isTooSmall } from '../../core/image/fits.ts';
import type { Measured } from './measured.ts';

/** What is checked, in the order in which it is shown. */
export const checkNames = ['size', 'light', 'sharp', 'skin'] as const;
export type CheckName = (typeof checkNames)[number];

/** The answer to one check: the reason for which the scan would end without a result, or undefined. */
export interface Check {
  readonly name: CheckName;
  readonly problem: CheckProblem | undefined;
}
export type CheckProblem =
  | 'too-small'
  | 'too-dark'
  | 'too-bright'
  | 'blurred'
  | 'not-enough-skin'
  | 'not-skin';

type Rules = Pick<PolicyView['model'], 'gates' | 'input'>;

const checkOf = {
  'too-dark': 'light',
  'too-bright': 'light',
  blurred: 'sharp',
  'not-enough-skin': 'skin',
  'not-skin': 'skin',
} as const satisfies Record<Exclude<CheckProblem, 'too-small'>, CheckName>;

/** Judges a photo. A check that the model has no gate for is left out. */
export function judge(measured: Measured, { gates, input }: Rules): readonly Check[] {
  const size: Check = { name: 'size', problem: isTooSmall(measured, input) ? 'too-small' : undefined };
  const others = checkNames.flatMap((name): readonly Check[] => {
    const own = gates.filter(({ reason }) => checkOf[reason] === name);
    if (own.length === 0) return [];
    return [{ name, problem: firstShutGate(own, (gate) => measured.values[gate.measure] ?? Number.NaN) }];
  });
  // In bad light nobody can tell whether a photo is sharp, or what it shows.
  const isLit = others.every(({ name, problem }) => name !== 'light' || problem === undefined);
  return [size, ...(isLit ? others : others.filter(({ name }) => name === 'light'))];
}
