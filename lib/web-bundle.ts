/**
 * Builds the web app into a folder of static files: pages and code by Vite, then the service worker, which is told
 * the names of all the others. Everything it needs is installed; nothing is fetched.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Folder of the builds, each in one named by what it was made from. */
const buildsDir = join(root, '.build', 'web');

/** What the app is made of; a change in any of it makes a build stale. */
const sources = ['web', 'client', 'core', 'lib/web-bundle.ts', 'package-lock.json'] as const;

/** A built app. */
export interface WebBuild {
  /** Folder of static files; everything in it is to be served. */
  readonly dir: string;
  /** False: it was there from before. */
  readonly isNew: boolean;
}

/**
 * The app as these sources make it, built unless it is there. Builds of older sources are removed. Several processes
 * may ask at once: a build appears whole or not at all. Throws the bundler's error when the code does not build.
 */
export async function ensureWeb(parent: string = buildsDir): Promise<WebBuild> {
  const name = (await digestOf(sources)).slice(0, 16);
  const dir = join(parent, name);
  if (existsSync(dir)) return { dir, isNew: false };
  await mkdir(parent, { recursive: true });
  const unfinished = await mkdtemp(join(parent, 'unfinished-'));
  try {
    await buildWeb(unfinished);
    await rename(unfinished, dir);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another process was faster; its build is as good.
    if (!existsSync(dir)) throw error;
  }
  for (const other of await readdir(parent)) {
    if (/^[0-9a-f]{16}$/.test(other) && other !== name) {
      await rm(join(parent, other), { recursive: true, force: true });
    }
  }
  return { dir, isNew: true };
}

async function buildWeb(outDir: string): Promise<void> {
  const { build } = await import('vite');
  await build({
    configFile: false,
    root: join(root, 'web'),
    logLevel: 'error',
    publicDir: 'public',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    worker: { format: 'es' },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      // A picture as a data: address would need a wider Content-Security-Policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
  });
  await bundleServiceWorker(outDir);
}

async function bundleServiceWorker(outDir: string): Promise<void> {
  const files = await filesIn(outDir);
  const shell = files.map((file) => `/${relative(outDir, file)}`).filter((path) => path !== '/index.html');
  await bundle({
    absWorkingDir: root,
    entryPoints: ['web/service-worker.ts'],
    outfile: join(outDir, 'service-worker.js'),
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    define: {
      SHELL: JSON.stringify(['/', ...shell.toSorted()]),
      VERSION: JSON.stringify((await digestOfFiles(files)).slice(0, 16)),
    },
  });
}

async function digestOf(paths: readonly string[]): Promise<string> {
  const files = await Promise.all(
    paths.map(async (path) => {
      const full = join(root, path);
      return /\.\w+$/.test(path) ? [full] : filesIn(full);
    }),
  );
  return digestOfFiles(files.flat());
}

async function digestOfFiles(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files.toSorted()) {
    hash.update(`${relative(root, file)}\0`).update(await readFile(file));
  }
  return hash.digest('hex');
}

async function filesIn(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
