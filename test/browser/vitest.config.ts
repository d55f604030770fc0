import { defineConfig } from 'vitest/config';

/** The app in a real browser against the whole embedded system: needs Chromium beside Node, see browser.ts. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.suite.ts'],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
    fileParallelism: false,
  },
});
