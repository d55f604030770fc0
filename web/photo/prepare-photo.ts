/** Prepares a photo in a worker where the browser can, and in the page where it cannot. */
import { startPhotoWorker } from '../trusted.ts';
import type { PrepareAnswer, PrepareRequest } from './measured.ts';
import { prepare, type Canvas } from './prepare.ts';
import type { WorkerAnswer } from './worker.ts';

/** Prepares one photo. Rejects when the device has not the memory for it. */
export async function preparePhoto(request: PrepareRequest): Promise<PrepareAnswer> {
  return hasWorkerCanvas() ? prepareInWorker(request) : prepare(request, makePageCanvas);
}

/** Safari before 16.4 has OffscreenCanvas without a 2D context, or none. */
function hasWorkerCanvas(): boolean {
  if (typeof OffscreenCanvas === 'undefined') return false;
  return new OffscreenCanvas(1, 1).getContext('2d') !== null;
}

async function prepareInWorker(request: PrepareRequest): Promise<PrepareAnswer> {
  const worker = startPhotoWorker();
  try {
    return await new Promise<PrepareAnswer>((resolve, reject) => {
      worker.addEventListener('message', ({ data }: MessageEvent<WorkerAnswer>) => {
        if (data.kind === 'failed') reject(new Error(data.message));
        else resolve(data);
      });
      worker.addEventListener('error', () => reject(new Error('The photo worker did not start.')));
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to name
      worker.postMessage(request);
    });
  } finally {
    // With it goes everything that it held of the photo.
    worker.terminate();
  }
}

function makePageCanvas(width: number, height: number): Canvas {
  const source = document.createElement('canvas');
  source.width = width;
  source.height = height;
  const context = source.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no canvas');
  const encode = async (type: string, quality: number): Promise<Blob> =>
    new Promise((resolve, reject) => {
      source.toBlob(
        (blob) => (blob === null ? reject(new Error('no memory')) : resolve(blob)),
        type,
        quality,
      );
    });
  return { source, context, encode };
}
