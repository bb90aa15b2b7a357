import { expect, test } from 'vitest';
import { worstFirst } from '../../src/derive/severity.ts';
import type { Problem } from '../../src/domain/problem.ts';
import { NOW } from '../support/inventory.ts';
import { problem } from '../support/model.ts';

const made = (
  id: string,
  ageSeconds: number,
  severity: Problem['severity'] = 'critical',
  cause: string | null = null,
): Problem =>
  problem({ id, subject: 'host:omni1', severity, cause, since: NOW - ageSeconds * 1000 });

const orderOf = (...problems: readonly Problem[]): readonly string[] =>
  worstFirst(problems)
    .filter(({ cause }) => cause === null)
    .map(({ id }) => id);

test('a cluster that lost its quorum stands before one that lost a member, though that was earlier', () => {
  expect(
    orderOf(
      made('member of a', 600),
      made('quorum of a', 590, 'warning', 'member of a'),
      made('alone', 900),
      made('first member of b', 60),
      made('second member of b', 30),
      made('member', 25, 'critical', 'second member of b'),
      made('quorum of b', 20, 'critical', 'member'),
    ),
  ).toEqual(['second member of b', 'member of a', 'alone', 'first member of b']);
});

test('what it has led to lifts none above a graver one', () => {
  expect(
    orderOf(
      made('warning', 90, 'warning'),
      made('under', 80, 'critical', 'warning'),
      made('b', 1),
      made('a', 1),
    ),
  ).toEqual(['a', 'b', 'warning']);
});
