import { defineConfig } from 'vitest/config';
import { runnablePattern } from './cannot.ts';
import { emulatorAt } from './emulator.ts';

/**
 * The suites that run in any cloud that `AWS_ENDPOINT_URL` names: `npm run test:localstack` starts them. What cannot
 * run there is left out by name (test/elsewhere/cannot.ts). Without an endpoint the cases can be listed, not run.
 */
export default defineConfig(async () => ({
  test: {
    include: ['test/elsewhere/**/*.suite.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // One cloud, two cores: the files take turns.
    fileParallelism: false,
    testNamePattern: runnablePattern(await emulatorAt(process.env['AWS_ENDPOINT_URL'])),
  },
}));
