import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import type { Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rulesText } from '../../../core/model/evaluation.ts';
import { parseManifest, type Manifest } from '../../../core/model/manifest.ts';
import type { Pixels } from '../../../core/ports.ts';
import type { ModelLoadCode } from '../../../lambdas/adapters/model-load-error.ts';
import { createAnalyzer, loadAnalyzer } from '../../../lambdas/adapters/onnx-analyzer.ts';
import { modelOf, type ModelSession } from '../../../lambdas/adapters/onnx-model.ts';
import { aManifest } from '../../core/model/a-manifest.ts';
import { paintSkin, lightSkin } from '../../fixtures/skin.ts';

/** For models of tests, which nobody has evaluated. */
const speaking = { unevaluated: 'may-answer' } as const;
const modelDir = join(import.meta.dirname, '../../../models/colour-contrast');
const manifest: Manifest = parseManifest(aManifest());

function somePixels(): Pixels {
  return { width: 4, height: 2, data: new Uint8Array(24).fill(7) };
}

/** A session that answers well; each test replaces what it is about. */
function answering(score: number): ModelSession {
  return {
    run: async () => ({
      features: { dims: [1, 1], data: Float32Array.of(score) },
      quality: { dims: [1, 4], data: Float32Array.of(0.5, 0, 1, 0) },
    }),
  };
}

describe('loadAnalyzer', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'onceover-model-'));
    await copyFile(join(modelDir, 'model.onnx'), join(dir, 'model.onnx'));
  });
  afterAll(() => rm(dir, { recursive: true }));

  /** Loads the real graph behind a manifest that was changed. */
  async function codeOf(
    change: (json: Record<string, unknown>) => unknown,
  ): Promise<ModelLoadCode | 'loaded'> {
    const json: unknown = JSON.parse(await readFile(join(modelDir, 'manifest.json'), 'utf8'));
    await writeFile(join(dir, 'manifest.json'), JSON.stringify(change({ ...Object(json) })));
    return loadAnalyzer(dir, { threads: 1 }).then(
      () => 'loaded',
      (error: { code: ModelLoadCode }) => error.code,
    );
  }

  test('the model loads, and says its digest and geometry', async () => {
    const analyzer = await loadAnalyzer(modelDir, { threads: 1 });
    const digest = createHash('sha256')
      .update(await readFile(join(modelDir, 'model.onnx')))
      .digest('hex');
    expect(analyzer.identity).toEqual({ name: 'colour-contrast', version: '0.1.0+not-evaluated', digest });
    expect(analyzer.geometry).toEqual({ width: 256, height: 256, fit: 'cover', enlarge: false });
  });

  test('it looks at pixels and leaves none behind', async () => {
    const analyzer = await loadAnalyzer(modelDir, { ...speaking, threads: 1 });
    const data = paintSkin({ width: 256, height: 256, tone: lightSkin, redness: 0, seed: 5 });
    expect(await analyzer.analyze({ width: 256, height: 256, data })).toEqual({
      kind: 'completed',
      band: 'no-clear-difference',
    });
    expect(data.every((value) => value === 0)).toBe(true);
  });

  test('pixels of another size are a model error', async () => {
    const analyzer = await loadAnalyzer(modelDir, { threads: 1 });
    expect(await analyzer.analyze(somePixels())).toEqual({ kind: 'inconclusive', reason: 'model-error' });
  });

  test('an unchanged manifest loads from another folder', async () => {
    expect(await codeOf((json) => json)).toBe('loaded');
  });

  test.each<[string, ModelLoadCode, (json: Record<string, unknown>) => unknown]>([
    ['another digest', 'model-digest-mismatch', (json) => ({ ...json, sha256: '0'.repeat(64) })],
    ['an incomplete manifest', 'model-manifest-invalid', () => ({})],
    [
      'an input that the graph does not have',
      'model-signature-mismatch',
      (json) => ({ ...json, input: { ...Object(json['input']), width: 128 } }),
    ],
    [
      'an output that the graph does not have',
      'model-signature-mismatch',
      (json) => ({
        ...json,
        outputs: { ...Object(json['outputs']), extra: { dtype: 'float32', shape: [1] } },
      }),
    ],
    [
      'an output of another shape',
      'model-signature-mismatch',
      (json) => ({
        ...json,
        outputs: { ...Object(json['outputs']), quality: { dtype: 'float32', shape: [1, 5] } },
      }),
    ],
  ])('rejects a manifest with %s', async (_, code, change) => {
    expect(await codeOf(change)).toBe(code);
  });

  test('rejects a file that is no model, although its digest is right', async () => {
    const garbage = new TextEncoder().encode('no graph');
    const digest = createHash('sha256').update(garbage).digest('hex');
    await writeFile(join(dir, 'model.onnx'), garbage);
    expect(await codeOf((json) => ({ ...json, sha256: digest }))).toBe('model-file-invalid');
  });

  test('rejects a folder without a model', async () => {
    await expect(loadAnalyzer(join(dir, 'nowhere'), { threads: 1 })).rejects.toMatchObject({
      code: 'model-unreadable',
    });
  });
});

