/** `check`: everything that must hold before a model may look at a photo. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { isEvaluated } from '../../core/model/evaluation.ts';
import type { Manifest } from '../../core/model/manifest.ts';
import { readModelFiles, type ModelFiles } from '../../lambdas/adapters/model-files.ts';
import { ModelLoadError, type ModelLoadCode } from '../../lambdas/adapters/model-load-error.ts';
import { inOrder, isUsable, ok, points, refused, warning, type Check, type Point } from './checks.ts';

/** Opening and probing a model takes seconds; one that takes longer than this never ends. */
const defaultTimeLimitMs = 60_000;

const probeProcess = fileURLToPath(new URL('probe-process.ts', import.meta.url));

/** Which point a refusal of the loader belongs to. */
const pointOf: { readonly [C in ModelLoadCode]: Point } = {
  'model-unreadable': 'files',
  'model-too-large': 'size',
  'model-manifest-invalid': 'manifest',
  'model-digest-mismatch': 'digest',
  'model-digest-not-pinned': 'digest',
  'model-file-invalid': 'format',
  'model-external-data': 'external-data',
  'model-custom-operators': 'operators',
  'model-graph-invalid': 'graph',
  'model-signature-mismatch': 'signature',
};

/** Checks a folder, up to the first point that refuses. */
export async function checkModel(dir: string, timeLimitMs = defaultTimeLimitMs): Promise<readonly Check[]> {
  let files: ModelFiles;
  try {
    files = await readModelFiles(dir);
  } catch (error) {
    if (!(error instanceof ModelLoadError)) throw error;
    const point = pointOf[error.code];
    return inOrder([...before(point).map((passed) => ok(passed)), refused(point, error.message)]);
  }
  const read = [
    ...before('manifest').map((point) => ok(point)),
    describeName(dir, files.manifest),
    ...describeFile(files),
  ];
  const probed = await probe(dir, timeLimitMs);
  const about = isUsable(probed) ? describeManifest(dir, files.manifest) : [];
  return inOrder([...read, ...probed, ...about]);
}

function before(point: Point): readonly Point[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys widens the keys of a const object
  const all = Object.keys(points) as Point[];
  return all.slice(0, all.indexOf(point));
}

/** A setting names the folder, a result the manifest's name: people would look for one and find the other. */
function describeName(dir: string, { name }: Manifest): Check {
  const folder = basename(resolve(dir));
  return folder === name
    ? ok('manifest')
    : warning('manifest', `it names the model ${name}, and the folder is called ${folder}: call them alike`);
}

function describeFile({ manifest, model, onnx }: ModelFiles): readonly Check[] {
  return [
    ok('digest', `SHA-256 ${manifest.sha256.slice(0, 12)}...`),
    ok(
      'format',
      `${(model.length / 1024).toFixed(0)} KiB, ${onnx.nodeCount} nodes, opset ${onnx.opsets.get('') ?? '?'}`,
    ),
    ok('external-data'),
    ok('operators', `${onnx.operators.size} kinds of operators, all of them built in`),
  ];
}

const checks = z.array(
  z.strictObject({
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys widens the keys of a const object
    point: z.enum(Object.keys(points) as Point[]),
    state: z.enum(['ok', 'refused', 'warning', 'not-reached']),
    detail: z.string(),
  }),
);

/** Opens and runs the model in a process of its own, which is killed when its time is up. */
async function probe(dir: string, timeLimitMs: number): Promise<readonly Check[]> {
  const child = spawn(process.execPath, [probeProcess, resolve(dir)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeLimitMs,
    killSignal: 'SIGKILL',
  });
  let printed = '';
  let complaint = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-500)));
  const { promise, resolve: end, reject } = Promise.withResolvers<string>();
  child.once('error', reject);
  child.once('close', (code, signal) => end(signal ?? String(code)));
  const ended = await promise;
  if (ended === '0') return checks.parse(JSON.parse(printed));
  const why =
    ended === 'SIGKILL'
      ? `it did not end within ${timeLimitMs / 1000} s (or memory ran out). Take a smaller network, and no endless loop`
      : `the runtime broke down on it (${ended}). Export it again with another opset. ${complaint.trim()}`;
  return [refused('graph', why)];
}

/** Words of medicine turn a description of a photo into a claim about health. */
const wordsOfMedicine =
  /\b(disease|diagnos\w*|cancer\w*|melanoma\w*|tumou?r\w*|malignan\w*|benign|infect\w*|risk\w*|symptom\w*|lesion\w*|treat\w*|patient\w*|healthy|score|probability|percent)\b|%/i;

function describeManifest(dir: string, manifest: Manifest): readonly Check[] {
  const said = Object.values(manifest.bands).map(({ sentence }) => sentence);
  const medical = said.find((sentence) => wordsOfMedicine.test(sentence));
  const words =
    medical === undefined
      ? ok('words')
      : warning(
          'words',
          `"${medical}" says more than a photo shows. What a result says decides whether it is a medical device: describe the photo`,
        );
  const card = existsSync(join(dir, 'README.md'))
    ? ok('card')
    : warning('card', 'no README.md: say what it is for, what it was made of, and how often it is wrong');
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const evaluation = isEvaluated(manifest, hash)
    ? ok('evaluation', `${manifest.evaluation?.photos} photos, ${manifest.evaluation?.date}`)
    : warning(
        'evaluation',
        `${manifest.evaluation === undefined ? 'none' : 'one of another file or of other rules'}: it will only ever say that it cannot tell, but on machines for tests. Run npm run evaluate -- ${dir} PHOTOS --record`,
      );
  return [words, card, evaluation];
}
