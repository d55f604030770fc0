/**
 * Puts a whole process's `Date` ahead of real time, so that a function runs unchanged in virtual time.
 * Timers, `performance` and `Intl` without an argument keep real time.
 */

/** Replaces the global `Date` and returns the setter of its shift. Call before other modules load. */
export function installShiftedDate(initialShiftMs: number): (shiftMs: number) => void {
  let shift = initialShiftMs;
  const RealDate = globalThis.Date;
  const now = (): number => RealDate.now() + shift;
  const ShiftedDate = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, key, receiver) => (key === 'now' ? now : Reflect.get(target, key, receiver)),
  });
  // `date.constructor` must be the class that the program can name.
  RealDate.prototype.constructor = ShiftedDate;
  globalThis.Date = ShiftedDate;
  return (shiftMs) => {
    shift = shiftMs;
  };
}
