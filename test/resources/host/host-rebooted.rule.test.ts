import { expect, test } from 'vitest';
import type { LogLine } from '../../../src/domain/system.ts';
import { hostRebooted } from '../../../src/resources/host/host-rebooted.rule.ts';
import { answered, makeHost, makeKstats, NOW } from '../../derive/inventory.ts';
import { plainContext } from '../../support/rule-context.ts';

const MINUTE = 60_000;
const line = (text: string, program = 'genunix'): LogLine => ({
  timeText: 'Mar  1 11:58:00',
  program,
  priority: null,
  text,
});
const START = line('SunOS Release 5.11 Version omnios-r151058-516f7694c9 64-bit');
const OTHER = line('link up', 'ixgbe');
const DOWN = line('going down on signal 15', 'syslogd');

const check = (options: {
  readonly minutesAgo?: number;
  readonly previous?: number | null;
  readonly log?: readonly LogLine[];
  readonly logAt?: number;
}) => {
  const { minutesAgo = 2, previous = NOW / 1000 - 500_000, log, logAt = NOW } = options;
  const kstats = makeKstats({ previousBootTimeSeconds: previous });
  const bootTimeSeconds = (NOW - minutesAgo * MINUTE) / 1000;
  const host = makeHost('omni1', log ? { messages: answered(log, logAt) } : {});
  return hostRebooted.check(
    { kstats: { ...kstats, counters: { ...kstats.counters, bootTimeSeconds } } },
    host,
    NOW,
    plainContext,
  );
};

test('is silent about a host that was up all the time, and about a boot long ago', () => {
  expect(check({ previous: null })).toEqual([]);
  expect(check({ minutesAgo: 61 })).toEqual([]);
});

test.for<[string, Parameters<typeof check>[0], string]>([
  ['the log is not known', {}, 'info rebooted, its log does not tell why'],
  [
    'the log is older than the boot',
    { log: [OTHER, START], logAt: NOW - 3 * MINUTE },
    'info rebooted, its log does not tell why',
  ],
  [
    'the log begins with the boot',
    { log: [START, OTHER] },
    'info rebooted, its log does not tell why',
  ],
  ['there was a shutdown', { log: [OTHER, DOWN, START, OTHER] }, 'info rebooted'],
  [
    'reboot(8) was run',
    { log: [line('initiated by root', 'reboot'), OTHER, START] },
    'info rebooted',
  ],
  ['nothing was shut down', { log: [OTHER, START, OTHER] }, 'warning rebooted without a shutdown'],
  [
    'a shutdown of another boot',
    { log: [DOWN, START, OTHER, START] },
    'warning rebooted without a shutdown',
  ],
  [
    'the kernel had panicked',
    { log: [OTHER, START, line('reboot after panic: BAD TRAP', 'savecore')] },
    'warning rebooted after a panic',
  ],
])('%s', ([, options, expected]) => {
  expect(check(options).map(({ severity, title }) => `${severity} ${title}`)).toEqual([expected]);
});

test('began with the boot, and tells the line of the log', () => {
  expect(check({ log: [OTHER, DOWN, START] })[0]).toMatchObject({
    subject: 'host:omni1',
    began: NOW - 2 * MINUTE,
    evidence: {
      bootedAt: '2026-03-01T11:58:00.000Z',
      log: 'Mar  1 11:58:00 syslogd going down on signal 15',
    },
  });
});
