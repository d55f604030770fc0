/**
 * The form of a data directory: whose it is, and which version. An older form is brought up to date step by step,
 * a newer one is refused. Must not know what the files hold.
 */
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DataError, isMissing } from './data-error.ts';
import { syncFolder } from './kept-map.ts';

/** The form that this code writes. 1: the first. */
export const layoutVersion = 1;

/** Brings a directory from version n to n + 1. It may be killed at any point and is then run again. */
export type Upgrade = (folder: string) => void;

/** By the version that each starts from. */
const upgrades: ReadonlyMap<number, Upgrade> = new Map();

/** What an empty directory may hold: the lock that is being taken, and the marks of a first start that was killed. */
const harmless = /^(?:lock(?:\.[-0-9a-f]{36})?|\.gitignore(?:\.tmp)?|layout\.json\.tmp)$/;

/** Makes the folder, for its owner alone. Throws a DataError when it holds what is not onceover's. */
export function claimFolder(folder: string): void {
  const names = namesIn(folder);
  if (!names.includes('layout.json') && !names.every((name) => harmless.test(name))) {
    throw new DataError(
      'not-ours',
      `${folder} is not empty and not a data directory of onceover. Choose a new or an empty one.`,
    );
  }
  chmodSync(folder, 0o700);
}

/** Makes the folder when it is not there. */
function namesIn(folder: string): readonly string[] {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return readdirSync(folder);
  } catch (cause) {
    throw new DataError(
      'unusable',
      `${folder} is no folder that can be made or read here. Choose another place for the data.`,
      { cause },
    );
  }
}

/** Checks the version and upgrades. Throws a DataError for a version that this code cannot read. */
export function openLayout(
  folder: string,
  known: { readonly version: number; readonly upgrades: ReadonlyMap<number, Upgrade> } = {
    version: layoutVersion,
    upgrades,
  },
): { readonly fresh: boolean } {
  const found = versionOf(folder);
  if (found === undefined) {
    // Photos must not travel with a repository that the directory happens to lie in.
    replaceFile(join(folder, '.gitignore'), '*\n');
    writeVersion(folder, known.version);
    return { fresh: true };
  }
  if (found > known.version) {
    throw new DataError(
      'too-new',
      `${folder} was written by a newer onceover (layout ${found}, this one knows ${known.version}). Update onceover, or choose another data directory.`,
    );
  }
  for (let version = found; version < known.version; version += 1) {
    const upgrade = known.upgrades.get(version);
    if (upgrade === undefined) {
      throw new DataError(
        'too-old',
        `${folder} has layout ${version}, from which no upgrade exists. Start it with the onceover that wrote it, or choose another data directory.`,
      );
    }
    upgrade(folder);
    writeVersion(folder, version + 1);
  }
  return { fresh: false };
}

/** Writes a file so that after a kill or a power cut the old or the new one is there, whole. */
export function replaceFile(path: string, text: string): void {
  const temporary = `${path}.tmp`;
  const fd = openSync(temporary, 'w', 0o600);
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

function writeVersion(folder: string, version: number): void {
  replaceFile(join(folder, 'layout.json'), `${JSON.stringify({ version })}\n`);
}

function versionOf(folder: string): number | undefined {
  const path = join(folder, 'layout.json');
  try {
    const layout: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof layout === 'object' && layout !== null && 'version' in layout) {
      const { version } = layout;
      if (typeof version === 'number' && Number.isSafeInteger(version) && version >= 0) return version;
    }
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new DataError(
    'damaged',
    `${path} names no version. Put back a copy of it, or choose another data directory.`,
  );
}
