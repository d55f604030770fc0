import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The cases that run over deployed stacks: `npm run test:deploy` and `npm run deploy:local` start them. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['test/deployed/*.suite.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
});
