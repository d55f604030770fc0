import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { admit, maxHeifPixels } from '../../../core/image/admit.ts';
import { readHeif } from '../../../core/image/heif.ts';
import {
  box,
  extractPicture,
  fullBox,
  icc,
  ispe,
  nclx,
  writeGrid,
  writeHeif,
  writeSingle,
} from '../../fixtures/heif.ts';
import { readFixture, type FixtureName } from '../../fixtures/index.ts';
import { readEncoded } from '../../fixtures/make-heif.ts';

const picture = extractPicture(readEncoded('skin'));
const tile = { type: 'hvc1', data: picture.data, properties: [picture.configuration, ispe(400, 320)] };
const grid = { columns: 2, rows: 2, width: 760, height: 600 };

/** The file with the first box of this type given other content, of the same length. */
function patched(file: Uint8Array, type: string, change: (content: DataView) => void): Uint8Array {
  const copy = Uint8Array.from(file);
  const at = Buffer.from(copy).indexOf(type, 0, 'latin1');
  if (at < 0) throw new Error(`no ${type}`);
  change(new DataView(copy.buffer, at - 4));
  return copy;
}

describe('the primary image', () => {
  test.each<[string, Uint8Array, object]>([
    ['a single HEIC', writeSingle(picture), { coding: 'hevc', size: { width: 400, height: 320 } }],
    ['a grid', writeGrid(picture, grid), { coding: 'hevc', size: { width: 760, height: 600 } }],
    ['an AVIF', readFixture('avif'), { coding: 'av1', size: { width: 400, height: 320 } }],
    ['a turned image, as stored', readFixture('heic-turned'), { size: { width: 400, height: 320 } }],
    ['a photo with a thumbnail', readEncoded('photo'), { size: { width: 1440, height: 960 } }],
    ['another coding', readFixture('heif-of-jpeg'), { coding: 'other' }],
  ])('of %s is told by its boxes', (_, file, header) => {
    expect(readHeif(file)).toMatchObject(header);
  });

  test('is the one that the file names, wherever it lies', () => {
    const small = { ...tile, type: 'av01', properties: [picture.configuration, ispe(40, 30)] };
    const file = writeHeif([small, tile]);
    const second = patched(file, 'pitm', (content) => content.setUint16(12, 2));
    expect(readHeif(file)).toMatchObject({ coding: 'av1', size: { width: 40, height: 30 } });
    expect(readHeif(second)).toMatchObject({ coding: 'hevc', size: { width: 400, height: 320 } });
  });

  test('of tiles in two codings is neither', () => {
    const whole = {
      type: 'grid',
      data: Uint8Array.of(0, 0, 0, 1, 3, 32, 1, 64),
      properties: [ispe(800, 320)],
    };
    const references = { type: 'dimg', to: [2, 3] };
    const other = { ...tile, type: 'av01' };
    expect(readHeif(writeHeif([{ ...whole, references }, tile, tile]))?.coding).toBe('hevc');
    expect(readHeif(writeHeif([{ ...whole, references }, tile, other]))?.coding).toBe('other');
  });

  test('that is encrypted is of no use', () => {
    const encrypted = patched(writeSingle(picture), 'infe', (content) => content.setUint16(14, 1));
    expect(admit(encrypted)).toEqual({ ok: false, reason: 'unsupported-format' });
  });
});

