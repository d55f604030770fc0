/**
 * Small pieces that graphs are made of: planes [1,1,n,n] in, planes or single values out. Used when building,
 * never at run time.
 */
import type { GraphBuilder } from './onnx.ts';

/** Mean over channels and places; the result is [1,1,1,1]. */
export function meanOf(graph: GraphBuilder, value: string): string {
  return graph.node('ReduceMean', [value], { axes: [1, 2, 3], keepdims: 1 });
}

/** Standard deviation over the whole plane (of the population). */
export function deviationOf(graph: GraphBuilder, value: string): string {
  const centred = graph.node('Sub', [value, meanOf(graph, value)]);
  return graph.node('Sqrt', [meanOf(graph, graph.node('Mul', [centred, centred]))]);
}

/** One channel of [1,c,n,n]. */
export function channel(graph: GraphBuilder, value: string, index: number): string {
  return graph.node('Slice', [
    value,
    graph.integers([index]),
    graph.integers([index + 1]),
    graph.integers([1]),
  ]);
}

/** Cuts `margin` off each edge of a square plane. */
export function crop(graph: GraphBuilder, value: string, size: number, margin: number): string {
  return graph.node('Slice', [
    value,
    graph.integers([margin, margin]),
    graph.integers([size - margin, size - margin]),
    graph.integers([2, 3]),
  ]);
}

/** A Gaussian in cells or pixels, cut off at the radius. */
export interface Gaussian {
  readonly sigma: number;
  readonly radius: number;
}

/** Separable Gaussian without padding: the plane loses `radius` on each edge. */
export function blur(graph: GraphBuilder, value: string, { sigma, radius }: Gaussian): string {
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const kernel = weights.map((weight) => weight / sum);
  const rows = graph.node('Conv', [value, graph.floats(kernel, [1, 1, kernel.length, 1])]);
  return graph.node('Conv', [rows, graph.floats(kernel, [1, 1, 1, kernel.length])]);
}

/** Averages squares of `step` x `step` places. */
export function shrink(graph: GraphBuilder, value: string, step: number): string {
  return graph.node('AveragePool', [value], { kernel_shape: [step, step], strides: [step, step] });
}
