/**
 * The process in which a model of unknown origin is opened and run: `node bin/model/probe-process.ts DIR`. Prints one
 * JSON list of checks. A graph that crashes or never ends takes this process with it and nothing else.
 */
import { ModelLoadError } from '../../lambdas/adapters/model-load-error.ts';
import { openModel } from '../../lambdas/adapters/onnx-model.ts';
import { ok, refused, type Check } from './checks.ts';
import { runProbes } from './run-probes.ts';

async function checksOf(dir: string): Promise<readonly Check[]> {
  try {
    const model = await openModel(dir, { threads: 1 });
    const probed = await runProbes(model, () => performance.now());
    return [ok('graph'), ok('signature'), ...probed];
  } catch (error) {
    if (!(error instanceof ModelLoadError)) throw error;
    return error.code === 'model-signature-mismatch'
      ? [ok('graph'), refused('signature', error.message)]
      : [refused('graph', error.message)];
  }
}

process.stdout.write(JSON.stringify(await checksOf(process.argv[2] ?? '')));
