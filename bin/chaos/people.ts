/** Who sends photos in a chaos run, and the photos: every format, good ones and bad ones, from the fixtures. */
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createClient, type Client } from '../../client/client.ts';
import { contentTypes } from '../../core/scan.ts';
import type { Cloud } from '../../local/cloud.ts';
import { seedLocalAccount } from '../../local/issuer.ts';
import { contentTypeOf } from '../scan/content-type.ts';

/** Somebody with an account and scans. */
export interface Person {
  readonly accountId: string;
  readonly client: Client;
}

export interface Photo {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
}

/** Somebody new, adult and consenting, who bought `scans`. */
export async function invite(cloud: Cloud, scans: number): Promise<Person> {
  const accountId = randomBytes(16).toString('base64url');
  await seedLocalAccount(cloud.documents, cloud.names, { accountId, scans, now: cloud.clock.now() });
  const getToken = (): Promise<string> => cloud.issuer.issueToken(accountId);
  return { accountId, client: createClient({ baseUrl: cloud.apiUrl, getToken, requestTimeoutMs: 6_000 }) };
}

const folder = new URL('../../test/fixtures/images/', import.meta.url);

/** Every fixture. What no ticket takes is declared as a JPEG, as a liar would. */
export async function readPhotos(): Promise<readonly Photo[]> {
  const names = (await readdir(folder)).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const bytes = new Uint8Array(await readFile(new URL(name, folder)));
      const said = contentTypeOf(name, bytes);
      return { bytes, contentType: contentTypes.some((known) => known === said) ? said : 'image/jpeg' };
    }),
  );
}
