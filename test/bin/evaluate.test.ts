/** `npm run evaluate`: from a folder of photos to figures, and what it answers to folders it cannot use. */
import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import { compare } from '../../bin/evaluate/compare.ts';
import { figuresOf } from '../../bin/evaluate/figures.ts';
import { lookAt, type Look, type Said, type Varied } from '../../bin/evaluate/look.ts';
import { parseCommand } from '../../bin/evaluate/options.ts';
import { findLabelled, PhotosError } from '../../bin/evaluate/photos.ts';
import { calibrationPlot, rocPlot, scorePlot } from '../../bin/evaluate/plots.ts';
import { evaluationOf } from '../../bin/evaluate/record.ts';
import { renderMarkdown, renderSummary } from '../../bin/evaluate/report.ts';
import { unchanged, variantsOf } from '../../bin/evaluate/variants.ts';
import { isEvaluated } from '../../core/model/evaluation.ts';
import { parseManifest } from '../../core/model/manifest.ts';
import type { OnnxModel } from '../../lambdas/adapters/onnx-model.ts';
import { createImageDecoder } from '../../lambdas/adapters/image-decoder.ts';
import { loadAnalyzer } from '../../lambdas/adapters/onnx-analyzer.ts';
import { aManifest } from '../core/model/a-manifest.ts';
import { fixturePath, fixtures, type FixtureName } from '../fixtures/index.ts';

const run = promisify(execFile);
const bin = join(import.meta.dirname, '../../bin/evaluate.ts');
const example = join(import.meta.dirname, '../../models/colour-contrast');

const manifest = parseManifest(aManifest());
const sampling = { rounds: 200, seed: 1 };
const [clear, visible] = ['no-clear-difference', 'visible-difference'];

const completed = (word: string): Said => ({ state: 'completed', word });
const inconclusive = (word: string): Said => ({ state: 'inconclusive', word });

function aLook(expected: string, said: Said, score = 0, groups: Record<string, string> = {}): Look {
  return {
    photo: {
      path: '',
      name: 'a.jpg',
      photoClass: `class of ${expected}`,
      expected,
      groups: new Map(Object.entries(groups)),
    },
    said,
    scores:
      said.state === 'rejected'
        ? new Map()
        : new Map([
            [visible, score],
            [clear, -score],
          ]),
    decodeMs: 2,
    runMs: said.state === 'rejected' ? undefined : 5,
  };
}

