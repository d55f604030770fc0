/**
 * Makes a photo ready on the device: decodes it upright, shrinks it, encodes it anew as a JPEG that holds pixels and
 * nothing else (no EXIF, no place, no camera), and measures it. Runs in a worker, or in the page where a browser has
 * no canvas for workers. It sends nothing and keeps nothing.
 */
import { sniff } from '../../core/image/sniff.ts';
import { measureNames, measurePhoto } from '../../core/model/measures.ts';
import { bareJpeg } from './bare-jpeg.ts';
import type { PrepareAnswer, PrepareRequest } from './measured.ts';

/** The part of a canvas that is used, in a worker or in a page. */
export interface Canvas {
  readonly source: CanvasImageSource & ImageBitmapSource;
  readonly context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;
  encode(type: string, quality: number): Promise<Blob>;
}

/** Makes an empty canvas of a size. */
export type MakeCanvas = (width: number, height: number) => Canvas;

/** Keeps what a 256 px model can see, at a twentieth of a phone photo's bytes. */
const jpegQuality = 0.9;
const contentType = 'image/jpeg';

/** Prepares one photo. Answers `undecodable` for what this browser cannot read. */
export async function prepare(
  { file, longEdge, input }: PrepareRequest,
  makeCanvas: MakeCanvas,
): Promise<PrepareAnswer> {
  const decoded = await decode(file);
  if (decoded === undefined) {
    return { kind: 'undecodable', format: sniff(new Uint8Array(await file.arrayBuffer())) };
  }
  try {
    const { width, height } = decoded;
    const sent = draw(decoded, makeCanvas, shrinkOf({ width, height }, longEdge, input));
    const blob = await sent.encode(contentType, jpegQuality);
    const sentSize = { width: sent.context.canvas.width, height: sent.context.canvas.height };
    const centre = drawCentre(sent, sentSize, makeCanvas, input);
    return {
      kind: 'prepared',
      bytes: bareJpeg(new Uint8Array(await blob.arrayBuffer())),
      contentType,
      sentWidth: sentSize.width,
      sentHeight: sentSize.height,
      measured: { width, height, values: valuesOf(centre) },
      preview: await createImageBitmap(sent.source, ...centreOf(sentSize, input)),
    };
  } finally {
    decoded.close();
  }
}

/** Upright, whatever way the camera was held. */
async function decode(file: Blob): Promise<ImageBitmap | undefined> {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    return undefined;
  }
}

/** How much smaller the photo becomes. A very long and narrow one keeps what the model needs of its short side. */
function shrinkOf(photo: Size, longEdge: number, input: Size): number {
  const enough = Math.max(input.width / photo.width, input.height / photo.height);
  return Math.min(1, Math.max(longEdge / Math.max(photo.width, photo.height), enough));
}

/** Halves the photo until one step is left: a single large step would alias, and look sharper than it is. */
function draw(source: ImageBitmap, makeCanvas: MakeCanvas, scale: number): Canvas {
  const toWidth = Math.max(1, Math.round(source.width * scale));
  const toHeight = Math.max(1, Math.round(source.height * scale));
  let from: { source: CanvasImageSource; width: number; height: number } = {
    source,
    width: source.width,
    height: source.height,
  };
  while (from.width > toWidth * 2 && from.height > toHeight * 2) {
    const [halfWidth, halfHeight] = [Math.round(from.width / 2), Math.round(from.height / 2)];
    const half = scaled(from.source, makeCanvas(halfWidth, halfHeight), halfWidth, halfHeight);
    from = { source: half.source, width: halfWidth, height: halfHeight };
  }
  return scaled(from.source, makeCanvas(toWidth, toHeight), toWidth, toHeight);
}

function scaled(source: CanvasImageSource, canvas: Canvas, width: number, height: number): Canvas {
  // A transparent picture stands on white, as the analysis sees it.
  canvas.context.fillStyle = '#fff';
  canvas.context.fillRect(0, 0, width, height);
  canvas.context.imageSmoothingQuality = 'high';
  canvas.context.drawImage(source, 0, 0, width, height);
  return canvas;
}

type Size = { readonly width: number; readonly height: number };

/** The largest centred part of the photo that has the input's shape: x, y, width, height. */
function centreOf(photo: Size, input: Size): readonly [number, number, number, number] {
  const scale = Math.min(photo.width / input.width, photo.height / input.height);
  const width = Math.max(1, Math.round(input.width * scale));
  const height = Math.max(1, Math.round(input.height * scale));
  return [Math.round((photo.width - width) / 2), Math.round((photo.height - height) / 2), width, height];
}

/** The pixels that the model will look at, or fewer where the photo is smaller: sharpness is never made up. */
function drawCentre(sent: Canvas, size: Size, makeCanvas: MakeCanvas, input: Size): Canvas {
  const [x, y, width, height] = centreOf(size, input);
  const canvas = makeCanvas(Math.min(width, input.width), Math.min(height, input.height));
  const { canvas: to } = canvas.context;
  canvas.context.imageSmoothingQuality = 'high';
  canvas.context.drawImage(sent.source, x, y, width, height, 0, 0, to.width, to.height);
  return canvas;
}

function valuesOf({ context }: Canvas): Readonly<Record<string, number>> {
  const { width, height } = context.canvas;
  const { data } = context.getImageData(0, 0, width, height);
  return Object.fromEntries(measureNames.map((name) => [name, measurePhoto({ width, height, data }, name)]));
}
