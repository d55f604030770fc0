/**
 * A model's two files, read and checked without a runtime: the manifest is valid, the graph is the one that it names
 * and, where a deployment pinned one, the one that was pinned; it is one whole file of known operators.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseManifest, type Manifest } from '../../core/model/manifest.ts';
import { customOperatorsOf, readOnnxFile, type OnnxFile } from '../../core/model/onnx-file.ts';
import { ModelLoadError } from './model-load-error.ts';

/** Largest model: what fits into a function's package beside everything else. */
export const maxModelBytes = 128 * 1024 * 1024;

/** Both files, as they are. */
export interface ModelFiles {
  readonly manifest: Manifest;
  readonly model: Uint8Array;
  readonly onnx: OnnxFile;
}

/** Reads and checks a folder's `manifest.json` and `model.onnx`; throws a `ModelLoadError`. */
export async function readModelFiles(
  modelDir: string,
  options: { readonly pinnedDigest?: string | undefined } = {},
): Promise<ModelFiles> {
  const modelPath = join(modelDir, 'model.onnx');
  const { size } = await statFile(modelPath);
  if (size > maxModelBytes) {
    throw new ModelLoadError(
      'model-too-large',
      `model.onnx has ${inMiB(size)}; at most ${inMiB(maxModelBytes)} fit into a function. Export it as float16 or int8, or take a smaller one`,
    );
  }
  const [manifestBytes, model] = await Promise.all([
    readModelFile(join(modelDir, 'manifest.json')),
    readModelFile(modelPath),
  ]);
  const manifest = parse(manifestBytes);
  assertDigest(manifest, model, options.pinnedDigest);
  return { manifest, model, onnx: inspectModel(model) };
}

function assertDigest(manifest: Manifest, model: Uint8Array, pinned: string | undefined): void {
  const digest = createHash('sha256').update(model).digest('hex');
  if (digest !== manifest.sha256) {
    throw new ModelLoadError(
      'model-digest-mismatch',
      `model.onnx has SHA-256 ${digest}, its manifest states ${manifest.sha256}. If this is the file you mean, write its digest into the manifest, with a new version; if not, fetch the file again`,
    );
  }
  if (pinned !== undefined && pinned !== digest) {
    throw new ModelLoadError(
      'model-digest-not-pinned',
      `model.onnx has SHA-256 ${digest}, and this deployment was made for ${pinned}. Deploy again to use another model`,
    );
  }
}

/** Reads what the file asks for; throws a `ModelLoadError` where that is more than one file of known operators. */
export function inspectModel(model: Uint8Array): OnnxFile {
  const onnx = readOrRefuse(model);
  if (onnx.externalData.length > 0) {
    throw new ModelLoadError(
      'model-external-data',
      `${listOf(onnx.externalData)} of model.onnx are kept in another file, which its digest does not cover. Save it as one file: onnx.save_model(onnx.load("exported.onnx"), "model.onnx", save_as_external_data=False)`,
    );
  }
  const custom = customOperatorsOf(onnx);
  if (custom.length > 0) {
    throw new ModelLoadError(
      'model-custom-operators',
      `model.onnx uses ${listOf(custom)}, which onnxruntime does not bring along, and no library of operators is ever loaded. Export it with the operators of ONNX alone`,
    );
  }
  return onnx;
}

function readOrRefuse(model: Uint8Array): OnnxFile {
  try {
    return readOnnxFile(model);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ModelLoadError(
      'model-file-invalid',
      `model.onnx cannot be read: ${why}. Fetch it or export it again`,
      {
        cause,
      },
    );
  }
}

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

function inMiB(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

async function statFile(path: string): Promise<{ readonly size: number }> {
  try {
    return await stat(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function readModelFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): ModelLoadError {
  return new ModelLoadError(
    'model-unreadable',
    `cannot read ${path}. A model is a folder with manifest.json and model.onnx`,
    { cause },
  );
}

/** The first problems, by their place, as a person can mend them. */
function parse(manifestBytes: Uint8Array): Manifest {
  try {
    return parseManifest(JSON.parse(new TextDecoder().decode(manifestBytes)));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new ModelLoadError(
      'model-manifest-invalid',
      `manifest.json is not valid (models/manifest.schema.json says what is):\n${why}`,
      { cause },
    );
  }
}
