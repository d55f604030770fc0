/** `new`: a folder for a model, from a file that somebody exported or from the example. Overwrites nothing. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspectModel } from '../../lambdas/adapters/model-files.ts';
import { ModelLoadError } from '../../lambdas/adapters/model-load-error.ts';
import { readSignature } from '../../lambdas/adapters/onnx-model.ts';
import { formatManifest } from '../../models/graph/files.ts';
import { manifestFor, UndescribableGraphError } from './manifest-for.ts';

const example = fileURLToPath(new URL('../../models/colour-contrast/', import.meta.url));

/** The folder was not made; nothing was written. */
export class NewModelError extends Error {
  override readonly name = 'NewModelError';
  readonly code = 'model-not-made';
}

/** Makes `into/name` and answers what to do next, as text. */
export async function makeModel(wanted: {
  readonly name: string;
  readonly into: string;
  readonly onnx: string | undefined;
}): Promise<string> {
  const folder = join(wanted.into, wanted.name);
  if (existsSync(folder)) throw new NewModelError(`${folder} is there already. Choose another name.`);
  const { model, manifest, open } =
    wanted.onnx === undefined ? await fromExample(wanted.name) : await fromFile(wanted.name, wanted.onnx);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'model.onnx'), model);
  await writeFile(join(folder, 'manifest.json'), formatManifest(manifest));
  await writeFile(join(folder, 'README.md'), card(wanted.name));
  const todo = open.length === 0 ? '' : `\nOnly you can know, in manifest.json:\n${listOf(open)}`;
  return `Made ${folder}: manifest.json, model.onnx, README.md.\n${todo}
Then
  npm run model -- check ${folder}
  npm run evaluate -- ${folder} PHOTOS      (a folder of labelled photos)
  npm start -- --model ${wanted.name}${wanted.into === 'models' ? '' : '      (from models/: move the folder there first)'}
docs/models.md explains each field.
`;
}

async function fromExample(name: string) {
  const model = await readFile(join(example, 'model.onnx'));
  const { evaluation: _, ...manifest } = Object(
    JSON.parse(await readFile(join(example, 'manifest.json'), 'utf8')),
  );
  return { model, manifest: { ...manifest, name }, open: [] };
}

async function fromFile(name: string, path: string) {
  const model = await readFile(path).catch((cause: unknown) => {
    throw new NewModelError(`${path} cannot be read.`, { cause });
  });
  try {
    inspectModel(model);
    const { inputs, outputs } = await readSignature(model);
    const digest = createHash('sha256').update(model).digest('hex');
    return { model, ...manifestFor(name, digest, inputs, outputs) };
  } catch (error) {
    if (error instanceof ModelLoadError || error instanceof UndescribableGraphError) {
      throw new NewModelError(error.message, { cause: error });
    }
    throw error;
  }
}

function listOf(lines: readonly string[]): string {
  return lines.map((line) => `  - ${line}\n`).join('');
}

function card(name: string): string {
  return `# ${name}

What it says of a photo, in one sentence. What it is not for.

- **Made from**: data, licence, training.
- **Measured on**: which photos (\`npm run evaluate -- models/${name} PHOTOS --out REPORT --record\`), and how often it was wrong.
- **Does not cover**: what nobody measured.
`;
}
