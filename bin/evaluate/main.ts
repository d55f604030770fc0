/** The evaluate command: options to photos to looks to a report to an exit code. Decides little; its parts do. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Manifest } from '../../core/model/manifest.ts';
import { createImageDecoder } from '../../lambdas/adapters/image-decoder.ts';
import { ModelLoadError } from '../../lambdas/adapters/model-load-error.ts';
import { openModel } from '../../lambdas/adapters/onnx-model.ts';
import { formatManifest } from '../../models/graph/files.ts';
import { progressOf } from '../scan/progress.ts';
import { compare, type Comparison } from './compare.ts';
import { csvField } from './csv.ts';
import { figuresOf, type Figures } from './figures.ts';
import { lookAt, varied, type Look, type Looker, type Varied } from './look.ts';
import { helpText, parseCommand, type Options } from './options.ts';
import { findLabelled, PhotosError, type LabelledPhoto } from './photos.ts';
import { calibrationPlot, rocPlot, scorePlot } from './plots.ts';
import { evaluationOf } from './record.ts';
import { renderMarkdown, renderSummary, type Measured } from './report.ts';

const models = fileURLToPath(new URL('../../models/', import.meta.url));

/** Looks before the clock counts: caches, and pages of the runtime that are read at the first run. */
const warmUps = 3;

/** Runs the command and resolves with its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const command = parseCommand(args);
  if (command.kind === 'help') {
    process.stdout.write(helpText);
    return 0;
  }
  if (command.kind === 'usage') return complain(`${command.message}\nSee: npm run evaluate -- --help`, 2);
  try {
    return await evaluate(command);
  } catch (error) {
    if (error instanceof PhotosError) return complain(error.message, 2);
    if (error instanceof ModelLoadError) return complain(`The model cannot be used: ${error.message}`, 1);
    throw error;
  }
}

async function evaluate(options: Options): Promise<number> {
  const dir = modelDir(options.model);
  const looker = await openLooker(dir);
  const { manifest } = looker.model;
  const other = options.compare === undefined ? undefined : await openLooker(modelDir(options.compare));
  const { photos, leftOut } = await findLabelled(
    options.photos,
    Object.keys(manifest.bands),
    options.expect,
    options.groups,
  );
  if (leftOut.length > 0) {
    const more = leftOut.length > 5 ? ', ...' : '';
    complain(`Left out, no photos by their names: ${leftOut.slice(0, 5).join(', ')}${more}`, 0);
  }
  const sampling = { rounds: options.bootstrap, seed: options.seed };
  const seen = await lookAtAll(looker, photos, options);
  const figures = figuresOf(manifest, seen.looks, seen.varied, sampling);
  const comparison =
    other === undefined
      ? undefined
      : await compareWith(other, photos, options, { looks: seen.looks, figures });
  const measured: Measured = {
    manifest,
    set: options.set ?? basename(resolve(options.photos)),
    date: new Date().toISOString().slice(0, 10),
    figures,
    plots: [],
    ...(comparison === undefined ? {} : { comparison }),
  };
  const out = options.out;
  if (out !== undefined) await writeReport(out, measured, seen.looks);
  print(options, measured);
  return options.record ? await record(dir, measured) : 0;
}

/** A name of a folder in `models/`, or a path. */
function modelDir(given: string): string {
  const named = join(models, given);
  return !existsSync(given) && existsSync(named) ? named : given;
}

async function openLooker(dir: string): Promise<Looker> {
  const model = await openModel(dir, { threads: 1 });
  const { width, height } = model.manifest.input;
  for (let run = 0; run < warmUps; run += 1) {
    await model.run({ width, height, data: new Uint8Array(width * height * 3) });
  }
  return { model, decoder: createImageDecoder({ threads: 1 }), now: () => performance.now() };
}

async function lookAtAll(
  looker: Looker,
  photos: readonly LabelledPhoto[],
  { invariance, json }: Options,
): Promise<{ readonly looks: readonly Look[]; readonly varied: readonly Varied[] }> {
  const progress = progressOf(photos.length, process.stderr.isTTY && !(json && process.stdout.isTTY));
  const looks: Look[] = [];
  const all: Varied[] = [];
  try {
    for (const photo of photos) {
      const look = await lookAt(looker, photo);
      looks.push(look);
      if (invariance && look.said.state !== 'rejected' && photo.expected !== 'none') {
        const variants = await varied(looker, photo);
        if (variants !== undefined) all.push(variants);
      }
      progress.step();
    }
  } finally {
    progress.stop();
  }
  return { looks, varied: all };
}

