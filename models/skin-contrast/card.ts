/**
 * Writes the generated parts of the model card (README.md): `node models/skin-contrast/card.ts`. They come from the
 * manifest, the file's size, the log of the training and `figures.json`; a test makes them again and compares.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseManifest, type Manifest } from '../../core/model/manifest.ts';

const share = z.number().min(-100).max(10_000);

/** One target, and what was measured for it; without `figure` it was not measured. */
const figure = z.strictObject({
  what: z.string().min(1),
  unit: z.enum(['', '%', 'ms']),
  min: share.optional(),
  max: share.optional(),
  figure: share.optional(),
  /** 95 % interval by bootstrap. */
  interval: z.tuple([share, share]).optional(),
  /** What it was measured on, or why it could not be. */
  on: z.string().min(1),
});
type Figure = z.infer<typeof figure>;

/** Rewrites the parts between `<!-- generated: NAME -->` and `<!-- end -->`. */
export function writeCard(text: string, parts: Readonly<Record<string, string>>): string {
  return text.replaceAll(
    /(<!-- generated: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, start: string, name: string, end: string) => {
      const part = parts[name];
      if (part === undefined) throw new RangeError(`the card asks for ${name}, which nothing makes`);
      return `${start}\n${part}\n\n${end}`;
    },
  );
}

/** All generated parts, from the files of a model's folder. */
export function cardParts(folder: string): Readonly<Record<string, string>> {
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const manifest = parseManifest(JSON.parse(read('manifest.json')));
  const figures = z.array(figure).parse(JSON.parse(read('figures.json')));
  return {
    file: fileTable(manifest, statSync(join(folder, 'model.onnx')).size),
    rules: rulesTable(manifest),
    training: ['```text', read('training/log.txt').trimEnd(), '```'].join('\n'),
    targets: targetTable(figures),
  };
}

function fileTable({ name, version, sha256, outputs }: Manifest, bytes: number): string {
  const shapes = Object.entries(outputs).map(([output, { shape }]) => `\`${output}\` [${shape.join(', ')}]`);
  return table(
    ['', ''],
    [
      ['Model', `${name} ${version}`],
      ['File', `\`model.onnx\`, ${bytes.toLocaleString('en')} bytes`],
      ['SHA-256', `\`${sha256}\``],
      ['Outputs', shapes.join(', ')],
    ],
  );
}

function rulesTable({ gates, decision }: Manifest): string {
  if (decision.kind !== 'score' || decision.score.kind !== 'mean-of-z') {
    throw new TypeError('the card describes a mean of z-scores');
  }
  const gateRows = gates.map(({ reason, read, min, max }) => [
    `\`${reason}\` unless`,
    [
      describeReading(read),
      min === undefined ? '' : `at least ${min}`,
      max === undefined ? '' : `at most ${max}`,
    ]
      .filter((part) => part !== '')
      .join(' '),
  ]);
  const partRows = decision.score.parts.map(({ read, mean, std }) => [
    'part of the score',
    `(${describeReading(read)} − ${mean}) / ${std}`,
  ]);
  return table(
    ['', ''],
    [
      ...gateRows,
      ...partRows,
      ['`contradictory` when', `the parts are more than ${decision.score.maxDisagreement} apart`],
      [`\`${decision.below}\` when`, `their mean is under ${decision.lo}`],
      [`\`${decision.above}\` when`, `their mean is ${decision.hi} or more`],
      ['`uncertain` when', 'it lies between'],
    ],
  );
}

function describeReading(read: Manifest['gates'][number]['read']): string {
  if (read.kind === 'photo') return read.measure;
  if (read.kind === 'value') return `${read.output}[${read.index}]`;
  const places = (list: readonly number[]): string =>
    list.map((place) => `${read.output}[${place}]`).join(' + ');
  if (read.kind === 'probability') return `probability of ${places(read.of)}`;
  return `log-odds of ${places(read.of)} against ${places(read.against)}`;
}

function targetTable(figures: readonly Figure[]): string {
  const rows = figures.map((each) => [
    each.what,
    each.min === undefined ? `at most ${amount(each, each.max)}` : `at least ${amount(each, each.min)}`,
    measured(each),
    verdict(each),
    each.on,
  ]);
  return table(['', 'target', 'figure', '', 'on'], rows);
}

function measured(each: Figure): string {
  if (each.figure === undefined) return '';
  const [low, high] = each.interval ?? [];
  const span =
    low === undefined || high === undefined ? '' : ` (${amount(each, low)} to ${amount(each, high)})`;
  return `${amount(each, each.figure)}${span}`;
}

/** Never written by hand: a missed target cannot be called met. */
function verdict({ figure: value, min = -Infinity, max = Infinity }: Figure): string {
  if (value === undefined) return '*not measured*';
  return value >= min && value <= max ? 'met' : '**missed**';
}

function amount({ unit }: Figure, value = Number.NaN): string {
  return unit === '' ? String(value) : `${value} ${unit}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

if (import.meta.main) {
  const path = join(import.meta.dirname, 'README.md');
  writeFileSync(path, writeCard(readFileSync(path, 'utf8'), cardParts(import.meta.dirname)));
}
