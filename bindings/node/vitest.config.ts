import { defineConfig } from 'vitest/config';

export default defineConfig({
  server: { host: '127.0.0.1' }, // nothing is served, but the name localhost would be looked up
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    poolOptions: { forks: { execArgv: ['--expose-gc'] } },
    fileParallelism: false, // memory and time are measured
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
