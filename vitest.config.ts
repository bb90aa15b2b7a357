import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

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

/** They wait for sockets, children and timers most of their time: more of them run at once than there are processors. */
const WAITING = ['collect', 'contract', 'e2e'].map((folder) => `test/${folder}/**/*.test.ts`);

/** Whole consoles take longest: none of them is to begin when all others have ended. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => moduleId.includes('/test/e2e/');
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

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
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: 'shared', include: SHARED, isolate: false } },
      {
        extends: true,
        test: {
          name: 'own',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: [...SHARED, ...WAITING],
        },
      },
      {
        extends: true,
        test: { name: 'waiting', include: WAITING, maxWorkers: 4, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
