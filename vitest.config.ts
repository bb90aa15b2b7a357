import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    env: { FORCE_COLOR: '0', TZ: 'UTC', NODE_ENV: 'test' },
    setupFiles: ['test/support/seed.ts'],
    restoreMocks: true,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // A limit for a machine that is far slower, not a measure: what is waited for comes in milliseconds.
    expect: { poll: { timeout: 120_000, interval: 20 } },
    maxWorkers: 2,
  },
});
