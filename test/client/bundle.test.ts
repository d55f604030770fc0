/** What an app takes in with the client: nothing but the client itself and the list of error codes. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

it('brings a page no library, no schema and nothing of Node', async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['client/client.ts'],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    metafile: true,
  });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs.filter((input) => !input.startsWith('client/'))).toEqual(['core/errors.ts']);
  // 20.0 kB when this was written; a jump means that something came along.
  expect(outputFiles[0]?.contents.byteLength).toBeLessThan(21_000);
});