describe('colours', () => {
  test.each<[string, Uint8Array[], string]>([
    ['nothing', [], 'srgb'],
    ['BT.709', [nclx(1, 13, 6)], 'srgb'],
    ['nothing in particular', [nclx(2, 2, 2)], 'srgb'],
    ['Display P3', [nclx(12, 13, 6)], 'display-p3'],
    ['BT.2020', [nclx(9, 14, 9)], 'bt2020'],
    ['PQ', [nclx(9, 16, 9)], 'unsupported'],
    ['HLG', [nclx(12, 18, 9)], 'unsupported'],
    ['linear light', [nclx(1, 8, 6)], 'unsupported'],
    ['primaries of film', [nclx(8, 13, 6)], 'unsupported'],
    ['a profile', [icc(Uint8Array.of(1, 2, 3))], 'profile'],
    ['code points and a profile', [nclx(12, 13, 6), icc(Uint8Array.of(1, 2, 3))], 'profile'],
    ['a profile and code points', [icc(Uint8Array.of(1, 2, 3)), nclx(12, 13, 6)], 'profile'],
  ])('that state %s are told', (_, properties, space) => {
    expect(readHeif(writeSingle(picture, { properties }))?.colour.space).toBe(space);
  });

  test('of a grid may be stated by its tiles alone', () => {
    const coloured = { ...picture, configuration: picture.configuration };
    const whole = {
      type: 'grid',
      data: Uint8Array.of(0, 0, 0, 0, 1, 144, 1, 64),
      properties: [ispe(400, 320)],
      references: { type: 'dimg', to: [2] },
    };
    const one = { ...tile, properties: [coloured.configuration, ispe(400, 320), nclx(12, 13, 6)] };
    expect(readHeif(writeHeif([whole, one]))?.colour.space).toBe('display-p3');
  });

  test('a profile is found where it lies', () => {
    const file = writeSingle(picture, { properties: [icc(Uint8Array.of(7, 8, 9))] });
    const colour = readHeif(file)?.colour;
    if (colour?.space !== 'profile') throw new Error('no profile');
    expect([...file.subarray(colour.profile.start, colour.profile.end)]).toEqual([7, 8, 9]);
  });
});

describe('limits', () => {
  const sized = (width: number, height: number) => admit(writeSingle(picture, { size: { width, height } }));

  test('an image of exactly the most pixels is admitted', () => {
    expect(sized(5000, maxHeifPixels / 5000)).toMatchObject({ ok: true, format: 'heic' });
  });

  test.each([
    [5000, 5001],
    [65_536, 65_536],
    [0xffff_ffff, 0xffff_ffff],
  ])('rejects %d x %d', (width, height) => {
    expect(sized(width, height)).toEqual({ ok: false, reason: 'too-many-pixels' });
  });

  test('rejects a small image beside a large one, because a decoder may open both', () => {
    const alpha = {
      ...tile,
      properties: [picture.configuration, ispe(8000, 8000)],
      references: { type: 'auxl', to: [1] },
    };
    expect(admit(writeHeif([tile, alpha]))).toEqual({ ok: false, reason: 'too-many-pixels' });
  });

  test('rejects a width of nothing as damaged', () => {
    expect(sized(0, 320)).toEqual({ ok: false, reason: 'corrupt-image' });
  });
});

