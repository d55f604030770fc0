import { defineConfig } from 'vitest/config';

/** People in numbers: too slow for every day, and the only place where real time is compared. */
export default defineConfig({
  test: {
    include: [
      'test/people/*.suite.ts',
      'test/lambdas/api/people/fuzz.test.ts',
      'test/scenario/money.test.ts',
    ],
    testTimeout: 600_000,
    hookTimeout: 120_000,
    // Times are compared: nothing else runs beside.
    maxWorkers: 1,
    env: { ORT_DISABLE_TELEMETRY: '1', FUZZ_RUNS: '300', MONEY_LIVES: '24' },
  },
});
