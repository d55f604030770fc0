/**
 * What the embedded S3 keeps: objects and unfinished multipart uploads. The interface is synchronous on
 * purpose: "not there, so write it" is one step that no other request can come between. In memory here, in a
 * folder on disk in folder-storage.ts. Must not know of HTTP.
 */
import type { Checksums } from './checksums.ts';

/** A stored object. */
export interface StoredObject {
  readonly key: string;
  readonly bytes: Buffer;
  readonly contentType: string;
  /** MD5 in hex, without quotes; of a multipart object the MD5 of its parts' MD5s and their number. */
  readonly etag: string;
  readonly lastModifiedAt: number;
  readonly checksums: Checksums;
}

/** One part of an unfinished upload. */
export interface StoredPart {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly checksums: Checksums;
}

/** An upload that was begun and neither completed nor aborted. */
export interface MultipartUpload {
  readonly uploadId: string;
  readonly key: string;
  readonly contentType: string;
  readonly initiatedAt: number;
  readonly parts: ReadonlyMap<number, StoredPart>;
}

/** Where objects and unfinished uploads stay. */
export interface Storage {
  get(key: string): StoredObject | undefined;
  put(object: StoredObject): void;
  delete(key: string): void;
  /** Says that the event of a stored object was taken over. */
  announced(key: string): void;
  /** Objects of which that was never said, because the process ended in between. */
  unannounced(): readonly StoredObject[];
  /** The objects whose keys begin with `prefix`, in the order of the keys' UTF-8 bytes, as S3 lists them. */
  list(prefix: string): readonly StoredObject[];
  upload(uploadId: string): MultipartUpload | undefined;
  putUpload(upload: MultipartUpload): void;
  /** Keeps a part of a known upload, in place of an earlier one of that number. */
  putPart(uploadId: string, number: number, part: StoredPart): void;
  deleteUpload(uploadId: string): void;
  /** All unfinished uploads by key, then by upload id, which begins with the moment it was begun. */
  listUploads(): readonly MultipartUpload[];
}

/** Keeps everything in this process's memory. */
export function memoryStorage(): Storage {
  const objects = new Map<string, StoredObject>();
  const uploads = new Map<string, MultipartUpload>();
  return {
    get: (key) => objects.get(key),
    put: (object) => void objects.set(object.key, object),
    delete: (key) => void objects.delete(key),
    announced: () => {},
    // What ends with the process needs no second announcement.
    unannounced: () => [],
    list: (prefix) =>
      [...objects.values()]
        .filter((object) => object.key.startsWith(prefix))
        .toSorted((a, b) => compareKeys(a.key, b.key)),
    upload: (uploadId) => uploads.get(uploadId),
    putUpload: (upload) => void uploads.set(upload.uploadId, upload),
    putPart(uploadId, number, part) {
      const upload = uploads.get(uploadId);
      if (upload === undefined) throw new RangeError('A part belongs to an upload that was begun');
      uploads.set(uploadId, { ...upload, parts: new Map([...upload.parts, [number, part]]) });
    },
    deleteUpload: (uploadId) => void uploads.delete(uploadId),
    listUploads: () =>
      [...uploads.values()].toSorted(
        (a, b) => compareKeys(a.key, b.key) || compareKeys(a.uploadId, b.uploadId),
      ),
  };
}

/** The order of two keys in a listing. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