describe('rejects as damaged', () => {
  const single = writeSingle(picture);
  const gridFile = writeGrid(picture, grid);
  const gridOf = (columns: number, rows: number, width: number, height: number) =>
    writeGrid(picture, { columns, rows, width, height });

  test.each<[string, Uint8Array]>([
    ['a file without items', readFixture('heic-fake')],
    ['a box larger than the file', patched(single, 'meta', (view) => view.setUint32(0, 0xffff_fff0))],
    ['a box smaller than its header', patched(single, 'pitm', (view) => view.setUint32(0, 7))],
    ['a 64-bit size beyond everything', patched(single, 'meta', (view) => view.setUint32(0, 1))],
    ['a box that goes round in place', patched(single, 'hdlr', (view) => view.setUint32(0, 4))],
    ['a primary image that is no item', patched(single, 'pitm', (view) => view.setUint16(12, 9))],
    [
      'more properties than there are bytes',
      patched(single, 'ipma', (view) => view.setUint32(12, 0xffff_ffff)),
    ],
    ['more locations than there are bytes', patched(single, 'iloc', (view) => view.setUint16(14, 0xffff))],
    ['a field size that does not exist', patched(single, 'iloc', (view) => view.setUint16(12, 0x3300))],
    ['data beyond the end of the file', patched(single, 'iloc', (view) => view.setUint32(26, 0x7fff_ffff))],
    ['data in another file', patched(single, 'iloc', (view) => view.setUint16(18, 1))],
    [
      'a grid whose size is not its property',
      writeGrid(picture, grid, { size: { width: 700, height: 600 } }),
    ],
    ['a grid with too few tiles for its size', gridOf(2, 2, 801, 600)],
    ['a grid with tiles outside', gridOf(3, 2, 760, 600)],
    ['a thousand tiles for a small picture', gridOf(40, 25, 400, 320)],
    ['a grid that is its own tile', patched(gridFile, 'dimg', (view) => view.setUint16(12, 1))],
    ['a grid without references', patched(gridFile, 'dimg', (view) => view.setUint8(4, 0x78))],
    ['an image without a size', writeHeif([{ ...tile, properties: [picture.configuration] }])],
  ])('%s', (_, file) => {
    expect(admit(file)).toEqual({ ok: false, reason: 'corrupt-image' });
  });

  test('boxes without end', () => {
    const many = Array.from({ length: 5000 }, () => box('free'));
    const file = new Uint8Array(Buffer.concat([single.subarray(0, 24), ...many, single.subarray(24)]));
    expect(admit(file)).toEqual({ ok: false, reason: 'corrupt-image' });
  });

  test.each<FixtureName>(['heic', 'heic-grid', 'avif'])('%s cut anywhere', (name) => {
    const file = readFixture(name);
    const lengths = Array.from({ length: file.length - 24 }, (_, index) => index + 24);
    const answers = lengths.map((length) => JSON.stringify(admit(file.subarray(0, length))));
    expect([...new Set(answers)]).toEqual([JSON.stringify({ ok: false, reason: 'corrupt-image' })]);
  });
});

describe('whatever the bytes are', () => {
  const files = (['heic', 'heic-grid', 'heic-display-p3', 'heic-alpha', 'avif', 'avif-grid'] as const).map(
    readFixture,
  );

  test('mutated boxes never make it throw, and nothing over the limit or outside the file is admitted', () => {
    const mutation = fc.record({ at: fc.nat(900), to: fc.constantFrom(0, 1, 2, 4, 0x7f, 0x80, 0xff) });
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(mutation, { minLength: 1, maxLength: 6 }),
        (file, mutations) => {
          const bytes = file.slice();
          for (const { at, to } of mutations) if (at < bytes.length) bytes[at] = to;
          const header = readHeif(bytes);
          const profile = header?.colour.space === 'profile' ? header.colour.profile : { end: 0 };
          const admission = admit(bytes);
          const isSmall = !admission.ok || admission.width * admission.height <= maxHeifPixels;
          return isSmall && profile.end <= bytes.length;
        },
      ),
      { numRuns: 5000 },
    );
  });

  test('boxes nested in themselves and lists of boxes never make it throw', () => {
    const type = fc.constantFrom(
      'meta',
      'iprp',
      'ipco',
      'ipma',
      'iloc',
      'iinf',
      'infe',
      'iref',
      'pitm',
      'ispe',
      'colr',
    );
    const { tree } = fc.letrec<{ tree: Uint8Array }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6 },
        fc.tuple(type, fc.uint8Array({ maxLength: 24 })).map(([name, content]) => box(name, content)),
        fc
          .tuple(type, fc.nat(3), fc.array(tie('tree'), { maxLength: 4 }))
          .map(([name, version, content]) => fullBox(name, version * 0x100_0000, ...content)),
      ),
    }));
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 4 }), (trees) => {
        const file = new Uint8Array(Buffer.concat([readFixture('heic').subarray(0, 24), ...trees]));
        return !admit(file).ok;
      }),
      { numRuns: 2000 },
    );
  });
});
