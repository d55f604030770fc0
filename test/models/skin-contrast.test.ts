import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildFiles } from '../../models/skin-contrast/build.ts';
import { parseManifest } from '../../core/model/manifest.ts';
import { interpret } from '../../core/model/interpret.ts';
import { measurePhoto } from '../../core/model/measures.ts';
import { createImageDecoder } from '../../lambdas/adapters/image-decoder.ts';
import { fixtures, readFixture, type FixtureName } from '../fixtures/index.ts';
import { darkSkin, lightSkin, paintSkin, type SkinPicture } from '../fixtures/skin.ts';
import { reference, type Reference } from './skin-contrast.reference.ts';

const modelDir = join(import.meta.dirname, '../../models/skin-contrast');
const built = buildFiles();
const manifest = parseManifest(JSON.parse(new TextDecoder().decode(built['manifest.json'])));
const decoder = createImageDecoder({ threads: 1 });

let session: InferenceSession;
beforeAll(async () => {
  session = await InferenceSession.create(built['model.onnx'], {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
});

/** What the graph gives, and what the manifest makes of it. */
async function lookAt(pixels: Uint8Array) {
  const values = await session.run({ image: new Tensor('uint8', pixels, [1, 256, 256, 3]) });
  const outputs = Object.fromEntries(
    Object.entries(values).map(([name, { dims, data }]) => [
      name,
      { dims, data: Array.from(Object(data), Number) },
    ]),
  );
  return { outputs, finding: interpret(manifest, outputs, () => Number.NaN) };
}

async function outputsOf(pixels: Uint8Array): Promise<Reference> {
  const { features, quality } = (await lookAt(pixels)).outputs;
  const [contrast = NaN] = features?.data ?? [];
  const [meanLuma = NaN, blownOutShare = NaN, sharpness = NaN, skinShare = NaN] = quality?.data ?? [];
  return { features: contrast, meanLuma, blownOutShare, sharpness, skinShare };
}

async function pixelsOf(name: FixtureName): Promise<Uint8Array> {
  const decoded = await decoder.decode(readFixture(name), manifest.input);
  if (!decoded.ok) throw new Error(`${name} was not decoded: ${decoded.reason}`);
  return decoded.pixels.data;
}

/** Float32 against doubles; a share may differ by two of 4,096 cells that lie on a bound. */
const tolerances: Reference = {
  features: 2e-4,
  meanLuma: 1e-4,
  blownOutShare: 2.5 / 4096,
  sharpness: 1e-3,
  skinShare: 2.5 / 4096,
};
// Object.keys would forget the key type.
const outputNames = ['features', 'meanLuma', 'blownOutShare', 'sharpness', 'skinShare'] as const;

/** Outputs of the graph that are not within their tolerance of the plain computation. */
async function differencesOf(pixels: Uint8Array): Promise<string[]> {
  const actual = await outputsOf(pixels);
  const expected = reference(pixels);
  return outputNames
    .filter((name) => !(Math.abs(actual[name] - expected[name]) < tolerances[name]))
    .map((name) => `${name}: ${actual[name]} instead of ${expected[name]}`);
}

/** A quarter turn of 256 x 256 pixels. */
function turned(pixels: Uint8Array): Uint8Array {
  return pixels.map((_, i) => {
    const [channel, x, y] = [i % 3, Math.floor(i / 3) % 256, Math.floor(i / 768)];
    return pixels[(x * 256 + (255 - y)) * 3 + channel] ?? 0;
  });
}

const skin: SkinPicture = { width: 256, height: 256, tone: lightSkin, redness: 0, seed: 21 };
const blob = { x: 0.5, y: 0.5, radius: 0.15 };

describe('the files of skin-contrast', () => {
  test.each(['model.onnx', 'manifest.json'] as const)('%s is what the build script writes', (file) => {
    expect(Buffer.from(built[file]).equals(readFileSync(join(modelDir, file)))).toBe(true);
  });

  test('no sentence names a disease, a diagnosis or a risk', () => {
    const said = JSON.stringify([manifest.bands, manifest.advice]);
    expect(said).not.toMatch(/disease|diagnos|cancer|melanoma|infection|risk|symptom|lesion|treat|score/i);
  });
});

describe('the graph of skin-contrast', () => {
  const compared: readonly FixtureName[] = [
    'skin-clear',
    'skin-blob',
    'skin-blob-dark-tone',
    'skin-faint',
    'skin-dark',
    'skin-bright',
    'skin-blurred',
    'not-skin',
    'jpeg-grey',
    'png-alpha',
  ];
  test.each(compared)('%s gives what the plain computation gives', async (name) => {
    expect(await differencesOf(await pixelsOf(name))).toEqual([]);
  });

  test.each(compared)('a device measures %s as the graph does', async (name) => {
    const data = await pixelsOf(name);
    const graph = await outputsOf(data);
    const measure = (what: Parameters<typeof measurePhoto>[1]) =>
      measurePhoto({ width: 256, height: 256, data }, what);
    const differences = {
      meanLuma: measure('mean-luma') - graph.meanLuma,
      blownOutShare: measure('blown-out-share') - graph.blownOutShare,
      sharpness: measure('sharpness') - graph.sharpness,
      skinShare: measure('skin-share') - graph.skinShare,
    };
    for (const [output, difference] of Object.entries(differences))
      expect(Math.abs(difference), output).toBeLessThan(Object(tolerances)[output]);
  });

  test('every colour code gives what the plain computation gives', async () => {
    const noise = (i: number) => (i * 2654435761) >>> 24;
    const pixels = Uint8Array.from({ length: 256 * 256 * 3 }, (_, i) => noise(i));
    const sweep = Uint8Array.from({ length: 256 * 256 * 3 }, (_, i) => {
      const cell = Math.floor(i / 3);
      return i % 3 === 0 ? cell % 256 : i % 3 === 1 ? Math.floor(cell / 256) : noise(i) >>> 2;
    });
    expect(await differencesOf(pixels)).toEqual([]);
    expect(await differencesOf(sweep)).toEqual([]);
  });

  test.each([0, 255])('a flat field of %d gives numbers, never NaN', async (code) => {
    const outputs = await outputsOf(new Uint8Array(256 * 256 * 3).fill(code));
    expect(Object.values(outputs).every(Number.isFinite)).toBe(true);
    expect(outputs.sharpness).toBeLessThan(-4);
  });

  test('a third of the light leaves the contrast nearly as it was', async () => {
    const bright = await outputsOf(paintSkin({ ...skin, redness: 0.9, blob }));
    const dim = await outputsOf(paintSkin({ ...skin, redness: 0.9, blob, exposure: 1 / 3 }));
    expect(Math.abs(bright.features - dim.features)).toBeLessThan(0.02);
  });

  test('the same redness is seen alike on light and on dark skin', async () => {
    const light = await outputsOf(paintSkin({ ...skin, redness: 0.9, blob }));
    const dark = await outputsOf(paintSkin({ ...skin, tone: darkSkin, redness: 0.9, blob }));
    expect(Math.abs(light.features - dark.features)).toBeLessThan(0.03);
  });

  test('more redness gives more contrast', async () => {
    const scores: number[] = [];
    for (const redness of [0, 0.2, 0.4, 0.8]) {
      scores.push((await outputsOf(paintSkin({ ...skin, redness, blob }))).features);
    }
    expect(scores).toEqual(scores.toSorted((a, b) => a - b));
    expect(new Set(scores).size).toBe(4);
  });

  test('painted skin without a mark is never called a visible difference', async () => {
    for (const tone of [lightSkin, darkSkin]) {
      for (let seed = 100; seed < 106; seed += 1) {
        const { finding } = await lookAt(paintSkin({ ...skin, tone, seed }));
        expect(finding).not.toMatchObject({ band: 'visible-difference' });
      }
    }
  });

  test('the second feature is the logarithm of the contrast, which a missing contrast does not break', async () => {
    for (const pixels of [paintSkin({ ...skin, redness: 0.9, blob }), new Uint8Array(256 * 256 * 3)]) {
      const [contrast = NaN, logarithm = NaN] = (await lookAt(pixels)).outputs['features']?.data ?? [];
      expect(logarithm).toBeCloseTo(Math.log(Math.max(contrast, 0) + 0.02), 4);
    }
  });

  test('a photo that is turned by quarters is answered alike', async () => {
    const upright = paintSkin({ ...skin, redness: 0.4, blob: { x: 0.45, y: 0.55, radius: 0.12 } });
    const [clear = NaN, change = NaN] = (await lookAt(upright)).outputs['logits']?.data ?? [];
    const [turnedClear = NaN, turnedChange = NaN] =
      (await lookAt(turned(upright))).outputs['logits']?.data ?? [];
    expect(Math.abs(turnedClear - clear)).toBeLessThan(1e-3);
    expect(Math.abs(turnedChange - change)).toBeLessThan(1e-3);
  });

  test('every word of the vocabulary is reached by a fixture', () => {
    const reached = Object.values(fixtures).flatMap(({ expected }) =>
      expected.state === 'completed' ? [expected.band] : [],
    );
    expect(new Set<string>(reached)).toEqual(new Set<string>(Object.keys(manifest.bands)));
  });
});
