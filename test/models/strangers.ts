/** Models of other people, each in miniature: the signature and the habits are real, the network is not. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { graphBytes, onnxBytes, type Constant, type Edge, type Model, type Node } from './onnx-bytes.ts';

const batch = 'N';

function node(op: string, inputs: readonly string[], output: string, more: Partial<Node> = {}): Node {
  return { op, inputs, outputs: [output], ...more };
}

function floats(name: string, dims: readonly number[], values: readonly number[]): Constant {
  return { name, type: 'float32', dims, values };
}

/** Mean of each channel, [N, 3]. */
const pooled = [
  node('ReduceMean', ['image'], 'pooled', { attributes: { axes: [2, 3], keepdims: 0 } }),
] as const;

/** Class k looks for red (even) or blue (odd); only the first two matter. */
function weights(classes: number): readonly number[] {
  return Array.from({ length: 3 * classes }, (_, at) => {
    const [channel, label] = [Math.floor(at / classes), at % classes];
    if (label > 1) return 0;
    return channel === (label === 0 ? 0 : 2) ? 8 : 0;
  });
}

/** 1,000 classes, half precision, planes, mean and spread of ImageNet, an open batch, raw scores. */
export const imageNet16: Model = {
  inputs: [{ name: 'image', type: 'float16', dims: [batch, 3, 224, 224] }],
  outputs: [{ name: 'logits', type: 'float16', dims: [batch, 1000] }],
  constants: [{ name: 'w', type: 'float16', dims: [3, 1000], values: weights(1000) }],
  nodes: [...pooled, node('MatMul', ['pooled', 'w'], 'logits')],
};

/** One logit whose weights lie in a file beside. */
export const externalLogit: Model = {
  inputs: [{ name: 'image', type: 'float32', dims: [1, 3, 64, 64] }],
  outputs: [{ name: 'logit', type: 'float32', dims: [1, 1] }],
  constants: [{ name: 'w', type: 'float32', dims: [3, 1], values: [], externalFile: 'weights.bin' }],
  nodes: [...pooled, node('MatMul', ['pooled', 'w'], 'logit')],
};

/** The same in one file. */
export const logit: Model = { ...externalLogit, constants: [floats('w', [3, 1], [8, 0, -8])] };

/** 32 x 32, channels last, softmax in the graph. */
export const cifar: Model = {
  inputs: [{ name: 'image', type: 'float32', dims: [batch, 32, 32, 3] }],
  outputs: [{ name: 'probabilities', type: 'float32', dims: [batch, 10] }],
  constants: [floats('w', [3, 10], weights(10))],
  nodes: [
    node('ReduceMean', ['image'], 'pooled', { attributes: { axes: [1, 2], keepdims: 0 } }),
    node('MatMul', ['pooled', 'w'], 'logits'),
    node('Softmax', ['logits'], 'probabilities', { attributes: { axis: 1 } }),
  ],
};

/** 28 x 28, grey, ten digits; here: the darker, the more of a one. */
export const mnist: Model = {
  inputs: [{ name: 'Input3', type: 'float32', dims: [1, 1, 28, 28] }],
  outputs: [{ name: 'Plus214_Output_0', type: 'float32', dims: [1, 10] }],
  constants: [floats('w', [1, 10], [9, -9, 0, 0, 0, 0, 0, 0, 0, 0])],
  nodes: [
    node('ReduceMean', ['Input3'], 'ink', { attributes: { axes: [2, 3], keepdims: 0 } }),
    node('MatMul', ['ink', 'w'], 'Plus214_Output_0'),
  ],
};

/** Boxes and scores of as many things as it finds. */
export const detector: Model = {
  inputs: [{ name: 'image', type: 'float32', dims: [1, 3, 64, 64] }],
  outputs: [
    { name: 'boxes', type: 'float32', dims: ['found', 4] },
    { name: 'scores', type: 'float32', dims: ['found'] },
  ],
  constants: [
    floats('half', [], [0.5]),
    floats('ones', [1, 4], [1, 1, 1, 1]),
    { name: 'flat', type: 'int64', dims: [1], values: [4096] },
    { name: 'last', type: 'int64', dims: [1], values: [1] },
  ],
  nodes: [
    node('ReduceMax', ['image'], 'brightest', { attributes: { axes: [1], keepdims: 0 } }),
    node('Reshape', ['brightest', 'flat'], 'all'),
    node('Greater', ['all', 'half'], 'is_thing'),
    node('Compress', ['all', 'is_thing'], 'scores', { attributes: { axis: 0 } }),
    node('Unsqueeze', ['scores', 'last'], 'tall'),
    node('MatMul', ['tall', 'ones'], 'boxes'),
  ],
};
/** A detector that always answers with three boxes. */
export const tidyDetector: Model = {
  inputs: [{ name: 'image', type: 'float32', dims: [1, 3, 64, 64] }],
  outputs: [
    { name: 'boxes', type: 'float32', dims: [1, 3, 4] },
    { name: 'scores', type: 'float32', dims: [1, 3] },
  ],
  constants: [
    floats(
      'box',
      [1, 3, 4],
      Array.from({ length: 12 }, () => 1),
    ),
    floats('w', [3, 3], [8, -8, 0, 0, 0, 0, -8, 8, -9]),
  ],
  nodes: [
    ...pooled,
    node('MatMul', ['pooled', 'w'], 'raw'),
    node('Sigmoid', ['raw'], 'scores'),
    node('Identity', ['box'], 'boxes'),
  ],
};

