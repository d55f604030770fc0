/**
 * What a HEIF file (HEIC, AVIF: ISO/IEC 23008-12) says of its primary image: coding, size, colour. Pure, read from
 * the boxes alone, before any pixel exists. Thumbnails, depth maps, gain maps and every other image of the file are
 * ignored, but for their size: a decoder may have to look at one. It checks no coded data; that is the decoder's.
 */
import { BrokenBoxError, boxesIn, Fields, findBox, type Box, type Range } from './boxes.ts';
import { readColour, type HeifColour } from './heif-colour.ts';
import { readExtents, type Extents } from './heif-extents.ts';
import type { ImageSize } from './header.ts';

/** How the primary image, or every tile of it, is coded. */
export type HeifCoding = 'hevc' | 'av1' | 'other';

/** The primary image. */
export interface HeifHeader {
  readonly coding: HeifCoding;
  /** Of the whole image, before rotation and cropping. */
  readonly size: ImageSize;
  /** Pixels of the largest image of any kind that the file names. */
  readonly largestPixels: number;
  readonly colour: HeifColour;
}

/** A grid of more tiles than this is no photo: 25 megapixels in tiles of 512 x 512 are 100. */
const maxTiles = 1024;

/** Reads the header, or says `undefined` when it is cut short, senseless or points outside the file. */
export function readHeif(bytes: Uint8Array): HeifHeader | undefined {
  try {
    return headerOf(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    if (error instanceof BrokenBoxError) return undefined;
    throw error;
  }
}

function headerOf(view: DataView): HeifHeader {
  const file = { start: 0, end: view.byteLength };
  const meta = required(findBox(view, file, 'meta'));
  const boxes = childrenOf(view, { start: meta.start + 4, end: meta.end });
  const primary = readPrimaryId(view, required(boxes.get('pitm')));
  const types = readItemTypes(view, required(boxes.get('iinf')));
  const properties = readProperties(view, required(boxes.get('iprp')));
  const size = sizeOf(view, properties, primary);
  const type = required(types.get(primary));
  const tiles = type === 'grid' ? readReferences(view, boxes.get('iref'), 'dimg', primary) : [primary];
  const extents = readExtents(view, boxes, new Set([primary, ...tiles]));
  if (type === 'grid') checkGrid(view, required(extents.get(primary)), size, tiles, properties);
  for (const tile of tiles) if (!extents.has(tile)) throw new BrokenBoxError('an image has no data');
  const coded = new Set(tiles.map((tile) => types.get(tile) ?? ''));
  const colour = [primary, ...tiles.slice(0, 1)].flatMap((id) => colourBoxesOf(properties, id));
  return {
    coding: codingOf(coded),
    size,
    largestPixels: Math.max(
      ...properties.all.filter(isSize).map((box) => pixelsOf(readSpatialExtent(view, box))),
    ),
    colour: readColour(view, colour),
  };
}

/** Tiles of different codings are never one photo. */
function codingOf(types: ReadonlySet<string>): HeifCoding {
  if (types.size !== 1) return 'other';
  if (types.has('hvc1')) return 'hevc';
  return types.has('av01') ? 'av1' : 'other';
}

/** The first box of each type. */
function childrenOf(view: DataView, range: Range): ReadonlyMap<string, Box> {
  const children = new Map<string, Box>();
  for (const box of boxesIn(view, range)) if (!children.has(box.type)) children.set(box.type, box);
  return children;
}

/** `pitm`: the item that a reader shows. */
function readPrimaryId(view: DataView, box: Box): number {
  const fields = new Fields(view, box);
  return fields.uint(fields.fullBox().version === 0 ? 2 : 4);
}

/** `iinf`: the type of every item; an encrypted one has none that is of use here. */
function readItemTypes(view: DataView, box: Box): ReadonlyMap<number, string> {
  const fields = new Fields(view, box);
  fields.skip(fields.fullBox().version === 0 ? 2 : 4);
  const types = new Map<number, string>();
  for (const entry of boxesIn(view, { start: fields.at, end: box.end })) {
    if (entry.type !== 'infe') continue;
    const item = new Fields(view, entry);
    const { version } = item.fullBox();
    if (version < 2) continue;
    const id = item.uint(version === 2 ? 2 : 4);
    const isProtected = item.uint(2) !== 0;
    types.set(id, isProtected ? 'protected' : item.text(4));
  }
  return types;
}

/** `iref`: the items that one item refers to, in order. */
function readReferences(view: DataView, box: Box | undefined, type: string, from: number): readonly number[] {
  if (box === undefined) return [];
  const references = new Fields(view, box);
  const idSize = references.fullBox().version === 0 ? 2 : 4;
  for (const reference of boxesIn(view, { start: references.at, end: box.end })) {
    const fields = new Fields(view, reference);
    if (reference.type !== type || fields.uint(idSize) !== from) continue;
    const count = fields.uint(2);
    if (count > maxTiles) throw new BrokenBoxError('too many references');
    return Array.from({ length: count }, () => fields.uint(idSize));
  }
  return [];
}

interface Properties {
  /** `ipco`, in order. */
  readonly all: readonly Box[];
  /** `ipma`: the properties of each item. */
  readonly byItem: ReadonlyMap<number, readonly Box[]>;
}

function readProperties(view: DataView, iprp: Box): Properties {
  const all = [...boxesIn(view, required(findBox(view, iprp, 'ipco')))];
  const byItem = new Map<number, readonly Box[]>();
  for (const box of boxesIn(view, iprp)) {
    if (box.type !== 'ipma') continue;
    const fields = new Fields(view, box);
    const { version, flags } = fields.fullBox();
    const indexSize = (flags & 1) === 0 ? 1 : 2;
    const entries = fields.uint(4);
    // Each entry takes bytes, so that a count that lies ends at the end of the box.
    for (let entry = 0; entry < entries; entry += 1) {
      const id = fields.uint(version === 0 ? 2 : 4);
      const indices = Array.from({ length: fields.uint(1) }, () => fields.uint(indexSize));
      // The top bit says "essential"; 0 is no property.
      const mask = indexSize === 1 ? 0x7f : 0x7fff;
      byItem.set(
        id,
        indices.map((index) => all[(index & mask) - 1]).filter((one) => one !== undefined),
      );
    }
  }
  return { all, byItem };
}

const isSize = (box: Box): boolean => box.type === 'ispe';
const pixelsOf = ({ width, height }: ImageSize): number => width * height;

function colourBoxesOf(properties: Properties, id: number): readonly Box[] {
  return (properties.byItem.get(id) ?? []).filter((box) => box.type === 'colr');
}

function sizeOf(view: DataView, properties: Properties, id: number): ImageSize {
  return readSpatialExtent(view, required(properties.byItem.get(id)?.find(isSize)));
}

/** `ispe` */
function readSpatialExtent(view: DataView, box: Box): ImageSize {
  const fields = new Fields(view, box);
  fields.fullBox();
  return { width: fields.uint(4), height: fields.uint(4) };
}

/**
 * The grid (ISO/IEC 23008-12, 6.6.2.3.2) must say what its properties say, and be covered by tiles none of which
 * lies outside: otherwise a small image could cost the decoding of a thousand large tiles.
 */
function checkGrid(
  view: DataView,
  extents: Extents,
  size: ImageSize,
  tiles: readonly number[],
  properties: Properties,
): void {
  const fields = new Fields(view, required(extents[0]));
  fields.skip(1);
  const lengthSize = (fields.uint(1) & 1) === 0 ? 2 : 4;
  const rows = fields.uint(1) + 1;
  const columns = fields.uint(1) + 1;
  const isSame = fields.uint(lengthSize) === size.width && fields.uint(lengthSize) === size.height;
  if (!isSame || rows * columns !== tiles.length) throw new BrokenBoxError('a grid contradicts itself');
  const first = sizeOf(view, properties, required(tiles[0]));
  for (const tile of new Set(tiles)) {
    const { width, height } = sizeOf(view, properties, tile);
    if (width !== first.width || height !== first.height) throw new BrokenBoxError('tiles differ in size');
  }
  if (!covers(first.width, columns, size.width) || !covers(first.height, rows, size.height)) {
    throw new BrokenBoxError('tiles do not fit their grid');
  }
}

/** Says whether `count` tiles reach the end of a side, and no fewer would. */
function covers(tileLength: number, count: number, length: number): boolean {
  return tileLength * count >= length && tileLength * (count - 1) < length;
}

function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new BrokenBoxError('a box, item or property is missing');
  return value;
}
