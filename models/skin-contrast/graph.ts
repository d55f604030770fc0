/**
 * The graph of skin-contrast: the analytic part and a small trained network side by side. All pre-processing is
 * inside, so that the caller passes plain bytes.
 *
 * Output `features` [1, 2]: the colour contrast, and its logarithm, in which an obvious difference is not a hundred
 * times a subtle one. `quality` [1, 4] is of the analytic part, `logits` [1, 3] of the network.
 */
import { addAnalytic, analyticOutputs, channelsFirst, image, linearLight } from '../graph/analytic.ts';
import { writeModel, type EdgeTensor } from '../graph/onnx.ts';
import { addNetwork, networkOutputs } from './network.ts';
import type { Weights } from './weights.ts';

/** What the graph gives. */
export const outputs: readonly EdgeTensor[] = [
  ...analyticOutputs.map((output) => (output.name === 'features' ? { ...output, dims: [1, 2] } : output)),
  ...networkOutputs,
];

/** Added to the contrast before its logarithm: less is no contrast at all. */
const faintest = 0.02;

/** Builds `model.onnx`; the same bytes on every machine. */
export function buildModel(name: string, version: string, weights: Weights): Uint8Array {
  return writeModel({ name, version, opset: 17, input: image, outputs }, (graph) => {
    const codes = channelsFirst(graph);
    const linear = linearLight(graph, codes);
    addAnalytic(graph, codes, linear, 'contrast');
    const positive = graph.node('Max', ['contrast', graph.floats([0])]);
    const logarithm = graph.node('Log', [graph.node('Add', [positive, graph.floats([faintest])])]);
    graph.node('Concat', ['contrast', logarithm], { axis: 1 }, ['features']);
    addNetwork(graph, linear, weights);
  });
}
