/**
 * Refuses a Node that cannot run onceover, with a sentence instead of a stack trace. Imported first by every
 * command, which imports the rest only afterwards, so this file must import nothing and use no new syntax.
 * (Node before 22.18 does not start a `.ts` file at all; the npm scripts bring Node 24 along.)
 */

const neededMajor = 24;

/** The sentence for a Node that is too old, or undefined. `version` is `process.versions.node`. */
export function refusalOf(version: string): string | undefined {
  if (Number(version.split('.')[0]) >= neededMajor) return undefined;
  return (
    `onceover needs Node ${neededMajor} or newer and this is Node ${version}. ` +
    'Run it with npm ("npm start", "npm run scan -- PHOTO"), which brings the right Node along, or install Node ' +
    `${neededMajor} from https://nodejs.org.\n`
  );
}

/** Ends the process with exit code 2 when this Node is too old. */
export function requireNode(): void {
  const refusal = refusalOf(process.versions.node);
  if (refusal === undefined) return;
  process.stderr.write(refusal);
  process.exit(2);
}
