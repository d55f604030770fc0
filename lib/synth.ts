/**
 * What `bin/app.ts` runs: the settings of the environment that `-c environment=NAME` names, the packages, the stacks.
 * Uses no network. Says on stderr which promises are weaker than they could be.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { isEvaluated } from '../core/model/evaluation.ts';
import { parseManifest } from '../core/model/manifest.ts';
import { addEnvironment } from './app.ts';
import { defaultEnvironment, settingsOf } from './environments.ts';
import { packageFunctions, type Packages } from './package.ts';
import { weakened, type Settings } from './settings.ts';

/** Synthesises; throws when a setting or a rule refuses. */
export async function synth(): Promise<void> {
  const app = new App({ analyticsReporting: false });
  const localKeys = contextOf(app, 'localKeys');
  const localSigningKey = contextOf(app, 'localSigningKey');
  const settings = settingsOf(contextOf(app, 'environment') ?? defaultEnvironment, {
    ...(localKeys === undefined ? {} : { localKeys }),
    ...(localSigningKey === undefined ? {} : { localSigningKey }),
  });
  if (settings.kind === 'emulator' && process.env['AWS_ENDPOINT_URL'] === undefined) {
    throw new Error(
      `CAL-12: "${settings.environment}" is for an emulator, and AWS_ENDPOINT_URL names none: on AWS anybody could sign in as anybody. Set it, or use -c environment=production.`,
    );
  }
  for (const { promise, message } of weakened(settings)) {
    console.error(`${settings.environment}: ${promise} ${message}`);
  }
  const packages = await packageFunctions(settings.architecture, settings.model);
  addEnvironment(app, settings, packages, digestOfModel(settings, packages));
  app.synth();
}

/** A text that the command gives by `-c NAME=TEXT`. */
function contextOf({ node }: App, name: string): string | undefined {
  const given: unknown = node.tryGetContext(name);
  return typeof given === 'string' ? given : undefined;
}

/**
 * The digest of the model that the settings name, as it lies in the package: what is deployed is pinned, and a function
 * that finds another graph beside itself does not start. A model that is not in the package, or not the one that its
 * manifest names, would show only when the first photo comes.
 */
export function digestOfModel(
  { model, kind }: Pick<Settings, 'model' | 'kind'>,
  { analyze }: Pick<Packages, 'analyze'>,
): string {
  const folder = join(analyze, 'models', model);
  if (!existsSync(join(folder, 'model.onnx'))) {
    throw new Error(
      `model is "${model}", and the package has no models/${model}/model.onnx. Build it or name another.`,
    );
  }
  const manifest = parseManifest(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));
  const digest = sha256(readFileSync(join(folder, 'model.onnx')));
  if (digest !== manifest.sha256) {
    throw new Error(
      `models/${model}/model.onnx has the digest ${digest}, and its manifest names ${manifest.sha256}. Run npm run model -- check models/${model}`,
    );
  }
  if (kind === 'production' && !isEvaluated(manifest, sha256)) {
    console.error(
      `model is "${model}", which has not been evaluated: every result will be "inconclusive: not-evaluated". Run npm run evaluate -- models/${model} PHOTOS --record`,
    );
  }
  return digest;
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
