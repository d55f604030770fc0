/**
 * Cuts the public photos that skin-contrast is calibrated and looked at with into two parts, by a rule written down
 * before any model ran on them.
 *
 * A photo of a lesion is in the part `even` or `odd` after the first 32 bits of the SHA-256 of its file name. From each
 * come the photo itself (class `lesion`) and, with 512 pixels a side or more, its four corners of 256 x 256 pixels as a
 * stand-in for clear skin (class `corner`, PNG). Photos without skin (class `object`) decide no threshold and lie in both.
 */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { extname, join, parse } from 'node:path';
import sharp from 'sharp';

export const parts = ['even', 'odd'] as const;

/** Side of a corner, pixels: the model's input, so that it is neither enlarged nor reduced. */
const cornerSide = 256;

/** The part that a photo belongs to. */
export function partOf(fileName: string): (typeof parts)[number] {
  const first = createHash('sha256').update(fileName).digest().readUInt32BE();
  return first % 2 === 0 ? 'even' : 'odd';
}

/** Where the four cuts of a photo begin, in pixels; nowhere if they would overlap. */
export function cornersOf(width: number, height: number): readonly { left: number; top: number }[] {
  if (Math.min(width, height) < 2 * cornerSide) return [];
  return [0, height - cornerSide].flatMap((top) => [0, width - cornerSide].map((left) => ({ left, top })));
}

/** Writes both parts below `out`, each a folder for `npm run evaluate`. */
export async function split(lesions: string, objects: string, out: string): Promise<void> {
  for (const name of await photosIn(lesions)) {
    const part = join(out, partOf(name));
    await keep(lesions, join(part, 'lesion'), name);
    await cutCorners(join(lesions, name), join(part, 'corner'));
  }
  for (const name of await photosIn(objects)) {
    for (const part of parts) await keep(objects, join(out, part, 'object'), name);
  }
}

async function photosIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  return names.filter((name) => /^\.(?:jpe?g|png)$/i.test(extname(name))).toSorted();
}

async function keep(from: string, to: string, name: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await copyFile(join(from, name), join(to, name));
}

async function cutCorners(path: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { width, height } = await sharp(path).metadata();
  for (const [index, at] of cornersOf(width, height).entries()) {
    const corner = sharp(path).extract({ ...at, width: cornerSide, height: cornerSide });
    await corner.png().toFile(join(folder, `${parse(path).name}-${index + 1}.png`));
  }
}
