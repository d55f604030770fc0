import { defineConfig } from 'vitest/config';

/** The README's walk-through: needs bash, curl and openssl beside Node, so it is not in the default suite. */
export default defineConfig({
  test: {
    include: ['test/walkthrough/**/*.suite.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
