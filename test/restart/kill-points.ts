/** Kills at named points of one photo's life, and what must come of the photo after a restart. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { createClient } from '../../client/client.ts';
import { expectEmptyBucket, startWorld } from '../scenario/world.ts';

/** The points that doomed.ts knows, each with the state that its scan ends in. */
export const killPoints = [
  ['the object is stored and its event is not taken over', 'completed'],
  ['the analysis reads the object', 'completed'],
  ['the object is deleted', 'failed'],
  ['the deletion is verified', 'failed'],
] as const;

/** Kills a process at the point and starts again; the scan after its retry, and after the promised time. */
export async function endsAfterKill(
  data: string,
  point: string,
): Promise<{ readonly afterRetry: unknown; readonly promised: unknown; readonly units: unknown }> {
  const scanId = await killedAt(data, point);
  const world = await startWorld({ data });
  try {
    const { cloud } = world;
    const client = createClient({
      baseUrl: cloud.apiUrl,
      getToken: () => cloud.issuer.issueToken(cloud.accountId),
    });
    await world.pass(70_000);
    const afterRetry = (await client.getScan(scanId)).state;
    expectEmptyBucket(world);
    await world.pass(230_000);
    const [purchase] = await cloud.database.items('purchases');
    const units = [purchase?.['scansUsed']?.['N'], purchase?.['scansCompleted']?.['N']];
    return { afterRetry, promised: (await client.getScan(scanId)).state, units };
  } finally {
    await world.close();
  }
}

/** Runs a process that kills itself at a point; the id of its scan. */
async function killedAt(data: string, point: string): Promise<string> {
  const script = fileURLToPath(new URL('doomed.ts', import.meta.url));
  const child = spawn(process.execPath, [script, data, point], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  await once(child, 'close');
  expect(child.signalCode).toBe('SIGKILL');
  expect(readFileSync(join(data, 'database.log'), 'utf8')).toContain(printed.trim());
  return printed.trim();
}
