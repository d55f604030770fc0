/**
 * The data map as a picture: whom data comes from, in which table of which class it is kept and until when, and who may read it.
 * Made from a policy file alone. Pure.
 */
import { sources, type ClassPolicy, type Policy } from '../core/policy.ts';
import { classNames, retentionText } from './privacy-notice.ts';

const sourceNames: Readonly<Record<(typeof sources)[number], string>> = {
  person: 'the person',
  software: 'our software',
  staff: 'our staff',
  reporter: 'somebody who reports',
  'payment-provider': 'the payment provider',
  'mail-provider': 'the mail provider',
};

/** Roles of people, in the order of the right column; programs are those that the tables belong to. */
const people = ['person', 'support', 'billing', 'product', 'privacy-officer', 'on-call'] as const;
const peopleNames: Readonly<Record<(typeof people)[number], string>> = {
  person: 'the person',
  support: 'support',
  billing: 'billing',
  product: 'product',
  'privacy-officer': 'privacy officer',
  'on-call': 'on call',
};

const width = 1180;
const left = { x: 20, width: 190 };
const middle = { x: 340, width: 500 };
const right = { x: 970, width: 190 };
const line = 19;

interface Box {
  readonly y: number;
  readonly height: number;
}

/** The picture as an SVG document, for light and dark. */
export function renderMap(policy: Policy): string {
  const tableBoxes: (Box & { readonly one: ClassPolicy })[] = [];
  let y = 70;
  for (const one of policy.dataClasses) {
    const height = 34 + one.kinds.length * line;
    tableBoxes.push({ y, height, one });
    y += height + 16;
  }
  const bottom = y;
  const sourceBoxes = spread(sources.length, bottom);
  const peopleBoxes = spread(people.length, bottom);
  const arrows = [
    ...tableBoxes.flatMap(({ one, ...box }) =>
      sources
        .map((source, at) => ({ source, from: sourceBoxes[at] }))
        .filter(({ source }) => one.kinds.some((kind) => kind.source === source))
        .map(({ from }) => arrow(left.x + left.width, middleOf(from), middle.x, middleOf(box), 'in')),
    ),
    ...tableBoxes.flatMap(({ one, ...box }) =>
      people
        .map((role, at) => ({ role, to: peopleBoxes[at] }))
        .filter(({ role }) => one.readers.includes(role))
        .map(({ to }) => arrow(middle.x + middle.width, middleOf(box), right.x, middleOf(to), 'out')),
    ),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 10}" role="img" aria-labelledby="title">`,
    `<title id="title">Data map of ${escapeXml(policy.product.name)}: where data comes from, where it is kept and until when, who may read it</title>`,
    `<style>text{font:13px system-ui,sans-serif;fill:#1c2b2a}.head{font-weight:600}.small{font-size:12px}.box{fill:#f5f1ea;stroke:#0d5b57}.in{stroke:#9a6b1f}.out{stroke:#0d5b57}.line{fill:none;stroke-opacity:.45}rect.page{fill:#fff}@media(prefers-color-scheme:dark){text{fill:#e8e4dc}.box{fill:#1d2b2a;stroke:#7fc4bd}.in{stroke:#e0b36a}.out{stroke:#7fc4bd}rect.page{fill:#101817}}</style>`,
    `<rect class="page" width="${width}" height="${bottom + 10}"/>`,
    heading(left.x, 'Comes from'),
    heading(middle.x, 'Kept in (class and table), and until when'),
    heading(right.x, 'People who may read it'),
    ...arrows,
    ...sources.map((source, at) => label(left, sourceBoxes[at], sourceNames[source])),
    ...tableBoxes.map(tableBox),
    ...people.map((role, at) => label(right, peopleBoxes[at], peopleNames[role])),
    '</svg>\n',
  ].join('\n');
}

/** Boxes of one height, spread over the picture's. */
function spread(count: number, bottom: number): readonly Box[] {
  const height = 36;
  const step = (bottom - 70 - 16) / count;
  return Array.from({ length: count }, (_, at) => ({
    y: Math.round(70 + at * step + (step - height) / 2),
    height,
  }));
}

function middleOf(box: Box | undefined): number {
  return box === undefined ? 0 : box.y + box.height / 2;
}

function heading(x: number, text: string): string {
  return `<text class="head" x="${x}" y="40">${escapeXml(text)}</text>`;
}

function label(
  column: { readonly x: number; readonly width: number },
  box: Box | undefined,
  text: string,
): string {
  const { y, height } = box ?? { y: 0, height: 0 };
  return `<rect class="box" x="${column.x}" y="${y}" width="${column.width}" height="${height}" rx="6"/><text x="${column.x + 12}" y="${y + 23}">${escapeXml(text)}</text>`;
}

function tableBox({ y, height, one }: Box & { readonly one: ClassPolicy }): string {
  const kinds = one.kinds.map(
    ({ kind, retention }, at) =>
      `<text class="small" x="${middle.x + 12}" y="${y + 42 + at * line}">${escapeXml(`${kind}: ${retentionText(retention ?? one.retention)}`)}</text>`,
  );
  return `<rect class="box" x="${middle.x}" y="${y}" width="${middle.width}" height="${height}" rx="6"/><text class="head" x="${middle.x + 12}" y="${y + 22}">${escapeXml(`${classNames[one.dataClass]} (${one.dataClass}): ${one.table}`)}</text>${kinds.join('')}`;
}

function arrow(x1: number, y1: number, x2: number, y2: number, kind: 'in' | 'out'): string {
  const bend = (x2 - x1) / 2;
  return `<path class="line ${kind}" d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}"/>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
