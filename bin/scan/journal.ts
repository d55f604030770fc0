/**
 * The journal of a batch: what lets a rerun ask for the same scans instead of sending photos again. A small file
 * of JSON lines that only grows; it holds names, digests, keys and scan ids, never image bytes, tokens or results.
 */
import { createHash, randomUUID } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { z } from 'zod';

/** The file is there and is no journal, or cannot be used; the message says what to do. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/** What was asked for a photo before. */
export interface Asked {
  readonly idempotencyKey: string;
  /** Known once the ticket was issued. */
  readonly scanId: string | undefined;
  /** An earlier run asked; false: this call chose the key. */
  readonly isKnown: boolean;
}

export interface Journal {
  /**
   * The key to ask with: that of an earlier run when the photo is the same, byte for byte, else (or when `anew`)
   * a fresh one, which is on the disk before this resolves.
   */
  ask(photo: string, bytes: Uint8Array, anew?: boolean): Promise<Asked>;
  /** Notes the scan that the key made. */
  issued(photo: string, scanId: string): Promise<void>;
  close(): Promise<void>;
}

const header = {
  onceover: 'batch journal',
  version: 1,
  note: 'Names, digests and keys of photos, so that "npm run scan -- --resume FILE" asks for the same scans. No image, no token. Names are relative to this file.',
};
const headerLine = z.object({ onceover: z.literal(header.onceover), version: z.literal(header.version) });
const entryLine = z.union([
  z.object({ photo: z.string(), sha256: z.string(), idempotencyKey: z.string() }),
  z.object({ photo: z.string(), scanId: z.string() }),
]);

interface Entry {
  readonly sha256: string;
  readonly idempotencyKey: string;
  scanId?: string;
}

/** Opens a journal, or begins one. Throws a JournalError for any other file, which is left as it is. */
export async function openJournal(path: string): Promise<Journal> {
  let file: FileHandle;
  try {
    file = await open(path, 'a+', 0o600);
  } catch (cause) {
    throw new JournalError(`${path}: the journal cannot be opened.`, { cause });
  }
  let entries: Map<string, Entry>;
  try {
    entries = await readEntries(file, path);
  } catch (error) {
    await file.close();
    throw error;
  }
  const nameOf = (photo: string): string => relative(dirname(resolve(path)), resolve(photo));
  // One line after the other: photos run side by side.
  let writing: Promise<void> = Promise.resolve();
  const write = async (before: Promise<void>, line: object): Promise<void> => {
    await before;
    await file.appendFile(`${JSON.stringify(line)}\n`);
    await file.datasync();
  };
  const append = async (line: object): Promise<void> => {
    const mine = write(writing, line);
    writing = mine.catch(() => {});
    await mine;
  };
  if (entries.size === 0 && (await file.stat()).size === 0) await append(header);
  return {
    async ask(photo, bytes, anew = false) {
      const name = nameOf(photo);
      const sha256 = createHash('sha256').update(bytes).digest('base64');
      const entry = entries.get(name);
      if (entry !== undefined && entry.sha256 === sha256 && !anew) {
        return { idempotencyKey: entry.idempotencyKey, scanId: entry.scanId, isKnown: true };
      }
      const idempotencyKey = randomUUID();
      await append({ photo: name, sha256, idempotencyKey });
      entries.set(name, { sha256, idempotencyKey });
      return { idempotencyKey, scanId: undefined, isKnown: false };
    },
    async issued(photo, scanId) {
      const name = nameOf(photo);
      const entry = entries.get(name);
      if (entry === undefined || entry.scanId === scanId) return;
      entry.scanId = scanId;
      await append({ photo: name, scanId });
    },
    async close() {
      await writing;
      await file.close();
    },
  };
}

/** Later lines stand; half a line at the end is what a kill left, and is cut off. */
async function readEntries(file: FileHandle, path: string): Promise<Map<string, Entry>> {
  const text = await file.readFile('utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const [first, ...lines] = whole.split('\n').filter((line) => line !== '');
  const entries = new Map<string, Entry>();
  const isBegun = text !== '' && `${JSON.stringify(header)}\n`.startsWith(text);
  if (text !== '' && !isBegun && !headerLine.safeParse(parseJson(first ?? text)).success) {
    throw new JournalError(`${path} is not a journal of onceover. Name another file with --resume.`);
  }
  for (const line of lines) {
    const parsed = entryLine.safeParse(parseJson(line));
    if (!parsed.success)
      throw new JournalError(`${path}: a line in the journal is damaged. Begin another one.`);
    const { photo, ...rest } = parsed.data;
    if ('scanId' in rest) {
      const entry = entries.get(photo);
      if (entry !== undefined) entry.scanId = rest.scanId;
    } else entries.set(photo, rest);
  }
  if (whole.length < text.length) await file.truncate(Buffer.byteLength(whole));
  return entries;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
