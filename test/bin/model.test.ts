/** `npm run model`: what it says of a folder, and what it makes. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkModel } from '../../bin/model/check.ts';
import { isUsable, points, type Check } from '../../bin/model/checks.ts';
import { manifestFor } from '../../bin/model/manifest-for.ts';
import { makeModel } from '../../bin/model/new.ts';
import { parseCommand } from '../../bin/model/options.ts';
import { renderChecks, renderVerdict } from '../../bin/model/report.ts';
import { runProbes } from '../../bin/model/run-probes.ts';
import { parseManifest } from '../../core/model/manifest.ts';
import type { Outputs } from '../../core/model/readings.ts';
import type { OnnxModel } from '../../lambdas/adapters/onnx-model.ts';
import { aManifest } from '../core/model/a-manifest.ts';
import { onnxBytes, type Model } from '../models/onnx-bytes.ts';
import {
  byLogit,
  cifar,
  detector,
  divider,
  externalLogit,
  givenModel,
  imageNet16,
  logit,
  manifestOf,
  mnist,
  redOrBlue,
} from '../models/strangers.ts';

const run = promisify(execFile);
const bin = join(import.meta.dirname, '../../bin/model.ts');
const example = join(import.meta.dirname, '../../models/colour-contrast');

const aLogit = { logit: { dtype: 'float32', shape: [1, 1] } };

/** The point at which it is refused, and what is said there. */
function refusalOf(checks: readonly Check[]): Pick<Check, 'point' | 'detail'> | undefined {
  const all = checks.filter(({ state }) => state === 'refused');
  expect(all.length).toBeLessThanOrEqual(1);
  return all[0];
}

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'onceover-new-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

describe('check', () => {
  const models = join(import.meta.dirname, '../../models');
  const own = readdirSync(models).filter((name) => existsSync(join(models, name, 'manifest.json')));

  test.each(own)('the project’s own %s can be used, and every point was reached', async (name) => {
    const checks = await checkModel(join(models, name));
    expect(isUsable(checks)).toBe(true);
    expect(checks.map(({ point }) => point)).toEqual(Object.keys(points));
    expect(checks.filter(({ state }) => state === 'not-reached')).toEqual([]);
  });

  test.each<[string, Model, object, object, string, string]>([
    ['external data', externalLogit, aLogit, byLogit, 'external-data', 'save it as one file'],
    ['a division by zero on a black photo', divider, aLogit, byLogit, 'numbers', 'logit[0] is NaN'],
    [
      'a detector whose outputs depend on the photo',
      detector,
      { scores: { dtype: 'float32', shape: [2] } },
      redOrBlue('scores', 'multi', 'probabilities'),
      'shapes',
      'reduce them in the graph',
    ],
    [
      'raw scores that are said to be probabilities',
      logit,
      aLogit,
      {
        ...byLogit,
        score: { kind: 'probability', output: 'logit', labels: 'multi', as: 'probabilities', of: [0] },
      },
      'probabilities',
      'say "as": "logits"',
    ],
  ])('rejects %s', async (_, model, outputs, decision, point, says) => {
    const dir = await givenModel(model, (bytes) => manifestOf(bytes, {}, outputs, decision));
    const refusal = refusalOf(await checkModel(dir));
    expect(refusal?.point).toBe(point);
    expect(refusal?.detail.toLowerCase()).toContain(says.toLowerCase());
  });

  test('rejects a changed file with its digest, an unknown field by its name, and a folder without a model', async () => {
    const given = (change: object) =>
      givenModel(logit, (bytes) => ({ ...manifestOf(bytes, {}, aLogit, byLogit), ...change }));
    const digest = refusalOf(await checkModel(await given({ sha256: '0'.repeat(64) })));
    expect(digest).toMatchObject({ point: 'digest', detail: expect.stringContaining('write its digest') });
    const field = refusalOf(await checkModel(await given({ wieghts: 1 })));
    expect(field).toMatchObject({ point: 'manifest', detail: expect.stringContaining('wieghts') });
    expect(refusalOf(await checkModel('/no/such/folder'))?.point).toBe('files');
  });

  test('a model that never comes back is given up, and this process goes on', async () => {
    const refusal = refusalOf(await checkModel(example, 1));
    expect(refusal).toMatchObject({ point: 'graph', detail: expect.stringContaining('did not end') });
  });

  test('a folder that is called otherwise than the model is warned of', async () => {
    const dir = await givenModel(logit, (bytes) => manifestOf(bytes, {}, aLogit, byLogit));
    const checks = await checkModel(dir);
    expect(checks.find(({ point }) => point === 'manifest')).toMatchObject({
      state: 'warning',
      detail: expect.stringContaining('call them alike'),
    });
    expect(isUsable(checks)).toBe(true);
  });

  test.each<[string, object]>([
    ['softmax', redOrBlue('probabilities', 'single', 'logits')],
    ['softmax, each class by itself', redOrBlue('probabilities', 'multi', 'logits')],
  ])('a graph that ends with %s and is read as if it did not is warned of', async (_, decision) => {
    const dir = await givenModel(cifar, (bytes) =>
      manifestOf(
        bytes,
        { layout: 'NHWC', width: 32, height: 32 },
        { probabilities: { dtype: 'float32', shape: [1, 10] } },
        decision,
      ),
    );
    const checks = await checkModel(dir);
    expect(checks.find(({ point }) => point === 'probabilities')).toMatchObject({
      state: 'warning',
      detail: expect.stringContaining('say "as": "probabilities"'),
    });
    expect(isUsable(checks)).toBe(true);
  });

  test('a sentence of medicine is warned of', async () => {
    const dir = await givenModel(logit, (bytes) => ({
      ...manifestOf(bytes, {}, aLogit, byLogit),
      bands: { reddish: { sentence: 'High risk of a disease.' }, bluish: { sentence: 'It is blue.' } },
    }));
    const words = (await checkModel(dir)).find(({ point }) => point === 'words');
    expect(words).toMatchObject({ state: 'warning', detail: expect.stringContaining('medical device') });
  });
});