/** Quantised input: value = (q + 128) / 255. */
export const int8: Model = {
  inputs: [{ name: 'image', type: 'int8', dims: [1, 3, 32, 32] }],
  outputs: [{ name: 'logit', type: 'float32', dims: [1, 1] }],
  constants: [
    floats('scale', [], [1 / 255]),
    { name: 'zero', type: 'int8', dims: [], values: [-128] },
    floats('w', [3, 1], [8, 0, -8]),
  ],
  nodes: [
    node('DequantizeLinear', ['image', 'scale', 'zero'], 'values'),
    node('ReduceMean', ['values'], 'pooled', { attributes: { axes: [2, 3], keepdims: 0 } }),
    node('MatMul', ['pooled', 'w'], 'logit'),
  ],
};

/** Divides by the brightness: a black photo has none. */
export const divider: Model = {
  ...logit,
  nodes: [...pooled, node('MatMul', ['pooled', 'w'], 'sum'), node('Div', ['sum', 'sum'], 'logit')],
};

const sameAgain: Model = {
  inputs: [
    { name: 'round', type: 'int64', dims: [] },
    { name: 'goes_on', type: 'bool', dims: [] },
    { name: 'before', type: 'float32', dims: [1, 3] },
  ],
  outputs: [
    { name: 'still_goes_on', type: 'bool', dims: [] },
    { name: 'after', type: 'float32', dims: [1, 3] },
  ],
  nodes: [node('Identity', ['goes_on'], 'still_goes_on'), node('Identity', ['before'], 'after')],
};

/** Never ends on a photo that is brighter than mid-grey; says its logit of any other. */
export const endlessIfBright: Model = {
  ...logit,
  constants: [...(logit.constants ?? []), floats('half', [], [0.5])],
  nodes: [
    ...pooled,
    node('ReduceMean', ['image'], 'mean', { attributes: { keepdims: 0 } }),
    node('Greater', ['mean', 'half'], 'is_bright'),
    node('Loop', ['', 'is_bright', 'pooled'], 'looped', { attributes: { body: graphBytes(sameAgain) } }),
    node('MatMul', ['looped', 'w'], 'logit'),
  ],
};

/** Needs an operator of its maker. */
export const custom: Model = {
  ...logit,
  domains: ['com.example'],
  nodes: [...pooled, node('Magic', ['pooled', 'w'], 'logit', { domain: 'com.example' })],
};

/** The same operator, hidden in a branch. */
export const customInBranch = (branch: Uint8Array): Model => ({
  ...logit,
  nodes: [node('If', ['image'], 'logit', { attributes: { then_branch: branch, else_branch: branch } })],
});

/** What a manifest of these models has in common. */
export function manifestOf(bytes: Uint8Array, input: object, outputs: object, decision: object): object {
  return {
    format: 2,
    name: 'stranger',
    version: '1.0.0',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    input: {
      name: 'image',
      layout: 'NCHW',
      channels: 'RGB',
      dtype: 'float32',
      width: 64,
      height: 64,
      fit: 'cover',
      enlarge: true,
      values: { range: '0-1' },
      ...input,
    },
    outputs,
    gates: [],
    decision,
    bands: { reddish: { sentence: 'The photo is reddish.' }, bluish: { sentence: 'The photo is bluish.' } },
    advice: 'Colours are colours.',
  };
}

/** The manifests by which the usable ones work. */
export const redOrBlue = (output: string, labels: string, as: string): object => ({
  kind: 'labels',
  output,
  labels,
  as,
  classes: [
    { band: 'reddish', of: [0] },
    { band: 'bluish', of: [1] },
  ],
  min: 0.6,
});

export const byLogit: object = {
  kind: 'score',
  score: { kind: 'probability', output: 'logit', labels: 'multi', as: 'logits', of: [0] },
  lo: 0.4,
  hi: 0.6,
  below: 'bluish',
  above: 'reddish',
};

/** Writes a model folder that is removed after the test. */
export async function givenModel(
  model: Model | Uint8Array,
  manifest: (bytes: Uint8Array) => object,
): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'onceover-stranger-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const bytes = model instanceof Uint8Array ? model : onnxBytes(model);
  await writeFile(join(dir, 'model.onnx'), bytes);
  await writeFile(join(dir, 'manifest.json'), JSON.stringify(manifest(bytes)));
  return dir;
}

/** An output of a manifest. */
export function outputOf({ name, type, dims }: Edge): object {
  return { [name]: { dtype: type, shape: dims.map((size) => (typeof size === 'string' ? 1 : size)) } };
}
