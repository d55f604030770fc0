/**
 * Deliberately broken builds, so that a chaos run can be seen to fail: a judge that cannot say no is no judge.
 * Each is one change to the text of the bundled functions, in a folder of its own; sources are never touched.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bundleFunction, defaultOutDir, type Bundle } from '../../lib/bundle.ts';
import type { FunctionDefinition } from '../../lib/functions.ts';

interface Mutation {
  readonly find: string;
  readonly replace: string;
}

const mutations = {
  /** Whoever settles, settles, ended or not: charges move twice. */
  'settle-without-condition': {
    find: 'ConditionExpression: `#state = :from$',
    replace: 'ConditionExpression: `attribute_exists(scanId) OR #state = :from$',
  },
  /** The net under the trigger has a hole: an object whose event is lost stays. */
  'sweep-deletes-nothing': {
    find: 'ageMs > protocol.objectMaxAgeMs',
    replace: 'ageMs > 1e12',
  },
  /** What failed is charged as if there were a result. */
  'failures-are-charged': {
    find: 'failed: "given-back"',
    replace: 'failed: "charged"',
  },
  /** The photo's digest outlives its scan. */
  'digest-stays': {
    find: '"contentLength",\n  "sha256",',
    replace: '"contentLength",',
  },
} as const satisfies Record<string, Mutation>;

export type MutantName = keyof typeof mutations;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- keys of a const object
export const mutantNames = Object.keys(mutations) as MutantName[];

/** Bundles functions with one mutation. A function that does not hold the text stays as it is. */
export function mutantBundler(name: MutantName): (definition: FunctionDefinition) => Promise<Bundle> {
  const { find, replace } = mutations[name];
  return async (definition) => {
    const usual = defaultOutDir(definition);
    const bundle = await bundleFunction(
      definition,
      join(dirname(dirname(usual)), 'chaos', name, definition.name),
    );
    const code = await readFile(bundle.entry, 'utf8');
    // Everybody who settles or sweeps holds the text; a rename must not make a mutant harmless unseen.
    const isHolder = definition.name === 'sweep';
    if (isHolder && !code.includes(find)) throw new Error(`the mutant ${name} finds nothing to break`);
    await writeFile(bundle.entry, code.replaceAll(find, replace));
    return bundle;
  };
}
