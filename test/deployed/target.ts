/** A deployment that the suite works on, as one process tells another: addresses, names, the local issuer's key. */
import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';

/** Names the file that holds it. */
export const targetVariable = 'ONCEOVER_DEPLOYED';

const targetSchema = z.strictObject({
  /** Of the cloud. */
  endpoint: z.url(),
  /** Of the deployed API, stage included, without a slash at its end. */
  apiUrl: z.url(),
  environment: z.string(),
  bucket: z.string(),
  /** Whether the cloud refuses what policies do not allow. */
  enforcing: z.boolean(),
  /** Signs the tokens of this one run. */
  issuerKey: z.looseObject({ kid: z.string() }),
});

export type Target = z.infer<typeof targetSchema>;

/** Writes it for the owner of this process alone. */
export async function writeTarget(file: string, target: Target): Promise<void> {
  await writeFile(file, JSON.stringify(target), { mode: 0o600 });
}

/** Reads the target that the variable names. Throws when there is none. */
export async function readTarget(env: Readonly<Record<string, string | undefined>>): Promise<Target> {
  const file = env[targetVariable];
  if (file === undefined) throw new Error('nothing is deployed: npm run test:deploy starts these cases');
  return targetSchema.parse(JSON.parse(await readFile(file, 'utf8')));
}
