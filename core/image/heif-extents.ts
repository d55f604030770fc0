/**
 * Where the data of items lies in a HEIF file (`iloc`, ISO/IEC 14496-12, 8.11.3). Pure. Everything it answers lies
 * inside the file; a file that was cut off before the end of what is asked for is broken.
 */
import { BrokenBoxError, Fields, type Box, type Range } from './boxes.ts';

/** The parts that make up an item, in order. */
export type Extents = readonly Range[];

/** Parts of one item; real files have one or two. */
const maxExtents = 32;

/** Field sizes that `iloc` itself states, in bytes. */
interface Layout {
  readonly version: number;
  readonly offset: number;
  readonly length: number;
  readonly base: number;
  readonly index: number;
}

/** Finds the extents of the wanted items. Throws `BrokenBoxError`. */
export function readExtents(
  view: DataView,
  boxes: ReadonlyMap<string, Box>,
  wanted: ReadonlySet<number>,
): ReadonlyMap<number, Extents> {
  const box = boxes.get('iloc');
  if (box === undefined) throw new BrokenBoxError('no item has a location');
  const file = { start: 0, end: view.byteLength };
  const fields = new Fields(view, box);
  const layout = readLayout(fields);
  const count = fields.uint(layout.version < 2 ? 2 : 4);
  const found = new Map<number, Extents>();
  // Each item takes bytes, so that a count that lies ends at the end of the box.
  for (let item = 0; item < count; item += 1) {
    const id = fields.uint(layout.version < 2 ? 2 : 4);
    const method = layout.version === 0 ? 0 : fields.uint(2) & 0x0f;
    const isInThisFile = fields.uint(2) === 0;
    const base = fields.uint(layout.base);
    const extents = fields.uint(2);
    if (!wanted.has(id)) {
      fields.skip(extents * (layout.index + layout.offset + layout.length));
      continue;
    }
    // Method 2, a part of another item, is used by no camera.
    const source = method === 0 ? file : method === 1 ? boxes.get('idat') : undefined;
    if (!isInThisFile || source === undefined || extents === 0 || extents > maxExtents) {
      throw new BrokenBoxError('an item lies where nothing is read');
    }
    found.set(
      id,
      Array.from({ length: extents }, () => readExtent(fields, layout, source, base)),
    );
  }
  return found;
}

function readLayout(fields: Fields): Layout {
  const { version } = fields.fullBox();
  if (version > 2) throw new BrokenBoxError('an unknown version of locations');
  const sizes = fields.uint(2);
  return {
    version,
    offset: sizes >>> 12,
    length: (sizes >>> 8) & 0x0f,
    base: (sizes >>> 4) & 0x0f,
    index: version === 0 ? 0 : sizes & 0x0f,
  };
}

function readExtent(fields: Fields, layout: Layout, source: Range, base: number): Range {
  fields.skip(layout.index);
  const start = source.start + base + fields.uint(layout.offset);
  const length = fields.uint(layout.length);
  // Without a length it is everything to the end.
  const end = length === 0 ? source.end : start + length;
  if (start >= end || end > source.end) throw new BrokenBoxError('an item ends outside the file');
  return { start, end };
}
