/**
 * One pinned model in an onnxruntime session: pixels in, raw outputs out. It reads and writes no file after start and
 * reports to nobody. What the outputs mean is not known here, and nothing of them may leave the process.
 */
import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import { inputPreparation, inputShape, type InputTensor } from '../../core/model/input.ts';
import type { Manifest } from '../../core/model/manifest.ts';
import type { OutputTensor, Outputs } from '../../core/model/readings.ts';
import type { Pixels } from '../../core/ports.ts';
import { readModelFiles } from './model-files.ts';
import { ModelLoadError } from './model-load-error.ts';

/**
 * onnxruntime reports its runs, its machine and a device id of its own to its maker unless this is set before the
 * first session: a queue on the disk, and addresses on the internet (CAL-13, ONE-4). Set here and not only by the
 * deployment, so that no way of loading a model forgets it. docs/adr/0009-no-telemetry.md
 */
process.env['ORT_DISABLE_TELEMETRY'] = '1';

const runtimeVersion = env.versions.node ?? '';

/** What is needed of an inference session, and what a test stands in for. */
export interface ModelSession {
  run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches: readonly string[],
  ): Promise<Readonly<Record<string, OutputTensor>>>;
}

/** A loaded model. */
export interface OnnxModel {
  readonly manifest: Manifest;
  /** One run. The caller zeroes pixels and outputs; copies made here are zeroed here. Throws what the runtime throws. */
  run(pixels: Pixels): Promise<Outputs>;
}

/** How a model is opened. */
export interface OpenOptions {
  /** Threads of one inference. */
  readonly threads: number;
  /** The digest that the deployment was made for. Default: the manifest's alone is checked. */
  readonly pinnedDigest?: string | undefined;
}

/**
 * Loads `manifest.json` and `model.onnx` from a folder, once `readModelFiles` has nothing against them. The graph must
 * declare exactly the manifest's input, and its outputs; otherwise it throws a `ModelLoadError`.
 */
export async function openModel(modelDir: string, options: OpenOptions): Promise<OnnxModel> {
  const { manifest, model } = await readModelFiles(modelDir, options);
  const session = await createSession(model, options.threads);
  assertSignature(session, manifest);
  return modelOf(
    { run: async (feeds, fetches) => tensorsOf(await session.run({ ...feeds }, fetches)) },
    manifest,
  );
}

/** A model over a session that fits the manifest. */
export function modelOf(session: ModelSession, manifest: Manifest): OnnxModel {
  const { input } = manifest;
  const prepare = inputPreparation(input);
  const fetches = Object.keys(manifest.outputs);
  return {
    manifest,
    async run(pixels) {
      const prepared = prepare(pixels);
      try {
        return await session.run({ [input.name]: tensorOf(prepared) }, fetches);
      } finally {
        if (!prepared.isShared) prepared.data.fill(0);
      }
    },
  };
}

function tensorOf({ data, dims }: InputTensor): Tensor {
  if (data instanceof Uint8Array) return new Tensor('uint8', data, dims);
  if (data instanceof Int8Array) return new Tensor('int8', data, dims);
  if (data instanceof Float32Array) return new Tensor('float32', data, dims);
  const bits = new Uint16Array(data.buffer, data.byteOffset, data.length);
  const tensor = new Tensor('float16', bits, dims);
  // Where the platform has Float16Array, the tensor shows its data as that, which the native side of
  // onnxruntime-node 1.30 takes for an empty array ("not enough space: expected N, got 0"): show it the bits.
  return Object.defineProperty(tensor, 'data', { value: bits });
}

/** From bytes, so that exactly what was hashed is what runs. */
async function createSession(model: Uint8Array, threads: number): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(model, {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'all',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
    });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ModelLoadError(
      'model-graph-invalid',
      `onnxruntime ${runtimeVersion} does not accept model.onnx: ${why.slice(0, 500)}`,
      { cause },
    );
  }
}

/** One input or output as the graph declares it; an open dimension is a name or a number below 1. */
export interface DeclaredTensor {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

/** What a graph declares, for who writes a manifest for it. Throws a `ModelLoadError` that onnxruntime refuses. */
export async function readSignature(
  model: Uint8Array,
): Promise<{ readonly inputs: readonly DeclaredTensor[]; readonly outputs: readonly DeclaredTensor[] }> {
  const session = await createSession(model, 1);
  const tensors = (values: readonly InferenceSession.ValueMetadata[]) =>
    values.map((value) =>
      value.isTensor ? value : { name: value.name, type: 'no tensor', shape: [] as const },
    );
  const signature = { inputs: tensors(session.inputMetadata), outputs: tensors(session.outputMetadata) };
  await session.release();
  return signature;
}

/** Compares name, type and shape of the input and of each output that is read with what the graph declares. */
function assertSignature(session: InferenceSession, { input, outputs }: Manifest): void {
  const inputs = [{ name: input.name, dtype: input.dtype, shape: inputShape(input) }];
  const read = Object.entries(outputs).map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  const problems = [
    ...differencesOf('input', inputs, session.inputMetadata),
    // A graph may have more outputs than are read, but no further input could be fed.
    ...session.inputMetadata
      .filter(({ name }) => name !== input.name)
      .map(({ name }) => `the graph also takes the input ${name}; only one is fed, the photo`),
    ...differencesOf('output', read, session.outputMetadata),
  ];
  if (problems.length > 0) throw new ModelLoadError('model-signature-mismatch', problems.join('. '));
}

interface Signature {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
}

function differencesOf(
  what: string,
  expected: readonly Signature[],
  actual: readonly InferenceSession.ValueMetadata[],
): readonly string[] {
  const known = actual.map((value) =>
    value.isTensor ? describe(value.name, value.type, value.shape) : value.name,
  );
  return expected.flatMap(({ name, dtype, shape }) => {
    const found = actual.find((value) => value.name === name);
    const fits =
      found?.isTensor === true &&
      found.type === dtype &&
      (found.shape.length === 0 || agrees(found.shape, shape));
    return fits
      ? []
      : [
          `the manifest's ${what} is ${describe(name, dtype, shape)}, and the graph has ${known.join(', ') || 'none'}`,
        ];
  });
}

/** A dimension that the graph leaves open (a batch, for example) takes the manifest's size. */
function agrees(declared: readonly (number | string)[], shape: readonly number[]): boolean {
  return (
    declared.length === shape.length &&
    declared.every((size, at) => typeof size === 'string' || size < 0 || size === shape[at])
  );
}

function describe(name: string, type: string, dims: readonly (number | string)[]): string {
  return `${name}: ${type}[${dims.join(',')}]`;
}

/** Anything but a float tensor is left out; the interpretation then finds it missing. */
function tensorsOf(values: InferenceSession.OnnxValueMapType): Record<string, OutputTensor> {
  const tensors: Record<string, OutputTensor> = {};
  for (const [name, value] of Object.entries(values)) {
    if (!(value instanceof Tensor)) continue;
    const data: unknown = value.data;
    if (data instanceof Float32Array || data instanceof Float16Array)
      tensors[name] = { dims: value.dims, data };
  }
  return tensors;
}
