import { defineConfig } from 'vitest/config';

/** Random kills of the whole product: a quarter of a minute each, so they are not in the default suite. */
export default defineConfig({
  test: {
    include: ['test/restart/**/*.suite.ts'],
    testTimeout: 300_000,
    bail: 1,
  },
});
