/** Models of other people, each through the whole adapter: it works by its manifest alone, or is refused clearly. */
import { describe, expect, test } from 'vitest';
import { loadAnalyzer } from '../../lambdas/adapters/onnx-analyzer.ts';
import type { ModelLoadCode } from '../../lambdas/adapters/model-load-error.ts';
import type { Model } from './onnx-bytes.ts';
import {
  byLogit,
  cifar,
  custom,
  detector,
  externalLogit,
  givenModel,
  imageNet16,
  int8,
  logit,
  manifestOf,
  mnist,
  outputOf,
  redOrBlue,
  tidyDetector,
} from './strangers.ts';

const outputsOf = ({ outputs }: Model): object =>
  outputs.reduce((all, output) => ({ ...all, ...outputOf(output) }), {});

type Case = readonly [title: string, model: Model, input: object, decision: object];

const imageNet = {
  dtype: 'float16',
  width: 224,
  height: 224,
  values: { range: '0-1', mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
};

const usable: readonly Case[] = [
  [
    'a float16 ImageNet classifier with an open batch',
    imageNet16,
    imageNet,
    redOrBlue('logits', 'single', 'logits'),
  ],
  ['a single logit', logit, {}, byLogit],
  [
    'a CIFAR classifier of 32 pixels, channels last, with softmax in the graph',
    cifar,
    { layout: 'NHWC', width: 32, height: 32 },
    redOrBlue('probabilities', 'single', 'probabilities'),
  ],
  [
    'a detector that always answers with the same number of boxes',
    tidyDetector,
    {},
    redOrBlue('scores', 'multi', 'probabilities'),
  ],
  [
    'int8 input with scale and zero point',
    int8,
    { dtype: 'int8', width: 32, height: 32, quantisation: { scale: 1 / 255, zeroPoint: -128 } },
    byLogit,
  ],
];

async function load(model: Model, input: object, decision: object) {
  const dir = await givenModel(model, (bytes) => manifestOf(bytes, input, outputsOf(model), decision));
  return loadAnalyzer(dir, { threads: 1, unevaluated: 'may-answer' });
}

async function sayOf(loaded: Awaited<ReturnType<typeof load>>, colour: readonly number[]): Promise<string> {
  const { width, height } = loaded.geometry;
  const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => colour[at % 3] ?? 0);
  const finding = await loaded.analyze({ width, height, data });
  expect(data.every((value) => value === 0)).toBe(true);
  return finding.kind === 'completed' ? finding.band : finding.reason;
}

describe('a stranger’s model works by its manifest alone', () => {
  test.each(usable)('%s', async (_, model, input, decision) => {
    const loaded = await load(model, input, decision);
    expect(await sayOf(loaded, [230, 30, 20])).toBe('reddish');
    expect(await sayOf(loaded, [20, 30, 230])).toBe('bluish');
    expect(await sayOf(loaded, [90, 90, 90])).toBe('uncertain');
  });

  test('channels the other way round', async () => {
    const loaded = await load(logit, { channels: 'BGR' }, byLogit);
    expect(await sayOf(loaded, [230, 30, 20])).toBe('bluish');
  });

  test('a grey MNIST classifier, of which one digit is a band and the others are not', async () => {
    const output = 'Plus214_Output_0';
    const loaded = await load(
      mnist,
      { name: 'Input3', channels: 'grey', width: 28, height: 28 },
      redOrBlue(output, 'single', 'logits'),
    );
    expect(await sayOf(loaded, [250, 250, 250])).toBe('reddish');
    expect(await sayOf(loaded, [0, 0, 0])).toBe('uncertain');
  });
});

describe('a stranger’s model is refused', () => {
  test.each<[string, ModelLoadCode, string, Model, object, object]>([
    [
      'weights in another file',
      'model-external-data',
      'save_as_external_data=False',
      externalLogit,
      {},
      byLogit,
    ],
    ['operators of its maker', 'model-custom-operators', 'com.example:Magic', custom, {}, byLogit],
    [
      'another layout than its manifest says',
      'model-signature-mismatch',
      'image: float32[1,3,64,64]',
      logit,
      { layout: 'NHWC' },
      byLogit,
    ],
    [
      'another type of input than its manifest says',
      'model-signature-mismatch',
      'float16[N,3,224,224]',
      imageNet16,
      { ...imageNet, dtype: 'float32' },
      redOrBlue('logits', 'single', 'logits'),
    ],
    [
      'two inputs',
      'model-signature-mismatch',
      'also takes the input sizes',
      { ...logit, inputs: [...logit.inputs, { name: 'sizes', type: 'float32', dims: [1, 2] }] },
      {},
      byLogit,
    ],
    [
      'an operator that does not exist',
      'model-graph-invalid',
      'Nonsense',
      { ...logit, nodes: [{ op: 'Nonsense', inputs: ['image'], outputs: ['logit'] }] },
      {},
      byLogit,
    ],
  ])('rejects %s', async (_, code, says, model, input, decision) => {
    await expect(load(model, input, decision)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(says),
    });
  });

  test('an output whose shape depends on the photo gives no band, whatever is in it', async () => {
    const dir = await givenModel(detector, (bytes) =>
      manifestOf(
        bytes,
        {},
        { scores: { dtype: 'float32', shape: [2] } },
        redOrBlue('scores', 'multi', 'probabilities'),
      ),
    );
    const loaded = await loadAnalyzer(dir, { threads: 1, unevaluated: 'may-answer' });
    expect(await sayOf(loaded, [250, 250, 250])).toBe('model-error');
  });
});
