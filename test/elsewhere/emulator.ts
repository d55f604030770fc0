/** Tells which emulator answers at an endpoint, since each one leaves out something else. */
import { z } from 'zod';

export type Emulator = 'ministack' | 'localstack';

const answerLimitMs = 5_000;
const healthSchema = z.object({ version: z.string().optional() });

/** Undefined for an unknown cloud, or for none: then every case is expected to run. */
export async function emulatorAt(endpoint: string | undefined): Promise<Emulator | undefined> {
  if (endpoint === undefined || endpoint === '') return undefined;
  for (const [emulator, path] of [
    // MiniStack answers LocalStack's address too, so its own comes first.
    ['ministack', '/_ministack/health'],
    ['localstack', '/_localstack/health'],
  ] as const) {
    if (await isHealthy(`${endpoint}${path}`)) return emulator;
  }
  return undefined;
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(answerLimitMs) });
    return answer.ok && healthSchema.safeParse(await answer.json()).success;
  } catch {
    // Nobody there, or somebody who speaks no JSON: not this one.
    return false;
  }
}
