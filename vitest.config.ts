import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,golden,integration,browser,board,conformance}/**/*.test.ts'],
    globalSetup: ['./test/setup/build.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 120_000,
    reporters: ['default', './test/helpers/count-reporter.ts'],
  },
});
