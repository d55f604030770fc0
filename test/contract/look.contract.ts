/** The contracts of ImageDecoder and Analyzer: bytes of unknown origin to pixels, pixels to a word of a closed list. */
import { describe, expect, it } from 'vitest';
import { inconclusiveReasons, isBand, type Finding } from '../../core/outcome.ts';
import type { Analyzer, ImageDecoder, InputGeometry, Pixels } from '../../core/ports.ts';

/** A decoder, and files that it must know. */
export interface DecoderUnderTest {
  readonly decoder: ImageDecoder;
  /** A photo of one colour; sides in pixels. */
  readonly photo: (width: number, height: number) => Promise<Uint8Array>;
  /** A photo of a known format whose picture is damaged. */
  readonly damaged: () => Promise<Uint8Array>;
}

const square: InputGeometry = { width: 24, height: 24, fit: 'cover', enlarge: false };

export function decoderContract(name: string, open: () => DecoderUnderTest): void {
  describe(`the contract of the decoder, ${name}`, () => {
    const { decoder, photo, damaged } = open();

    it.each<[string, InputGeometry]>([
      ['a square of the centre', square],
      ['the whole photo, padded', { ...square, fit: 'contain' }],
      ['a shape of its own', { ...square, width: 32, height: 16 }],
    ])('answers exactly the pixels that were asked for: %s', async (_, geometry) => {
      const decoded = await decoder.decode(await photo(64, 48), geometry);
      expect(decoded).toMatchObject({
        ok: true,
        pixels: { width: geometry.width, height: geometry.height },
      });
      const length = decoded.ok ? decoded.pixels.data.byteLength : 0;
      expect(length).toBe(geometry.width * geometry.height * 3);
    });

    it('pads with mid-grey, and not at all where the shape is the same', async () => {
      const contain: InputGeometry = { ...square, fit: 'contain' };
      const padded = await decoder.decode(await photo(96, 48), contain);
      const whole = await decoder.decode(await photo(48, 48), contain);
      expect(padded.ok && [...padded.pixels.data.subarray(0, 3)]).toEqual([128, 128, 128]);
      expect(whole.ok && [...whole.pixels.data.subarray(0, 3)]).not.toEqual([128, 128, 128]);
    });

    it('rejects a photo that would have to be enlarged, and enlarges it where that is allowed', async () => {
      const small = await photo(23, 40);
      expect(await decoder.decode(small, square)).toEqual({ ok: false, reason: 'too-small' });
      expect(await decoder.decode(small, { ...square, enlarge: true })).toMatchObject({ ok: true });
    });

    it('rejects what is no photo, and what is damaged, by an answer and not by an exception', async () => {
      const text = new TextEncoder().encode('This is no photo, whatever its name says.');
      const unsupported = { ok: false, reason: 'unsupported-format' };
      expect(await decoder.decode(text, square)).toEqual(unsupported);
      expect(await decoder.decode(new Uint8Array(), square)).toEqual(unsupported);
      expect(await decoder.decode(await damaged(), square)).toEqual({ ok: false, reason: 'corrupt-image' });
    });

    it('leaves the bytes to whoever gave them: unchanged, and not shared with the pixels', async () => {
      const bytes = await photo(64, 64);
      const before = bytes.slice();
      const decoded = await decoder.decode(bytes, square);
      expect(bytes).toEqual(before);
      const seen = decoded.ok ? decoded.pixels.data.slice() : undefined;
      bytes.fill(0);
      expect(decoded.ok && decoded.pixels.data).toEqual(seen);
    });
  });
}

/** An analyzer, and one whose model fails at each look. */
export interface AnalyzerUnderTest {
  readonly analyzer: Analyzer;
  readonly failing: Analyzer;
}

export function analyzerContract(name: string, open: () => Promise<AnalyzerUnderTest>): void {
  describe(`the contract of the analyzer, ${name}`, () => {
    it('names its model by name, version and digest (ONE-7)', async () => {
      const { analyzer } = await open();
      expect(analyzer.identity.name).toMatch(/^[a-z][a-z0-9-]+$/);
      expect(analyzer.identity.version).toMatch(/^\d+\.\d+\.\d+/);
      expect(analyzer.identity.digest).toMatch(/^[0-9a-f]{64}$/);
    });

    it.each([0, 20, 128, 255])(
      'says one word of a closed list of a picture of %i, twice the same',
      async (code) => {
        const { analyzer } = await open();
        const first = await analyzer.analyze(filled(analyzer.geometry, code));
        expect(isOfClosedList(first)).toBe(true);
        expect(Object.keys(first).toSorted()).toEqual([
          'band' in first ? 'band' : 'kind',
          'band' in first ? 'kind' : 'reason',
        ]);
        expect(await analyzer.analyze(filled(analyzer.geometry, code))).toEqual(first);
      },
    );

    it('cannot tell where its model fails, and throws nothing', async () => {
      const { failing } = await open();
      const finding = await failing.analyze(filled(failing.geometry, 128));
      expect(finding).toEqual({ kind: 'inconclusive', reason: 'model-error' });
    });

    it('cannot tell from pixels of another shape than its model takes', async () => {
      const { analyzer } = await open();
      const { width, height } = analyzer.geometry;
      const finding = await analyzer.analyze(filled({ width: width + 1, height }, 128));
      expect(finding).toEqual({ kind: 'inconclusive', reason: 'model-error' });
    });
  });
}

function filled({ width, height }: Pick<Pixels, 'width' | 'height'>, code: number): Pixels {
  return { width, height, data: new Uint8Array(width * height * 3).fill(code) };
}

function isOfClosedList(finding: Finding): boolean {
  return finding.kind === 'completed'
    ? isBand(finding.band)
    : inconclusiveReasons.some((reason) => reason === finding.reason);
}
