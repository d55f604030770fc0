/**
 * The analytic part of the project's graphs, node by node: where does a photo of skin differ in colour from the
 * skin around, and can the photo be used? Nothing in it was learned. Used when building, never at run time.
 *
 * Output `features` [1, 1]: colour contrast, natural log units; 0 means none.
 * Output `quality` [1, 4]: mean luma (0-1), share of blown-out cells (0-1), log sharpness, share of skin (0-1).
 */
import type { EdgeTensor, GraphBuilder } from './onnx.ts';
import { blur, channel, crop, deviationOf, meanOf, shrink } from './planes.ts';

/** Side of the input, pixels. */
export const side = 256;
/** Side of the grid on which colour is looked at; a cell is 4x4 pixels averaged in linear light. */
const gridSide = 64;
/** Gaussians of the contrast, in cells, cut off at the radius. The wide one leaves the central 40 of 64 cells. */
const narrow = { sigma: 1.5, radius: 5 };
const wide = { sigma: 6, radius: 12 };
/** Gaussians of the sharpness, in pixels. */
const fine = { sigma: 1, radius: 4 };
const coarse = { sigma: 4, radius: 12 };
/** Darker than this (linear light) a channel is noise; it counts as this much. */
const darkest = 0.001;
/** One code of 8 bits: structure fainter than rounding and compression says nothing about sharpness. */
const faintest = 0.004;
/** A cell is blown out when its brightest channel is above this in linear light (250 of 255 in sRGB). */
const blownOut = 0.956;
/** The 99th percentile of the 40x40 central cells: the 16th largest. */
const largestCells = 16;

/** The input that all graphs of this folder read: R G B in sRGB, the centre of the photo. */
export const image: EdgeTensor = { name: 'image', type: 'uint8', dims: [1, side, side, 3] };

/** What `addAnalytic` writes. */
export const analyticOutputs: readonly EdgeTensor[] = [
  { name: 'features', type: 'float32', dims: [1, 1] },
  { name: 'quality', type: 'float32', dims: [1, 4] },
];

/** Adds both outputs; `codes` are the pixels as uint8 [1,3,256,256], `linear` the same in linear light; the contrast is called `features`. */
export function addAnalytic(
  graph: GraphBuilder,
  codes: string,
  linear = linearLight(graph, codes),
  features = 'features',
): void {
  const grid = shrink(graph, linear, side / gridSide);
  contrast(graph, grid, features);
  const luma = encodedLuma(graph, codes);
  const quality = [
    meanOf(graph, luma),
    blownOutShare(graph, grid),
    sharpness(graph, luma),
    skinShare(graph, grid),
  ].map((value) => graph.node('Reshape', [value, graph.integers([1, 1])]));
  graph.node('Concat', quality, { axis: 1 }, ['quality']);
}

/** uint8 [1,256,256,3] as it comes to [1,3,256,256] as the other nodes read it. */
export function channelsFirst(graph: GraphBuilder): string {
  return graph.node('Transpose', [image.name], { perm: [0, 3, 1, 2] });
}

/** [1,3,256,256] sRGB codes to linear light, 0 to 1 (IEC 61966-2-1), by table. */
export function linearLight(graph: GraphBuilder, codes: string): string {
  const table = Array.from({ length: 256 }, (_, value) => {
    const encoded = value / 255;
    return encoded <= 0.04045 ? encoded / 12.92 : ((encoded + 0.055) / 1.055) ** 2.4;
  });
  const indices = graph.node('Cast', [codes], { to: 6 });
  return graph.node('Gather', [graph.floats(table), indices], { axis: 0 });
}

/**
 * Difference of Gaussians of log R - log G, which exposure and white-balance gains leave unchanged and which
 * melanin and haemoglobin both raise; its 99th percentile over the central cells.
 */
function contrast(graph: GraphBuilder, grid: string, output: string): string {
  const logs = graph.node('Log', [graph.node('Max', [grid, graph.floats([darkest])])]);
  const ratio = graph.node('Sub', [channel(graph, logs, 0), channel(graph, logs, 1)]);
  const near = crop(
    graph,
    blur(graph, ratio, narrow),
    gridSide - 2 * narrow.radius,
    wide.radius - narrow.radius,
  );
  const difference = graph.node('Sub', [near, blur(graph, ratio, wide)]);
  const flat = graph.node('Reshape', [difference, graph.integers([1, -1])]);
  const largest = graph.node('TopK', [flat, graph.integers([largestCells])], { axis: 1 }, [
    'largest',
    'largest_where',
  ]);
  return graph.node('ReduceMin', [largest], { axes: [1], keepdims: 1 }, [output]);
}

