/**
 * One process a data directory. The lock is a file that names its holder; a holder that was killed is found dead
 * and its lock taken over. Only for processes of one machine: a directory shared by two machines is not guarded.
 */
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, hasCode, isMissing } from './data-error.ts';

interface Holder {
  readonly pid: number;
  /** What tells a process from a later one of the same number, where the system says. */
  readonly startedAt: string | null;
  readonly nonce: string;
}

/** Takes the directory's lock; returns what gives it back. Throws a DataError when a living process holds it. */
export function takeLock(folder: string): () => void {
  const path = join(folder, 'lock');
  const mine: Holder = { pid: process.pid, startedAt: startOf(process.pid), nonce: randomUUID() };
  const own = `${path}.${mine.nonce}`;
  writeFileSync(own, JSON.stringify(mine), { mode: 0o600 });
  try {
    // A link comes to be whole or not at all, and never replaces what is there.
    while (!link(own, path)) {
      const holder = readHolder(path);
      if (holder !== undefined && isAlive(holder)) throw inUse(folder, holder);
      removeStale(path, holder, folder);
    }
  } finally {
    rmSync(own, { force: true });
  }
  return () => {
    if (readHolder(path)?.nonce === mine.nonce) rmSync(path, { force: true });
  };
}

/** Moves a dead holder's lock away; a lock that another process took in the meantime is put back. */
function removeStale(path: string, stale: Holder | undefined, folder: string): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  try {
    const moved = readHolder(aside);
    if (moved?.nonce === stale?.nonce || moved === undefined) return;
    link(aside, path);
    throw inUse(folder, moved);
  } finally {
    rmSync(aside, { force: true });
  }
}

function inUse(folder: string, { pid }: Holder): DataError {
  return new DataError(
    'in-use',
    `${folder} is in use by another onceover (process ${pid}). Stop that one, or choose another data directory.`,
  );
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** The process that a lock names; undefined when there is none, or nothing that names one. */
function readHolder(path: string): Holder | undefined {
  try {
    const holder: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isHolder(holder) ? holder : undefined;
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isHolder(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null) return false;
  return 'pid' in value && typeof value.pid === 'number' && 'nonce' in value && 'startedAt' in value;
}

function isAlive({ pid, startedAt }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Anything but "no such process" means that there is one.
    if (hasCode(error, 'ESRCH')) return false;
  }
  const now = startOf(pid);
  return startedAt === null || now === null || now === startedAt;
}

/** When a process started, in the kernel's own words (field 22 of /proc/PID/stat); null elsewhere than on Linux. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name, in parentheses, may hold spaces: count from its end.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
