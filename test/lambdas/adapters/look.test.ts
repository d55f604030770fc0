import { join } from 'node:path';
import sharp from 'sharp';
import { createImageDecoder } from '../../../lambdas/adapters/image-decoder.ts';
import { createAnalyzer, loadAnalyzer } from '../../../lambdas/adapters/onnx-analyzer.ts';
import { modelOf } from '../../../lambdas/adapters/onnx-model.ts';
import { parseManifest } from '../../../core/model/manifest.ts';
import { analyzerContract, decoderContract } from '../../contract/look.contract.ts';
import { aManifest } from '../../core/model/a-manifest.ts';

async function photo(width: number, height: number): Promise<Uint8Array> {
  const colour = { r: 200, g: 170, b: 150 };
  return sharp({ create: { width, height, channels: 3, background: colour } })
    .jpeg()
    .toBuffer();
}

decoderContract('over libvips', () => ({
  decoder: createImageDecoder({ threads: 1 }),
  photo,
  damaged: async () => (await photo(640, 480)).subarray(0, 400),
}));

analyzerContract('over onnxruntime', async () => ({
  analyzer: await loadAnalyzer(join(import.meta.dirname, '../../../models/colour-contrast'), {
    threads: 1,
    unevaluated: 'may-answer',
  }),
  failing: createAnalyzer(
    modelOf({ run: () => Promise.reject(new Error('the runtime failed')) }, parseManifest(aManifest())),
    {},
  ),
}));
