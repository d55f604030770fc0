/**
 * One HEIC photo in a thread of its own: libheif decodes the primary image, the pixels are shrunk where they lie,
 * and the whole memory of libheif is zeroed. The thread ends with the photo. It must not read or write a file (the
 * module comes compiled), print anything, or be given a second photo.
 */
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { decodePrimary, type Libheif } from './libheif.ts';
import { shrink } from './shrink.ts';
import { webAssembly, type WasmInstance, type WasmModule } from './web-assembly.ts';

/** What the thread is started with. */
export interface HeicWork {
  readonly module: WasmModule;
  /** File of libheif's own JavaScript, which belongs to the module. */
  readonly gluePath: string;
  /** The photo; shared, so that whoever started the thread can zero it. */
  readonly input: SharedArrayBuffer;
  readonly maxPixels: number;
  /** The pixels that come back are at least twice this large, or not shrunk at all. */
  readonly minWidth: number;
  readonly minHeight: number;
}

/** What it answers, once. */
export type HeicAnswer =
  | {
      readonly ok: true;
      readonly upright: { readonly width: number; readonly height: number };
      readonly width: number;
      readonly height: number;
      /** R G B; transferred. */
      readonly data: Uint8Array<ArrayBuffer>;
    }
  | { readonly ok: false };

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- heic-decoder.ts starts this file, and sends this
const work = workerData as HeicWork;
const libheif = instantiate(work);
const answer = decode(libheif, work);
parentPort?.postMessage(answer, answer.ok ? [answer.data.buffer] : []);

/** Anything that goes wrong from here on is the file's doing: an error that libheif states, a trap, no more memory. */
function decode(heif: Libheif, { input, maxPixels, minWidth, minHeight }: HeicWork): HeicAnswer {
  try {
    const raster = decodePrimary(heif, new Uint8Array(input), maxPixels);
    if (raster === undefined) return { ok: false };
    const upright = { width: raster.width, height: raster.height };
    return { ok: true, upright, ...shrink(raster, minWidth, minHeight) };
  } catch {
    return { ok: false };
  } finally {
    // Coded bytes, planes and tables alike: the instance is never used again.
    heif.HEAPU8.fill(0);
  }
}

function instantiate({ module, gluePath }: HeicWork): Libheif {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- CommonJS of Emscripten, without usable types
  const create = createRequire(import.meta.url)(gluePath) as (overrides: object) => Libheif;
  return create({
    print: () => undefined,
    printErr: () => undefined,
    instantiateWasm: (imports: object, done: (instance: WasmInstance, module: WasmModule) => void) => {
      const instance = new webAssembly.Instance(module, imports);
      done(instance, module);
      return instance.exports;
    },
  });
}
