/** What a loaded model does on the probe photos. Decides point by point; opens no file. */
import { sizeOf, type Manifest } from '../../core/model/manifest.ts';
import {
  probabilitiesOf,
  type ClassesEncoding,
  type OutputTensor,
  type Outputs,
} from '../../core/model/readings.ts';
import type { Pixels } from '../../core/ports.ts';
import type { OnnxModel } from '../../lambdas/adapters/onnx-model.ts';
import { ok, refused, warning, type Check } from './checks.ts';
import { probes } from './probes.ts';

/** One look on one thread may take this long at the median: a photo is to be gone within seconds. */
const slowestMs = 1000;
/** From here on it is said. */
const slowMs = 100;
const timedRuns = 15;
/** Enough of a slow model. */
const longestTimingMs = 5000;

/** Outputs by probe. */
type Seen = readonly { readonly probe: string; readonly outputs: Outputs }[];

/** Runs every probe and judges what came out, up to the first point that refuses. `now`: milliseconds. */
export async function runProbes(model: OnnxModel, now: () => number): Promise<readonly Check[]> {
  const seen: { probe: string; outputs: Outputs }[] = [];
  for (const probe of probes) {
    try {
      seen.push({ probe: probe.name, outputs: await model.run(probe.make(model.manifest.input)) });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return [refused('runs', `it failed on the probe photo "${probe.name}": ${why.slice(0, 400)}`)];
    }
  }
  const checks = [ok('runs', `${seen.length} made-up photos`)];
  for (const judge of [shapes, numbers, probabilities]) {
    const check = judge(model.manifest, seen);
    checks.push(check);
    if (check.state === 'refused') return checks;
  }
  return [...checks, await repeatable(model, seen), sensitive(seen), await speed(model, now)];
}

function shapes({ outputs }: Manifest, seen: Seen): Check {
  for (const [name, { shape }] of Object.entries(outputs)) {
    for (const { probe, outputs: given } of seen) {
      const tensor = given[name];
      if (tensor === undefined) return refused('shapes', `the output ${name} is missing for "${probe}"`);
      if (tensor.data.length === sizeOf(shape) && tensor.dims.join() === shape.join()) continue;
      return refused(
        'shapes',
        `the output ${name} has the shape [${tensor.dims.join()}] for the probe photo "${probe}", the manifest says [${shape.join()}]. Outputs of a shape that depends on the photo (the boxes of a detector, for example) cannot be read: reduce them in the graph to a fixed number of values, such as the highest score`,
      );
    }
  }
  return ok('shapes');
}

function numbers(_: Manifest, seen: Seen): Check {
  for (const { probe, outputs } of seen) {
    for (const [name, { data }] of Object.entries(outputs)) {
      const at = Array.from(data).findIndex((value) => !Number.isFinite(value));
      if (at === -1) continue;
      return refused(
        'numbers',
        `${name}[${at}] is ${data[at]} for the probe photo "${probe}". Look for a division by zero or a logarithm of zero in the graph, for an overflow of float16, and for wrong input.values in the manifest`,
      );
    }
  }
  return ok('numbers');
}

function probabilities({ gates, decision }: Manifest, seen: Seen): Check {
  const readings = [
    ...gates.map(({ read }) => read),
    ...(decision.kind === 'labels'
      ? [decision]
      : decision.score.kind === 'mean-of-z'
        ? decision.score.parts.map(({ read }) => read)
        : [decision.score]),
  ];
  const encodings = readings.flatMap((reading): readonly ClassesEncoding[] =>
    reading.kind === 'probability' || reading.kind === 'labels' ? [reading] : [],
  );
  for (const encoding of encodings) {
    const bad = seen.find(({ outputs }) =>
      probabilitiesOf(encoding, outputs[encoding.output]?.data ?? []).some(Number.isNaN),
    );
    if (bad === undefined) continue;
    const values = shown(bad.outputs[encoding.output]);
    return refused(
      'probabilities',
      `${encoding.output} is ${values} for the probe photo "${bad.probe}", which are no probabilities${encoding.labels === 'single' ? ' that sum to 1' : ' between 0 and 1'}. If the graph ends without softmax or sigmoid, say "as": "logits"; if each class is a question of its own, say "labels": "multi"`,
    );
  }
  const twice = encodings.find((encoding) => looksNormalised(encoding, seen));
  if (twice !== undefined) {
    return warning(
      'probabilities',
      `${twice.output} is read as logits, and on every probe photo it already is ${twice.labels === 'single' ? 'between 0 and 1 with a sum of 1' : 'between 0 and 1'}. If the graph ends with softmax or sigmoid, say "as": "probabilities": applied twice it makes every class nearly as likely as any other`,
    );
  }
  return ok('probabilities', encodings.length === 0 ? 'none are read' : undefined);
}

/** Logits that are probabilities already on every photo: softmax or sigmoid stands in the graph. */
function looksNormalised(encoding: ClassesEncoding, seen: Seen): boolean {
  if (encoding.as !== 'logits') return false;
  return seen.every(({ outputs }) =>
    probabilitiesOf({ ...encoding, as: 'probabilities' }, outputs[encoding.output]?.data ?? []).every(
      Number.isFinite,
    ),
  );
}

function shown(tensor: OutputTensor | undefined): string {
  const values = Array.from(tensor?.data ?? []);
  const first = values.slice(0, 4).map((value) => value.toPrecision(3));
  return `[${first.join(', ')}${values.length > 4 ? ', ...' : ''}]`;
}

async function repeatable(model: OnnxModel, seen: Seen): Promise<Check> {
  for (const [at, probe] of probes.entries()) {
    const again = await model.run(probe.make(model.manifest.input));
    if (textOf(again) === textOf(seen[at]?.outputs ?? {})) continue;
    return refused(
      'repeatable',
      `the probe photo "${probe.name}" gave other numbers the second time. Export the model for inference, without dropout or random operators`,
    );
  }
  return ok('repeatable');
}

function sensitive(seen: Seen): Check {
  return new Set(seen.map(({ outputs }) => textOf(outputs))).size > 1
    ? ok('sensitive')
    : warning('sensitive', 'all probe photos gave the same numbers: is the graph connected to its input?');
}

function textOf(outputs: Outputs): string {
  return JSON.stringify(Object.entries(outputs).map(([name, { data }]) => [name, Array.from(data)]));
}

/** What is on a photo does not change how long a look takes. */
function blank({ input: { width, height } }: Manifest): Pixels {
  return { width, height, data: new Uint8Array(width * height * 3) };
}

async function speed(model: OnnxModel, now: () => number): Promise<Check> {
  const times: number[] = [];
  const startedAt = now();
  while (times.length < timedRuns && now() - startedAt < longestTimingMs) {
    const pixels = blank(model.manifest);
    const before = now();
    await model.run(pixels);
    times.push(now() - before);
  }
  const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
  const took = `${median.toFixed(1)} ms on one thread of this machine (median of ${times.length})`;
  if (median > slowestMs) {
    return refused(
      'speed',
      `${took}; at most ${slowestMs} ms, since a photo is to be gone within seconds. Take a smaller input or a smaller network, or quantise it`,
    );
  }
  return median > slowMs ? warning('speed', took) : ok('speed', took);
}
