import { defineConfig } from 'vitest/config';

/**
 * What the tests in them start they end, and what they change is changed back: their files share workers, with all that
 * is loaded and compiled there. That takes a fraction of the time.
 */
const SHARED = [
  'act',
  'cli',
  'config',
  'derive',
  'domain',
  'lab',
  'parse',
  'resources',
  'store',
  'term',
  'ui',
].map((folder) => `test/${folder}/**/*.test.{ts,tsx}`);

export default defineConfig({
  test: {
    env: { FORCE_COLOR: '0', TZ: 'UTC', NODE_ENV: 'test' },
    setupFiles: ['test/support/seed.ts'],
    restoreMocks: true,
    // Limits for a machine that is far slower, not measures: what is waited for comes in milliseconds.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000, interval: 20 } },
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'shared', include: SHARED, isolate: false } },
      {
        extends: true,
        test: { name: 'own', include: ['test/**/*.test.{ts,tsx}'], exclude: SHARED },
      },
    ],
  },
});
