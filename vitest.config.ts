import { defineConfig } from 'vitest/config';

/** One project: every suite that needs nothing but Node and npm. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // For what hangs. Scenarios boot the whole product: seconds on an idle machine, minutes on one that is busy.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    // Tests that open a session themselves report to nobody either.
    env: { ORT_DISABLE_TELEMETRY: '1' },
  },
});
