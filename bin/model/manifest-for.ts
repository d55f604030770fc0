/**
 * A first manifest for a graph that somebody exported: all that the graph itself says, and a guess, named as one, where
 * it cannot say. Pure.
 */
import type { DeclaredTensor } from '../../lambdas/adapters/onnx-model.ts';

/** What is written, and what only a person can know. */
export interface FirstManifest {
  readonly manifest: object;
  readonly open: readonly string[];
}

/** A graph that no manifest can describe. */
export class UndescribableGraphError extends Error {
  override readonly name = 'UndescribableGraphError';
  readonly code = 'undescribable-graph';
}

/** The side of a graph that takes any size: what most classifiers are trained with. */
const usualSide = 224;

/** @throws UndescribableGraphError saying what about the graph has to be changed. */
export function manifestFor(
  name: string,
  sha256: string,
  inputs: readonly DeclaredTensor[],
  outputs: readonly DeclaredTensor[],
): FirstManifest {
  const { input, open } = inputFor(inputs);
  const decided = decisionFor(outputs, batchOf(inputs));
  const manifest = {
    $schema: '../manifest.schema.json',
    format: 2,
    name,
    version: '0.1.0',
    sha256,
    input,
    outputs: Object.fromEntries([
      [decided.output.name, { dtype: decided.output.type, shape: decided.shape }],
    ]),
    gates: [
      { reason: 'too-dark', read: { kind: 'photo', measure: 'mean-luma' }, min: 0.1 },
      { reason: 'too-bright', read: { kind: 'photo', measure: 'mean-luma' }, max: 0.92 },
    ],
    decision: decided.decision,
    bands: {
      'first-band': { sentence: 'Say what a photo of this band shows.' },
      'second-band': { sentence: 'Say what a photo of this band shows.' },
    },
    advice: 'This describes the photo. Say here what to do, whatever the result.',
  };
  const others = outputs.filter((output) => output !== decided.output).map((output) => output.name);
  const unread = others.length === 0 ? [] : [`outputs that are not read: ${others.join(', ')}`];
  return {
    manifest,
    open: [
      ...open,
      ...decided.open,
      ...unread,
      'bands, their sentences and advice: your vocabulary, in words that describe the photo',
      'gates: two on the light are given; take them out, or add some (docs/models.md)',
    ],
  };
}

function inputFor(inputs: readonly DeclaredTensor[]) {
  const [only, ...more] = inputs;
  if (only === undefined || more.length > 0) {
    throw new UndescribableGraphError(
      `The graph takes ${inputs.length} inputs (${inputs.map(nameOf).join(', ')}); a model takes one, the photo. Fix the others inside the graph.`,
    );
  }
  const { name, type, shape } = only;
  if (!['uint8', 'int8', 'float32', 'float16'].includes(type)) {
    throw new UndescribableGraphError(
      `The input ${name} is of the type ${type}; uint8, int8, float32 or float16 can be fed. Cast it inside the graph.`,
    );
  }
  const { layout, depth, height, width } = layoutOf(only);
  const isSized = Number(height) > 0 && Number(width) > 0;
  const open = [
    ...(isSized ? [] : [`input.width and input.height: the graph takes any size; ${usualSide} is a guess`]),
    ...(depth === 3 ? ['input.channels: RGB is a guess; models that OpenCV fed take BGR'] : []),
    ...(type === 'uint8' ? [] : ['input.values: the range, mean and std that the model was trained with']),
    ...(type === 'int8' ? ['input.quantisation: scale and zero point of the input'] : []),
    'input.fit and input.enlarge: cover crops, contain pads; whether a smaller photo may be enlarged',
  ];
  const input = {
    name,
    layout,
    channels: depth === 3 ? 'RGB' : 'grey',
    dtype: type,
    width: isSized ? width : usualSide,
    height: isSized ? height : usualSide,
    fit: 'cover',
    enlarge: true,
    ...(type === 'uint8' ? {} : { values: { range: '0-1' } }),
    ...(type === 'int8' ? { quantisation: { scale: 1 / 255, zeroPoint: -128 } } : {}),
  };
  return { input, open, shape };
}