describe('the figures of hand-made looks', () => {
  const looks: readonly Look[] = [
    aLook(visible, completed(visible), 0.9, { tone: 'light' }),
    aLook(visible, completed(visible), 0.8, { tone: 'dark' }),
    aLook(visible, completed(clear), 0.1, { tone: 'dark' }),
    aLook(visible, inconclusive('uncertain'), 0.3, { tone: 'light' }),
    aLook(visible, inconclusive('blurred'), 0.05, { tone: 'light' }),
    aLook(clear, completed(clear), 0.15, { tone: 'light' }),
    aLook(clear, completed(visible), 0.7, { tone: 'dark' }),
    aLook(clear, { state: 'rejected', word: 'corrupt-image' }),
    aLook('none', inconclusive('not-skin')),
    aLook('none', completed(visible), 0.6),
  ];
  const figures = figuresOf(manifest, looks, [], sampling);

  test('separate the photos that passed the gates, and all that were decoded', () => {
    // Gated: 0.9 0.8 0.1 0.3 against 0.15 0.7: 2 + 2 + 0 + 1 of 8; 0.05 loses twice more.
    expect(figures.bands[0]).toMatchObject({
      band: visible,
      auc: { value: 5 / 8, n: 6 },
      aucUngated: { value: 5 / 10, n: 7 },
    });
  });

  test('count sensitivity and specificity among photos with a band', () => {
    expect(figures.bands[0]?.sensitivity).toMatchObject({ value: 2 / 3, n: 3 });
    expect(figures.bands[0]?.specificity).toMatchObject({ value: 1 / 2, n: 2 });
  });

  test('count right, wrong and silent among all photos of a class, with reasons', () => {
    expect(figures.classes[0]).toMatchObject({
      photos: 5,
      right: { value: 2 / 5 },
      wrong: { value: 1 / 5 },
      abstention: { value: 2 / 5 },
      reasons: [
        ['blurred', 1],
        ['uncertain', 1],
      ],
    });
    expect(figures.classes[1]?.reasons).toEqual([['rejected: corrupt-image', 1]]);
    expect(figures.abstention).toMatchObject({ value: 3 / 8, n: 8 });
    expect(figures.answeredNone).toMatchObject({ value: 1 / 2, n: 2 });
    expect(figures.keptSharp).toMatchObject({ value: 6 / 7, n: 7 });
  });

  test('count each group, and the gap between them', () => {
    const [dark, light] = figures.groups.filter(({ group }) => group !== '(not stated)');
    expect(dark).toMatchObject({
      group: 'dark',
      photos: 3,
      sensitivity: { value: 1 / 2 },
      specificity: { value: 0 },
    });
    expect(light).toMatchObject({
      group: 'light',
      photos: 4,
      sensitivity: { value: 1 },
      abstention: { value: 1 / 2 },
    });
    expect(figures.gaps).toEqual([{ grouping: 'tone', sensitivity: 1 / 2, specificity: 1 }]);
  });

  test('put what was expected against what was said', () => {
    expect(figures.confusion).toEqual({
      labels: [clear, visible, 'none', 'inconclusive', 'rejected'],
      counts: [
        [1, 1, 0, 0, 1],
        [1, 2, 0, 2, 0],
        [0, 1, 0, 1, 0],
        [0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0],
      ],
    });
  });

  test('count a variant as a flip when its band is another one, and as lost when it has none', () => {
    const variedAs = (before: Said, after: Said, blurred: Said): Varied => ({
      unchanged: before,
      variants: [
        { variant: { name: 'turned', kind: 'same' }, said: after },
        { variant: { name: 'blur of sigma 2', kind: 'blurred' }, said: blurred },
      ],
    });
    const varied = [
      variedAs(completed(clear), completed(clear), inconclusive('blurred')),
      variedAs(completed(clear), completed(visible), completed(clear)),
      variedAs(completed(visible), inconclusive('uncertain'), inconclusive('blurred')),
      variedAs(inconclusive('uncertain'), completed(clear), inconclusive('blurred')),
      variedAs(inconclusive('too-dark'), completed(clear), inconclusive('too-dark')),
    ];
    const { variants, flips, blurs } = figuresOf(manifest, looks, varied, sampling);
    expect(variants).toMatchObject([
      { variant: 'turned', flips: { value: 1 / 2, n: 2 }, lost: { value: 1 / 3, n: 3 } },
    ]);
    expect(flips).toMatchObject({ value: 1 / 2, n: 2 });
    expect(blurs).toMatchObject([{ variant: 'blur of sigma 2', refused: { value: 3 / 4, n: 4 } }]);
  });

  test('of no photo are not measured, and break nothing', () => {
    const none = figuresOf(manifest, [], [], sampling);
    expect(none).toMatchObject({ photos: 0, classes: [], abstention: undefined, runMs: { p50: undefined } });
    const measured = { manifest, set: 'nothing', date: '2026-11-26', figures: none, plots: [] };
    expect(renderMarkdown(measured)).toContain('not measured');
  });

  test('of two models: who gains, what both say, side by side', () => {
    const better = looks.map((look): Look => {
      const said = look.photo.expected === visible ? completed(visible) : look.said;
      return { ...look, said, scores: new Map([[visible, look.photo.expected === visible ? 1 : 0]]) };
    });
    const second = { looks: better, figures: figuresOf(manifest, better, [], sampling) };
    const comparison = compare('other 1.0.0', { looks, figures }, second, sampling);
    expect(comparison.gains[0]).toMatchObject({ band: visible, gain: { value: 1 / 2 } });
    expect(comparison.agree).toMatchObject({ value: 7 / 10 });
    expect(comparison.disagreements).toContainEqual([`${clear}, the other: ${visible}`, 1]);
    const text = renderMarkdown({ manifest, set: 's', date: 'd', figures, comparison, plots: [] });
    expect(text).toContain('Compared with other 1.0.0');
    expect(renderSummary({ manifest, set: 's', date: 'd', figures, comparison, plots: [] })).toContain(
      'against other 1.0.0',
    );
  });

  test('are recorded for this file and these rules, with enough photos of each band', () => {
    const hash = (text: string) => createHash('sha256').update(text).digest('hex');
    const about = { set: 'painted', date: '2026-11-26' };
    expect(evaluationOf(manifest, figures, about, hash)).toMatchObject({
      ok: false,
      message: expect.stringContaining('needs 10'),
    });
    const many = Array.from({ length: 10 }, () => looks).flat();
    const made = evaluationOf(manifest, figuresOf(manifest, many, [], sampling), about, hash);
    const recorded = parseManifest({
      ...aManifest(),
      evaluation: made.ok ? made.evaluation : undefined,
    });
    expect(isEvaluated(recorded, hash)).toBe(true);
    expect(recorded.evaluation).toMatchObject({
      photos: 100,
      set: 'painted',
      sensitivity: [0.667, 0.488, 0.808],
    });
  });

  test('a folder’s name becomes no markup', () => {
    const evil = looks.map((look) => ({ ...look, photo: { ...look.photo, photoClass: '<img>|\u001B[2J' } }));
    const measured = {
      manifest,
      set: '<script>',
      date: 'd',
      figures: figuresOf(manifest, evil, [], sampling),
      plots: [],
    };
    const text = renderMarkdown(measured);
    expect(text).not.toMatch(/(?<!\\)<(?:img|script)/);
    expect(text).not.toContain('\u001B');
  });
});

