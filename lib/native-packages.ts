/**
 * The packages with native files that a function needs beside its bundle, for Linux with glibc on either
 * architecture, whatever machine builds. What `npm ci` put here is used where it is the right one; binaries of
 * another platform are fetched by `fetchNativePackages`, the only code here that uses the network, at exactly the
 * lock file's versions and digests. No install script is ever run.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Architecture } from './settings.ts';

const run = promisify(execFile);
const repositoryRoot = fileURLToPath(new URL('..', import.meta.url));
const installed = join(repositoryRoot, 'node_modules');
const fetchedRoot = join(repositoryRoot, '.build', 'native');

/** Node's name of an architecture, which packages use too. */
export const nodeArchitecture = { x86_64: 'x64', arm64: 'arm64' } as const satisfies Record<
  Architecture,
  string
>;

/** Needed by an install script only; what they carry would be shipped for nothing. */
const installOnly: ReadonlySet<string> = new Set(['adm-zip', 'global-agent']);

const manifestSchema = z.object({
  version: z.string(),
  dependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
});

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string().optional(), integrity: z.string().optional() }),
  ),
});

/** A package and the folder that holds it. */
export interface NativePackage {
  readonly name: string;
  readonly dir: string;
}

/** Binaries for the target are not on this machine. */
export class NativePackagesMissing extends Error {
  override readonly name = 'NativePackagesMissing';
  readonly code = 'native-packages-missing';
}

/**
 * The packages and everything they need at run time on Linux with glibc. Throws NativePackagesMissing, which says
 * what to run, when a binary of the target is not on this machine.
 */
export async function findNativePackages(
  names: readonly string[],
  architecture: Architecture,
): Promise<readonly NativePackage[]> {
  const { found, missing } = await look(names, architecture);
  if (missing.length > 0) {
    throw new NativePackagesMissing(
      `${missing.join(', ')} not on this machine; "npm run build" fetches what ${architecture} needs`,
    );
  }
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Fetches the target's binaries that are not on this machine; answers the names of what was fetched. */
export async function fetchNativePackages(
  names: readonly string[],
  architecture: Architecture,
): Promise<readonly string[]> {
  const fetched: string[] = [];
  // What a fetched package needs is only known once it is here.
  for (;;) {
    const { missing } = await look(names, architecture);
    if (missing.length === 0) return fetched;
    for (const name of missing) await fetchPackage(name);
    fetched.push(...missing);
  }
}

interface Looked {
  readonly found: readonly NativePackage[];
  readonly missing: readonly string[];
}

/** Follows the dependencies of what is here. */
async function look(names: readonly string[], architecture: Architecture): Promise<Looked> {
  const found = new Map<string, NativePackage>();
  const missing = new Set<string>();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name) || installOnly.has(name)) continue;
    const dir = await folderOf(name);
    if (dir === undefined) {
      missing.add(name);
      continue;
    }
    found.set(name, { name, dir });
    const { dependencies, optionalDependencies } = await manifestOf(dir);
    const binaries = Object.keys(optionalDependencies).filter((one) => isOfTarget(one, architecture));
    waiting.push(...Object.keys(dependencies), ...binaries);
  }
  return { found: [...found.values()], missing: [...missing] };
}

/** sharp names its binaries `@img/sharp-PLATFORM-ARCH` and `@img/sharp-libvips-PLATFORM-ARCH`; musl is not Lambda's. */
function isOfTarget(name: string, architecture: Architecture): boolean {
  return name.endsWith(`-linux-${nodeArchitecture[architecture]}`);
}

/** Where a package of the lock file's version is, if it is. */
async function folderOf(name: string): Promise<string | undefined> {
  const here = join(installed, name);
  if (existsSync(join(here, 'package.json'))) return here;
  const { version } = await lockedPackage(name);
  const there = fetchedFolder(name, version);
  return existsSync(join(there, 'package.json')) ? there : undefined;
}

function fetchedFolder(name: string, version: string): string {
  return join(fetchedRoot, `${name.replace('/', '+')}@${version}`);
}

async function manifestOf(dir: string): Promise<z.infer<typeof manifestSchema>> {
  return manifestSchema.parse(JSON.parse(await readFile(join(dir, 'package.json'), 'utf8')));
}

async function lockedPackage(
  name: string,
): Promise<{ readonly version: string; readonly integrity: string }> {
  const lock = lockSchema.parse(
    JSON.parse(await readFile(join(repositoryRoot, 'package-lock.json'), 'utf8')),
  );
  const locked = lock.packages[`node_modules/${name}`];
  if (locked?.version === undefined || locked.integrity === undefined) {
    throw new Error(`package-lock.json has no version and digest of ${name}`);
  }
  return { version: locked.version, integrity: locked.integrity };
}

/** The package's archive through npm, compared with the lock file before it is opened. */
async function fetchPackage(name: string): Promise<void> {
  const { version, integrity } = await lockedPackage(name);
  await mkdir(fetchedRoot, { recursive: true });
  const work = await mkdtemp(join(fetchedRoot, 'fetch-'));
  try {
    await run('npm', ['pack', `${name}@${version}`, '--pack-destination', work, '--silent'], {
      cwd: repositoryRoot,
    });
    const [archive] = (await readdir(work)).filter((file) => file.endsWith('.tgz'));
    if (archive === undefined) throw new Error(`npm wrote no archive of ${name}@${version}`);
    assertIntegrity(`${name}@${version}`, await readFile(join(work, archive)), integrity);
    await run('tar', ['-xzf', archive], { cwd: work });
    const target = fetchedFolder(name, version);
    await rm(target, { recursive: true, force: true });
    await rename(join(work, 'package'), target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Throws unless the bytes have the digest that the lock file states (`sha512-BASE64`). */
export function assertIntegrity(what: string, bytes: Uint8Array, integrity: string): void {
  const actual = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  if (actual !== integrity) {
    throw new Error(
      `${what} has digest ${actual}, package-lock.json states ${integrity}; it was not unpacked`,
    );
  }
}
