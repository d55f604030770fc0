/**
 * The analyzer on onnxruntime: one model, loaded once at start. It keeps neither input nor outputs, and a fault inside
 * the model is a finding, never an exception. No score leaves it. A run that never ends holds the thread: the product
 * runs it in a process that can be killed (analyzer-host.ts).
 */
import { createHash } from 'node:crypto';
import { identityOf, isEvaluated, withoutBand } from '../../core/model/evaluation.ts';
import { interpret } from '../../core/model/interpret.ts';
import { measurePhoto } from '../../core/model/measures.ts';
import type { Outputs } from '../../core/model/readings.ts';
import type { Finding } from '../../core/outcome.ts';
import type { Analyzer, Pixels } from '../../core/ports.ts';
import { openModel, type OnnxModel, type OpenOptions } from './onnx-model.ts';

/** How the session runs. */
export interface AnalyzerOptions extends OpenOptions {
  /**
   * `may-answer`: a model without an evaluation says what it says, under a version that tells so; for machines
   * where nobody relies on it. Default: it can only not tell.
   */
  readonly unevaluated?: 'may-answer' | 'must-not-answer';
}

/** Loads a folder's model as an analyzer; throws a `ModelLoadError` for one that must not be used. */
export async function loadAnalyzer(modelDir: string, options: AnalyzerOptions): Promise<Analyzer> {
  return createAnalyzer(await openModel(modelDir, options), options);
}

/** Builds the analyzer over a loaded model. */
export function createAnalyzer(model: OnnxModel, options: Omit<AnalyzerOptions, 'threads'>): Analyzer {
  const { manifest } = model;
  const { width, height, fit, enlarge } = manifest.input;
  const evaluated = isEvaluated(manifest, (text) => createHash('sha256').update(text).digest('hex'));
  const mayAnswer = evaluated || options.unevaluated === 'may-answer';
  return {
    identity: identityOf(manifest, evaluated),
    geometry: { width, height, fit, enlarge },
    async analyze(pixels) {
      const finding = await look(model, pixels);
      return mayAnswer ? finding : withoutBand(finding);
    },
  };
}

/** One run. Pixels and outputs are zeroed when the runtime no longer reads them, whatever it answered. */
async function look(model: OnnxModel, pixels: Pixels): Promise<Finding> {
  try {
    const outputs = await model.run(pixels);
    const finding = interpret(model.manifest, outputs, (name) => measurePhoto(pixels, name));
    zero(outputs);
    return finding;
  } catch {
    return modelError;
  } finally {
    pixels.data.fill(0);
  }
}

function zero(outputs: Outputs): void {
  for (const { data } of Object.values(outputs)) {
    if (data instanceof Float32Array || data instanceof Float16Array) data.fill(0);
  }
}

const modelError: Finding = { kind: 'inconclusive', reason: 'model-error' };