describe('plots', () => {
  test('are whole SVG, without a number that is none and with names escaped', () => {
    const figures = figuresOf(
      manifest,
      Array.from({ length: 40 }, (_, at) => aLook(at % 2 === 0 ? visible : clear, completed(clear), at / 40)),
      [],
      sampling,
    );
    const [band] = figures.bands;
    if (band === undefined) throw new Error('no band was measured');
    const plots = [
      rocPlot([{ label: 'a & <b>', roc: band.roc }]),
      calibrationPlot(band, [0.2, 0.4]),
      scorePlot(
        [
          { label: 'one', scores: [1, 2, 2] },
          { label: 'none', scores: [] },
        ],
        [1.5],
      ),
      scorePlot([], []),
    ];
    for (const plot of plots) {
      expect(plot).toMatch(/^<svg [^>]+>[\s\S]+<\/svg>\n$/);
      expect(plot).not.toMatch(/NaN|Infinity|undefined|<b>/);
    }
    expect(plots[0]).toContain('a &amp; &lt;b&gt;');
  });
});

describe('variants', () => {
  test('change light and colour as said, and keep the size of what is compared', async () => {
    const data = new Uint8Array(64 * 64 * 3).fill(100);
    const decoder = createImageDecoder({ threads: 1 });
    const geometry = { width: 64, height: 64, fit: 'cover', enlarge: true } as const;
    const colourOf = async (bytes: Uint8Array): Promise<readonly number[]> => {
      const decoded = await decoder.decode(bytes, geometry);
      return decoded.ok ? [...decoded.pixels.data.subarray(0, 3)] : [];
    };
    const made = new Map<string, readonly number[]>();
    for (const variant of variantsOf(64)) {
      made.set(variant.name, await colourOf(await variant.make({ width: 64, height: 64, data })));
    }
    expect(await colourOf(await unchanged.make({ width: 64, height: 64, data }))).toEqual([100, 100, 100]);
    // sRGB 100 is 0.1274 of linear light; x 0.6 is 0.0764, which is code 78.1.
    expect(made.get('exposure x0.6')).toEqual([78, 78, 78]);
    const [red = 0, green = 0, blue = 0] = made.get('white balance, 15 % warmer') ?? [];
    expect(Math.abs(red - 107) <= 1 && Math.abs(green - 100) <= 1 && Math.abs(blue - 93) <= 1).toBe(true);
    expect([...made.values()].every((colour) => colour.length === 3)).toBe(true);
    expect(variantsOf(64).filter(({ kind }) => kind === 'blurred')).toHaveLength(2);
  });
});

