/** What must be true of a data folder whose process was killed, once a new one has run for the promised time. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { textOf, type WireItem } from '../../local/dynamodb/protocol.ts';
import { expectEmptyBucket, startWorld } from '../scenario/world.ts';
import type { Answered, KillOptions } from './kill-under-load.ts';

/** ONE-1 and ONE-2, counted from the restart. */
export const promisedMs = 300_000;

/** Starts again on the folder, lets the promised time pass, and looks at everything that is stored. */
export async function expectPromisesKept({ data, scans, answered }: KillOptions): Promise<void> {
  let gone: readonly string[];
  const world = await startWorld({ data, seed: 'restart', scans, dailyTicketLimit: 1_000_000 });
  try {
    const me = await fetch(`${world.cloud.apiUrl}/v1/scans`, {
      headers: { authorization: `Bearer ${answered.token}` },
    });
    expect(me.status, 'a token from before the kill').toBe(200);
    await world.pass(promisedMs);
    expectEmptyBucket(world);
    expect(readdirSync(join(data, 'objects')), 'files of objects').toEqual([]);
    const items = await world.cloud.database.items('scans');
    gone = [...answered.deleted.keys()].filter((id) => !items.some((item) => text(item, 'scanId') === id));
    const purchases = await world.cloud.database.items('purchases');
    expectScans(items, answered);
    expectCharge(
      items,
      purchases.find((item) => text(item, 'paymentIntentId') === `pi_local_${scans}`),
      answered,
    );
    expect(answered.errors, 'errors before the kill').toEqual([]);
    // Nothing that the clock began is at work: it would be kept, and be none of a scan's.
    await world.idle();
  } finally {
    await world.close();
  }
  expectForgotten(data, gone);
}

/** One terminal state each; what was answered is still so; what was deleted is gone. */
function expectScans(items: readonly WireItem[], answered: Answered): void {
  const byId = new Map(items.map((item) => [text(item, 'scanId'), item]));
  for (const item of items) {
    expect(['completed', 'inconclusive', 'rejected', 'failed', 'expired', 'erased']).toContain(
      text(item, 'state'),
    );
  }
  for (const id of answered.issued) {
    if (!answered.deleted.has(id)) expect(byId.has(id), 'a scan that a ticket was answered for').toBe(true);
  }
  for (const [id, view] of answered.ended) {
    const item = byId.get(id);
    if (item !== undefined) expect(text(item, 'state'), 'a state that was shown').toBe(view.state);
    else expect(answered.deleted.has(id), 'a scan that is gone was deleted').toBe(true);
  }
  for (const [id, wasAnswered] of answered.deleted) {
    // What was open is settled as erased and says nothing of anybody; what had ended is gone.
    const item = byId.get(id);
    if (!wasAnswered || item === undefined) continue;
    expect(text(item, 'state'), 'a scan whose deletion was answered').toBe('erased');
    expect(item['accountId'], 'the account of a deleted scan').toBeUndefined();
  }
}

/** One unit for each completed scan, the deleted ones included, and none for any other (ONE-3, CAL-4). */
function expectCharge(items: readonly WireItem[], purchase: WireItem | undefined, answered: Answered): void {
  const used = Number(text(purchase, 'scansUsed'));
  const completed = Number(text(purchase, 'scansCompleted'));
  const there = items.filter((item) => text(item, 'state') === 'completed').length;
  const shownAndGone = [...answered.deleted.keys()].filter(
    (id) =>
      answered.ended.get(id)?.state === 'completed' && !items.some((item) => text(item, 'scanId') === id),
  ).length;
  // A scan that was deleted before anybody saw its end may have been completed.
  const unseenAndGone = [...answered.deleted.keys()].filter((id) => !answered.ended.has(id)).length;
  expect(used, 'units used').toBe(completed);
  expect(completed).toBeGreaterThanOrEqual(there + shownAndGone);
  expect(completed).toBeLessThanOrEqual(there + shownAndGone + unseenAndGone);
}

/** The files hold no line of what was deleted, and nothing that only an open scan may hold. */
function expectForgotten(data: string, gone: readonly string[]): void {
  const log = readFileSync(join(data, 'database.log'), 'utf8');
  // The request that made a scan is remembered for its 24 hours, with the scan's id, also when the scan is deleted.
  const scans = log.split('\n').filter((line) => line.includes('"table":"onceover-local-scans"'));
  expect(scans.length, 'lines of scans in the log').toBeGreaterThan(0);
  for (const id of gone)
    expect(
      scans.filter((line) => line.includes(id)),
      'a deleted scan on disk',
    ).toEqual([]);
  for (const name of ['contentLength', 'sha256', 'etag', 'sequencer']) expect(log).not.toContain(`"${name}"`);
  expect(readFileSync(join(data, 'events.log'), 'utf8')).toBe('');
}

function text(item: WireItem | undefined, name: string): string {
  const value = item?.[name];
  return textOf(value?.['S'] ?? value?.['N']);
}
