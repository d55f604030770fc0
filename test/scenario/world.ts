/** The whole embedded system for scenarios: a cloud, people with accounts of their own, and what is left behind. */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { expect } from 'vitest';
import type { FunctionName } from '../../lib/functions.ts';
import { startCloud, type Cloud, type CloudObservation, type CloudOptions } from '../../local/cloud.ts';
import { sha256 } from '../contract/given.ts';
import { createStage, type Stage } from './stage.ts';

export { historyOf, photo, type Person } from './stage.ts';

/** The embedded system: a stage whose time, faults and inside a test has in hand. */
export interface World extends Stage {
  readonly cloud: Cloud;
  /** Everything that functions printed. */
  readonly printed: string[];
  readonly observed: CloudObservation[];
  /**
   * Kills a function at work when what it waits for, in the database, at storage or of mail, is done for the nth time and
   * not answered; `since`: counted from that request to the database on. Default: from the first. `met` resolves
   * when the moment has come; ended, it answers how many were killed.
   */
  killAt(
    step: number,
    name: FunctionName,
    since?: (operation: string, body: object) => boolean,
  ): { readonly met: Promise<void>; readonly end: () => Promise<number> };
  /** Lets minutes pass, with the sweeps and retries that fall due, until no invocation runs. */
  pass(ms: number): Promise<void>;
}

/** Boots a cloud of its own. */
export async function startWorld(options: Partial<CloudOptions> = {}): Promise<World> {
  const printed: string[] = [];
  const observed: CloudObservation[] = [];
  const listeners = new Set<(observation: CloudObservation) => void>();
  const cloud = await startCloud({
    seed: 'scenario',
    model: 'colour-contrast',
    scans: 20,
    log: (_name, line) => void printed.push(line),
    ...options,
    observe(observation) {
      observed.push(observation);
      options.observe?.(observation);
      for (const listener of listeners) listener(observation);
    },
  });
  const { clock, documents, names } = cloud;
  return {
    cloud,
    printed,
    observed,
    ...createStage({ apiUrl: cloud.apiUrl, documents, names, issuer: cloud.issuer, now: () => clock.now() }),
    async plant(key, bytes) {
      cloud.privileged.config.systemClockOffset = clock.offset();
      await cloud.privileged.send(
        new PutObjectCommand({ Bucket: cloud.bucket, Key: key, Body: bytes, IfNoneMatch: '*' }),
      );
    },
    killAt(step, name, since = () => true) {
      let counts = false;
      let done = 0;
      const met = Promise.withResolvers<void>();
      const kills: Promise<number>[] = [];
      const strike = async (): Promise<void> => {
        if (!counts || cloud.runner.busy(name) === 0) return;
        done += 1;
        if (done !== step) return;
        kills.push(cloud.runner.kill(name));
        met.resolve();
        await Promise.all(kills);
      };
      const unlisten = cloud.database.faults.after((operation, body) => {
        counts ||= since(operation, body);
        return strike();
      });
      const listener = ({ source }: CloudObservation): void => {
        if (source === 'mail' || source === 'storage') void strike();
      };
      listeners.add(listener);
      return {
        met: met.promise,
        async end() {
          unlisten();
          listeners.delete(listener);
          return (await Promise.all(kills)).reduce((sum, killed) => sum + killed, 0);
        },
      };
    },
    async pass(ms) {
      await clock.advance(ms);
      await cloud.runner.idle();
    },
    idle: () => cloud.runner.idle(),
    keys: async () => cloud.storage.objects().map(({ key }) => key),
    async sweep() {
      const swept = await cloud.runner.invoke('sweep', {});
      if ('error' in swept) throw new Error('the sweep failed');
    },
    close: () => cloud.close(),
  };
}

const dayMs = 86_400_000;

/** Lets the day end unless so much of it is left: what a test counts by the day then falls on one. */
export async function onOneDay(world: World, neededMs: number): Promise<void> {
  const leftMs = dayMs - (world.cloud.clock.now() % dayMs);
  if (leftMs < neededMs) await world.pass(leftMs);
}

/** What `POST /v1/scans` says of a photo. */
export function claimOf(bytes: Uint8Array, contentType = 'image/jpeg') {
  return { contentType, contentLength: bytes.length, sha256: sha256(bytes) };
}

/** The bucket, past HTTP and rights: empty after every scenario. */
export function expectEmptyBucket(world: World): void {
  expect(world.cloud.storage.objects()).toEqual([]);
}

/** Nothing in the bucket, and every fault that a test ordered was met. */
export function expectNothingLeft(world: World): void {
  expectEmptyBucket(world);
  expect(world.cloud.storage.faults.pending()).toBe(0);
  expect(world.cloud.database.faults.pending()).toEqual([]);
}
