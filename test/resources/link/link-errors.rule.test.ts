import { expect, test } from 'vitest';
import type { RisingErrors } from '../../../src/domain/host.ts';
import type { Severity } from '../../../src/domain/problem.ts';
import { THRESHOLDS } from '../../../src/domain/thresholds.ts';
import { NO_LINK_RATES } from '../../../src/resources/host/link-windows.ts';
import { linkErrors } from '../../../src/resources/link/link-errors.rule.ts';
import {
  answered,
  linkCounters,
  makeHost,
  makeKstats,
  makeLink,
  NOW,
} from '../../derive/inventory.ts';

const rising = (count: number, change: Partial<RisingErrors> = {}): RisingErrors => ({
  seconds: 60,
  count,
  rises: 5,
  marks: [],
  ...change,
});

function check(errors: RisingErrors | null, kind = 'phys', raised: Severity | null = null) {
  const stats = makeKstats({ links: new Map([['net0', { ...NO_LINK_RATES, errors }]]) });
  const counters = new Map([['net0', linkCounters({ rxErrors: 70n, txErrors: 2n })]]);
  const kstats = { ...stats, counters: { ...stats.counters, links: counters } };
  const links = [makeLink('net0', { class: kind })];
  const host = makeHost('omni1', { links: answered(links), kstats: answered(kstats) });
  const limits = THRESHOLDS['link.errors'].defaults;
  return linkErrors.check({ links, kstats }, host, NOW, { limits, raised: () => raised });
}

test.for<[string, RisingErrors | null, string, Severity | null, readonly string[]]>([
  ['no errors', rising(0, { rises: 0 }), 'phys', null, []],
  ['errors of long ago only', rising(0, { rises: 0 }), 'phys', 'warning', []],
  ['a single frame', null, 'phys', null, []],
  ['a few', rising(9), 'phys', null, []],
  ['many', rising(10), 'phys', null, ['warning 10 errors a minute']],
  ['a flood', rising(4000), 'phys', null, ['critical 4000 errors a minute']],
  ['many at once, when a cable was plugged', rising(4000, { rises: 1 }), 'phys', null, []],
  [
    'half a minute of them',
    rising(20, { seconds: 30 }),
    'phys',
    null,
    ['warning 40 errors a minute'],
  ],
  ['too short a time', rising(20, { seconds: 25 }), 'phys', null, []],
  ['what lies over a card', rising(4000), 'aggr', null, []],
])('%s', ([, errors, kind, raised, expected]) => {
  expect(check(errors, kind, raised).map(({ severity, title }) => `${severity} ${title}`)).toEqual(
    expected,
  );
});

test('tells what was measured', () => {
  expect(check(rising(12))).toMatchObject([
    {
      subject: 'link:omni1/net0',
      evidence: {
        errorsPerMinute: 12,
        limit: 10,
        overSeconds: 60,
        rxErrors: 70,
        txErrors: 2,
        from: 'kstat link:0:net0:ierrors, oerrors',
      },
    },
  ]);
});
