import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The packages of both architectures and the CDK's own command: fetches through npm, so it is not in the default suite. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../../..', import.meta.url)),
    include: ['test/lib/deploy/*.suite.ts'],
    testTimeout: 180_000,
    maxWorkers: 1,
  },
});
