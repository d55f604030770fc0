import { defineConfig } from 'vitest/config';

/** The product under misfortune for minutes: too long for the default suite. */
export default defineConfig({
  test: {
    include: ['test/chaos/**/*.suite.ts'],
    testTimeout: 600_000,
    hookTimeout: 60_000,
    // Each run boots a cloud with processes of its own; two would only slow each other down.
    fileParallelism: false,
  },
});
