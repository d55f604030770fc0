/** The worker in which a photo is prepared, off the page's own thread: one request, one answer, then it is ended. */
import type { PrepareAnswer, PrepareRequest } from './measured.ts';
import { prepare, type Canvas } from './prepare.ts';

/** What the page is told: the photo, or why this worker could not make it ready. */
export type WorkerAnswer = PrepareAnswer | { readonly kind: 'failed'; readonly message: string };

self.addEventListener('message', (event: MessageEvent<PrepareRequest>) => {
  prepare(event.data, makeCanvas).then(
    (answer) => tell(answer, answer.kind === 'prepared' ? [answer.preview, answer.bytes.buffer] : []),
    (error: unknown) => tell({ kind: 'failed', message: String(error) }, []),
  );
});

/** A canvas without a page. */
function makeCanvas(width: number, height: number): Canvas {
  const source = new OffscreenCanvas(width, height);
  const context = source.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no canvas');
  return { source, context, encode: (type, quality) => source.convertToBlob({ type, quality }) };
}

function tell(answer: WorkerAnswer, transfer: Transferable[]): void {
  self.postMessage(answer, { transfer });
}
