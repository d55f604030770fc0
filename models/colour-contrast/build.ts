/**
 * Builds `model.onnx` and `manifest.json` beside this file: `node models/colour-contrast/build.ts`. Both are
 * committed; a test builds them again and compares the bytes. Never part of a function.
 */
import { addAnalytic, analyticOutputs, channelsFirst, image } from '../graph/analytic.ts';
import { modelFiles, writeModelFiles, type ModelFiles } from '../graph/files.ts';
import { input, photoGates, sentences } from '../graph/photo.ts';
import { writeModel } from '../graph/onnx.ts';

const name = 'colour-contrast';
const version = '0.1.0';

/** Where each number comes from stands in the model card (README.md). */
const manifest = {
  $schema: '../manifest.schema.json',
  format: 2,
  name,
  version,
  input,
  outputs: {
    features: { dtype: 'float32', shape: [1, 1] },
    quality: { dtype: 'float32', shape: [1, 4] },
  },
  gates: photoGates(0.6),
  decision: {
    kind: 'score',
    score: { kind: 'value', output: 'features', index: 0 },
    lo: 0.11,
    hi: 0.25,
    below: 'no-clear-difference',
    above: 'visible-difference',
  },
  ...sentences,
};

/** Both files, as bytes by file name. */
export function buildFiles(): ModelFiles {
  const model = writeModel({ name, version, opset: 17, input: image, outputs: analyticOutputs }, (graph) => {
    addAnalytic(graph, channelsFirst(graph));
  });
  return modelFiles(import.meta.dirname, model, manifest);
}

if (import.meta.main) writeModelFiles(import.meta.dirname, buildFiles());
