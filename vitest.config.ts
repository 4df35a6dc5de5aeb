import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const conditions = ['@leafway/source', 'node', 'module', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // A busy machine takes its time; what never comes fails all the same.
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            'packages/*/src/**/*.test.ts',
            '{webhook,controller}/src/**/*.test.ts',
            'e2e/{benchmarks,kind,rights}/**/*.test.ts',
            'scripts/**/*.test.ts',
          ],
          // Not one fewer than there are processors: the slow ones wait for servers.
          maxWorkers: Math.max(2, availableParallelism()),
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          globalSetup: ['e2e/support/lab/global-setup.ts'],
          exclude: ['e2e/{benchmarks,kind,rights}/**'],
          // Scenarios wait more than they work; more at once would need more memory than a small machine has.
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
