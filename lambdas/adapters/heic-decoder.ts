/**
 * HEIC through libheif's WebAssembly, each photo in a thread of its own that can be stopped and whose memory ends
 * with it. Nothing is loaded before the first HEIC. The answer is 8-bit R G B in the file's own colour space: no
 * profile is applied here.
 *
 * What cannot be zeroed: the memory of a thread that had to be stopped, and copies that V8 itself made.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { maxHeifPixels } from '../../core/image/admit.ts';
import type { InputGeometry, Pixels } from '../../core/ports.ts';
import { DecodeTimeoutError } from './decode-timeout.ts';
import type { HeicAnswer, HeicWork } from './heic-worker.ts';
import { webAssembly, type WasmModule } from './web-assembly.ts';

/** Where its parts are, and how long it may take. */
export interface HeicDecoderOptions {
  /** Folder of `libheif.js` and `libheif.wasm`. Default: `libheif/` beside a bundle, else the package. */
  readonly libheifDir?: string;
  /** Default: `heic-worker` beside this file. */
  readonly worker?: URL;
  /** Longest decoding of one photo. Default: 15 s; 25 megapixels take a third of it. */
  readonly timeLimitMs?: number;
}

/** A photo at twice a model's size or more. */
export interface ShrunkPhoto {
  /** The photo's own size, as it is seen. */
  readonly upright: { readonly width: number; readonly height: number };
  /** The caller zeroes them. */
  readonly shrunk: Pixels;
}

export interface HeicDecoder {
  /** `damaged`: libheif refuses the file. Throws `DecodeTimeoutError`, or when libheif cannot be loaded. */
  decode(bytes: Uint8Array, geometry: InputGeometry): Promise<ShrunkPhoto | 'damaged'>;
}

const isBundled = !import.meta.url.endsWith('.ts');
const defaultTimeLimitMs = 15_000;

/** Returns the decoder; loads nothing yet. */
export function createHeicDecoder(options: HeicDecoderOptions = {}): HeicDecoder {
  const libheifDir = options.libheifDir ?? defaultLibheifDir();
  const worker = options.worker ?? new URL(`./heic-worker.${isBundled ? 'mjs' : 'ts'}`, import.meta.url);
  let compiled: Promise<WasmModule> | undefined;
  return {
    decode: async (bytes, geometry) => {
      compiled ??= compile(libheifDir);
      const input = new SharedArrayBuffer(bytes.byteLength);
      const photo = new Uint8Array(input);
      photo.set(bytes);
      const work: HeicWork = {
        module: await compiled,
        gluePath: `${libheifDir}/libheif.js`,
        input,
        maxPixels: maxHeifPixels,
        minWidth: geometry.width,
        minHeight: geometry.height,
      };
      try {
        const answer = await runInThread(worker, work, options.timeLimitMs ?? defaultTimeLimitMs);
        if (!answer.ok) return 'damaged';
        const { upright, ...shrunk } = answer;
        return { upright, shrunk };
      } finally {
        photo.fill(0);
      }
    },
  };
}

function defaultLibheifDir(): string {
  return fileURLToPath(
    isBundled
      ? new URL('./libheif/libheif-wasm', import.meta.url)
      : new URL('.', import.meta.resolve('libheif-js/libheif-wasm/libheif.js')),
  );
}

/** Once in a process: each thread is given the compiled module, with what V8 has optimised of it so far. */
async function compile(libheifDir: string): Promise<WasmModule> {
  return await webAssembly.compile(await readFile(`${libheifDir}/libheif.wasm`));
}

/** One thread, one answer. It is stopped whatever happens, in the middle of a decoding too. */
async function runInThread(file: URL, work: HeicWork, limitMs: number): Promise<HeicAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HeicAnswer>();
  const thread = new Worker(file, { workerData: work, execArgv: [], env: {}, stdout: true, stderr: true });
  const timer = setTimeout(
    () => reject(new DecodeTimeoutError(`decoding took more than ${limitMs} ms`)),
    limitMs,
  );
  thread.once('message', resolve);
  thread.once('error', reject);
  thread.once('exit', () => reject(new Error('the HEIC thread ended without an answer')));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    await thread.terminate();
  }
}
