/** The product in another cloud as a stage for scenarios. Waits by asking, each time within a limit. */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { setTimeout as pause } from 'node:timers/promises';
import { createStage, type Stage } from '../scenario/stage.ts';
import { createEnvironment, type EnvironmentElsewhere } from './environment.ts';

const idleLimitMs = 200_000;
const askAgainMs = 40;

/** Puts the product into the cloud at this endpoint; `close` takes it out again. */
export async function openStage(endpoint: string): Promise<Stage> {
  return stageOf(await createEnvironment(endpoint));
}

/** What is in another cloud already, as a stage; `close` is the environment's. */
export function stageOf(environment: EnvironmentElsewhere): Stage {
  const { bucket, s3, keys } = environment;
  const stage = createStage({ ...environment, now: () => Date.now() });
  /** Objects whose event may still be at work. */
  const uploaded = new Set<string>();

  async function isOpen(scanId: string): Promise<boolean> {
    const scan = await stage.rawScan(scanId);
    return scan !== undefined && 'openShard' in scan;
  }

  return {
    ...stage,
    keys,
    close: () => environment.close(),
    async plant(key, bytes) {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, IfNoneMatch: '*' }));
      uploaded.add(key);
    },
    async put(ticket, bytes) {
      const status = await stage.put(ticket, bytes);
      if (status === 200) uploaded.add(ticket.scan.id);
      return status;
    },
    async idle() {
      const until = Date.now() + idleLimitMs;
      for (;;) {
        for (const key of uploaded) if (!(await isOpen(key))) uploaded.delete(key);
        const left = await keys();
        if (uploaded.size === 0 && left.length === 0) return;
        if (Date.now() > until) {
          throw new Error(`after ${idleLimitMs} ms: ${left.length} objects, ${uploaded.size} scans at work`);
        }
        await pause(askAgainMs);
      }
    },
    async sweep() {
      const swept = await environment.invoke('sweep', {});
      if ('failed' in swept) throw new Error(`the sweep failed: ${JSON.stringify(swept.failed)}`);
    },
  };
}
