import { expect, test } from 'vitest';
import { isSettled } from '../../src/cli/settle.ts';
import type { SourceStatus } from '../../src/domain/inventory.ts';
import { cluster, lab, NOW } from '../support/inventory.ts';

const error = (code: string) => ({ code, message: code, hint: '' });
const CASES: readonly (readonly [
  name: string,
  source: Partial<SourceStatus>,
  isSettled: boolean,
])[] = [
  ['connects', { state: 'connecting', attempt: 1 }, false],
  ['did not answer once', { state: 'down', attempt: 1, error: error('timeout') }, false],
  [
    'did not answer once, and is asked again',
    { state: 'down', attempt: 2, nextAttemptAt: null, error: error('timeout') },
    false,
  ],
  ['did not answer twice', { state: 'down', attempt: 2, error: error('timeout') }, true],
  ['refuses', { state: 'down', attempt: 1, error: error('refused') }, true],
  ['refuses the user', { state: 'auth-failed', attempt: 1, error: error('http-401') }, true],
  ['is silent for long', { state: 'frozen', attempt: 0, error: error('frozen') }, true],
];

test.for(CASES)('a cluster that %s', ([, source, expected]) => {
  const entry = cluster('infrak8s', [], [], { nextAttemptAt: NOW + 1000, ...source });
  expect(isSettled(lab([], [entry]))).toBe(expected);
});