async function compareWith(
  other: Looker,
  photos: readonly LabelledPhoto[],
  options: Options,
  first: { readonly looks: readonly Look[]; readonly figures: Figures },
): Promise<Comparison> {
  const sampling = { rounds: options.bootstrap, seed: options.seed };
  const { manifest } = other.model;
  const seen = await lookAtAll(other, photos, options);
  const figures = figuresOf(manifest, seen.looks, seen.varied, sampling);
  return compare(`${manifest.name} ${manifest.version}`, first, { looks: seen.looks, figures }, sampling);
}

function print({ json, out }: Options, measured: Measured): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(reportOf(measured))}\n`);
    return;
  }
  const where = out === undefined ? '' : `\nReport: ${join(out, 'report.md')}\n`;
  process.stdout.write(`${renderSummary(measured)}\n${where}`);
}

/** What `report.json` holds: the model's identity and every figure. */
function reportOf({ manifest, set, date, figures, comparison }: Measured): object {
  const { name, version, sha256 } = manifest;
  return { model: { name, version, digest: sha256 }, set, date, figures, comparison };
}

async function writeReport(out: string, measured: Measured, looks: readonly Look[]): Promise<void> {
  await mkdir(out, { recursive: true });
  const plots = plotsOf(measured, looks);
  for (const { file, svg } of plots) await writeFile(join(out, file), svg);
  const withPlots = { ...measured, plots: plots.map(({ title, file }) => [title, file] as const) };
  await writeFile(join(out, 'report.md'), renderMarkdown(withPlots));
  await writeFile(join(out, 'report.json'), `${JSON.stringify(reportOf(measured), undefined, 2)}\n`);
  await writeFile(join(out, 'photos.csv'), photoRows(looks));
}

function plotsOf({ manifest, figures }: Measured, looks: readonly Look[]) {
  const { decision } = manifest;
  const thresholds = decision.kind === 'score' ? [decision.lo, decision.hi] : [decision.min];
  const curves = figures.bands
    .filter(({ roc }) => roc.length > 0)
    .map(({ band, roc }) => ({ label: band, roc }));
  const [first] = figures.bands;
  const classes = [...Map.groupBy(looks, ({ photo }) => photo.photoClass)].map(([label, some]) => ({
    label,
    scores: some.flatMap(({ scores }) => scores.get(first?.band ?? '') ?? []).filter(Number.isFinite),
  }));
  return [
    ...(curves.length === 0 ? [] : [{ title: 'ROC', file: 'roc.svg', svg: rocPlot(curves) }]),
    ...(first === undefined || first.calibration.length === 0
      ? []
      : [{ title: 'Calibration', file: 'calibration.svg', svg: calibrationPlot(first, thresholds) }]),
    { title: 'Scores by class', file: 'scores.svg', svg: scorePlot(classes, thresholds) },
  ];
}

/** One line a photo: what was expected and said, the scores, the times. */
function photoRows(looks: readonly Look[]): string {
  const bands = [...new Set(looks.flatMap(({ scores }) => [...scores.keys()]))];
  const head = ['file', 'class', 'expected', 'state', 'said', ...bands.map((band) => `score ${band}`), 'ms'];
  const rows = looks.map(({ photo, said, scores, runMs }) => [
    photo.name,
    photo.photoClass,
    photo.expected,
    said.state,
    said.word,
    ...bands.map((band) => String(scores.get(band) ?? '')),
    runMs === undefined ? '' : runMs.toFixed(1),
  ]);
  return [head, ...rows].map((row) => `${row.map(csvField).join(',')}\n`).join('');
}

/** Puts the evaluation into the folder's manifest, which is otherwise left as it is. */
async function record(dir: string, { manifest, figures, set, date }: Measured): Promise<number> {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const made = evaluationOf(manifest, figures, { set, date }, hash);
  if (!made.ok) return complain(made.message, 1);
  const path = join(dir, 'manifest.json');
  const { evaluation: _, ...json }: Partial<Manifest> = Object(JSON.parse(await readFile(path, 'utf8')));
  await writeFile(path, formatManifest({ ...json, evaluation: made.evaluation }));
  process.stderr.write(`Recorded in ${path}.\n`);
  return 0;
}

function complain(message: string, exitCode: number): number {
  process.stderr.write(`${message}\n`);
  return exitCode;
}
