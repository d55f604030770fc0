/**
 * Builds `model.onnx` and `manifest.json` beside this file: `node models/skin-contrast/build.ts`. Both are
 * committed; a test builds them again and compares the bytes. Never part of a function.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { modelFiles, writeModelFiles, type ModelFiles } from '../graph/files.ts';
import { input, photoGates, sentences } from '../graph/photo.ts';
import { buildModel, outputs } from './graph.ts';
import { readWeights } from './weights.ts';

const name = 'skin-contrast';
const version = '1.1.0';

/** Places in `features` and `logits`. */
const logContrast = { kind: 'value', output: 'features', index: 1 };
const changeOverClear = { kind: 'log-odds', output: 'logits', of: [1], against: [0] };
const notSkin = { kind: 'probability', output: 'logits', labels: 'single', as: 'logits', of: [2] };

const place = z.strictObject({ mean: z.number(), std: z.number().positive() });
/** What `npm run calibrate -- fit` found on the even part: of the formula, of the network, and the two thresholds. */
const calibration = z
  .strictObject({ parts: z.tuple([place, place]), lo: z.number(), hi: z.number() })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, 'calibration.json'), 'utf8')));
const [formula, network] = calibration.parts;

/** Where each number comes from stands in the model card (README.md). */
const manifest = {
  $schema: '../manifest.schema.json',
  format: 2,
  name,
  version,
  input,
  outputs: Object.fromEntries(
    outputs.map(({ name: output, type, dims }) => [output, { dtype: type, shape: dims }]),
  ),
  gates: [...photoGates(0.4), { reason: 'not-skin', read: notSkin, max: 0.15 }],
  decision: {
    kind: 'score',
    score: {
      kind: 'mean-of-z',
      parts: [
        { read: logContrast, ...formula },
        { read: changeOverClear, ...network },
      ],
      maxDisagreement: 2,
    },
    lo: calibration.lo,
    hi: calibration.hi,
    below: 'no-clear-difference',
    above: 'visible-difference',
  },
  ...sentences,
};

/** Both files, as bytes by file name. */
export function buildFiles(): ModelFiles {
  const model = buildModel(name, version, readWeights(import.meta.dirname));
  return modelFiles(import.meta.dirname, model, manifest);
}

if (import.meta.main) writeModelFiles(import.meta.dirname, buildFiles());
