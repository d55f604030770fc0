import { defineConfig } from 'vitest/config';

/** The app in a real browser against the whole embedded system: needs Chromium beside Node, see browser.ts. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.suite.ts'],
    // A walk through every page takes a minute on an idle machine, and several on a slow one that is busy.
    testTimeout: 600_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000, interval: 100 } },
    maxWorkers: 1,
    fileParallelism: false,
  },
});
