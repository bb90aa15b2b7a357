import { expect, test } from 'vitest';
import {
  isHostLog,
  logFiles,
  linesSince,
  logQuestion,
  writtenAt,
} from '../../src/domain/host-logs.ts';
import type { LogFile } from '../../src/domain/host-logs.ts';
import type { LogChoice } from '../../src/domain/log.ts';
import type { Ref } from '../../src/domain/ref.ts';
import type { Service, ServiceExplanation } from '../../src/domain/service.ts';
import { answered, makeHost, makeInventory, makeZone } from '../derive/inventory.ts';

const CRON = 'svc:/system/cron:default';
const BIND = 'svc:/network/dns/bind:default';
const service = (fmri: string, state = 'maintenance'): Service => ({
  fmri,
  state,
  nextState: null,
});
const why = (fmri: string, zone: string | null, log: string): ServiceExplanation => ({
  fmri,
  zone,
  log,
  description: null,
  state: 'maintenance',
  since: null,
  reason: null,
  see: [],
  impact: null,
});
const inventory = makeInventory({
  hosts: [
    makeHost('omni1', {
      zones: answered([makeZone('dns1'), makeZone('mc', { brand: 'lx' })]),
      services: answered({
        services: [service(CRON), service('svc:/network/ssh:default', 'online')],
        explanations: [],
      }),
      zoneServices: answered({
        zones: new Map([
          ['dns1', { count: 30, milestone: 'online', notOnline: [service(BIND)], telling: [] }],
        ]),
        explanations: [why(BIND, 'other', '/no'), why(BIND, 'dns1', '/var/log/bind.log')],
      }),
    }),
    makeHost('omni2'),
  ],
});
const texts = (...refs: readonly Ref[]) =>
  logFiles(refs, inventory).map(
    ({ host, zone, name, path }) => `${host} ${zone ?? '-'} ${name} ${path}`,
  );

test.for<[string, readonly Ref[], readonly string[]]>([
  [
    'a host: its own, and those of what does not run',
    ['host:omni1'],
    ['omni1 - messages /var/adm/messages', 'omni1 - cron /var/svc/log/system-cron:default.log'],
  ],
  [
    'a zone, as svcs -x names the file',
    ['zone:omni1/dns1'],
    ['omni1 dns1 messages /var/adm/messages', 'omni1 dns1 bind /var/log/bind.log'],
  ],
  [
    'services',
    [`service:omni1/global/${CRON}`, `service:omni1/dns1/${BIND}`],
    ['omni1 - cron /var/svc/log/system-cron:default.log', 'omni1 dns1 bind /var/log/bind.log'],
  ],
  [
    'several hosts, each once',
    ['host:omni2', 'host:omni1', 'host:omni2'],
    [
      'omni2 - messages /var/adm/messages',
      'omni1 - messages /var/adm/messages',
      'omni1 - cron /var/svc/log/system-cron:default.log',
    ],
  ],
  [
    'a name that a shell would read as more than a name',
    ['service:omni1/dns1/svc:/x$(reboot):default', "service:omni1/global/svc:/a b'c:default"],
    [],
  ],
  ['Linux zones', ['zone:omni1/mc'], []],
  ['what is not there', ['zone:omni1/gone', 'host:gone', 'vm:omni1/dns1'], []],
])('%s', ([, refs, expected]) => {
  expect(texts(...refs)).toEqual(expected);
});

test('a file that svcs -x names in a strange way is looked for where it mostly is', () => {
  const [host] = inventory.hosts;
  if (!host) throw new Error('there is no host');
  const services = answered({
    services: [service(CRON)],
    explanations: [why(CRON, null, '/tmp/$(reboot)')],
  });
  const strange = makeInventory({ hosts: [{ ...host, feeds: { ...host.feeds, services } }] });
  expect(logFiles([`service:omni1/global/${CRON}`], strange).map(({ path }) => path)).toEqual([
    '/var/svc/log/system-cron:default.log',
  ]);
});

test('which things have logs on hosts', () => {
  expect(
    (['host:a', 'zone:a/b', 'service:a/b/c', 'vm:a/b', 'pod:a/b/c'] as const).map(isHostLog),
  ).toEqual([true, true, true, false, false]);
});

