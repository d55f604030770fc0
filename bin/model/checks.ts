/** The points of `check`, in order, and what each found. Pure: no model is opened here. */

/** Each point with what it asks. */
export const points = {
  files: 'the folder has manifest.json and model.onnx',
  size: 'it fits into a function',
  manifest: 'the manifest is valid',
  digest: 'the file is the one that the manifest names',
  format: 'it is an ONNX model, and whole',
  'external-data': 'no part of it lies in another file',
  operators: 'it needs no library of operators',
  graph: 'onnxruntime accepts it',
  signature: 'input and outputs are those of the manifest',
  runs: 'it runs on every probe photo',
  numbers: 'every output is a number',
  shapes: 'outputs have the manifest’s shapes, whatever the photo',
  probabilities: 'what is read as probabilities is some',
  repeatable: 'the same photo gives the same numbers',
  sensitive: 'different photos give different numbers',
  speed: 'one look is quick',
  words: 'its sentences describe the photo',
  card: 'it has a model card',
  evaluation: 'it has been evaluated',
} as const;
export type Point = keyof typeof points;

export interface Check {
  readonly point: Point;
  readonly state: 'ok' | 'refused' | 'warning' | 'not-reached';
  /** What was seen, and what to do. */
  readonly detail: string;
}

/** Whether the model can be used. */
export function isUsable(checks: readonly Check[]): boolean {
  return checks.every(({ state }) => state === 'ok' || state === 'warning');
}

/** Every point in its order; those that nothing was said of were not reached. */
export function inOrder(checks: readonly Check[]): readonly Check[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys widens the keys of a const object
  return (Object.keys(points) as Point[]).map(
    (point) =>
      checks.find((check) => check.point === point) ?? { point, state: 'not-reached', detail: points[point] },
  );
}

export function ok(point: Point, detail: string = points[point]): Check {
  return { point, state: 'ok', detail };
}

export function refused(point: Point, detail: string): Check {
  return { point, state: 'refused', detail };
}

export function warning(point: Point, detail: string): Check {
  return { point, state: 'warning', detail };
}
