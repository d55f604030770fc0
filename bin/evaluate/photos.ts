/** The labelled photos of a folder: their classes, what each should get, their groups. Opens no photo. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { findPhotos } from '../scan/find-photos.ts';
import { parseCsv } from './csv.ts';

/** `none`: a photo of this class should get no band. */
export const noBand = 'none';

export interface LabelledPhoto {
  readonly path: string;
  /** Below the folder, with `/`. */
  readonly name: string;
  readonly photoClass: string;
  /** A band, or `none`. */
  readonly expected: string;
  /** Grouping to group. */
  readonly groups: ReadonlyMap<string, string>;
}

/** A folder, a class or a file of groups that cannot be used: the message says what to do. */
export class PhotosError extends Error {
  override readonly name = 'PhotosError';
  readonly code = 'photos-unusable';
}

/** What is in the folder. */
export interface Labelled {
  readonly photos: readonly LabelledPhoto[];
  /** Files in the folders of classes that are no photos by their names, in the same form as photos' names. */
  readonly leftOut: readonly string[];
}

/** Finds every photo of every class; throws a `PhotosError`. */
export async function findLabelled(
  folder: string,
  bands: readonly string[],
  expect: ReadonlyMap<string, string>,
  groupsFile: string | undefined,
): Promise<Labelled> {
  const classes = await classesOf(folder);
  const expected = expectationsOf(classes, bands, expect);
  const found: Omit<LabelledPhoto, 'groups'>[] = [];
  const leftOut: string[] = [];
  const nameOf = (path: string): string => relative(folder, path).split(sep).join('/');
  for (const photoClass of classes) {
    const photos = await findPhotos([join(folder, photoClass)]);
    if (!photos.ok) throw new PhotosError(`${photos.message} Put photos in, or take the folder away.`);
    for (const path of photos.photos) {
      found.push({ path, name: nameOf(path), photoClass, expected: expected.get(photoClass) ?? noBand });
    }
    const taken = new Set(photos.photos);
    const others = (await filesIn(join(folder, photoClass))).filter((path) => !taken.has(path));
    leftOut.push(...others.map(nameOf));
  }
  const groups =
    groupsFile === undefined ? new Map() : groupsOf(await readGroups(groupsFile), found, groupsFile);
  const photos = found.map((photo) => ({ ...photo, groups: groups.get(photo.name) ?? new Map() }));
  return { photos, leftOut };
}

/** But for hidden ones. */
async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name));
}

async function classesOf(folder: string): Promise<readonly string[]> {
  let entries;
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    throw new PhotosError(`${folder} cannot be read as a folder.`, { cause });
  }
  const classes = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name);
  if (classes.length > 0) return classes.toSorted();
  throw new PhotosError(
    `${folder} has no folders inside. Make one for each class, called like a band (or --expect CLASS=BAND), and put the photos there.`,
  );
}

function expectationsOf(
  classes: readonly string[],
  bands: readonly string[],
  expect: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const words = [...bands, noBand];
  for (const [photoClass, word] of expect) {
    if (!classes.includes(photoClass)) {
      throw new PhotosError(`--expect names the class ${photoClass}; there are: ${classes.join(', ')}.`);
    }
    if (!words.includes(word)) {
      throw new PhotosError(`--expect ${photoClass}=${word}: the model says ${words.join(', ')}.`);
    }
  }
  return new Map(
    classes.map((photoClass) => {
      const word = expect.get(photoClass) ?? words.find((one) => one === photoClass);
      if (word !== undefined) return [photoClass, word];
      throw new PhotosError(
        `What should photos of the class ${photoClass} get? Add --expect ${photoClass}=BAND, where BAND is ${words.join(' or ')}.`,
      );
    }),
  );
}

async function readGroups(file: string): Promise<readonly (readonly string[])[]> {
  let text;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new PhotosError(`${file} cannot be read.`, { cause });
  }
  const rows = parseCsv(text);
  if (rows === undefined) throw new PhotosError(`${file}: a quote is opened and never closed.`);
  const [header] = rows;
  if (header === undefined || !header.includes('file') || header.length < 2) {
    throw new PhotosError(
      `${file}: the first line must name a column "file" and at least one grouping, such as "file,tone".`,
    );
  }
  return rows;
}

/** By the photo's name below the folder. A row may name a photo by its file name where that occurs once. */
function groupsOf(
  [header = [], ...rows]: readonly (readonly string[])[],
  photos: readonly Pick<LabelledPhoto, 'name'>[],
  file: string,
): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const names = new Set(photos.map(({ name }) => name));
  const byFileName = Map.groupBy(photos, ({ name }) => basename(name));
  const fileColumn = header.indexOf('file');
  const groups = new Map<string, ReadonlyMap<string, string>>();
  for (const row of rows) {
    const given = row[fileColumn] ?? '';
    const alike = byFileName.get(given) ?? [];
    const name = names.has(given) ? given : alike.length === 1 ? alike[0]?.name : undefined;
    if (name === undefined) continue;
    const values = header.flatMap((column, at): readonly (readonly [string, string])[] => {
      const value = (row[at] ?? '').trim();
      return at === fileColumn || value === '' ? [] : [[column, value]];
    });
    groups.set(name, new Map(values));
  }
  if (groups.size > 0) return groups;
  throw new PhotosError(`${file}: no line names a photo of the folder in its column "file".`);
}
