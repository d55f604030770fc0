import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { bundleFunction } from '../../lib/bundle.ts';
import { analyzeFunction, type FunctionDefinition } from '../../lib/functions.ts';
import { readFixture } from '../fixtures/index.ts';

const definition: FunctionDefinition = {
  ...analyzeFunction,
  entry: 'test/lib/fixtures/handler.ts',
  assets: [{ from: 'test/lib/fixtures/assets', to: 'models', fileNames: ['manifest.json', 'model.onnx'] }],
  parts: [],
};

/** A fresh folder inside the repository, where native packages resolve. */
async function givenOutDir(): Promise<string> {
  const parent = fileURLToPath(new URL('../../.build/test', import.meta.url));
  await mkdir(parent, { recursive: true });
  const outDir = await mkdtemp(join(parent, 'bundle-'));
  onTestFinished(() => rm(outDir, { recursive: true }));
  return outDir;
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

test('a bundle runs with its JSON, its CommonJS and its native package', async () => {
  const { entry } = await bundleFunction(definition, await givenOutDir());
  const module: unknown = await import(pathToFileURL(entry).href);
  if (!hasHandler(module)) throw new Error('no handler');
  expect(await module.handler()).toEqual({ fact: 'bundled', platform: process.platform, sharp: 'function' });
});

test('a bundle is one module, its map and the chosen assets', async () => {
  const outDir = await givenOutDir();
  const { dir } = await bundleFunction(definition, outDir);
  expect(dir).toBe(outDir);
  expect(await filesIn(outDir)).toEqual([
    'index.mjs',
    'index.mjs.map',
    join('models', 'one', 'manifest.json'),
  ]);
  const map = await readFile(join(outDir, 'index.mjs.map'), 'utf8');
  expect(JSON.parse(map)).toMatchObject({
    sources: expect.arrayContaining([expect.stringContaining('handler.ts')]),
  });
});

test('a thread is a module of its own, and single files are copied by their path', async () => {
  const withThread = {
    ...definition,
    assets: [{ from: 'test/lib/fixtures', to: 'beside', fileNames: [], paths: ['assets/one/card.md'] }],
    parts: ['lambdas/adapters/heic-worker.ts'],
  };
  const outDir = await givenOutDir();
  await bundleFunction(withThread, outDir);
  expect(await filesIn(outDir)).toEqual([
    join('beside', 'assets', 'one', 'card.md'),
    'heic-worker.mjs',
    'heic-worker.mjs.map',
    'index.mjs',
    'index.mjs.map',
  ]);
});

test("libheif's two files lie beside analyze as they came, and are no part of its bundle", async () => {
  const outDir = await givenOutDir();
  const { entry } = await bundleFunction(analyzeFunction, outDir);
  for (const file of ['libheif.js', 'libheif.wasm', 'LICENSE']) {
    const copy = await readFile(join(outDir, 'libheif', 'libheif-wasm', file));
    const original = fileURLToPath(import.meta.resolve(`libheif-js/libheif-wasm/${file}`));
    expect(copy.equals(await readFile(original))).toBe(true);
  }
  expect(await readFile(entry, 'utf8')).not.toContain('Emscripten');
  expect(await readFile(join(outDir, 'heic-worker.mjs'), 'utf8')).not.toContain('wasmBinary');
});

test('a bundle finds its thread and libheif beside it, and decodes a HEIC', async () => {
  const { entry } = await bundleFunction(
    { ...analyzeFunction, entry: 'test/lib/fixtures/decode.ts' },
    await givenOutDir(),
  );
  const module: unknown = await import(pathToFileURL(entry).href);
  if (!hasHandler(module)) throw new Error('no handler');
  expect(await module.handler(readFixture('heic'))).toBe(64 * 64 * 3);
});

test('a second build removes what is stray and leaves what is equal untouched', async () => {
  const outDir = await givenOutDir();
  const { entry } = await bundleFunction(definition, outDir);
  const { mtimeMs } = await stat(entry);
  await writeFile(join(outDir, 'stray.mjs'), 'export {};');
  await bundleFunction(definition, outDir);
  expect(await filesIn(outDir)).not.toContain('stray.mjs');
  expect((await stat(entry)).mtimeMs).toBe(mtimeMs);
});

test('minify makes a bundle smaller', async () => {
  const [plain, small] = await Promise.all([
    bundleFunction(definition, await givenOutDir()),
    bundleFunction(definition, await givenOutDir(), { minify: true }),
  ]);
  expect((await stat(small.entry)).size).toBeLessThan((await stat(plain.entry)).size);
});

test('rejects a function whose assets are not there, by the name of their folder', async () => {
  const missing = {
    ...definition,
    assets: [{ from: 'no/such/folder', to: 'models', fileNames: ['model.onnx'] }],
  };
  await expect(bundleFunction(missing, await givenOutDir())).rejects.toThrow('no/such/folder');
});

test('rejects code that does not build', async () => {
  const missing = { ...definition, entry: 'test/lib/fixtures/none.ts' };
  await expect(bundleFunction(missing, await givenOutDir())).rejects.toThrow('none.ts');
});

function hasHandler(module: unknown): module is { handler: (input?: Uint8Array) => Promise<unknown> } {
  return typeof module === 'object' && module !== null && 'handler' in module;
}