describe('a folder of photos', () => {
  let folder: string;
  const put = async (photoClass: string, ...names: FixtureName[]): Promise<void> => {
    await mkdir(join(folder, photoClass), { recursive: true });
    for (const name of names) {
      await cp(fixturePath(name), join(folder, photoClass, `${name}-${fixtures[name].file}`));
    }
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onceover-photos-'));
    await put(clear, 'skin-clear', 'skin-clear-dark-tone', 'skin-blurred');
    await put('marked', 'skin-blob', 'skin-blob-dark-tone', 'heic', 'jpeg-truncated');
    await put('objects', 'not-skin');
    await writeFile(
      join(folder, 'groups.csv'),
      'file,tone\nskin-clear-skin-clear.jpg,light\nmarked/skin-blob-dark-tone-skin-blob-dark-tone.jpg,dark\n',
    );
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const expectations = ['--expect', `marked=${visible}`, '--expect', 'objects=none'];

  test('goes through decoder and runtime to a report, plots, a table and an exit code', async () => {
    const out = join(folder, '.report');
    const { stdout } = await run(process.execPath, [
      bin,
      example,
      folder,
      ...expectations,
      '--groups',
      join(folder, 'groups.csv'),
      `--out=${out}`,
      '--bootstrap=100',
      '--json',
      `--compare=${example}`,
      '--no-invariance',
    ]);
    const report: unknown = JSON.parse(stdout);
    expect(report).toMatchObject({
      model: { name: 'colour-contrast' },
      figures: {
        photos: 8,
        bands: [
          { band: visible, auc: { value: 1 }, sensitivity: { value: 1, n: 3 }, specificity: { value: 1 } },
        ],
        answeredNone: { value: 0 },
      },
      comparison: { agree: { value: 1 }, gains: [{ gain: { value: 0 } }] },
    });
    expect(stdout).toContain('rejected: corrupt-image');
    expect(await readFile(join(out, 'report.md'), 'utf8')).toContain('| tone | dark |');
    expect(await readFile(join(out, 'roc.svg'), 'utf8')).toContain('<polyline');
    const rows = (await readFile(join(out, 'photos.csv'), 'utf8')).trim().split('\n');
    expect(rows).toHaveLength(9);
    expect(rows[0]).toContain(`score ${visible}`);
  });

  test('varies each photo, and counts what the variants say', async () => {
    const { stdout } = await run(process.execPath, [
      bin,
      example,
      folder,
      ...expectations,
      '--json',
      '--bootstrap',
      '100',
    ]);
    const { figures }: { figures: ReturnType<typeof figuresOf> } = JSON.parse(stdout);
    expect(figures.variants).toHaveLength(11 + 1);
    expect(figures.flips).toMatchObject({ value: 0 });
    expect(figures.blurs[1]?.refused?.value).toBe(1);
  });

  test('records nothing that too few photos say', async () => {
    const command = [
      bin,
      example,
      folder,
      ...expectations,
      '--record',
      '--no-invariance',
      '--bootstrap',
      '100',
    ];
    await expect(run(process.execPath, command)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Nothing was recorded'),
    });
  });

  test('records what enough photos say, and from then on the model speaks under its own version', async () => {
    const photos = join(folder, '.enough');
    const model = join(folder, '.model');
    await cp(example, model, { recursive: true });
    for (const [photoClass, name] of [
      [clear, 'skin-clear'],
      [visible, 'skin-blob'],
    ] as const) {
      await mkdir(join(photos, photoClass), { recursive: true });
      for (let copy = 0; copy < 10; copy += 1) {
        await cp(fixturePath(name), join(photos, photoClass, `${copy}.jpg`));
      }
    }
    const before = await loadAnalyzer(model, { threads: 1 });
    expect(before.identity.version).toBe('0.1.0+not-evaluated');
    await run(process.execPath, [
      bin,
      model,
      photos,
      '--record',
      '--set=painted skin',
      '--no-invariance',
      '--bootstrap=100',
    ]);
    const after = await loadAnalyzer(model, { threads: 1 });
    expect(after.identity).toEqual({ ...before.identity, version: '0.1.0' });
    const { evaluation, ...rest } = JSON.parse(await readFile(join(model, 'manifest.json'), 'utf8'));
    expect(evaluation).toMatchObject({ set: 'painted skin', photos: 20, auc: [1, 1, 1] });
    expect(rest).toEqual(JSON.parse(await readFile(join(example, 'manifest.json'), 'utf8')));
  });

  test.each<[string, Record<string, string>, string]>([
    ['a class without a band', {}, 'Add --expect marked=BAND'],
    ['an unknown class', { cats: visible }, 'there are: marked'],
    ['an unknown band', { marked: 'spotted' }, 'the model says'],
  ])('rejects %s', async (_, expect_, says) => {
    const found = findLabelled(folder, [clear, visible], new Map(Object.entries(expect_)), undefined);
    await expect(found).rejects.toThrow(PhotosError);
    await expect(found).rejects.toThrow(says);
  });

  test('files that are no photos by their names are named', async () => {
    const other = join(folder, '.other');
    await mkdir(join(other, clear), { recursive: true });
    await cp(fixturePath('skin-clear'), join(other, clear, 'a.jpg'));
    await writeFile(join(other, clear, 'notes.txt'), 'no photo');
    const { photos, leftOut } = await findLabelled(other, [clear], new Map(), undefined);
    expect(photos.map(({ name }) => name)).toEqual([`${clear}/a.jpg`]);
    expect(leftOut).toEqual([`${clear}/notes.txt`]);
  });

  test('a file that is gone, a decoder that gives up and a model that fails are ends of one look', async () => {
    const photo = {
      path: fixturePath('skin-clear'),
      name: 'a',
      photoClass: clear,
      expected: clear,
      groups: new Map(),
    };
    const decoder = createImageDecoder({ threads: 1 });
    const model: OnnxModel = { manifest, run: () => Promise.reject(new Error('out of memory')) };
    const looker = { model, decoder, now: () => 0 };
    expect((await lookAt(looker, { ...photo, path: '/gone.jpg' })).said.word).toBe('unreadable');
    expect((await lookAt(looker, photo)).said).toEqual({ state: 'inconclusive', word: 'model-error' });
    const tired = { ...looker, decoder: { decode: () => Promise.reject(new Error('time ran out')) } };
    expect((await lookAt(tired, photo)).said).toEqual({ state: 'rejected', word: 'interrupted' });
  });

  test('rejects an empty class, a folder without classes, and one that is not there', async () => {
    const empty = join(folder, '.empty');
    await mkdir(join(empty, clear), { recursive: true });
    const find = (dir: string) => findLabelled(dir, [clear], new Map(), undefined);
    await expect(find(empty)).rejects.toThrow('no image in this folder');
    await expect(find(join(empty, clear))).rejects.toThrow('has no folders inside');
    await expect(find('/no/such/folder')).rejects.toThrow('cannot be read as a folder');
  });

  test('rejects groups without a header, without an end, and of other photos', async () => {
    const file = join(folder, '.groups.csv');
    const find = async (text: string) => {
      await writeFile(file, text);
      const expected = new Map([
        ['marked', visible],
        ['objects', 'none'],
      ]);
      return findLabelled(folder, [clear, visible], expected, file);
    };
    await expect(find('a,b\n')).rejects.toThrow('column "file"');
    await expect(find('file,tone\n"x')).rejects.toThrow('never closed');
    await expect(find('file,tone\nelse.jpg,dark\n')).rejects.toThrow('no line names a photo');
    const { photos } = await find('file,tone,age\nskin-clear-skin-clear.jpg,light,\n');
    const grouped = photos.filter(({ groups }) => groups.size > 0);
    expect(grouped.map(({ groups }) => [...groups])).toEqual([[['tone', 'light']]]);
  });
});

describe('the command', () => {
  test.each<[string, readonly string[], string]>([
    ['no photos', ['model'], 'Name a model and a folder'],
    ['three paths', ['a', 'b', 'c'], 'Name a model and a folder'],
    ['an expectation without a band', ['a', 'b', '--expect', 'c='], 'CLASS=BAND'],
    ['too few resamplings', ['a', 'b', '--bootstrap', '3'], 'from 100'],
    ['a seed of words', ['a', 'b', '--seed', 'x'], '"x"'],
    ['an unknown option', ['a', 'b', '--fast'], '--fast'],
  ])('rejects %s', (_, args, says) => {
    expect(parseCommand(args)).toMatchObject({ kind: 'usage', message: expect.stringContaining(says) });
  });

  test('rejects a model that cannot be used, and an unknown option, by exit code', async () => {
    await expect(run(process.execPath, [bin, '/no/model', tmpdir()])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cannot be used'),
    });
    await expect(run(process.execPath, [bin])).rejects.toMatchObject({ code: 2 });
  });
});
