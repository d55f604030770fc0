/** Plots as SVG: plain shapes and text, no script, no font of their own. Pure. */
import { escapeHtml } from '../../core/html.ts';
import type { BandFigures } from './figures.ts';

const size = 360;
const margin = { left: 52, right: 16, top: 34, bottom: 46 };
const inner = { width: size - margin.left - margin.right, height: size - margin.top - margin.bottom };

/** Colours that people who confuse red and green tell apart (Okabe and Ito 2008). */
const palette = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00'] as const;

interface Curve {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** The ROC curves of some models or bands. */
export function rocPlot(
  curves: readonly { readonly label: string; readonly roc: BandFigures['roc'] }[],
): string {
  return plot({
    title: 'ROC',
    x: { label: 'others called so', low: 0, high: 1 },
    y: { label: 'its own photos called so' },
    marks: [
      line(
        [
          [0, 0],
          [1, 1],
        ],
        { low: 0, high: 1 },
        '#999',
        '4 4',
      ),
      ...curves.map(({ roc }, at) =>
        line(
          roc.map((point) => [point.falsePositives, point.truePositives] as const),
          { low: 0, high: 1 },
          colourOf(at),
        ),
      ),
      ...legend(
        curves.map(({ label }) => label),
        'bottom',
      ),
    ],
  });
}

/** Observed shares by score, with their intervals; `thresholds` are drawn where they lie. */
export function calibrationPlot(
  { calibration, band }: Pick<BandFigures, 'calibration' | 'band'>,
  thresholds: readonly number[],
): string {
  const scores = [...calibration.flatMap(({ low, high }) => [low, high]), ...thresholds];
  const range = rangeOf(scores);
  const points = calibration.map(({ meanScore, observed }) => [meanScore, observed.value] as const);
  return plot({
    title: `Calibration of ${band}`,
    x: { label: 'score', ...range },
    y: { label: 'share of its own photos' },
    marks: [
      ...thresholds.map((at) =>
        line(
          [
            [at, 0],
            [at, 1],
          ],
          range,
          '#999',
          '4 4',
        ),
      ),
      ...calibration.map(({ meanScore, observed }) =>
        line(
          [
            [meanScore, observed.low],
            [meanScore, observed.high],
          ],
          range,
          '#7fb8d8',
        ),
      ),
      line(points, range, colourOf(0)),
      ...points.map(([x, y]) => dot(x, y, range, colourOf(0))),
    ],
  });
}

/** How the scores of each class lie, as outlines of their shares. */
export function scorePlot(
  classes: readonly { readonly label: string; readonly scores: readonly number[] }[],
  thresholds: readonly number[],
): string {
  const range = rangeOf([...classes.flatMap(({ scores }) => scores), ...thresholds]);
  const bins = 24;
  const curves = classes.map(({ label, scores }): Curve => {
    const counts = Array.from({ length: bins }, () => 0);
    for (const score of scores) {
      const bin = Math.min(bins - 1, Math.floor(((score - range.low) / (range.high - range.low)) * bins));
      counts[bin] = (counts[bin] ?? 0) + 1 / scores.length;
    }
    const width = (range.high - range.low) / bins;
    return {
      label,
      points: counts.flatMap((count, bin) => [
        [range.low + bin * width, count] as const,
        [range.low + (bin + 1) * width, count] as const,
      ]),
    };
  });
  const top = Math.max(0.05, ...curves.flatMap(({ points }) => points.map(([, y]) => y)));
  return plot({
    title: 'Scores by class',
    x: { label: 'score', ...range },
    y: { label: 'share of the class', top },
    marks: [
      ...thresholds.map((at) =>
        line(
          [
            [at, 0],
            [at, top],
          ],
          range,
          '#999',
          '4 4',
          top,
        ),
      ),
      ...curves.map(({ points }, at) => line(points, range, colourOf(at), undefined, top)),
      ...legend(
        curves.map(({ label }) => label),
        'top',
      ),
    ],
  });
}

interface Range {
  readonly low: number;
  readonly high: number;
}

function rangeOf(values: readonly number[]): Range {
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (!Number.isFinite(low) || !Number.isFinite(high)) return { low: 0, high: 1 };
  return low < high ? { low, high } : { low: low - 0.5, high: high + 0.5 };
}

function colourOf(at: number): string {
  return palette[at % palette.length] ?? '#000';
}

interface Plot {
  readonly title: string;
  readonly x: Range & { readonly label: string };
  readonly y: { readonly label: string; readonly top?: number };
  readonly marks: readonly string[];
}

function plot({ title, x, y, marks }: Plot): string {
  const top = y.top ?? 1;
  const steps = [0, 0.25, 0.5, 0.75, 1];
  const ticks = steps.flatMap((step) => {
    const across = margin.left + step * inner.width;
    const down = margin.top + (1 - step) * inner.height;
    return [
      text(across, size - margin.bottom + 16, number(x.low + step * (x.high - x.low)), 'middle'),
      text(margin.left - 6, down + 4, number(step * top), 'end'),
      `<line x1="${margin.left}" y1="${round(down)}" x2="${size - margin.right}" y2="${round(down)}" stroke="#e5e5e5"/>`,
    ];
  });
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" width="${size}" height="${size}" font-family="sans-serif" font-size="11" role="img" aria-label="${escapeHtml(title)}">`,
    `<rect width="${size}" height="${size}" fill="#fff"/>`,
    text(size / 2, 20, title, 'middle', 13),
    ...ticks,
    `<rect x="${margin.left}" y="${margin.top}" width="${inner.width}" height="${inner.height}" fill="none" stroke="#666"/>`,
    text(margin.left + inner.width / 2, size - 10, x.label, 'middle'),
    `<text transform="translate(14 ${margin.top + inner.height / 2}) rotate(-90)" text-anchor="middle">${escapeHtml(y.label)}</text>`,
    ...marks,
    '</svg>',
  ].join('\n')}\n`;
}

function place(x: number, y: number, { low, high }: Range, top: number): readonly [number, number] {
  const across = margin.left + ((x - low) / (high - low)) * inner.width;
  return [round(across), round(margin.top + (1 - y / top) * inner.height)];
}

function line(points: Curve['points'], range: Range, colour: string, dashes?: string, top = 1): string {
  const places = points.map(([x, y]) => place(x, y, range, top).join(',')).join(' ');
  const dash = dashes === undefined ? '' : ` stroke-dasharray="${dashes}"`;
  return `<polyline points="${places}" fill="none" stroke="${colour}" stroke-width="1.6"${dash}/>`;
}

function dot(x: number, y: number, range: Range, colour: string): string {
  const [across, down] = place(x, y, range, 1);
  return `<circle cx="${across}" cy="${down}" r="3" fill="${colour}"/>`;
}

function legend(labels: readonly string[], where: 'top' | 'bottom'): readonly string[] {
  return labels.flatMap((label, at) => {
    const fromTop = margin.top + 16 + at * 15;
    const down = where === 'top' ? fromTop : size - margin.bottom - 10 - (labels.length - 1 - at) * 15;
    const across = margin.left + inner.width - 10;
    return [
      text(across - 14, down, label, 'end'),
      `<rect x="${across - 9}" y="${down - 8}" width="9" height="9" fill="${colourOf(at)}"/>`,
    ];
  });
}

function text(x: number, y: number, content: string, anchor: 'middle' | 'end', fontSize = 11): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" font-size="${fontSize}">${escapeHtml(content)}</text>`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(2)));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
