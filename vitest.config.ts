import { defineConfig } from 'vitest/config';

/** One project: every suite that needs nothing but Node and npm. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Scenarios boot the whole product: seconds on an idle machine, a minute on one that is busy with other work.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // Tests that open a session themselves report to nobody either.
    env: { ORT_DISABLE_TELEMETRY: '1' },
  },
});