describe('probes', () => {
  const manifest = parseManifest({ ...aManifest(), gates: [] });
  const quality = { dims: [1, 4], data: [0, 0, 0, 0] };
  const answering = (answer: (run: number) => number, now = { ms: 0 }, ms = 1): OnnxModel => {
    let runs = 0;
    return {
      manifest,
      run: async (pixels): Promise<Outputs> => {
        now.ms += ms;
        runs += 1;
        return { quality, features: { dims: [1, 1], data: [answer(runs) + Number(pixels.data[0])] } };
      },
    };
  };

  async function refused(model: OnnxModel, now = { ms: 0 }): Promise<string | undefined> {
    return refusalOf(await runProbes(model, () => now.ms))?.point;
  }

  test('a model that answers is none of the worse for it', async () => {
    expect(await refused(answering(() => 0))).toBeUndefined();
  });

  test('rejects one that is too slow, without waiting for many runs of it', async () => {
    const now = { ms: 0 };
    expect(
      await refused(
        answering(() => 0, now, 1200),
        now,
      ),
    ).toBe('speed');
    expect(now.ms).toBeLessThan(40_000);
  });

  test('rejects one that answers otherwise the second time', async () => {
    expect(await refused(answering((runs) => runs))).toBe('repeatable');
  });

  test('rejects one that fails on a photo', async () => {
    const model: OnnxModel = { manifest, run: () => Promise.reject(new Error('out of memory')) };
    expect(await refused(model)).toBe('runs');
  });

  test('rejects one that leaves an output out', async () => {
    const model: OnnxModel = { manifest, run: async () => ({ quality }) };
    expect(await refused(model)).toBe('shapes');
  });

  test('one that does not look is warned of', async () => {
    const blind: OnnxModel = {
      manifest,
      run: async () => ({ quality, features: { dims: [1, 1], data: [1] } }),
    };
    const checks = await runProbes(blind, () => 0);
    expect(checks.find(({ point }) => point === 'sensitive')?.state).toBe('warning');
  });
});

