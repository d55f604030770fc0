/**
 * Reads the boxes of an ISO base media file (ISO/IEC 14496-12, 4.2), the container of HEIC and AVIF. Pure; every
 * read stays inside its parent, every step moves forward, and the number of steps has a bound: a file that is cut
 * short or lies about a length is `BrokenBoxError`, caught by `heif.ts` and never seen outside it.
 */

/** The bytes are no sound container. Thrown and caught within `core/image`. */
export class BrokenBoxError extends Error {
  override readonly name = 'BrokenBoxError';
}

/** Part of a file: the content of a box, or a run of fields. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** One box; the range is its content, behind the header. */
export interface Box extends Range {
  readonly type: string;
}

/** A real photo has some dozen at each level, and one property list entry a tile at most. */
const maxBoxes = 4096;

/** The boxes that lie one after another in a range. Lazy, so that only what is looked at must be sound. */
export function* boxesIn(view: DataView, range: Range): Generator<Box> {
  let at = range.start;
  for (let count = 0; at < range.end; count += 1) {
    if (count === maxBoxes) throw new BrokenBoxError('too many boxes');
    const fields = new Fields(view, { start: at, end: range.end });
    const shortSize = fields.uint(4);
    const type = fields.text(4);
    // 1: a 64-bit size follows; 0: the box ends where its parent ends.
    const size = shortSize === 1 ? fields.uint(8) : shortSize === 0 ? range.end - at : shortSize;
    const end = at + size;
    if (end > range.end || end < fields.at) throw new BrokenBoxError('a box ends outside its parent');
    yield { type, start: fields.at, end };
    at = end;
  }
}

/** The first box of a type in a range, or `undefined`. */
export function findBox(view: DataView, range: Range, type: string): Box | undefined {
  for (const box of boxesIn(view, range)) if (box.type === type) return box;
  return undefined;
}

/** Reads big-endian fields one after another and never beyond the range. */
export class Fields {
  /** Where the next field starts. */
  at: number;
  readonly #view: DataView;
  readonly #end: number;

  constructor(view: DataView, range: Range) {
    this.#view = view;
    this.at = range.start;
    this.#end = range.end;
  }

  /** The next unsigned integer of 0, 1, 2, 4 or 8 bytes. One over 2^53 points outside of any file. */
  uint(size: number): number {
    const at = this.#take(size);
    switch (size) {
      case 0:
        return 0;
      case 1:
        return this.#view.getUint8(at);
      case 2:
        return this.#view.getUint16(at);
      case 4:
        return this.#view.getUint32(at);
      case 8:
        return this.#view.getUint32(at) * 0x1_0000_0000 + this.#view.getUint32(at + 4);
      default:
        throw new BrokenBoxError('no field has this size');
    }
  }

  /** The next characters, Latin-1. */
  text(length: number): string {
    const at = this.#take(length);
    return String.fromCharCode(...Array.from({ length }, (_, index) => this.#view.getUint8(at + index)));
  }

  skip(length: number): void {
    this.#take(length);
  }

  /** Version and flags of a full box. */
  fullBox(): { readonly version: number; readonly flags: number } {
    const word = this.uint(4);
    return { version: word >>> 24, flags: word & 0xff_ffff };
  }

  #take(length: number): number {
    const { at } = this;
    if (length > this.#end - at) throw new BrokenBoxError('a field ends outside its box');
    this.at = at + length;
    return at;
  }
}
