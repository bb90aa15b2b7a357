import { expect, test } from 'vitest';
import type { Severity } from '../../../src/domain/problem.ts';
import { THRESHOLDS } from '../../../src/domain/thresholds.ts';
import { hostCpu } from '../../../src/resources/host/host-cpu.rule.ts';
import { makeHost, makeKstats, NOW } from '../../derive/inventory.ts';

const check = (cpuPercent: number | null, raised: Severity | null = null) =>
  hostCpu.check({ kstats: makeKstats({ cpuPercent }) }, makeHost('omni1'), NOW, {
    limits: THRESHOLDS['host.cpu'].defaults,
    raised: () => raised,
  });

test.for<[string, number | null, Severity | null, string[]]>([
  ['an idle host', 3, null, []],
  ['a busy one, below the limit', 89.9, null, []],
  ['one whose rate is not known yet', null, null, []],
  ['over the first limit', 90, null, ['warning CPUs 90% busy']],
  ['over the second', 99.6, null, ['critical CPUs 100% busy']],
  ['a little below the limit that it passed', 88, 'warning', ['warning CPUs 88% busy']],
  ['well below it', 80, 'warning', []],
])('%s', ([, percent, raised, expected]) => {
  expect(check(percent, raised).map(({ severity, title }) => `${severity} ${title}`)).toEqual(
    expected,
  );
});

test('tells what was measured', () => {
  expect(check(93.14)[0]).toMatchObject({
    subject: 'host:omni1',
    evidence: { cpuPercent: 93.1, cpuCount: 12, load1: 1.5, from: 'kstat cpu::sys' },
  });
});
