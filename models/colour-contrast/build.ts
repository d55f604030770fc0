/**
 * Builds `model.onnx` and `manifest.json` beside this file: `node models/colour-contrast/build.ts`. Both are
 * committed; a test builds them again and compares the bytes. Never part of a function.
 */
import { addAnalytic, analyticOutputs, channelsFirst, image, side } from '../graph/analytic.ts';
import { modelFiles, writeModelFiles, type ModelFiles } from '../graph/files.ts';
import { writeModel } from '../graph/onnx.ts';

const name = 'colour-contrast';
const version = '0.1.0';

/** Places in the output `quality`. */
const meanLuma = { kind: 'value', output: 'quality', index: 0 };
const blownOutShare = { kind: 'value', output: 'quality', index: 1 };
const sharpness = { kind: 'value', output: 'quality', index: 2 };
const skinShare = { kind: 'value', output: 'quality', index: 3 };

/** Where each number comes from stands in the model card (README.md). */
const manifest = {
  $schema: '../manifest.schema.json',
  format: 2,
  name,
  version,
  input: {
    name: image.name,
    layout: 'NHWC',
    channels: 'RGB',
    dtype: 'uint8',
    width: side,
    height: side,
    fit: 'cover',
    enlarge: false,
  },
  outputs: {
    features: { dtype: 'float32', shape: [1, 1] },
    quality: { dtype: 'float32', shape: [1, 4] },
  },
  gates: [
    { reason: 'too-dark', read: meanLuma, min: 0.1, sameAs: 'mean-luma' },
    { reason: 'too-bright', read: meanLuma, max: 0.92, sameAs: 'mean-luma' },
    { reason: 'too-bright', read: blownOutShare, max: 0.25, sameAs: 'blown-out-share' },
    { reason: 'blurred', read: sharpness, min: -1.45, sameAs: 'sharpness' },
    { reason: 'not-enough-skin', read: skinShare, min: 0.6, sameAs: 'skin-share' },
  ],
  decision: {
    kind: 'score',
    score: { kind: 'value', output: 'features', index: 0 },
    lo: 0.11,
    hi: 0.25,
    below: 'no-clear-difference',
    above: 'visible-difference',
  },
  bands: {
    'no-clear-difference': {
      sentence: 'No clear colour difference was found in the centre of this photo.',
    },
    'visible-difference': {
      sentence: 'The centre of this photo shows an area that differs in colour from the skin around it.',
    },
  },
  advice:
    'This describes the photo and says nothing about health. With any question about your skin, ask a clinician, whatever a photo shows.',
};

/** Both files, as bytes by file name. */
export function buildFiles(): ModelFiles {
  const model = writeModel({ name, version, opset: 17, input: image, outputs: analyticOutputs }, (graph) => {
    addAnalytic(graph, channelsFirst(graph));
  });
  return modelFiles(import.meta.dirname, model, manifest);
}

if (import.meta.main) writeModelFiles(import.meta.dirname, buildFiles());
