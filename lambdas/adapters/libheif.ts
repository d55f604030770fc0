/**
 * The few calls of libheif's C API that decode a primary image without a copy of its pixels; the package's own
 * JavaScript API makes several and takes three times the memory. It must not outlive one photo: nothing is freed
 * singly, because the whole instance is thrown away.
 */
/* oxlint-disable eslint/no-underscore-dangle -- the names that Emscripten gives to C functions */
import type { Raster } from './shrink.ts';

/** libheif as Emscripten exports it. Pointers are offsets into `HEAPU8`, which is another array after each growth. */
export interface Libheif {
  readonly HEAPU8: Uint8Array<ArrayBuffer>;
  _malloc(bytes: number): number;
  _heif_context_alloc(): number;
  _heif_context_get_security_limits(context: number): number;
  /** As all that may fail: the first argument receives a `heif_error`. */
  _heif_context_read_from_memory_without_copy(
    error: number,
    context: number,
    bytes: number,
    length: number,
    options: number,
  ): void;
  _heif_context_get_primary_image_handle(error: number, context: number, handle: number): void;
  _heif_image_handle_has_alpha_channel(handle: number): number;
  _heif_decoding_options_alloc(): number;
  _heif_decode_image(
    error: number,
    handle: number,
    image: number,
    colorspace: number,
    chroma: number,
    options: number,
  ): void;
  _heif_image_get_primary_width(image: number): number;
  _heif_image_get_primary_height(image: number): number;
  _heif_image_get_plane_readonly2(image: number, channel: number, stride: number): number;
}

/** From libheif's heif_image.h and heif_color.h. */
const colorspaceRgb = 1;
const chromaInterleavedRgb = 10;
const chromaInterleavedRgba = 11;
const channelInterleaved = 10;

/**
 * Offsets in `struct heif_security_limits` and `struct heif_decoding_options` (heif_security.h, heif_decoding.h),
 * laid out for 32-bit pointers. Fields are only ever appended to them.
 */
const limits = { maxImagePixels: 8, maxItems: 28, maxTotalMemory: 64 };
const options = { convertHdrTo8bit: 20, strictDecoding: 21 };

/** Everything that libheif may hold for one photo; 25 megapixels take under half of it (docs/memory.md). */
const maxTotalBytes = 512 * 1024 * 1024;

/** Bytes of `heif_error`: code, sub-code, message. */
const errorBytes = 12;

/**
 * Decodes the primary image, rotated, mirrored and cropped as the file says, to 8-bit R G B (A). The pixels stay in
 * the memory of `heif`. `undefined`: libheif states an error. A trap of the module is thrown.
 */
export function decodePrimary(heif: Libheif, bytes: Uint8Array, maxPixels: number): Raster | undefined {
  const input = heif._malloc(bytes.byteLength);
  const error = heif._malloc(errorBytes);
  const out = heif._malloc(8);
  if (input === 0 || error === 0 || out === 0) return undefined;
  heif.HEAPU8.set(bytes, input);
  const uint32 = (at: number) => new DataView(heif.HEAPU8.buffer).getUint32(at, true);
  const hasFailed = () => uint32(error) !== 0;

  const context = heif._heif_context_alloc();
  limit(heif, heif._heif_context_get_security_limits(context), maxPixels);
  heif._heif_context_read_from_memory_without_copy(error, context, input, bytes.byteLength, 0);
  if (hasFailed()) return undefined;
  heif._heif_context_get_primary_image_handle(error, context, out);
  if (hasFailed()) return undefined;
  const handle = uint32(out);
  const hasAlpha = heif._heif_image_handle_has_alpha_channel(handle) !== 0;
  const decoding = heif._heif_decoding_options_alloc();
  heif.HEAPU8[decoding + options.convertHdrTo8bit] = 1;
  heif.HEAPU8[decoding + options.strictDecoding] = 1;
  const chroma = hasAlpha ? chromaInterleavedRgba : chromaInterleavedRgb;
  heif._heif_decode_image(error, handle, out, colorspaceRgb, chroma, decoding);
  if (hasFailed()) return undefined;

  const image = uint32(out);
  const width = heif._heif_image_get_primary_width(image);
  const height = heif._heif_image_get_primary_height(image);
  const start = heif._heif_image_get_plane_readonly2(image, channelInterleaved, out);
  const stride = uint32(out);
  if (start === 0 || width <= 0 || height <= 0 || width * height > maxPixels) return undefined;
  const data = heif.HEAPU8.subarray(start, start + stride * height);
  return { width, height, channels: hasAlpha ? 4 : 3, stride, data };
}

/** libheif's own limits are for machines with more memory. */
function limit(heif: Libheif, at: number, maxPixels: number): void {
  const view = new DataView(heif.HEAPU8.buffer);
  view.setBigUint64(at + limits.maxImagePixels, BigInt(maxPixels), true);
  view.setUint32(at + limits.maxItems, 1000, true);
  view.setBigUint64(at + limits.maxTotalMemory, BigInt(maxTotalBytes), true);
}
