/**
 * Three ways to PUT bytes, so that progress is told where a platform can tell it. Each sends exactly the given
 * headers and a Content-Length: the signature of an upload address pins the length, and storage refuses a
 * chunked body. They know nothing of tickets and retries.
 *
 * - XMLHttpRequest, in a browser's window or worker: the only one there with upload events;
 * - a stream with an explicit Content-Length, in Node: its fetch then keeps the length and does not chunk
 *   (a test reads the wire); a browser's fetch would chunk it or refuse it;
 * - plain fetch anywhere else, or when the caller brings a fetch: progress is 0, then all of it.
 */

/** Bytes handed to the network so far; goes back to 0 when an upload is tried again. */
export interface UploadProgress {
  readonly sentBytes: number;
  readonly totalBytes: number;
}

/** One PUT. */
export interface Put {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: UploadProgress) => void;
}

/** What came back; storage's body is of no use to a client. */
export interface PutAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
}

/** Sends one PUT; rejects when no answer came. */
export type Transport = (put: Put) => Promise<PutAnswer>;

/** The best transport of the platform this runs on. */
export function platformTransport(): Transport {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a browser's global that Node's types do not know
  const platform = globalThis as { XMLHttpRequest?: XhrConstructor };
  if (platform.XMLHttpRequest !== undefined) return xhrTransport(platform.XMLHttpRequest);
  return isNode() ? streamTransport(fetch) : fetchTransport(fetch);
}

/** Other runtimes pose as Node; only Node's own fetch was measured. */
function isNode(): boolean {
  const { process } = globalThis as { process?: { versions?: Record<string, string | undefined> } }; // absent in browsers
  const versions = process?.versions;
  return versions?.['node'] !== undefined && versions['bun'] === undefined && versions['deno'] === undefined;
}

/** Any fetch: tells 0, then everything once storage answered. */
export function fetchTransport(fetchIt: typeof fetch): Transport {
  return async ({ bytes, onProgress, ...put }) => {
    onProgress({ sentBytes: 0, totalBytes: bytes.byteLength });
    const answer = await putByFetch(fetchIt, put, { body: bytes, headers: withoutLength(put.headers) });
    onProgress({ sentBytes: bytes.byteLength, totalBytes: bytes.byteLength });
    return answer;
  };
}

const chunkBytes = 64 * 1024;

/** Node's fetch: hands out a piece at a time, whenever the socket takes more. */
export function streamTransport(fetchIt: typeof fetch): Transport {
  return async ({ bytes, onProgress, ...put }) => {
    let sentBytes = 0;
    onProgress({ sentBytes, totalBytes: bytes.byteLength });
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull: (controller) => {
          const piece = bytes.subarray(sentBytes, sentBytes + chunkBytes);
          controller.enqueue(piece);
          sentBytes += piece.byteLength;
          onProgress({ sentBytes, totalBytes: bytes.byteLength });
          if (sentBytes >= bytes.byteLength) controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    const headers = { ...withoutLength(put.headers), 'content-length': String(bytes.byteLength) };
    return putByFetch(fetchIt, put, { body, headers, duplex: 'half' });
  };
}

async function putByFetch(
  fetchIt: typeof fetch,
  put: Pick<Put, 'url' | 'signal'>,
  init: {
    readonly body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>;
    readonly headers: Record<string, string>;
    /** What Node's fetch asks of a stream; browsers' types do not know it. */
    readonly duplex?: 'half';
  },
): Promise<PutAnswer> {
  const response = await fetchIt(put.url, {
    ...init,
    method: 'PUT',
    signal: put.signal,
    credentials: 'omit',
    cache: 'no-store',
    redirect: 'error',
    referrerPolicy: 'no-referrer',
  });
  // Read to the end, so that the connection can serve the next request.
  await response.arrayBuffer();
  return { status: response.status, retryAfter: response.headers.get('retry-after') };
}

/** The platform sets these itself; a browser complains about whoever tries. */
function withoutLength(headers: Readonly<Record<string, string>>): Record<string, string> {
  const own = new Set(['content-length', 'host']);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !own.has(name.toLowerCase())));
}

/** The part of XMLHttpRequest that is used; Node's types do not know it. */
export interface Xhr {
  readonly status: number;
  readonly upload: {
    addEventListener(type: 'progress', listener: (event: { readonly loaded: number }) => void): void;
  };
  addEventListener(type: 'load' | 'error' | 'abort', listener: () => void): void;
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  getResponseHeader(name: string): string | null;
  send(body: Uint8Array<ArrayBuffer>): void;
  abort(): void;
}
type XhrConstructor = new () => Xhr;

/** A browser's XMLHttpRequest: the only upload there that tells its progress. */
export function xhrTransport(XmlHttpRequest: XhrConstructor): Transport {
  return async ({ url, headers, bytes, signal, onProgress }) => {
    const xhr = new XmlHttpRequest();
    const stop = () => xhr.abort();
    try {
      return await new Promise<PutAnswer>((resolve, reject) => {
        xhr.addEventListener('load', () =>
          // Of an answer that went well nobody asks, and a browser would complain of the question.
          resolve({
            status: xhr.status,
            retryAfter: xhr.status < 400 ? null : xhr.getResponseHeader('retry-after'),
          }),
        );
        xhr.addEventListener('error', () => reject(new TypeError('The upload broke.')));
        // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- an abort rejects with its own reason, as fetch does
        xhr.addEventListener('abort', () => reject(signal.reason));
        xhr.upload.addEventListener('progress', ({ loaded }) =>
          onProgress({ sentBytes: loaded, totalBytes: bytes.byteLength }),
        );
        xhr.open('PUT', url);
        for (const [name, value] of Object.entries(withoutLength(headers))) xhr.setRequestHeader(name, value);
        signal.throwIfAborted();
        signal.addEventListener('abort', stop, { once: true });
        onProgress({ sentBytes: 0, totalBytes: bytes.byteLength });
        xhr.send(bytes);
      });
    } finally {
      signal.removeEventListener('abort', stop);
    }
  };
}
