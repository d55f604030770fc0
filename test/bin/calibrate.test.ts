/** `npm run calibrate`: the split, the constants and the figures, each by its written rule. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, onTestFinished, test } from 'vitest';
import { figuresFrom, parseReport, type Report } from '../../bin/calibrate/figures.ts';
import { fit, type Sample } from '../../bin/calibrate/fit.ts';
import { parseCommand } from '../../bin/calibrate/options.ts';
import { cornersOf, partOf, split } from '../../bin/calibrate/split.ts';

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'onceover-calibrate-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

describe('split', () => {
  test('a photo is even or odd by the first 32 bits of its name’s SHA-256', () => {
    const names = Array.from({ length: 40 }, (_, at) => `photo-${at}.jpg`);
    for (const name of names) {
      const first = Number.parseInt(createHash('sha256').update(name).digest('hex').slice(0, 8), 16);
      expect(partOf(name)).toBe(first % 2 === 0 ? 'even' : 'odd');
    }
    expect(new Set(names.map(partOf)).size).toBe(2);
  });

  test('corners do not overlap, and a photo that is too small has none', () => {
    expect(cornersOf(512, 600)).toEqual([
      { left: 0, top: 0 },
      { left: 256, top: 0 },
      { left: 0, top: 344 },
      { left: 256, top: 344 },
    ]);
    expect(cornersOf(511, 900)).toEqual([]);
  });

  test('each photo lies in its part, whole and as four corners; things lie in both', async () => {
    const dir = await folder();
    const made = async (path: string, side: number) => {
      await mkdir(join(dir, path, '..'), { recursive: true });
      const create = { width: side, height: side, channels: 3 as const, background: '#a87' };
      await sharp({ create }).jpeg().toFile(join(dir, path));
    };
    await Promise.all([made('lesions/a.jpg', 520), made('lesions/b.jpg', 300), made('things/c.jpg', 64)]);
    const out = join(dir, 'out');
    await split(join(dir, 'lesions'), join(dir, 'things'), out);
    const files = (await readdir(out, { recursive: true })).filter((name) => /\.\w+$/.test(name));
    const corners = [1, 2, 3, 4].map((index) => join(partOf('a.jpg'), 'corner', `a-${index}.png`));
    expect(files.toSorted()).toEqual(
      [
        ...corners,
        join(partOf('a.jpg'), 'lesion', 'a.jpg'),
        join(partOf('b.jpg'), 'lesion', 'b.jpg'),
        join('even', 'object', 'c.jpg'),
        join('odd', 'object', 'c.jpg'),
      ].toSorted(),
    );
    const { width, height } = await sharp(join(out, corners[0] ?? '')).metadata();
    expect([width, height]).toEqual([256, 256]);
  });
});

describe('fit', () => {
  const sample = (photoClass: Sample['photoClass'], ...readings: number[]): Sample => ({
    photoClass,
    readings,
    passed: true,
  });

  test('mean and deviation let both classes count alike, and a width is a factor', () => {
    const samples = [
      sample('lesion', 3, 3),
      ...Array.from({ length: 9 }, () => sample('corner', 1, 1)),
      { ...sample('corner', 99, 99), passed: false },
    ];
    expect(fit(samples, [1, 2]).parts).toEqual([
      { mean: 2, std: 1 },
      { mean: 2, std: 2 },
    ]);
  });

  test('four per cent of each class may err, and no more', () => {
    // 50 of each: two may. Means are 0 and deviations known, so that scores can be read off.
    const corners = Array.from({ length: 50 }, (_, at) => sample('corner', at < 3 ? 0.5 + at / 10 : -1));
    const lesions = Array.from({ length: 50 }, (_, at) => sample('lesion', at < 3 ? -0.5 - at / 10 : 1));
    const { parts, lo, hi } = fit([...corners, ...lesions], [1]);
    const scores = (some: readonly Sample[]) =>
      some.map(({ readings: [value = NaN] }) => (value - (parts[0]?.mean ?? NaN)) / (parts[0]?.std ?? NaN));
    expect(scores(corners).filter((score) => score >= hi).length).toBe(2);
    expect(scores(lesions).filter((score) => score < lo).length).toBe(2);
    expect(lo).toBeLessThan(hi);
  });

  test('classes that lie apart get one threshold in the middle', () => {
    const { lo, hi } = fit([sample('corner', -1), sample('lesion', 1)], [1]);
    expect(lo).toBe(hi);
    expect(Math.abs(lo)).toBeLessThan(0.02);
  });

  test('rejects photos of which none of a class came past the gates', () => {
    expect(() => fit([sample('lesion', 1)], [1])).toThrow('passed the gates');
  });
});

describe('figures', () => {
  const estimate = (value: number, n: number) => ({ value, low: 0, high: 1, n });
  const report = (classes: Readonly<Record<string, readonly [wrong: number, photos: number]>>): Report =>
    parseReport({
      model: { digest: 'a' },
      figures: {
        bands: [{ auc: { value: 0.98765, low: 0.9, high: 1, n: 91 } }],
        classes: Object.entries(classes).map(([photoClass, [wrong, photos]]) => ({
          photoClass,
          photos,
          wrong: estimate(wrong / photos, photos),
        })),
        abstention: estimate(0.2, 91),
        gaps: [{ grouping: 'tone', sensitivity: 0.0123 }],
        blurs: [{ variant: 'blur of sigma 2', refused: estimate(1, 70) }],
      },
    });
  const measured = {
    odd: report({ lesion: [1, 19], corner: [6, 72], object: [0, 8] }),
    generated: report({ clear: [0, 9], change: [0, 355], 'not-skin': [6, 212] }),
    things: report({ object: [0, 38], face: [1, 8], people: [0, 2] }),
    fresh: report({ object: [1, 50] }),
    p95Ms: 10.66,
  };
  const figureOf = (what: string) => figuresFrom(measured).find((row) => row.what === what)?.figure;

  test('are taken from the set that each target is about', () => {
    expect(figureOf('ROC AUC, subtle differences')).toBe(0.988);
    expect(figureOf('lesions called `no-clear-difference`')).toBe(5.3);
    expect(figureOf('clear skin called `visible-difference`')).toBe(8.3);
    expect(figureOf('objects answered at all')).toBe(0);
    expect(figureOf('pictures of anything answered at all, looked at once')).toBe(2);
    expect(figureOf('objects answered at all, generated')).toBe(2.8);
    expect(figureOf('faces and people at a distance answered at all')).toBe(10);
    expect(figureOf('sensitivity gap between skin tones, generated pictures')).toBe(0.012);
    expect(figureOf('p95 of one run, one thread')).toBe(10.7);
  });

  test('what no report holds has no figure', () => {
    expect(figureOf('ROC AUC, obvious differences')).toBeUndefined();
    expect(figureOf('sharp photos kept')).toBeUndefined();
  });

  test('rejects reports of different models', () => {
    const other = { ...measured.things, model: { digest: 'b' } };
    expect(() => figuresFrom({ ...measured, things: other })).toThrow('different models');
  });
});

test.each<[readonly string[], string]>([
  [[], 'Say "split", "fit" or "figures".'],
  [['fit'], '"fit" takes EVEN.'],
  [['split', 'a', 'b'], '"split" takes LESIONS OBJECTS OUT.'],
  [['fit', 'a', '--fast'], '--fast'],
])('rejects %j', (args, says) => {
  expect(parseCommand(args)).toMatchObject({ kind: 'usage', message: expect.stringContaining(says) });
});
