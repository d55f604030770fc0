/**
 * The photos that paths on the command line mean. Looks at names and kinds only; a photo is read when its turn
 * comes.
 */
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';

/** Taken from folders. The ones that the system refuses are in, so that nobody wonders where a photo went. */
const imageExtensions: ReadonlySet<string> = new Set(
  'jpg jpeg jpe jfif png apng webp heic heif avif gif tif tiff bmp'.split(' ').map((name) => `.${name}`),
);

export type Found =
  | { readonly ok: true; readonly photos: readonly string[] }
  | { readonly ok: false; readonly message: string };

/** Files as given, then folders' images in the order of their names; each once. */
export async function findPhotos(paths: readonly string[]): Promise<Found> {
  const photos = new Set<string>();
  for (const path of paths) {
    const found = await findAt(path);
    if (!found.ok) return found;
    for (const photo of found.photos) photos.add(photo);
  }
  return { ok: true, photos: [...photos] };
}

async function findAt(path: string): Promise<Found> {
  let kind;
  try {
    kind = await stat(path);
  } catch (error) {
    return { ok: false, message: `${path}: ${sentenceOf(error)}` };
  }
  if (kind.isFile()) return { ok: true, photos: [path] };
  if (!kind.isDirectory()) return { ok: false, message: `${path}: neither a file nor a folder.` };
  let photos;
  try {
    photos = await imagesIn(path);
  } catch (error) {
    return { ok: false, message: `${path}: ${sentenceOf(error)}` };
  }
  if (photos.length === 0) return { ok: false, message: `${path}: no image in this folder.` };
  return { ok: true, photos };
}

/** Follows no link to a folder, so that a circle of them ends; passes over hidden files. */
async function imagesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && isImageName(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function isImageName(name: string): boolean {
  return !basename(name).startsWith('.') && imageExtensions.has(extname(name).toLowerCase());
}

const sentences: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder.',
  ENOTDIR: 'there is no such file or folder.',
  EACCES: 'it may not be read.',
  EPERM: 'it may not be read.',
  EISDIR: 'it is a folder.',
};

/** What a file error means, without the path, which the caller names. */
export function sentenceOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return sentences[code] ?? `it cannot be read (${code}).`;
}
