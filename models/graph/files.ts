/**
 * The two files of a model as they are committed, from its graph and its manifest. Used by builds and by commands,
 * never at run time.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseManifest } from '../../core/model/manifest.ts';

/** Both, as bytes by file name. */
export interface ModelFiles {
  readonly 'model.onnx': Uint8Array;
  readonly 'manifest.json': Uint8Array;
}

/**
 * Puts the digest of the graph, and the evaluation that stands in the folder's manifest, into the manifest. The
 * evaluation is a measurement (`npm run evaluate -- ... --record`) and cannot be built.
 */
export function modelFiles(folder: string, model: Uint8Array, manifest: object): ModelFiles {
  const sha256 = createHash('sha256').update(model).digest('hex');
  const { evaluation } = committed(folder);
  const parsed = parseManifest({ ...manifest, sha256, ...(evaluation === undefined ? {} : { evaluation }) });
  return { 'model.onnx': model, 'manifest.json': new TextEncoder().encode(formatManifest(parsed)) };
}

/** Writes both into the folder. */
export function writeModelFiles(folder: string, files: ModelFiles): void {
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
}

/** JSON as the project's formatter leaves it: lists of numbers on one line. */
export function formatManifest(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2).replaceAll(/\[[\s\d,.e-]+\]/g, (list) =>
    JSON.stringify(JSON.parse(list)).replaceAll(',', ', '),
  );
  return `${text}\n`;
}

function committed(folder: string): { readonly evaluation?: unknown } {
  try {
    return Object(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));
  } catch {
    // Built for the first time.
    return {};
  }
}
