/**
 * The process in which a model looks at photos: `node analyzer-process.ts WORK`. It is started with the model's folder,
 * greets with what the model is (or why it must not be used), and then answers the pixels of one photo after another,
 * each with one line of JSON. It has no credentials, and ends with its standard input.
 *
 * Pixels are read with a system call into one buffer that is zeroed after each look, so that no copy of a photo stays
 * behind in a queue of the runtime. No score leaves this process.
 */
import { readSync, writeSync } from 'node:fs';
import type { Finding, ModelIdentity } from '../../core/outcome.ts';
import type { InputGeometry } from '../../core/ports.ts';
import { ModelLoadError, type ModelLoadCode } from './model-load-error.ts';
import { loadAnalyzer, type AnalyzerOptions } from './onnx-analyzer.ts';

/** What the process is started with, as JSON. */
export interface AnalyzerWork extends AnalyzerOptions {
  readonly modelDir: string;
}

/** Its first line. */
export type Greeting =
  | { readonly identity: ModelIdentity; readonly geometry: InputGeometry }
  | { readonly code: ModelLoadCode; readonly message: string };

const [standardInput, standardOutput] = [0, 1];

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- analyzer-host.ts starts this file, and sends this
const { modelDir, ...options } = JSON.parse(process.argv[2] ?? '') as AnalyzerWork;
await work().catch((error: unknown) => {
  if (!(error instanceof ModelLoadError)) throw error;
  say({ code: error.code, message: error.message });
});

async function work(): Promise<void> {
  const analyzer = await loadAnalyzer(modelDir, options);
  const { identity, geometry } = analyzer;
  const { width, height } = geometry;
  const data = new Uint8Array(width * height * 3);
  say({ identity, geometry });
  while (fill(data)) say(await analyzer.analyze({ width, height, data }));
}

/** Reads exactly one photo; false where there will be none. */
function fill(data: Uint8Array): boolean {
  for (let at = 0; at < data.length;) {
    const read = readSync(standardInput, data, at, data.length - at, null);
    if (read === 0) return false;
    at += read;
  }
  return true;
}

function say(line: Greeting | Finding): void {
  writeSync(standardOutput, `${JSON.stringify(line)}\n`);
}