/** [1,3,256,256] sRGB codes to [1,1,256,256] luma (Rec. 601 weights on encoded values), 0 to 1. */
function encodedLuma(graph: GraphBuilder, codes: string): string {
  const values = graph.node('Cast', [codes], { to: 1 });
  const weights = [0.299, 0.587, 0.114].map((weight) => weight / 255);
  return graph.node('Conv', [values, graph.floats(weights, [1, 3, 1, 1])]);
}

/** Share of cells whose brightest channel is blown out. */
function blownOutShare(graph: GraphBuilder, grid: string): string {
  const brightest = graph.node('ReduceMax', [grid], { axes: [1], keepdims: 1 });
  return shareOf(graph, graph.node('Greater', [brightest, graph.floats([blownOut])]));
}

/**
 * log of std(g - G1) over std(G1 - G4) of the luma g: how much of the detail is fine. Without `faintest` the
 * noise of a strongly blurred or even surface would pass for detail.
 */
function sharpness(graph: GraphBuilder, luma: string): string {
  const margin = coarse.radius;
  const soft = blur(graph, luma, fine);
  const softCentre = crop(graph, soft, side - 2 * fine.radius, margin - fine.radius);
  const detail = graph.node('Sub', [crop(graph, luma, side, margin), softCentre]);
  const structure = graph.node('Sub', [softCentre, blur(graph, luma, coarse)]);
  const above = graph.node('Add', [deviationOf(graph, detail), graph.floats([1e-5])]);
  const below = graph.node('Add', [deviationOf(graph, structure), graph.floats([faintest])]);
  return graph.node('Log', [graph.node('Div', [above, below])]);
}

/**
 * Share of cells that have a colour of skin, of any tone, in CIELAB (D65): L 12 to 97, a over 1.5, chroma
 * 6 to 52, hue -12 to 82 degrees. The hue is compared by sines, so that no arc tangent is needed.
 */
function skinShare(graph: GraphBuilder, grid: string): string {
  const xyz = graph.node('Conv', [grid, graph.floats(toXyzOverWhite, [3, 3, 1, 1])]);
  const root = graph.node('Pow', [graph.node('Max', [xyz, graph.floats([1e-6])]), graph.floats([1 / 3])]);
  const line = graph.node('Add', [
    graph.node('Mul', [xyz, graph.floats([841 / 108])]),
    graph.floats([4 / 29]),
  ]);
  const isLight = graph.node('Greater', [xyz, graph.floats([216 / 24389])]);
  const f = graph.node('Where', [isLight, root, line]);
  const lab = graph.node('Conv', [
    f,
    graph.floats([0, 116, 0, 500, -500, 0, 0, 200, -200], [3, 3, 1, 1]),
    graph.floats([-16, 0, 0]),
  ]);
  const a = channel(graph, lab, 1);
  const b = channel(graph, lab, 2);
  const chroma = graph.node('Sqrt', [
    graph.node('Add', [graph.node('Mul', [a, a]), graph.node('Mul', [b, b])]),
  ]);
  const conditions = [
    ...between(graph, channel(graph, lab, 0), 12, 97),
    ...between(graph, chroma, 6, 52),
    graph.node('Greater', [a, graph.floats([1.5])]),
    graph.node('GreaterOrEqual', [rotated(graph, a, b, -12), graph.floats([0])]),
    graph.node('LessOrEqual', [rotated(graph, a, b, 82), graph.floats([0])]),
  ];
  return shareOf(
    graph,
    conditions.reduce((all, condition) => graph.node('And', [all, condition])),
  );
}

/** Linear sRGB to XYZ (IEC 61966-2-1), each row over the D65 white of the same matrix. */
const toXyzOverWhite = [
  [0.4124564, 0.3575761, 0.1804375],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339, 0.119192, 0.9503041],
].flatMap((row) => {
  const white = row.reduce((sum, value) => sum + value, 0);
  return row.map((value) => value / white);
});

/** chroma x sin(hue - degrees): positive where the hue lies beyond that angle, within half a turn. */
function rotated(graph: GraphBuilder, a: string, b: string, degrees: number): string {
  const angle = (degrees * Math.PI) / 180;
  return graph.node('Sub', [
    graph.node('Mul', [b, graph.floats([Math.cos(angle)])]),
    graph.node('Mul', [a, graph.floats([Math.sin(angle)])]),
  ]);
}

function between(graph: GraphBuilder, value: string, min: number, max: number): string[] {
  return [
    graph.node('GreaterOrEqual', [value, graph.floats([min])]),
    graph.node('LessOrEqual', [value, graph.floats([max])]),
  ];
}

function shareOf(graph: GraphBuilder, condition: string): string {
  return meanOf(graph, graph.node('Cast', [condition], { to: 1 }));
}