describe('a model without an evaluation', () => {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const done = { date: '2026-11-20', set: 'painted photos', photos: 9, abstention: [0.1, 0, 0.3] };
  const measured = parseManifest({
    ...aManifest(),
    evaluation: { ...done, model: manifest.sha256, rules: hash(rulesText(manifest)) },
  });
  const saysOf = (given: Manifest, score = 0.9) =>
    createAnalyzer(modelOf(answering(score), given), {}).analyze(somePixels());

  test('can only not tell, whatever its score', async () => {
    for (const score of [0, 0.9])
      expect(await saysOf(manifest, score)).toEqual({ kind: 'inconclusive', reason: 'not-evaluated' });
    expect(await saysOf(manifest, 0.3)).toEqual({ kind: 'inconclusive', reason: 'uncertain' });
  });

  test('is named as one by each result', () => {
    const { identity } = createAnalyzer(modelOf(answering(0), manifest), speaking);
    expect(identity.version).toBe('1.2.3+not-evaluated');
    expect(createAnalyzer(modelOf(answering(0), measured), {}).identity.version).toBe('1.2.3');
  });

  test('one that was evaluated says its word', async () => {
    expect(await saysOf(measured)).toEqual({ kind: 'completed', band: 'visible-difference' });
  });

  test.each<[string, object]>([
    ['of another file', { sha256: 'b'.repeat(64) }],
    ['of other thresholds', { decision: { ...aManifest().decision, hi: 0.5 } }],
    ['of other gates', { gates: [] }],
    ['of another way to prepare the photo', { input: { ...aManifest().input, fit: 'contain' } }],
  ])('an evaluation %s counts for nothing', async (_, change) => {
    const changed = parseManifest({ ...measured, ...change });
    expect(await saysOf(changed)).toEqual({ kind: 'inconclusive', reason: 'not-evaluated' });
  });

  test('another sentence is no other decision', async () => {
    const advice = 'Other words.';
    expect((await saysOf(parseManifest({ ...measured, advice }))).kind).toBe('completed');
  });
});

describe('createAnalyzer', () => {
  test('the session is given one uint8 NHWC tensor under the name of the manifest', async () => {
    const seen: Record<string, Tensor>[] = [];
    const session: ModelSession = {
      run: (feeds, fetches) => {
        seen.push({ ...feeds });
        return answering(0).run(feeds, fetches);
      },
    };
    await createAnalyzer(modelOf(session, manifest), speaking).analyze(somePixels());
    expect(seen).toHaveLength(1);
    expect(seen[0]?.['image']).toMatchObject({ type: 'uint8', dims: [1, 2, 4, 3] });
  });

  test('the outputs are zeroed once they were read', async () => {
    const features = Float32Array.of(0.9);
    const session: ModelSession = {
      run: async (feeds, fetches) => ({
        ...(await answering(0).run(feeds, fetches)),
        features: { dims: [1, 1], data: features },
      }),
    };
    expect(await createAnalyzer(modelOf(session, manifest), speaking).analyze(somePixels())).toMatchObject({
      band: 'visible-difference',
    });
    expect(features).toEqual(Float32Array.of(0));
  });

  test('a session that throws is a model error, and the pixels are zeroed', async () => {
    const pixels = somePixels();
    const session: ModelSession = { run: () => Promise.reject(new Error('out of memory')) };
    const finding = await createAnalyzer(modelOf(session, manifest), speaking).analyze(pixels);
    expect(finding).toEqual({ kind: 'inconclusive', reason: 'model-error' });
    expect(pixels.data.every((value) => value === 0)).toBe(true);
  });
});
