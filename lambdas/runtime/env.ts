/** A function's environment, read once at start. Values are never printed. */

type Need = 'required' | 'optional';

/** Each required name as a string, each optional one perhaps absent. */
export type Environment<N extends Readonly<Record<string, Need>>> = {
  readonly [K in keyof N]: N[K] extends 'required' ? string : string | undefined;
};

/**
 * Reads the named variables; an empty one counts as missing.
 *
 * @throws Error naming every missing variable, in one message.
 */
export function readEnv<const N extends Readonly<Record<string, Need>>>(
  names: N,
  from: Readonly<Record<string, string | undefined>> = process.env,
): Environment<N> {
  const read = Object.keys(names).map((name) => [name, from[name] === '' ? undefined : from[name]] as const);
  const missing = read.filter(([name, value]) => names[name] === 'required' && value === undefined);
  if (missing.length > 0) {
    throw new Error(
      `The environment lacks ${missing.map(([name]) => name).join(', ')}; the deployment sets them.`,
    );
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- fromEntries forgets the names just checked
  return Object.fromEntries(read) as Environment<N>;
}
