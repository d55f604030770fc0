/** A measurement as Markdown for people. Pure: writes nothing itself. */
import type { Manifest } from '../../core/model/manifest.ts';
import type { Comparison } from './compare.ts';
import type { Figures, Times } from './figures.ts';
import type { Estimate } from './metrics.ts';

/** What was measured, and of what. */
export interface Measured {
  readonly manifest: Manifest;
  readonly set: string;
  readonly date: string;
  readonly figures: Figures;
  readonly comparison?: Comparison;
  /** Plot files by title; none where nothing was written. */
  readonly plots: readonly (readonly [title: string, file: string])[];
}

/** The whole report. */
export function renderMarkdown(measured: Measured): string {
  const { manifest, figures, comparison, plots } = measured;
  const parts = [
    `# ${manifest.name} ${manifest.version} on ${plain(measured.set)}`,
    `${figures.photos} photos, ${measured.date}. Model ${manifest.sha256.slice(0, 12)}..., 95 % intervals in brackets (bootstrap for areas, Wilson for shares).`,
    section('At a glance', glance(figures)),
    section('By class', classes(figures)),
    section('Why there was no band', reasons(figures)),
    section('What was expected, and what was said', confusion(figures)),
    ...(figures.groups.length === 0 ? [] : [section('By group', groups(figures))]),
    ...(figures.variants.length === 0 ? [] : [section('The same photo, taken otherwise', variants(figures))]),
    section('Calibration', calibration(figures)),
    ...(comparison === undefined ? [] : [section(`Compared with ${comparison.other}`, compared(comparison))]),
    ...(plots.length === 0
      ? []
      : [section('Plots', plots.map(([title, file]) => `![${title}](${file})`).join('\n'))]),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The first lines, for a terminal. */
export function renderSummary({ manifest, figures, comparison }: Measured): string {
  const lines = [
    `${manifest.name} ${manifest.version}, ${figures.photos} photos`,
    '',
    ...rowsOfGlance(figures).map(([what, value]) => `  ${what.padEnd(46)} ${value}`),
    '',
    ...figures.classes.map(
      ({ photoClass, expected, photos, right, wrong, abstention, reasons: why }) =>
        `  ${photoClass} (${photos}): ${expected === 'none' ? '' : `right ${percent(right)}, `}${expected === 'none' ? 'answered' : 'wrong'} ${percent(wrong)}, no band ${percent(abstention)}${why.length === 0 ? '' : ` (${why.map(([reason, n]) => `${reason} ${n}`).join(', ')})`}`,
    ),
    ...(comparison === undefined
      ? []
      : [
          '',
          `  against ${comparison.other}:`,
          ...rowsOfComparison(comparison).map((row) => `    ${row.join('  ')}`),
        ]),
  ];
  return lines.join('\n');
}

function rowsOfGlance(figures: Figures): readonly (readonly [string, string])[] {
  const bands = figures.bands.flatMap(({ band, auc, aucUngated, sensitivity, specificity }) => [
    [`ROC AUC of ${band}`, area(auc)] as const,
    ['  whatever the gates say', area(aucUngated)] as const,
    ['  sensitivity, of photos that got a band', share(sensitivity)] as const,
    ['  specificity, of photos that got a band', share(specificity)] as const,
  ]);
  return [
    ...bands,
    ['no band, though one was expected', share(figures.abstention)],
    ...(figures.answeredNone === undefined
      ? []
      : [['a band, though none was expected', share(figures.answeredNone)] as const]),
    ['not called blurred', share(figures.keptSharp)],
    ...(figures.flips === undefined
      ? []
      : [['another band when taken otherwise', share(figures.flips)] as const]),
    ...figures.blurs.map(({ variant, refused }) => [`refused after ${variant}`, share(refused)] as const),
    ...figures.gaps.map(
      ({ grouping, sensitivity }) =>
        [`largest gap of sensitivity by ${grouping}`, points(sensitivity)] as const,
    ),
    ['one look, one thread, p50 / p95', times(figures.runMs)],
    ['decoding, p50 / p95', times(figures.decodeMs)],
  ];
}

function glance(figures: Figures): string {
  return table(
    ['', 'measured'],
    rowsOfGlance(figures).map(([what, value]) => [what.trim(), value]),
  );
}

function classes(figures: Figures): string {
  return table(
    ['class', 'photos', 'should get', 'got it', 'got another band', 'got no band'],
    figures.classes.map(({ photoClass, photos, expected, right, wrong, abstention }) => [
      photoClass,
      String(photos),
      expected,
      expected === 'none' ? '-' : share(right),
      share(wrong),
      share(abstention),
    ]),
  );
}

function reasons({ classes: all }: Figures): string {
  const names = [...new Set(all.flatMap(({ reasons: given }) => given.map(([reason]) => reason)))].toSorted();
  if (names.length === 0) return 'Every photo got a band.';
  return table(
    ['class', ...names],
    all.map(({ photoClass, reasons: given }) => {
      const counts = new Map(given);
      return [photoClass, ...names.map((name) => String(counts.get(name) ?? 0))];
    }),
  );
}

function confusion({ confusion: { labels, counts } }: Figures): string {
  const rows = labels.map((label, at) => [label, ...(counts[at] ?? []).map(String)]);
  return table(
    ['expected / said', ...labels],
    rows.filter((row) => row.slice(1).some((count) => count !== '0')),
  );
}

function groups({ groups: all, gaps }: Figures): string {
  const rows = table(
    ['grouping', 'group', 'photos', 'ROC AUC', 'sensitivity', 'specificity', 'no band'],
    all.map(({ grouping, group, photos, auc, sensitivity, specificity, abstention }) => [
      grouping,
      group,
      String(photos),
      area(auc),
      share(sensitivity),
      share(specificity),
      share(abstention),
    ]),
  );
  const largest = gaps.map(
    ({ grouping, sensitivity, specificity }) =>
      `Largest gap by ${plain(grouping)}: sensitivity ${points(sensitivity)}, specificity ${points(specificity)}.`,
  );
  return [rows, ...largest].join('\n\n');
}

function variants({ variants: all, blurs }: Figures): string {
  const same = table(
    ['taken otherwise', 'another band', 'no band any more'],
    all.map(({ variant, flips, lost }) => [variant, share(flips), share(lost)]),
  );
  const blurred = table(
    ['blurred', 'refused as blurred'],
    blurs.map(({ variant, refused }) => [variant, share(refused)]),
  );
  return `Of photos that get a band as they are.\n\n${same}\n\n${blurred}`;
}

function calibration({ bands }: Figures): string {
  const parts = bands
    .filter(({ calibration: bins }) => bins.length > 0)
    .map(({ band, calibration: bins }) =>
      table(
        [`score of ${band}`, 'photos', 'share of its own'],
        bins.map(({ low, high, observed }) => [
          `${low.toPrecision(3)} to ${high.toPrecision(3)}`,
          String(observed.n),
          share(observed),
        ]),
      ),
    );
  return parts.length === 0 ? 'Too few photos.' : parts.join('\n\n');
}

function rowsOfComparison({ gains, agree, disagreements }: Comparison): readonly (readonly string[])[] {
  return [
    ...gains.map(({ band, gain }) => [`ROC AUC of ${band}, gain of the second`, points(gain?.value, gain)]),
    ['said the same', share(agree)],
    ...disagreements.map(([what, photos]) => [what, String(photos)]),
  ];
}

function compared(comparison: Comparison): string {
  const rows = rowsOfComparison(comparison);
  return [
    table(['', 'this against the other'], rows),
    table(
      ['', 'this', 'the other'],
      comparison.sideBySide.map(([what, first, second]) => [what, text(first), text(second)]),
    ),
  ].join('\n\n');
}

function text(value: Estimate | Times | undefined): string {
  if (value === undefined) return notMeasured;
  return 'p50' in value ? times(value) : share(value);
}

const notMeasured = 'not measured';

/** 93.1 % [88.0, 96.2] of 120 */
function share(estimate: Estimate | undefined): string {
  if (estimate === undefined) return notMeasured;
  const { value, low, high, n } = estimate;
  return `${of100(value)} % [${of100(low)}, ${of100(high)}] of ${n}`;
}

function percent(estimate: Estimate | undefined): string {
  return estimate === undefined ? notMeasured : `${of100(estimate.value)} %`;
}

function area(estimate: Estimate | undefined): string {
  if (estimate === undefined) return notMeasured;
  const { value, low, high } = estimate;
  return `${value.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
}

function points(value: number | undefined, interval?: Estimate): string {
  if (value === undefined) return notMeasured;
  const within = interval === undefined ? '' : ` [${interval.low.toFixed(3)}, ${interval.high.toFixed(3)}]`;
  return `${value.toFixed(3)}${within}`;
}

function times({ p50, p95 }: Times): string {
  return p50 === undefined || p95 === undefined ? notMeasured : `${p50.toFixed(1)} / ${p95.toFixed(1)} ms`;
}

function of100(value: number): string {
  return (value * 100).toFixed(1);
}

function section(title: string, body: string): string {
  return `## ${title}\n\n${body}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(plain).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** Names of folders and columns are other people's: nothing of them may become markup. */
function plain(content: string): string {
  return content.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ').replaceAll(/[|<>[\]`\\]/g, (mark) => {
    return mark === '[' || mark === ']' ? mark : `\\${mark}`;
  });
}