test('asks for the end, the beginning, or what was put aside, in a zone by its own programs', () => {
  const file: LogFile = { host: 'omni1', zone: null, name: 'messages', path: '/var/adm/messages' };
  const ask = (of: LogFile, change: Partial<LogChoice> = {}) =>
    logQuestion(of, { window: 'tail', previous: false, ...change }, 500).join(' ');
  expect(ask(file)).toBe('tail -500 /var/adm/messages');
  expect(ask(file, { window: 'head' })).toBe('head -500 /var/adm/messages');
  expect(ask(file, { previous: true })).toBe('tail -500 /var/adm/messages.0');
  expect(ask({ ...file, zone: 'dns1' })).toBe(
    'pfexec /usr/sbin/zlogin dns1 /usr/bin/tail -500 /var/adm/messages',
  );
});

const at = (text: string) => Date.parse(text);

test.for<[what: string, last: string, since: string, lines: readonly string[], from: number]>([
  [
    'syslogd in UTC',
    '2026-11-26T18:59:58Z',
    '2026-11-26T18:59:00Z',
    ['Nov 26 18:58:00 h a: x', 'Nov 26 18:59:58 h a: y'],
    1,
  ],
  [
    'syslogd of last year',
    '2027-01-01T00:10:00Z',
    '2026-12-31T23:50:00Z',
    ['Dec 31 23:49:00 h a: x', 'Dec 31 23:55:00 h a: y', 'Jan  1 00:10:00 h a: z'],
    1,
  ],
  [
    'svc.startd, west of Greenwich',
    '2026-11-26T18:59:58Z',
    '2026-11-26T18:59:00Z',
    ['[ Nov 26 13:00:00 Enabled. ]', '[ Nov 26 13:59:58 Executing start method ]'],
    1,
  ],
  [
    'half an hour beside the others',
    '2026-11-26T18:59:58Z',
    '2026-11-26T18:59:00Z',
    ['Nov 27 00:20:00 h a: x', 'Nov 27 00:29:58 h a: y'],
    1,
  ],
  [
    'rsyslogd',
    '2026-11-26T18:59:58Z',
    '2026-11-26T18:59:00Z',
    ['2026-11-26T19:50:00.1+01:00 h a: x', '2026-11-26T19:59:58+01:00 h a: y'],
    1,
  ],
  [
    'JSON',
    '2026-11-26T18:59:58Z',
    '2026-11-26T18:59:00Z',
    [
      '{"level":"info","ts":"2026-11-26T18:50:00.1Z","msg":"x"}',
      '{"level":"info","ts":"2026-11-26T18:59:58.1Z"}',
    ],
    1,
  ],
  [
    'all of it',
    '2026-11-26T18:59:58Z',
    '2026-11-26T18:00:00Z',
    ['Nov 26 18:58:00 h a: x', 'Nov 26 18:59:58 h a: y'],
    0,
  ],
  [
    'nothing of it',
    '2026-11-26T18:59:58Z',
    '2026-11-26T19:00:00Z',
    ['Nov 26 18:58:00 h a: x', 'Nov 26 18:59:58 h a: y'],
    2,
  ],
])('lines since a time: %s', ([, last, since, lines, from]) => {
  expect(linesSince(lines, at(since), at(last))).toEqual(lines.slice(from));
});

test('without any time nobody knows which lines were written since', () => {
  expect(linesSince(['a', 'b'], 0, 0)).toBeNull();
  expect(linesSince(['Nov 26 18:58:00 h a: x'], 0, null)).toBeNull();
});

test('the time of a file is read of ls -lE in whatever zone', () => {
  const listed = (time: string) =>
    writtenAt(`-rw-r--r--   1 root     sys   9 ${time} /var/adm/messages\n`);
  expect(listed('2026-11-26 18:59:58.123456789 +0000')).toBe(at('2026-11-26T18:59:58Z'));
  expect(listed('2026-11-26 19:59:58.123456789 +0100')).toBe(at('2026-11-26T18:59:58Z'));
  expect(listed('Nov 26 18:59')).toBeNull();
});