describe('new', () => {
  test('makes a model that can be used at once', async () => {
    const into = await folder();
    const said = await makeModel({ name: 'mine', into, onnx: undefined });
    expect(said).toContain('npm run model -- check');
    expect(isUsable(await checkModel(join(into, 'mine')))).toBe(true);
    await expect(makeModel({ name: 'mine', into, onnx: undefined })).rejects.toThrow('there already');
  });

  test.each<[string, Model, object]>([
    [
      'half precision in planes, an open batch',
      imageNet16,
      { layout: 'NCHW', channels: 'RGB', dtype: 'float16', width: 224, height: 224 },
    ],
    ['a grey plane', mnist, { name: 'Input3', layout: 'NCHW', channels: 'grey', width: 28, height: 28 }],
    ['a single logit', logit, { layout: 'NCHW', width: 64, height: 64 }],
  ])('writes a manifest for a file: %s', async (_, model, input) => {
    const into = await folder();
    const onnx = join(into, 'given.onnx');
    await writeFile(onnx, onnxBytes(model));
    const said = await makeModel({ name: 'mine', into, onnx });
    expect(said).toContain('Only you can know');
    const manifest: unknown = JSON.parse(await readFile(join(into, 'mine', 'manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({ name: 'mine', input });
    expect(isUsable(await checkModel(join(into, 'mine')))).toBe(true);
  });

  test.each<[string, Model, string]>([
    ['external data', externalLogit, 'save_as_external_data=False'],
    ['outputs of no fixed shape', detector, 'reduce them in the graph'],
  ])('rejects a file with %s, and makes nothing', async (_, model, says) => {
    const into = await folder();
    const onnx = join(into, 'given.onnx');
    await writeFile(onnx, onnxBytes(model));
    await expect(makeModel({ name: 'mine', into, onnx })).rejects.toThrow(says);
    await expect(readFile(join(into, 'mine', 'manifest.json'))).rejects.toThrow('ENOENT');
  });

  test('of a detector the scores are read and not the boxes', () => {
    const image = { name: 'image', type: 'float32', shape: ['n', 3, 64, 64] };
    const outputs = [
      { name: 'boxes', type: 'float32', shape: ['n', 100, 4] },
      { name: 'class_scores', type: 'float32', shape: ['n', 100, 3] },
    ];
    const { manifest, open } = manifestFor('mine', 'a'.repeat(64), [image], outputs);
    expect(manifest).toMatchObject({ outputs: { class_scores: { shape: [1, 100, 3] } } });
    expect(open.join('\n')).toMatch(/values at many places[\s\S]*outputs that are not read: boxes/);
  });

  test('rejects a graph that gives a class and no score', () => {
    const image = { name: 'image', type: 'float32', shape: [1, 3, 9, 9] };
    const label = { name: 'label', type: 'int64', shape: [1] };
    expect(() => manifestFor('mine', 'a'.repeat(64), [image], [label])).toThrow(
      /label: int64.*ArgMax.*zipmap/,
    );
  });

  test.each<[string, readonly object[], string]>([
    ['two inputs', [{ name: 'a' }, { name: 'b' }], 'takes 2 inputs'],
    ['text as input', [{ name: 'a', type: 'string', shape: [1] }], 'of the type string'],
    ['a flat input', [{ name: 'a', type: 'float32', shape: [1, 784] }], 'Add a Reshape'],
    ['a batch of eight', [{ name: 'a', type: 'float32', shape: [8, 3, 9, 9] }], 'batch of 1'],
  ])('rejects a graph with %s', (_, inputs, says) => {
    const tensors = inputs.map((input) => ({ name: '', type: 'float32', shape: [], ...input }));
    expect(() => manifestFor('mine', 'a'.repeat(64), tensors, [])).toThrow(says);
  });
});

describe('the command', () => {
  test.each<[string, readonly string[], string]>([
    ['no verb', [], 'Say "check DIR" or "new NAME".'],
    ['another verb', ['try', 'x'], 'not "try"'],
    ['a check of nothing', ['check'], 'takes one folder'],
    ['two folders', ['check', 'a', 'b'], 'takes one folder'],
    ['a name of capitals', ['new', 'Mine'], 'not "Mine"'],
    ['a name that leaves its folder', ['new', '../x'], 'not "../x"'],
    ['an option of the other verb', ['check', 'a', '--onnx', 'b'], 'belong to "new"'],
    ['an unknown option', ['check', 'a', '--fast'], '--fast'],
  ])('rejects %s', (_, args, says) => {
    expect(parseCommand(args)).toMatchObject({ kind: 'usage', message: expect.stringContaining(says) });
  });

  test('a table shows each point, and no control character of a stranger’s file', () => {
    const checks: Check[] = [{ point: 'files', state: 'refused', detail: 'evil\u001B[2J' }];
    const shown = renderChecks(checks, (_, text) => text) + renderVerdict('x', checks);
    expect(shown).toContain('evil?[2J');
    expect(shown).not.toContain('\u001B');
  });

  test('answers scripts with JSON and an exit code', async () => {
    const { stdout } = await run(process.execPath, [bin, 'check', example, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ model: example, usable: true });
    await expect(run(process.execPath, [bin, 'check', '/no/such/folder'])).rejects.toMatchObject({ code: 1 });
    await expect(run(process.execPath, [bin, 'chekc', example])).rejects.toMatchObject({ code: 2 });
  });
});
