/**
 * A map that outlives its process: an append-only log of commits, each one line with a checksum, rewritten
 * whole when it holds what is no longer true. A commit of several keys is there as a whole or not at all.
 *
 * After a kill of the process everything committed is there. After a power cut everything flushed is there.
 * A removed or replaced value stays in the file until the next rewrite, at most `rewriteAfterMs` later: it must
 * not stay longer, because what is deleted here is a person's. Must not know what the values mean.
 */
import {
  closeSync,
  fdatasync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { DataError, isMissing } from './data-error.ts';

/** A key and its new value; null removes it. */
export type Change<V> = readonly [key: string, value: V | null];

export interface KeptMap<V> {
  /** Every key with its value, in no promised order; each value is a copy. */
  entries(): readonly (readonly [key: string, value: V])[];
  get(key: string): V | undefined;
  /** Writes all changes or none; throws what the disk says, and then nothing has changed. */
  commit(changes: readonly Change<V>[]): void;
  /** Resolves when everything committed by now would survive a power cut. */
  flush(): Promise<void>;
  /** Rewrites the file so that it holds what is true now and nothing else. */
  rewrite(): void;
  /** Bytes of an unfinished last line that were cut off when the file was opened. */
  readonly cutBytes: number;
  close(): Promise<void>;
}

const flushToDisk = promisify(fdatasync);
const suffix = '.tmp';

/**
 * Opens the map, empty when there is no file. A last line that a kill left unfinished is cut off. Throws a
 * DataError when a line before the last one is damaged: going on would silently forget what followed.
 */
export function openKeptMap<V>(path: string, options: { readonly rewriteAfterMs?: number } = {}): KeptMap<V> {
  const { rewriteAfterMs = 10_000 } = options;
  rmSync(path + suffix, { force: true });
  const read = readLog(path);
  /** JSON texts: what is handed out is a copy, and what is kept cannot be changed from outside. */
  const values = new Map<string, string>();
  /** Whether the file holds anything that is no longer true. */
  let stale = false;
  let fd = openSync(path, 'a', 0o600);
  let size = read.bytes;
  let broken: unknown;
  let dirty = false;
  let flushing: Promise<void> | undefined;
  let queued: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let rewriteDue = false;

  for (const line of read.lines) apply(line);
  if (stale) rewrite();

  function apply(changes: readonly Change<unknown>[]): void {
    for (const [key, value] of changes) {
      if (values.has(key) || value === null) stale = true;
      if (value === null) values.delete(key);
      else values.set(key, JSON.stringify(value));
    }
  }

  function rewrite(): void {
    clearTimeout(timer);
    timer = undefined;
    // A flush runs on another thread and must not find its file closed: it calls again when it ended.
    rewriteDue = flushing !== undefined;
    if (rewriteDue) return;
    const lines = [...values].map(([key, value]) => lineOf(`[[${JSON.stringify(key)},${value}]]`));
    const next = openSync(path + suffix, 'w', 0o600);
    let written: number;
    try {
      written = writeAll(next, Buffer.from(lines.join('')));
      fsyncSync(next);
    } finally {
      closeSync(next);
    }
    closeSync(fd); // before the rename: some systems refuse to replace an open file
    try {
      renameSync(path + suffix, path);
    } finally {
      fd = openSync(path, 'a', 0o600);
    }
    syncFolder(dirname(path));
    size = written;
    stale = false;
    dirty = false;
  }

  function planRewrite(): void {
    timer ??= setTimeout(tryRewrite, rewriteAfterMs).unref();
  }

  /** A full disk keeps the old file, which is true as well; it is tried again. */
  function tryRewrite(): void {
    try {
      rewrite();
    } catch {
      planRewrite();
    }
  }

  function append(line: Buffer): void {
    if (broken !== undefined) throw new Error(`${path} takes no more writes`, { cause: broken });
    try {
      size += writeAll(fd, line);
    } catch (error) {
      try {
        ftruncateSync(fd, size);
      } catch (cause) {
        broken = cause;
      }
      throw error;
    }
    dirty = true;
  }

  async function flushOnce(): Promise<void> {
    await flushing?.catch(() => {}); // its own caller hears of it
    queued = undefined;
    dirty = false;
    flushing = flushToDisk(fd);
    try {
      await flushing;
    } finally {
      flushing = undefined;
      if (rewriteDue) tryRewrite();
    }
  }

  return {
    cutBytes: read.cutBytes,
    entries: () =>
      [...values].map(([key, text]) => {
        const value: V = JSON.parse(text);
        return [key, value];
      }),
    get(key) {
      const text = values.get(key);
      if (text === undefined) return undefined;
      const value: V = JSON.parse(text);
      return value;
    },
    commit(changes) {
      if (changes.length === 0) return;
      append(Buffer.from(lineOf(JSON.stringify(changes))));
      apply(changes);
      if (stale) planRewrite();
    },
    async flush() {
      if (!dirty && queued === undefined) await flushing;
      // Whoever comes while one flush runs shares the next one.
      else await (queued ??= flushOnce());
    },
    rewrite,
    async close() {
      clearTimeout(timer);
      await (queued ?? flushing);
      clearTimeout(timer);
      try {
        if (broken === undefined && stale) rewrite();
      } finally {
        closeSync(fd);
      }
    },
  };
}

/** Makes a rename or removal in a folder survive a power cut, where the system can. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return; // a folder cannot be opened there
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function writeAll(fd: number, bytes: Buffer): number {
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
  return bytes.length;
}

const lineOf = (json: string): string => `${checksumOf(json)} ${json}\n`;
const checksumOf = (json: string | Buffer): string => crc32(json).toString(16).padStart(8, '0');

interface ReadLog {
  readonly lines: readonly (readonly Change<unknown>[])[];
  readonly bytes: number;
  readonly cutBytes: number;
}

function readLog(path: string): ReadLog {
  let log: Buffer;
  try {
    log = readFileSync(path);
  } catch (error) {
    if (isMissing(error)) return { lines: [], bytes: 0, cutBytes: 0 };
    throw error;
  }
  const lines: (readonly Change<unknown>[])[] = [];
  let bytes = 0;
  while (bytes < log.length) {
    const line = lineAt(log, bytes);
    if (line.changes === undefined) break;
    lines.push(line.changes);
    bytes = line.end;
  }
  if (bytes < log.length) {
    refuseDamage(path, log, bytes);
    truncateSync(path, bytes);
  }
  return { lines, bytes, cutBytes: log.length - bytes };
}

/** Only the last write can be unfinished: whole lines behind a damaged one mean that the disk or a person did it. */
function refuseDamage(path: string, log: Buffer, damagedAt: number): void {
  for (let at = lineAt(log, damagedAt).end; at < log.length;) {
    const line = lineAt(log, at);
    if (line.changes !== undefined) {
      throw new DataError(
        'damaged',
        `${path} is damaged at byte ${damagedAt}, before lines that are whole. Put back a copy of the whole data directory, or start with another one.`,
      );
    }
    at = line.end;
  }
}

/** The changes of one line, undefined when it is unfinished or damaged, and where the next one begins. */
function lineAt(
  log: Buffer,
  start: number,
): { readonly end: number; readonly changes: readonly Change<unknown>[] | undefined } {
  const newline = log.indexOf(10, start);
  if (newline === -1) return { end: log.length, changes: undefined };
  const end = newline + 1;
  const json = log.subarray(start + 9, newline);
  if (log.toString('latin1', start, start + 9) !== `${checksumOf(json)} `) return { end, changes: undefined };
  const changes: readonly Change<unknown>[] = JSON.parse(json.toString('utf8'));
  return { end, changes };
}
