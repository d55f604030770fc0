/**
 * Objects and unfinished uploads in a folder on this machine's disk, behind the same synchronous interface as in
 * memory. A file is written under a temporary name and then renamed, so that a kill leaves no half object; what it
 * does leave is removed at the next start. A removed object's file is unlinked, never kept or moved elsewhere.
 *
 *     objects/<SHA-256 of the key>.new      stored, its event not yet taken over
 *     objects/<SHA-256 of the key>.object   stored and announced
 *     uploads/<upload id>/upload            what an unfinished upload is for; without it the folder is rubbish
 *     uploads/<upload id>/<number>.part     one part
 *
 * Nothing is flushed: after a power cut a file that is not whole is removed at the start, and an unlinked one may
 * be back, which the first sweep removes by its age. Must not know of HTTP.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { hasCode, isMissing } from '../data/data-error.ts';
import { memoryStorage, type Storage } from './storage.ts';

/** Opens the folder and loads what it holds; what is not whole is removed. */
export function folderStorage(folder: string): Storage {
  const memory = memoryStorage();
  const objects = join(folder, 'objects');
  const uploads = join(folder, 'uploads');
  for (const path of [objects, uploads]) mkdirSync(path, { recursive: true, mode: 0o700 });
  const unannounced = new Set<string>();
  loadObjects(objects, memory, unannounced);
  loadUploads(uploads, memory);
  const fileOf = (key: string): string => join(objects, createHash('sha256').update(key).digest('hex'));
  return {
    ...memory,
    put(object) {
      const { bytes, ...head } = object;
      writeWhole(`${fileOf(object.key)}.new`, { ...head, checksums: [...object.checksums] }, bytes);
      unannounced.add(object.key);
      memory.put(object);
    },
    delete(key) {
      for (const suffix of ['.new', '.object']) rmSync(fileOf(key) + suffix, { force: true });
      unannounced.delete(key);
      memory.delete(key);
    },
    announced(key) {
      // Deleted in the meantime, or announced before.
      if (!unannounced.delete(key)) return;
      renameSync(`${fileOf(key)}.new`, `${fileOf(key)}.object`);
    },
    unannounced: () => [...unannounced].flatMap((key) => memory.get(key) ?? []),
    putUpload(upload) {
      const { uploadId, key, contentType, initiatedAt } = upload;
      mkdirSync(join(uploads, uploadId), { recursive: true, mode: 0o700 });
      writeWhole(
        join(uploads, uploadId, 'upload'),
        { uploadId, key, contentType, initiatedAt },
        Buffer.alloc(0),
      );
      memory.putUpload(upload);
    },
    putPart(uploadId, number, part) {
      const { bytes, etag } = part;
      writeWhole(
        join(uploads, uploadId, `${number}.part`),
        { number, etag, checksums: [...part.checksums] },
        bytes,
      );
      memory.putPart(uploadId, number, part);
    },
    deleteUpload(uploadId) {
      // First what makes it an upload: the rest may be left by a kill.
      rmSync(join(uploads, uploadId, 'upload'), { force: true });
      rmSync(join(uploads, uploadId), { recursive: true, force: true });
      memory.deleteUpload(uploadId);
    },
  };
}

const checksums = z.array(z.tuple([z.string(), z.string()]));
const objectHead = z.object({
  key: z.string(),
  contentType: z.string(),
  etag: z.string(),
  lastModifiedAt: z.number(),
  checksums,
});
const uploadHead = z.object({
  uploadId: z.string(),
  key: z.string(),
  contentType: z.string(),
  initiatedAt: z.number(),
});
const partHead = z.object({ number: z.number(), etag: z.string(), checksums });

function loadObjects(folder: string, memory: Storage, unannounced: Set<string>): void {
  // `.new` sorts before `.object` and is the later of the two.
  for (const name of readdirSync(folder).toSorted()) {
    const path = join(folder, name);
    const file = /\.(?:new|object)$/.test(name) ? readWhole(path, objectHead) : undefined;
    if (file === undefined || memory.get(file.head.key) !== undefined) {
      rmSync(path, { force: true });
      continue;
    }
    memory.put({ ...file.head, bytes: file.bytes, checksums: new Map(file.head.checksums) });
    if (name.endsWith('.new')) unannounced.add(file.head.key);
  }
}

function loadUploads(folder: string, memory: Storage): void {
  for (const uploadId of readdirSync(folder)) {
    const path = join(folder, uploadId);
    const upload = readWhole(join(path, 'upload'), uploadHead);
    if (upload === undefined) {
      rmSync(path, { recursive: true, force: true });
      continue;
    }
    memory.putUpload({ ...upload.head, parts: new Map() });
    for (const name of readdirSync(path).filter((one) => one !== 'upload')) {
      const part = name.endsWith('.part') ? readWhole(join(path, name), partHead) : undefined;
      if (part === undefined) {
        rmSync(join(path, name), { force: true });
        continue;
      }
      const { number, etag } = part.head;
      memory.putPart(uploadId, number, { bytes: part.bytes, etag, checksums: new Map(part.head.checksums) });
    }
  }
}

/** One line of JSON that also says length and checksum of the bytes behind it. */
function writeWhole(path: string, head: object, bytes: Buffer): void {
  const line = `${JSON.stringify({ head, length: bytes.length, crc32: crc32(bytes) })}\n`;
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    writeFileSync(temporary, Buffer.concat([Buffer.from(line), bytes]), { mode: 0o600, flag: 'wx' });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** A file of writeWhole; undefined for one that is not there or not whole. */
function readWhole<H>(
  path: string,
  head: z.ZodType<H>,
): { readonly head: H; readonly bytes: Buffer } | undefined {
  let file: Buffer;
  try {
    file = readFileSync(path);
  } catch (error) {
    // ENOTDIR: a stray file where the folder of an upload should be.
    if (isMissing(error) || hasCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
  const newline = file.indexOf(10);
  const line = z
    .object({ head, length: z.number(), crc32: z.number() })
    .safeParse(parseJson(file.toString('utf8', 0, Math.max(newline, 0))));
  const bytes = file.subarray(newline + 1);
  if (!line.success || bytes.length !== line.data.length || crc32(bytes) !== line.data.crc32)
    return undefined;
  return { head: line.data.head, bytes };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
