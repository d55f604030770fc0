/** What is served as the app: how much of it there is, and what is not in it. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { ensureWeb } from '../../lib/web-bundle.ts';

let folder: string;
let dir: string;
let isNew: boolean;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onceover-web-'));
  ({ dir, isNew } = await ensureWeb(folder));
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

const read = async (path: string): Promise<string> => readFile(join(dir, path), 'utf8');
const assets = async (): Promise<readonly string[]> =>
  (await readdir(join(dir, 'assets'))).map((name) => `assets/${name}`);

it('is built again only when a source changed', async () => {
  expect(isNew).toBe(true);
  expect(await ensureWeb(folder)).toEqual({ dir, isNew: false });
  expect(await readdir(folder)).toHaveLength(1);
});

it('has at most 90 KB of JavaScript, all languages and the photo worker included', async () => {
  const scripts = (await assets()).filter((name) => name.endsWith('.js'));
  const bytes = await Promise.all(
    scripts.map(async (name) => gzipSync(await readFile(join(dir, name))).length),
  );
  expect(scripts.length).toBeGreaterThan(2);
  // 74 KB when this was written.
  expect(bytes.reduce((total, one) => total + one, 0)).toBeLessThan(90 * 1024);
});

it('brings no schema library, and nothing of Node', async () => {
  const scripts = (await assets()).filter((name) => name.endsWith('.js'));
  for (const name of scripts)
    expect(await read(name)).not.toMatch(/\bZodError\b|invalid_type|node:|process\.env/);
});

it('has a page without inline script or style, and nothing from elsewhere', async () => {
  const page = await read('index.html');
  expect(page).not.toMatch(/<script(?![^>]*\bsrc=)|<style| style=| on\w+=/);
  const addresses = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address);
  expect(addresses.length).toBeGreaterThan(3);
  expect(
    addresses.filter((address) => address?.startsWith('/') !== true || address.startsWith('//')),
  ).toEqual([]);
});

it('loads no picture, font or style from anywhere', async () => {
  const styles = (await assets()).filter((name) => name.endsWith('.css'));
  for (const name of styles) expect(await read(name)).not.toMatch(/url\(|@import/);
});

it('can be installed: a manifest with icons that are as large as it says', async () => {
  const manifest = z
    .object({
      name: z.string().min(1),
      start_url: z.literal('/'),
      display: z.literal('standalone'),
      icons: z.array(z.object({ src: z.string(), sizes: z.string(), type: z.string(), purpose: z.string() })),
    })
    .parse(JSON.parse(await read('manifest.webmanifest')));
  const pngs = manifest.icons.filter(({ type }) => type === 'image/png');
  const drawn = pngs.map(async ({ src, sizes, purpose }) => {
    const { width, height, format } = await sharp(join(dir, src)).metadata();
    expect([format, `${width}x${height}`]).toEqual(['png', sizes]);
    return `${sizes} ${purpose}`;
  });
  expect(await Promise.all(drawn)).toEqual(
    expect.arrayContaining(['192x192 any', '512x512 any', '512x512 maskable']),
  );
});

it('has a service worker that keeps its own files, by name, and no other', async () => {
  const worker = await read('service-worker.js');
  for (const name of await assets()) expect(worker).toContain(`/${name}`);
  expect(worker).not.toContain('/v1/');
});
