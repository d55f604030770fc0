/** The calibrate command: options to photos or reports to a file of the model. Decides nothing; its parts do. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gateOrder } from '../../core/model/gates.ts';
import { interpret } from '../../core/model/interpret.ts';
import { measurePhoto } from '../../core/model/measures.ts';
import { readOutputs } from '../../core/model/readings.ts';
import { createImageDecoder } from '../../lambdas/adapters/image-decoder.ts';
import { openModel, type OnnxModel } from '../../lambdas/adapters/onnx-model.ts';
import { formatManifest } from '../../models/graph/files.ts';
import { quantileOf } from '../evaluate/metrics.ts';
import { findLabelled } from '../evaluate/photos.ts';
import { figuresFrom, parseReport, type Report } from './figures.ts';
import { fit, type Sample } from './fit.ts';
import { helpText, parseCommand } from './options.ts';
import { split } from './split.ts';

const modelDir = fileURLToPath(new URL('../../models/skin-contrast/', import.meta.url));

/** The formula counts a quarter: on the even part it is the weaker look (it takes hair and creases for contrast). */
const widths = [4, 1];

const timedRuns = 300;

/** Runs the command and resolves with its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const command = parseCommand(args);
  switch (command.kind) {
    case 'help':
      process.stdout.write(helpText);
      return 0;
    case 'usage':
      process.stderr.write(`${command.message}\nSee: npm run calibrate -- --help\n`);
      return 2;
    case 'split':
      await split(command.lesions, command.objects, command.out);
      return 0;
    case 'fit': {
      const calibration = fit(await samplesOf(command.even), widths);
      await write('calibration.json', calibration);
      return 0;
    }
    case 'figures':
      await write('figures.json', await measured(command.reports));
      return 0;
  }
}

async function samplesOf(even: string): Promise<readonly Sample[]> {
  const model = await openModel(modelDir, { threads: 1 });
  const decoder = createImageDecoder({ threads: 1 });
  const { decision, input } = model.manifest;
  if (decision.kind !== 'score' || decision.score.kind !== 'mean-of-z') {
    throw new TypeError('a mean of z-scores is calibrated here');
  }
  const { parts } = decision.score;
  const expected = new Map(['lesion', 'corner', 'object'].map((photoClass) => [photoClass, 'none']));
  const { photos } = await findLabelled(even, [], expected, undefined);
  const samples: Sample[] = [];
  for (const { path, photoClass } of photos) {
    if (photoClass !== 'lesion' && photoClass !== 'corner') continue;
    const decoded = await decoder.decode(new Uint8Array(await readFile(path)), input);
    if (!decoded.ok) continue;
    const outputs = await model.run(decoded.pixels);
    const finding = interpret(model.manifest, outputs, (name) => measurePhoto(decoded.pixels, name));
    const passed = !('reason' in finding && gateOrder.some((reason) => reason === finding.reason));
    samples.push({ photoClass, passed, readings: parts.map(({ read }) => readOutputs(read, outputs)) });
  }
  return samples;
}

async function measured(reports: string): Promise<object> {
  const read = async (set: string): Promise<Report> =>
    parseReport(JSON.parse(await readFile(join(reports, set, 'report.json'), 'utf8')));
  const [odd, generated, things] = [await read('odd'), await read('generated'), await read('things')];
  const p95Ms = await p95Of(await openModel(modelDir, { threads: 1 }));
  return figuresFrom({ odd, generated, things, fresh: await read('fresh'), p95Ms });
}

/** CPU time and not the clock's: on a machine that has other work the clock measures that. */
async function p95Of(model: OnnxModel): Promise<number> {
  const { width, height } = model.manifest.input;
  const times: number[] = [];
  for (let run = 0; run < timedRuns; run += 1) {
    const before = process.cpuUsage();
    await model.run({ width, height, data: new Uint8Array(width * height * 3).fill(120) });
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  return quantileOf(times, 0.95) ?? Number.NaN;
}

async function write(file: string, content: unknown): Promise<void> {
  await writeFile(join(modelDir, file), formatManifest(content));
  process.stdout.write(`Written: models/skin-contrast/${file}\n`);
}
