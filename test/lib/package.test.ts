/** The packages as Lambda gets them: what is inside, and how large. */
import { appendFile, cp, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleFunction } from '../../lib/bundle.ts';
import { analyzeFunction, apiFunction, functions, withModel } from '../../lib/functions.ts';
import {
  assertIntegrity,
  findNativePackages,
  nodeArchitecture,
  NativePackagesMissing,
} from '../../lib/native-packages.ts';
import { packageFunction, sizeLimits } from '../../lib/package.ts';
import { digestOfModel } from '../../lib/synth.ts';
import { contentsOf, expectedNativeFiles, foreignFiles, nativeFiles } from './contents.ts';

/** This machine's architecture: `npm ci` on Linux installs its binaries, and it can run them. */
const architecture = process.arch === 'arm64' ? 'arm64' : 'x86_64';
const cpu = nodeArchitecture[architecture];

let root: string;
beforeAll(async () => {
  // Outside the repository: nothing resolves from its node_modules.
  root = await mkdtemp(join(tmpdir(), 'onceover-package-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe.runIf(process.platform === 'linux')(`the package of analyze for ${architecture}`, () => {
  let dir: string;
  beforeAll(async () => {
    dir = await packageFunction(analyzeFunction, architecture, join(root, 'analyze'));
  });

  it('holds one onnxruntime, one sharp with its libvips, libheif and the model', async () => {
    const files = await contentsOf(dir);
    expect(nativeFiles(files)).toEqual(expectedNativeFiles(cpu));
    expect(files.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'index.mjs',
        'models/skin-contrast/manifest.json',
        'models/skin-contrast/model.onnx',
      ]),
    );
  });

  it('holds nothing of another platform, and nothing that only a build reads', async () => {
    const files = await contentsOf(dir);
    expect(foreignFiles(files, cpu)).toEqual([]);
    expect(files.filter(({ path }) => /\.(map|ts|cts|mts|h)$/.test(path))).toEqual([]);
    expect(files.filter(({ path }) => /adm-zip|global-agent/.test(path))).toEqual([]);
  });

  it('rejects a deployment of a model that is not in it', () => {
    expect(digestOfModel({ model: 'skin-contrast', kind: 'development' }, { analyze: dir })).toMatch(
      /^[0-9a-f]{64}$/,
    );
    expect(() => digestOfModel({ model: 'other', kind: 'production' }, { analyze: dir })).toThrow(
      /no models\/other\/model\.onnx/,
    );
  });

  it('rejects a deployment of a model that is not the one of its manifest', async () => {
    const analyze = await mkdtemp(join(root, 'other-'));
    const folder = join(analyze, 'models', 'mine');
    await cp(join(dir, 'models', 'skin-contrast'), folder, { recursive: true });
    await appendFile(join(folder, 'model.onnx'), '!');
    expect(() => digestOfModel({ model: 'mine', kind: 'production' }, { analyze })).toThrow(
      'npm run model -- check models/mine',
    );
  });

  it('is small enough', async () => {
    const bytes = (await contentsOf(dir)).reduce((sum, one) => sum + one.bytes, 0);
    expect(bytes).toBeLessThanOrEqual(sizeLimits[architecture]);
    expect(bytes).toBeGreaterThan(sizeLimits[architecture] / 2);
  });
});

describe('a package for a deployment', () => {
  it.each([analyzeFunction, apiFunction])(
    'holds the chosen model and no other: $name',
    async (definition) => {
      const chosen = withModel(definition, 'colour-contrast');
      const { dir } = await bundleFunction(chosen, join(root, `chosen-${definition.name}`));
      const models = (await contentsOf(dir))
        .map(({ path }) => path)
        .filter((path) => path.startsWith('models/'));
      expect(models.length).toBeGreaterThan(0);
      expect(models.filter((path) => !path.startsWith('models/colour-contrast/'))).toEqual([]);
    },
  );

  it('rejects a model that is not there', async () => {
    const missing = bundleFunction(withModel(analyzeFunction, 'mine'), join(root, 'missing'));
    await expect(missing).rejects.toThrow('no manifest.json or model.onnx under models/mine');
  });
});

describe('the packages of the other functions', () => {
  it.each(functions.filter(({ nativePackages }) => nativePackages.length === 0))(
    'hold one file, and for the API the words of each model: $name',
    async (definition) => {
      const dir = await packageFunction(definition, 'arm64', join(root, definition.name));
      const files = (await contentsOf(dir)).map(({ path }) => path);
      expect(files.filter((path) => !/^models\/[a-z-]+\/manifest\.json$/.test(path))).toEqual(['index.mjs']);
      expect(files.length > 1).toBe(definition.name === 'api');
      expect((await stat(join(dir, 'index.mjs'))).size).toBeLessThan(4_000_000);
    },
  );
});

describe('native packages', () => {
  it('rejects a package that is not in the lock file', async () => {
    await expect(findNativePackages(['no-such-package'], 'x86_64')).rejects.toThrow(
      'package-lock.json has no version',
    );
  });

  it('rejects a binary that is not on this machine, and says what fetches it', async () => {
    const missing = findNativePackages(['@img/sharp-linux-s390x'], 'x86_64');
    await expect(missing).rejects.toThrow(NativePackagesMissing);
    await expect(missing).rejects.toThrow(/"npm run build" fetches/);
  });

  it('rejects bytes that are not those of the lock file', () => {
    const empty = new Uint8Array();
    const digest =
      'sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==';
    expect(() => assertIntegrity('nothing', empty, digest)).not.toThrow();
    expect(() => assertIntegrity('one byte', new Uint8Array(1), digest)).toThrow(/it was not unpacked/);
  });
});
