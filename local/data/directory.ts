/**
 * A data directory, open: who the embedded cloud is (seed and signing key), and one kept map for each part that
 * has something to keep. Held by one process at a time. Must not know what the parts keep.
 *
 *     lock           who holds it            identity.json  seed and the issuer's private key
 *     layout.json    version of this form    database.log   items, tokens of applied transactions
 *     events.log     asynchronous events     clock.log      offset of the virtual clock, phases of schedules
 *     payments.log   the Stripe stand-in's books  mail.log    what was sent by mail
 *     objects/       uploaded objects        uploads/       unfinished multipart uploads
 *
 * What is answered is written: a kill of the process, at any moment, loses nothing that anybody was told. Items are
 * also flushed before the answer, so a power cut loses none of them. Objects, events and the clock are not flushed:
 * a power cut can lose a photo or its event (the sweep ends that scan as failed, and the unit is given back), bring
 * back the file of a deleted photo (the first sweep removes it by its age) and set an advanced clock back. Deleted
 * files are unlinked and their blocks not overwritten; whoever fears for those encrypts the disk.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { KeptRow } from '../dynamodb/keeper.ts';
import type { IssuerKey } from '../issuer.ts';
import type { KeptEvent } from '../runner/event-queue.ts';
import type { SentMail } from '../outbox.ts';
import type { KeptBooks } from '../stripe/server.ts';
import { DataError, isMissing } from './data-error.ts';
import { openKeptMap, type KeptMap } from './kept-map.ts';
import { claimFolder, openLayout, replaceFile } from './layout.ts';
import { takeLock } from './lock-file.ts';

/** What access keys, accounts, secrets and tokens are made from, the same at each start. */
export interface Identity {
  readonly seed: string;
  readonly issuerKey: IssuerKey;
}

export interface DataDirectory extends Identity {
  /** Absolute. */
  readonly path: string;
  /** True when nothing was there. */
  readonly fresh: boolean;
  /** Bytes of unfinished last lines that were cut off: what a kill or a power cut interrupted. */
  readonly cutBytes: number;
  readonly database: KeptMap<KeptRow>;
  readonly events: KeptMap<KeptEvent>;
  readonly payments: KeptBooks;
  readonly mail: KeptMap<SentMail>;
  /** Milliseconds by name. */
  readonly clock: KeptMap<number>;
  close(): Promise<void>;
}

/**
 * Opens or makes the directory. `seed` is for a new one; one that was made from another seed is refused. Throws a
 * DataError for whatever keeps it from being used.
 */
export async function openDataDirectory(
  folder: string,
  options: { readonly seed: string | undefined; readonly newIdentity: () => Promise<Identity> },
): Promise<DataDirectory> {
  const path = resolve(folder);
  claimFolder(path);
  const release = takeLock(path);
  const opened: Pick<KeptMap<unknown>, 'close' | 'cutBytes'>[] = [];
  const open = <V>(name: string): KeptMap<V> => {
    const map = openKeptMap<V>(join(path, name));
    opened.push(map);
    return map;
  };
  const close = async (): Promise<void> => {
    try {
      for (const map of opened) await map.close();
    } finally {
      release();
    }
  };
  try {
    const { fresh } = openLayout(path);
    const identity = await identityOf(path, options);
    const database = open<KeptRow>('database.log');
    const events = open<KeptEvent>('events.log');
    const clock = open<number>('clock.log');
    const payments: KeptBooks = open('payments.log');
    const mail = open<SentMail>('mail.log');
    const cutBytes = opened.reduce((sum, map) => sum + map.cutBytes, 0);
    return { path, fresh, cutBytes, ...identity, database, events, clock, payments, mail, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function identityOf(
  folder: string,
  { seed, newIdentity }: { readonly seed: string | undefined; readonly newIdentity: () => Promise<Identity> },
): Promise<Identity> {
  const path = join(folder, 'identity.json');
  const kept = readIdentity(path);
  if (kept === undefined) {
    const identity = await newIdentity();
    replaceFile(path, `${JSON.stringify(identity)}\n`);
    return identity;
  }
  if (seed !== undefined && seed !== kept.seed) {
    throw new DataError(
      'other-seed',
      `${folder} was made from another seed. Leave --seed out to go on with it, or choose another data directory.`,
    );
  }
  return kept;
}

function readIdentity(path: string): Identity | undefined {
  try {
    const identity: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (isIdentity(identity)) return identity;
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new DataError(
    'damaged',
    `${path} holds no seed and key. Put back a copy of it, or choose another data directory.`,
  );
}

function isIdentity(value: unknown): value is Identity {
  if (typeof value !== 'object' || value === null || !('seed' in value) || !('issuerKey' in value))
    return false;
  const { seed, issuerKey } = value;
  return typeof seed === 'string' && typeof issuerKey === 'object' && issuerKey !== null && 'd' in issuerKey;
}
