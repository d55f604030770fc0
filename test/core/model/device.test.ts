/** What a web app takes in to check a photo before an upload: a few kilobytes, no schema library, no runtime. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

test('the check of size, light and sharpness brings a page nothing but itself', async () => {
  const { metafile, outputFiles } = await build({
    absWorkingDir: fileURLToPath(new URL('../../..', import.meta.url)),
    stdin: {
      contents: `
        export { firstShutGate } from './core/model/gates.ts';
        export { measurePhoto } from './core/model/measures.ts';
        export { isTooSmall } from './core/image/fits.ts';`,
      resolveDir: fileURLToPath(new URL('../../..', import.meta.url)),
    },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    metafile: true,
  });
  const inputs = Object.keys(metafile.inputs).filter((input) => input.startsWith('core/'));
  expect(inputs.toSorted()).toEqual(['core/image/fits.ts', 'core/model/gates.ts', 'core/model/measures.ts']);
  // 2.6 kB when this was written; a jump means that something came along.
  expect(outputFiles[0]?.contents.byteLength).toBeLessThan(4000);
});
