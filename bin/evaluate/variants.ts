/**
 * The same photo as another camera, another light or another hand would have taken it. sharp makes the changes and
 * encodes them, so that each goes the whole way of an upload again.
 */
import sharp, { type Sharp } from 'sharp';
import type { Pixels } from '../../core/ports.ts';

/** `blur`: how far a photo may be blurred before it has to be refused, and is no variant of a good one. */
export interface Variant {
  readonly name: string;
  readonly kind: 'same' | 'blurred';
  make(photo: Pixels): Promise<Uint8Array>;
}

/** Quality at which nothing but the change itself shows. */
const nearlyLossless = 97;

/** The photo itself, encoded as its variants are: what they are compared with. */
export const unchanged: Variant = { name: 'unchanged', kind: 'same', make: (photo) => encode(photo) };

/** `modelSide`: blur is in pixels of the model's input, whatever the size of the photo. */
export function variantsOf(modelSide: number): readonly Variant[] {
  const inModelPixels = (sigma: number, photo: Pixels): number => (sigma * photo.width) / modelSide;
  return [
    ...[0.6, 0.8, 1.25].map((gain) => lit(`exposure x${gain}`, [gain, gain, gain])),
    lit('white balance, 15 % warmer', [1.15, 1, 0.85]),
    lit('white balance, 15 % colder', [0.85, 1, 1.15]),
    changed('JPEG at quality 50', (photo) => encode(photo, 50)),
    changed('slight blur (sigma 0.5)', (photo) => blurred(photo, inModelPixels(0.5, photo))),
    ...[90, 180, 270].map((angle) =>
      changed(`turned by ${angle} degrees`, async (photo) => jpeg(raw(photo).rotate(angle))),
    ),
    changed('mirrored', async (photo) => jpeg(raw(photo).flop())),
    changed('cropped by 5 %', cropped),
    ...[2, 4].map((sigma): Variant => ({
      name: `blur of sigma ${sigma}`,
      kind: 'blurred',
      make: (photo) => blurred(photo, inModelPixels(sigma, photo)),
    })),
  ];
}

function changed(name: string, make: (photo: Pixels) => Promise<Uint8Array>): Variant {
  return { name, kind: 'same', make };
}

/** Gains in linear light, as light and sensor have them, clipped where a sensor would. */
function lit(name: string, gains: readonly [number, number, number]): Variant {
  const tables = gains.map((gain) =>
    Uint8Array.from({ length: 256 }, (_, code) => encoded(Math.min(1, linear(code / 255) * gain))),
  );
  return changed(name, (photo) => {
    const data = Uint8Array.from(photo.data, (code, at) => tables[at % 3]?.[code] ?? code);
    return encode({ ...photo, data });
  });
}

/** IEC 61966-2-1. */
function linear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function encoded(light: number): number {
  return Math.round(255 * (light <= 0.003_130_8 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055));
}

function blurred(photo: Pixels, sigma: number): Promise<Uint8Array> {
  return jpeg(raw(photo).blur(Math.max(0.3, sigma)));
}

/** From each edge, 5 % of the side in all. */
function cropped(photo: Pixels): Promise<Uint8Array> {
  const { width, height } = photo;
  const [left, top] = [Math.round(width * 0.025), Math.round(height * 0.025)];
  return jpeg(raw(photo).extract({ left, top, width: width - 2 * left, height: height - 2 * top }));
}

function encode(photo: Pixels, quality = nearlyLossless): Promise<Uint8Array> {
  return jpeg(raw(photo), quality);
}

function raw({ width, height, data }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

async function jpeg(image: Sharp, quality = nearlyLossless): Promise<Uint8Array> {
  return new Uint8Array(await image.jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer());
}
