/**
 * Bundles a function into a folder that runs as it is: an ESM file (and one for each thread and process that it starts),
 * their source maps, its assets. The same code path serves the embedded runner and the deployment. It must not install or copy native packages:
 * they stay external and resolve from node_modules (here) or from what the deployment adds beside them.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { FunctionAssets, FunctionDefinition } from './functions.ts';

const repositoryRoot = fileURLToPath(new URL('..', import.meta.url));

/** Bundled packages in CommonJS call `require`, which an ES module does not have. */
const requireBanner =
  "import { createRequire as onceoverCreateRequire } from 'node:module';" +
  'const require = onceoverCreateRequire(import.meta.url);';

export interface BundleOptions {
  /** Default: false, the code stays readable. */
  readonly minify?: boolean;
}

export interface Bundle {
  /** Folder that holds everything the function needs except its native packages. */
  readonly dir: string;
  /** Absolute path of the ES module that exports the handler. */
  readonly entry: string;
}

/** The folder a function is bundled into unless told otherwise; inside the repository, so externals resolve. */
export function defaultOutDir(definition: Pick<FunctionDefinition, 'name'>): string {
  return join(repositoryRoot, '.build', 'functions', definition.name);
}

/**
 * Bundles one function with its assets and removes what an earlier build left in `outDir`. Files are
 * replaced whole, one by one, and only when they differ, so that a running copy never reads half a file.
 * Throws esbuild's error when the code does not build, and an error naming the assets' folder when it is missing.
 */
export async function bundleFunction(
  definition: FunctionDefinition,
  outDir: string = defaultOutDir(definition),
  options: BundleOptions = {},
): Promise<Bundle> {
  const [code, ...assets] = await Promise.all([
    bundleModule(resolve(repositoryRoot, definition.entry), outDir, {
      external: definition.nativePackages,
      minify: options.minify ?? false,
    }),
    ...definition.assets.map((one) => copyAssets(one, outDir)),
  ]);
  const parts = await Promise.all(
    definition.parts.map((source) =>
      bundleModule(resolve(repositoryRoot, source), outDir, {
        external: definition.nativePackages,
        minify: options.minify ?? false,
        name: basename(source, '.ts'),
      }),
    ),
  );
  const written = [code, ...parts].flatMap(({ files }) => files);
  await removeStrays(outDir, new Set([...written, ...assets.flat()]));
  return { dir: outDir, entry: code.entry };
}

/** Bundles one module and what it imports to `outDir/index.mjs`, or under another name, for Node 24. Removes nothing. */
export async function bundleModule(
  source: string,
  outDir: string,
  options: { readonly external?: readonly string[]; readonly minify?: boolean; readonly name?: string } = {},
): Promise<{ readonly entry: string; readonly files: readonly string[] }> {
  const entry = join(outDir, `${options.name ?? 'index'}.mjs`);
  const result = await build({
    entryPoints: [source],
    outfile: entry,
    absWorkingDir: repositoryRoot,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // ES modules first: smaller bundles than the CommonJS that `platform: node` prefers.
    mainFields: ['module', 'main'],
    external: [...(options.external ?? [])],
    minify: options.minify ?? false,
    keepNames: true,
    banner: { js: requireBanner },
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'silent',
  });
  await Promise.all(result.outputFiles.map((file) => replaceFile(file.path, file.contents)));
  return { entry, files: result.outputFiles.map((file) => file.path) };
}

async function copyAssets(assets: FunctionAssets, outDir: string): Promise<string[]> {
  const from = resolve(repositoryRoot, assets.from);
  const found = (await filesUnder(from)).filter(
    (file) =>
      assets.fileNames.includes(basename(file)) ||
      assets.paths?.includes(relative(from, file).replaceAll('\\', '/')) === true,
  );
  if (found.length === 0) {
    throw new Error(
      `no ${[...assets.fileNames, ...(assets.paths ?? [])].join(' or ')} under ${assets.from}: build the assets first`,
    );
  }
  return await Promise.all(
    found.map(async (file) => {
      const target = join(outDir, assets.to, relative(from, file));
      await replaceFile(target, await readFile(file));
      return target;
    }),
  );
}

/** Every file under a folder; none when the folder does not exist. */
async function filesUnder(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function removeStrays(outDir: string, expected: ReadonlySet<string>): Promise<void> {
  const strays = (await filesUnder(outDir)).filter((file) => !expected.has(file) && !isTemporary(file));
  await Promise.all(strays.map((file) => rm(file, { force: true })));
}

async function replaceFile(path: string, contents: Uint8Array): Promise<void> {
  if (await holds(path, contents)) return;
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
  await writeFile(temporary, contents);
  await rename(temporary, path);
}

async function holds(path: string, contents: Uint8Array): Promise<boolean> {
  try {
    return (await readFile(path)).equals(contents);
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Another process's build in progress; the one that wrote it renames it. */
function isTemporary(file: string): boolean {
  return file.endsWith('.tmp');
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
