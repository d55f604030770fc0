/**
 * The image decoder: bytes of unknown origin to exactly the pixels a model wants. Admission decides what the bytes
 * are; libvips decodes every format but HEIC, which libheif does. Nothing touches the disk.
 */
import { admit } from '../../core/image/admit.ts';
import { isTooSmall } from '../../core/image/fits.ts';
import type { HeifColour } from '../../core/image/heif-colour.ts';
import { convertToSrgb } from '../../core/image/to-srgb.ts';
import type { ImageDecoder, InputGeometry, Pixels } from '../../core/ports.ts';
import { DecodeTimeoutError } from './decode-timeout.ts';
import { createHeicDecoder, type HeicDecoder, type HeicDecoderOptions } from './heic-decoder.ts';
import { encodePng } from './png-container.ts';
import {
  decodeLimitSeconds,
  renderImage,
  renderPixels,
  setUpSharp,
  type SharpFormat,
} from './sharp-renderer.ts';

/** How the decoder runs. */
export interface ImageDecoderOptions {
  /** Threads of libvips: the vCPUs that were bought. */
  readonly threads: number;
  /** Default: where `heic-decoder.ts` looks. */
  readonly heic?: HeicDecoderOptions;
  /** Milliseconds that never go back. Default: the process's own clock. */
  readonly now?: () => number;
}

type Decoded = Awaited<ReturnType<ImageDecoder['decode']>>;

/**
 * Sets libvips up for hostile input, for the whole process, and returns the decoder. HEIC costs nothing until used.
 * `decode` throws `DecodeTimeoutError` where time ran out, and what kept libheif from being loaded.
 */
export function createImageDecoder(options: ImageDecoderOptions): ImageDecoder {
  setUpSharp(options.threads);
  const heic = createHeicDecoder(options.heic);
  const now = options.now ?? (() => performance.now());
  return {
    // Bytes stay the caller's to zero, and so do the pixels once they are returned.
    decode: async (bytes, geometry) => {
      const admission = admit(bytes);
      if (!admission.ok) return admission;
      const { format, colour } = admission;
      return format === 'heic'
        ? await decodeHeic(heic, bytes, colour, geometry)
        : await decodeWithSharp(bytes, { format, colour }, geometry, now);
    },
  };
}

async function decodeWithSharp(
  bytes: Uint8Array,
  { format, colour }: { readonly format: SharpFormat; readonly colour: HeifColour | undefined },
  geometry: InputGeometry,
  now: () => number,
): Promise<Decoded> {
  const startedAt = now();
  try {
    const { upright, pixels } = await renderImage(bytes, format, geometry);
    // libvips applies a profile, and ignores the code points that stand for one.
    if (colour !== undefined) applyCodePoints(pixels.data, colour);
    return unlessTooSmall(upright, geometry, pixels);
  } catch (cause) {
    // sharp names a time that ran out in its message alone.
    if (now() - startedAt >= decodeLimitSeconds * 1000) {
      throw new DecodeTimeoutError(`decoding took more than ${decodeLimitSeconds} s`, { cause });
    }
    // Admitted by its header and then refused by libvips: the file is damaged, whatever the message says.
    return { ok: false, reason: 'corrupt-image' };
  }
}

/** Shrunk by libheif's side, brought to the model's size and colours by libvips. */
async function decodeHeic(
  heic: HeicDecoder,
  bytes: Uint8Array,
  colour: HeifColour,
  geometry: InputGeometry,
): Promise<Decoded> {
  const decoded = await heic.decode(bytes, geometry);
  if (decoded === 'damaged') return { ok: false, reason: 'corrupt-image' };
  const { upright, shrunk } = decoded;
  try {
    const pixels = await renderShrunk(bytes, shrunk, colour, geometry);
    return unlessTooSmall(upright, geometry, pixels);
  } finally {
    shrunk.data.fill(0);
  }
}

async function renderShrunk(
  bytes: Uint8Array,
  shrunk: Pixels,
  colour: HeifColour,
  geometry: InputGeometry,
): Promise<Pixels> {
  if (colour.space !== 'profile') {
    applyCodePoints(shrunk.data, colour);
    return await renderPixels(shrunk, geometry);
  }
  // libvips takes no profile for raw pixels, but for a PNG it does.
  const png = encodePng(shrunk, bytes.subarray(colour.profile.start, colour.profile.end));
  try {
    return (await renderImage(png, 'png', geometry)).pixels;
  } finally {
    png.fill(0);
  }
}

function applyCodePoints(data: Uint8Array, colour: HeifColour): void {
  if (colour.space === 'display-p3' || colour.space === 'bt2020') convertToSrgb(data, colour.space);
}

/** Asked after decoding: a photo that is small and damaged is told to be damaged. */
function unlessTooSmall(
  upright: { readonly width: number; readonly height: number },
  geometry: InputGeometry,
  pixels: Pixels,
): Decoded {
  if (!isTooSmall(upright, geometry)) return { ok: true, pixels };
  pixels.data.fill(0);
  return { ok: false, reason: 'too-small' };
}