function layoutOf({ name, shape }: DeclaredTensor) {
  const [batch, a, b, c] = shape;
  if (typeof batch !== 'number' || batch <= 1) {
    if (shape.length === 4 && (a === 3 || a === 1)) return { layout: 'NCHW', depth: a, height: b, width: c };
    if (shape.length === 4 && (c === 3 || c === 1)) return { layout: 'NHWC', depth: c, height: a, width: b };
    if (shape.length === 3) return { layout: 'NHW', depth: 1, height: a, width: b };
  }
  throw new UndescribableGraphError(
    `The input ${name} has the shape [${shape.join(',')}]; one photo as [1,3,height,width], [1,height,width,3], or with one channel, can be fed. Add a Reshape to the graph, with a batch of 1 or an open one.`,
  );
}

function decisionFor(outputs: readonly DeclaredTensor[], batch: string | undefined) {
  const { output, shape } = outputToRead(outputs, batch);
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  const places =
    shape.filter((dimension) => dimension > 1).length > 1
      ? [
          `${output.name} has the shape [${shape.join(',')}], values at many places, as a detector's: classes are counted through all of them in row-major order. Reducing it in the graph to one value a class (ReduceMax) is easier to describe`,
        ]
      : [];
  if (size === 1) {
    return {
      output,
      shape,
      open: [
        'decision: one value is taken for a logit, sigmoid is applied; lo and hi are guesses (evaluate, then choose)',
      ],
      decision: {
        kind: 'score',
        score: { kind: 'probability', output: output.name, labels: 'multi', as: 'logits', of: [0] },
        lo: 0.3,
        hi: 0.7,
        below: 'first-band',
        above: 'second-band',
      },
    };
  }
  return {
    output,
    shape,
    open: [
      ...places,
      `decision: which of the ${size} classes belong to which band; "labels", "as" (logits or probabilities) and min are guesses`,
    ],
    decision: {
      kind: 'labels',
      output: output.name,
      labels: 'single',
      as: 'logits',
      classes: [
        { band: 'first-band', of: [0] },
        { band: 'second-band', of: [1] },
      ],
      min: 0.6,
    },
  };
}

const namesOfScores = /score|prob|logit|class|label|conf|softmax|sigmoid/i;

/** Among the outputs that can be read, the one that looks most like one value a class. */
function outputToRead(outputs: readonly DeclaredTensor[], batch: string | undefined) {
  const floats = outputs.filter(({ type }) => type === 'float32' || type === 'float16');
  if (floats.length === 0) {
    throw new UndescribableGraphError(
      `No output is of the type float32 or float16 (${outputs.map(nameOf).join(', ')}), and a class alone says nothing of how sure the model is. Export the scores as a tensor: without ArgMax, and from scikit-learn without ZipMap (options={'zipmap': False}).`,
    );
  }
  const candidates = floats.flatMap((output) => {
    const shape = fixedShape(output, batch);
    return shape === undefined ? [] : [{ output, shape }];
  });
  const rank = ({ output, shape }: (typeof candidates)[number]): number =>
    2 * shape.filter((size) => size > 1).length + (namesOfScores.test(output.name) ? 0 : 1);
  const [first] = candidates.toSorted((a, b) => rank(a) - rank(b));
  if (first === undefined) {
    throw new UndescribableGraphError(
      `No output is a float tensor of a fixed shape (${floats.map(nameOf).join(', ')}). Outputs whose shape depends on the photo, as a detector's, cannot be read: reduce them in the graph to a fixed number of values.`,
    );
  }
  return first;
}

/** The name of the open batch of the input, if it has one. */
function batchOf([input]: readonly DeclaredTensor[]): string | undefined {
  const batch = input?.shape[0];
  return batch === undefined || !isOpen(batch) ? undefined : String(batch);
}

/** An open batch, the input's own, is one photo; any other open dimension depends on the photo. */
function fixedShape({ shape }: DeclaredTensor, batch: string | undefined): readonly number[] | undefined {
  const sizes = shape.map((size, at) => {
    if (!isOpen(size)) return Number(size);
    return at === 0 && String(size) === batch ? 1 : 0;
  });
  return sizes.every((size) => size > 0) ? sizes : undefined;
}

function isOpen(size: number | string): boolean {
  return typeof size === 'string' || size < 1;
}

function nameOf({ name, type, shape }: DeclaredTensor): string {
  return `${name}: ${type}[${shape.join(',')}]`;
}
