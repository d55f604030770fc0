/**
 * The trained part of skin-contrast, node by node, after `training/network.py`. It must compute what that file
 * computes: a test compares both on generated pictures.
 *
 * The picture is looked at in its four quarter turns, and the answers are averaged.
 *
 * Two paths. The main path sees logs of linear light without their mean over the picture, which exposure and white
 * balance leave unchanged; it alone says clear or change. The side path sees colours as they are, coarsely.
 *
 * Output `logits` [1, 3]: clear, change, not-skin.
 */
import { side } from '../graph/analytic.ts';
import type { EdgeTensor, GraphBuilder } from '../graph/onnx.ts';
import { shrink } from '../graph/planes.ts';
import type { Weights } from './weights.ts';

/** What `addNetwork` writes. */
export const networkOutputs: readonly EdgeTensor[] = [{ name: 'logits', type: 'float32', dims: [1, 3] }];

/** Added to linear light before the logarithm: about one code of 8 bits. */
const floor = 0.004;

/** Adds the output; `linear` is linear light [1,3,256,256], 0 to 1. */
export function addNetwork(graph: GraphBuilder, linear: string, weights: Weights): void {
  const layers = layersOf(graph, weights);
  const light = graph.node('Add', [shrink(graph, linear, 2), graph.floats([floor])]);
  const logs = turned(graph, graph.node('Log', [light]));
  const mean = graph.node('ReduceMean', [logs], { axes: [2, 3], keepdims: 1 });
  const fine = layers.main(graph.node('Sub', [logs, mean]));
  const coarse = layers.deep(fine);
  const placed = flat(graph, layers.places(coarse));
  const highest = flat(graph, graph.node('GlobalMaxPool', [coarse]));
  const main = graph.node('Concat', [pooled(graph, fine), placed, highest], { axis: 1 });
  const colours = pooled(graph, layers.side(shrink(graph, logs, 4)));
  const skin = layers.dense('skin_head', main);
  const object = layers.dense('object_head', graph.node('Concat', [main, colours], { axis: 1 }));
  const each = graph.node('Concat', [skin, object], { axis: 1 });
  graph.node('ReduceMean', [each], { axes: [0], keepdims: 1 }, ['logits']);
}

/** [1,c,n,n] to [4,c,n,n]: the picture in its four quarter turns, so that a turned photo gets the same answer. */
function turned(graph: GraphBuilder, value: string): string {
  const mirrored = (of: string, axes: readonly number[]): string => {
    const each = (number: number): string => graph.integers(axes.map(() => number));
    return graph.node('Slice', [of, each(-1), each(-1 - side), graph.integers(axes), each(-1)]);
  };
  const transposed = graph.node('Transpose', [value], { perm: [0, 1, 3, 2] });
  const turns = [value, mirrored(transposed, [2]), mirrored(value, [2, 3]), mirrored(transposed, [3])];
  return graph.node('Concat', turns, { axis: 0 });
}

/** The layers of the network, each a function from tensor name to tensor name. */
function layersOf(graph: GraphBuilder, { type, tensors }: Weights) {
  const constant = (name: string): string => {
    const weight = tensors.get(name);
    if (weight === undefined) throw new RangeError(`the weights have no tensor ${name}`);
    return graph.stored(type, weight.bytes, weight.dims);
  };
  const kernelOf = (name: string): number => tensors.get(`${name}.weight`)?.dims.at(-1) ?? 0;
  const relu = (value: string): string => graph.node('Relu', [value]);
  const conv = (name: string, value: string, stride = 1): string => {
    const padding = Math.floor(kernelOf(name) / 2);
    return graph.node('Conv', [value, constant(`${name}.weight`), constant(`${name}.bias`)], {
      pads: [padding, padding, padding, padding],
      strides: [stride, stride],
    });
  };
  const halving = (name: string, value: string): string => relu(conv(name, value, 2));
  const residual = (name: string, value: string): string => {
    const inner = relu(conv(`${name}.first`, value));
    return relu(graph.node('Add', [value, conv(`${name}.second`, inner)]));
  };
  return {
    main(value: string): string {
      const quarter = halving('main.1', halving('main.0', value));
      const eighth = halving('main.3', residual('main.2', quarter));
      const sixteenth = halving('main.5', residual('main.4', eighth));
      return residual('main.6', sixteenth);
    },
    deep: (value: string): string => residual('deep.1', halving('deep.0', value)),
    /** Each channel's cells [n,c,4,4], weighed by where they lie, to [n,c,1,1]. */
    places: (value: string): string =>
      graph.node('Conv', [value, constant('places.weight'), constant('places.bias')], {
        group: tensors.get('places.weight')?.dims[0] ?? 0,
      }),
    side: (value: string): string => halving('side.1', halving('side.0', value)),
    dense: (name: string, value: string): string =>
      graph.node('Gemm', [value, constant(`${name}.weight`), constant(`${name}.bias`)], { transB: 1 }),
  };
}

/** Mean and maximum of each channel: [n,c,h,w] to [n,2c]. */
function pooled(graph: GraphBuilder, value: string): string {
  const parts = ['GlobalAveragePool', 'GlobalMaxPool'].map((operator) =>
    flat(graph, graph.node(operator, [value])),
  );
  return graph.node('Concat', parts, { axis: 1 });
}

/** [n,c,1,1] to [n,c]. */
function flat(graph: GraphBuilder, value: string): string {
  return graph.node('Flatten', [value], { axis: 1 });
}
