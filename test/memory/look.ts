/**
 * In-memory decoder and analyzer: photos of one colour in a format of their own, and a model that looks at the mean.
 * For tests of what happens around a look.
 */
import { isBand } from '../../core/outcome.ts';
import type { Analyzer, ImageDecoder, InputGeometry } from '../../core/ports.ts';

const magic = [0x4f, 0x4e, 0x45];
const midGrey = 128;

/** A photo of one colour: magic, width and height (16 bit, little-endian), the colour. */
export function aMemoryPhoto(width: number, height: number, code = 200): Uint8Array {
  return Uint8Array.of(...magic, width & 255, width >> 8, height & 255, height >> 8, code);
}

/** Notes `decode` in `calls`. */
export function createMemoryDecoder(calls: string[] = []): ImageDecoder {
  return {
    async decode(bytes, geometry) {
      calls.push('decode');
      if (magic.some((value, at) => bytes[at] !== value)) return { ok: false, reason: 'unsupported-format' };
      const [, , , w0, w1, h0, h1, code] = bytes;
      if (
        w0 === undefined ||
        w1 === undefined ||
        h0 === undefined ||
        h1 === undefined ||
        code === undefined
      ) {
        return { ok: false, reason: 'corrupt-image' };
      }
      const photo = { width: w0 + 256 * w1, height: h0 + 256 * h1 };
      const scale = scaleOf(photo, geometry);
      if (scale > 1 && !geometry.enlarge) return { ok: false, reason: 'too-small' };
      return { ok: true, pixels: paint(geometry, photo, scale, code) };
    },
  };
}

/** By how much a photo grows to fill the geometry, or to fit into it. */
function scaleOf(
  photo: { readonly width: number; readonly height: number },
  geometry: InputGeometry,
): number {
  const across = geometry.width / photo.width;
  const down = geometry.height / photo.height;
  return geometry.fit === 'cover' ? Math.max(across, down) : Math.min(across, down);
}

function paint(
  { width, height }: InputGeometry,
  photo: { readonly width: number; readonly height: number },
  scale: number,
  code: number,
) {
  const data = new Uint8Array(width * height * 3);
  const left = Math.max(0, Math.round((width - photo.width * scale) / 2));
  const top = Math.max(0, Math.round((height - photo.height * scale) / 2));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const isPhoto = x >= left && x < width - left && y >= top && y < height - top;
      data.fill(isPhoto ? code : midGrey, (y * width + x) * 3, (y * width + x) * 3 + 3);
    }
  }
  return { width, height, data };
}

/** Looks at the mean: dark is `too-dark`, the rest a band. Notes `infer` in `calls`; `fails`: its model does. */
export function createMemoryAnalyzer(calls: string[] = [], { fails = false } = {}): Analyzer {
  const geometry: InputGeometry = { width: 1, height: 1, fit: 'cover', enlarge: false };
  return {
    identity: { name: 'in-memory', version: '1.0.0', digest: 'ab'.repeat(32) },
    geometry,
    async analyze({ width, height, data }) {
      calls.push('infer');
      if (fails || width !== geometry.width || height !== geometry.height) {
        return { kind: 'inconclusive', reason: 'model-error' };
      }
      const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
      if (mean < 64) return { kind: 'inconclusive', reason: 'too-dark' };
      const label = mean < 160 ? 'no-clear-difference' : 'visible-difference';
      return isBand(label)
        ? { kind: 'completed', band: label }
        : { kind: 'inconclusive', reason: 'model-error' };
    },
  };
}
