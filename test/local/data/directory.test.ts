import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDataDirectory, type Identity } from '../../../local/data/directory.ts';
import { createIssuerKey } from '../../../local/issuer.ts';
import { givenFolder } from './given.ts';

const open = (folder: string, seed?: string) =>
  openDataDirectory(folder, {
    seed,
    newIdentity: async (): Promise<Identity> => ({
      seed: seed ?? 'random',
      issuerKey: await createIssuerKey(),
    }),
  });

test('a data directory keeps seed and signing key, for its owner alone', async () => {
  const folder = givenFolder();
  const first = await open(folder, 'chosen');
  await first.close();
  expect(first.fresh).toBe(true);
  const second = await open(folder);
  await second.close();
  expect(second).toMatchObject({ fresh: false, seed: 'chosen', issuerKey: first.issuerKey });
  for (const name of ['identity.json', 'database.log', 'events.log', 'clock.log']) {
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  }
});

test('rejects another seed, and is free again afterwards', async () => {
  const folder = givenFolder();
  await (await open(folder, 'one')).close();
  await expect(open(folder, 'two')).rejects.toMatchObject({ code: 'other-seed' });
  await (await open(folder, 'one')).close();
});

test('rejects a second opening until the first is closed', async () => {
  const folder = givenFolder();
  const first = await open(folder);
  await expect(open(folder)).rejects.toMatchObject({ code: 'in-use' });
  await first.close();
  await (await open(folder)).close();
});

test('rejects an identity that is none, rather than making another', async () => {
  const folder = givenFolder();
  await (await open(folder)).close();
  writeFileSync(join(folder, 'identity.json'), '{"seed":"x"}');
  await expect(open(folder)).rejects.toMatchObject({ code: 'damaged' });
  expect(readFileSync(join(folder, 'identity.json'), 'utf8')).toBe('{"seed":"x"}');
});
