/**
 * A function as Lambda takes it: a folder with the bundle that the embedded runner runs too and, beside it, the
 * native packages of one architecture and nothing of another. Uses no network: what is missing is named.
 */
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleFunction } from './bundle.ts';
import { functions, withModel, type FunctionDefinition, type FunctionName } from './functions.ts';
import { findNativePackages, nodeArchitecture } from './native-packages.ts';
import type { Architecture } from './settings.ts';

const repositoryRoot = fileURLToPath(new URL('..', import.meta.url));

/** What runs or must be shown; types, maps, sources and headers stay out. */
const runtimeExtensions: ReadonlySet<string> = new Set([
  '.js',
  '.cjs',
  '.mjs',
  '.json',
  '.node',
  '.wasm',
  '.so',
]);
/** Folders at a package's top that only an installation or a build reads. */
const installFolders: ReadonlySet<string> = new Set(['install', 'script', 'src', 'test']);

/** Lambda's limit, and what a package may have before a test says that something crept in. */
export const sizeLimits: Record<Architecture, number> = { x86_64: 75_000_000, arm64: 55_000_000 };

/** Folders of all functions, built for one architecture. */
export type Packages = Readonly<Record<FunctionName, string>>;

/** The folder that a function is packaged into unless told otherwise. */
export function packageDir(name: FunctionName, architecture: Architecture): string {
  return join(repositoryRoot, '.build', 'packages', architecture, name);
}

/** The folder of each function, by a rule. */
export function packagesOf(dirOf: (name: FunctionName) => string): Packages {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- fromEntries forgets that every function is there
  return Object.fromEntries(functions.map(({ name }) => [name, dirOf(name)])) as Packages;
}

/** Packages every function; takes a second or two. `model`: the only one inside. Default: every one of `models/`. */
export async function packageFunctions(architecture: Architecture, model?: string): Promise<Packages> {
  const dirs = await Promise.all(
    functions.map(async (definition) => {
      const chosen = model === undefined ? definition : withModel(definition, model);
      const dir = await packageFunction(chosen, architecture);
      return [definition.name, dir] as const;
    }),
  );
  const byName = new Map(dirs);
  return packagesOf((name) => byName.get(name) ?? '');
}

/** Packages one function afresh and answers its folder. */
export async function packageFunction(
  definition: FunctionDefinition,
  architecture: Architecture,
  outDir: string = packageDir(definition.name, architecture),
): Promise<string> {
  const packages = await findNativePackages(definition.nativePackages, architecture);
  await rm(outDir, { recursive: true, force: true });
  await bundleFunction(definition, outDir);
  await dropMaps(outDir);
  for (const { name, dir } of packages)
    await copyPackage(dir, join(outDir, 'node_modules', name), architecture);
  return outDir;
}

/** A map in the package would be unpacked at every cold start; the bundle stays readable without. */
async function dropMaps(outDir: string): Promise<void> {
  const files = await readdir(outDir);
  const maps = files.filter((file) => file.endsWith('.map'));
  await Promise.all(maps.map((file) => rm(join(outDir, file))));
}

async function copyPackage(from: string, to: string, architecture: Architecture): Promise<void> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(from, join(entry.parentPath, entry.name)))
    .filter((file) => runs(file, architecture));
  for (const file of files) {
    const target = join(to, file);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(join(from, file), target);
  }
}

/** Whether a file of a package, by its path inside, belongs on the target. */
function runs(file: string, architecture: Architecture): boolean {
  const [top = '', ...below] = file.split(sep);
  if (top === 'node_modules' || (below.length > 0 && installFolders.has(top))) return false;
  if (/^(LICENSE|NOTICE|ThirdPartyNotices)/i.test(top)) return true;
  // onnxruntime carries every platform: bin/napi-vN/PLATFORM/ARCH/.
  if (top === 'bin' && !file.includes(`${sep}linux${sep}${nodeArchitecture[architecture]}${sep}`))
    return false;
  return runtimeExtensions.has(extname(file)) || /\.so(\.\d+)+$/.test(file);
}
