import { defineConfig } from 'vitest/config';

/** Peak memory at the admitted limits: minutes of decoding, and nothing beside it, so it is not in the default suite. */
export default defineConfig({
  test: {
    include: ['test/peak-memory/**/*.suite.ts'],
    testTimeout: 180_000,
    fileParallelism: false,
  },
});
