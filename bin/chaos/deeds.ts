/**
 * What people do in a chaos run, the usual and the unusual. A deed never waits long: whoever is left without an
 * answer goes away, as people do, and the judge looks at what is stored.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { Ticket } from '../../core/contract.ts';
import type { Cloud } from '../../local/cloud.ts';
import { invite, type Person, type Photo } from './people.ts';

/** What a deed has to work with. */
export interface Scene {
  readonly cloud: Cloud;
  readonly person: Person;
  readonly photo: Photo;
  /** The next whole number below `below`, from the round's plan. */
  readonly roll: (below: number) => number;
  /** Does something when so many virtual ms have passed, with a patience of its own. */
  readonly later: (afterMs: number, act: (signal: AbortSignal) => Promise<void>) => void;
  /** Gives up after some seconds. */
  readonly signal: AbortSignal;
}

type Deed = (scene: Scene) => Promise<void>;

const lookEveryMs = 120;
const looks = 10;

export const deeds = {
  async scan(scene) {
    await sendPhoto(scene);
  },
  async 'scan and rename'(scene) {
    const { scan } = await sendPhoto(scene);
    const { client } = scene.person;
    await client.renameScan(scan.id, 'chaos', { signal: scene.signal });
    await client.renameScan(scan.id, scene.roll(2) === 0 ? null : 'a name', { signal: scene.signal });
  },
  async 'scan and delete'(scene) {
    const { scan } = await sendPhoto(scene);
    await scene.person.client.deleteScan(scan.id, { signal: scene.signal });
  },
  async 'delete while it is looked at'(scene) {
    const ticket = await ask(scene);
    await Promise.all([
      put(scene, ticket),
      wait(scene.roll(250)).then(() =>
        scene.person.client.deleteScan(ticket.scan.id, { signal: scene.signal }),
      ),
    ]);
  },
  async 'delete, then upload'(scene) {
    const ticket = await ask(scene);
    await scene.person.client.deleteScan(ticket.scan.id, { signal: scene.signal });
    await put(scene, ticket);
  },
  async 'leave the ticket unused'(scene) {
    await ask(scene);
  },
  async 'upload late'(scene) {
    const ticket = await ask(scene);
    scene.later(scene.roll(62_000), (signal) => put({ ...scene, signal }, ticket));
  },
  async 'replay the address'(scene) {
    const ticket = await sendPhoto(scene);
    await put(scene, ticket);
    scene.later(scene.roll(55_000), (signal) => put({ ...scene, signal }, ticket));
  },
  async 'upload twice at once'(scene) {
    const ticket = await ask(scene);
    await Promise.all([put(scene, ticket), put(scene, ticket)]);
  },
  async 'ask four times with one key'(scene) {
    const key = crypto.randomUUID();
    const tickets = await Promise.allSettled([
      ask(scene, key),
      ask(scene, key),
      ask(scene, key),
      ask(scene, key),
    ]);
    const first = tickets.find((ticket) => ticket.status === 'fulfilled');
    if (first !== undefined) await put(scene, first.value);
  },
  async 'spend more scans than there are'(scene) {
    const poor = { ...scene, person: await invite(scene.cloud, 1 + scene.roll(2)) };
    const tickets = await Promise.allSettled(Array.from({ length: 4 }, () => ask(poor)));
    for (const ticket of tickets) if (ticket.status === 'fulfilled') await put(poor, ticket.value);
  },
  async 'plant a stray object'(scene) {
    await plant(scene, `stray-${scene.roll(1_000_000)}`, scene.photo.bytes);
  },
  async 'plant other bytes under a ticket'(scene) {
    const { scan } = await ask(scene);
    await plant(scene, scan.id, scene.photo.bytes.toReversed());
  },
} as const satisfies Record<string, Deed>;

export type DeedName = keyof typeof deeds;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- keys of a const object
export const deedNames = Object.keys(deeds) as DeedName[];

function ask({ person, photo, signal }: Scene, idempotencyKey?: string): Promise<Ticket> {
  return person.client.requestTicket(photo, {
    signal,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  });
}

/** One PUT as the ticket says; its answer is nobody's business here, and a broken connection neither. */
async function put({ photo, signal }: Scene, { upload }: Ticket): Promise<void> {
  if (upload === undefined) return;
  await fetch(upload.url, { method: 'PUT', headers: upload.headers, body: photo.bytes, signal }).then(
    (answer) => answer.arrayBuffer(),
    () => {},
  );
}

/** Ticket and upload, then a few looks; the ticket, so that more can be done with it. */
async function sendPhoto(scene: Scene): Promise<Ticket> {
  const ticket = await ask(scene);
  await put(scene, ticket);
  for (let look = 0; look < looks; look += 1) {
    await wait(lookEveryMs);
    const { state } = await scene.person.client.getScan(ticket.scan.id, { signal: scene.signal });
    if (state !== 'issued' && state !== 'claimed') break;
  }
  return ticket;
}

/** As only somebody with a privileged key could: past ticket and pins. */
async function plant({ cloud, signal }: Scene, Key: string, Body: Uint8Array): Promise<void> {
  cloud.privileged.config.systemClockOffset = cloud.clock.offset();
  const command = new PutObjectCommand({ Bucket: cloud.bucket, Key, Body, IfNoneMatch: '*' });
  await cloud.privileged.send(command, { abortSignal: signal });
}
