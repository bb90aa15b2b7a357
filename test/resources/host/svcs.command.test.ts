import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Services } from '../../../src/domain/service.ts';
import { svcs } from '../../../src/resources/host/svcs.command.ts';
import { answered, makeHost, makeKstats } from '../../derive/inventory.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const parse = (name: string) => svcs.parse(readFixture(`host/svcs/${name}`));
const questions = (services?: Services): readonly string[] =>
  (svcs.question(makeHost('omni1', services ? { services: answered(services) } : {})) ?? []).map(
    (argv) => argv.join(' '),
  );

test('reads states, where they go to, and scripts of old', () => {
  const { value, complaints } = parse('well.txt');
  expect(complaints).toEqual([]);
  expect(value.explanations).toEqual([]);
  expect(value.services.map(({ state, nextState }) => `${state} ${nextState}`)).toEqual([
    'legacy_run null',
    'online null',
    'online null',
    'online null',
    'offline online',
    '- null',
  ]);
});

test('reads why a service does not run, with dates in any form', () => {
  const { value, complaints } = parse('unwell.txt');
  expect(complaints).toEqual([]);
  expect(value.services.map(({ state }) => state)).toEqual([
    'online',
    'degraded',
    'maintenance',
    'offline',
  ]);
  expect(value.explanations).toEqual([
    {
      fmri: 'svc:/network/ldap/client:default',
      description: 'LDAP Name Service Client',
      zone: null,
      state: 'maintenance',
      since: Date.UTC(2026, 10, 26, 8),
      reason: 'Start method failed repeatedly, last exited with status 1.',
      log: '/var/svc/log/network-ldap-client:default.log',
      see: ['http://illumos.org/msg/SMF-8000-KS', 'man -M /usr/share/man -s 8 ldapclient'],
      impact: '2 dependent services are not running.',
    },
    expect.objectContaining({
      description: null,
      zone: 'global',
      since: Date.UTC(2026, 10, 26, 8, 1),
      log: null,
    }),
    expect.objectContaining({
      since: Date.UTC(2026, 10, 26, 7, 59),
      reason: 'Dependency svc:/network/ldap/client:default is in maintenance.',
      impact: '1 dependent service is not running:',
    }),
  ]);
});

test('reads a reason that is too long for one line', () => {
  const { value, complaints } = svcs.parse(
    '=== labtop: explain\nsvc:/network/nfs/client:default (NFS client)\n' +
      ' State: offline since Thu Nov 26 07:59:00 2026\n' +
      'Reason: Service svc:/network/a-service-with-a-very-long-name/for-its-clients:default\n' +
      '        is not running because a method failed.\n' +
      '   See: http://illumos.org/msg/SMF-8000-GE\nImpact: This service is not running.\n',
  );
  expect(complaints).toEqual([]);
  expect(value.explanations[0]?.reason).toBe(
    'Service svc:/network/a-service-with-a-very-long-name/for-its-clients:default is not running because a method failed.',
  );
});

test('complains about lines that are no service and no explanation', () => {
  const { value, complaints } = parse('garbage-and-cut-off.txt');
  expect(value.services.map(({ fmri }) => fmri)).toEqual(['svc:/system/cron:default']);
  expect(value.explanations.map(({ fmri }) => fmri)).toEqual(['svc:/a:default']);
  expect(complaints.map(({ line }) => line)).toEqual([1, 2, 3, 4, 6, 8, 11]);
});

test('asks why only when something does not run, or nothing is known yet', () => {
  const services = (state: string): Services => ({
    services: [{ fmri: 'svc:/network/ssh:default', state, nextState: null }],
    explanations: [],
  });
  const LIST = 'svcs -H -o state,nstate,fmri';
  expect(questions(services('online'))).toEqual([LIST]);
  for (const asked of [
    questions(),
    questions(services('maintenance')),
    questions(services('offline')),
    questions(services('uninitialized')),
  ])
    expect(asked).toEqual([LIST, expect.stringMatching(/^echo /), 'svcs -x']);
});

test('never throws', () => {
  fc.assert(
    fc.property(hostileText('host/svcs'), (text) => {
      svcs.parse(text);
    }),
  );
});

const withLevel = (changes: number, answer: string) =>
  makeHost('omni1', {
    services: answered(svcs.parse(answer).value),
    kstats: answered(
      makeKstats({
        processLevels: new Map([['global', { zoneId: 0, level: 90, above: [], changes }]]),
      }),
    ),
  });

test('is asked again when processes of the global zone have ended', () => {
  const answer = 'online - svc:/system/cron:default\n';
  expect(svcs.follows?.(makeHost('omni1'))).toBeNull();
  expect(svcs.follows?.(withLevel(1, answer))).toBe(svcs.follows?.(withLevel(1, answer)));
  expect(svcs.follows?.(withLevel(2, answer))).not.toBe(svcs.follows?.(withLevel(1, answer)));
});

test('is asked soon again while a service is on its way', () => {
  const hurry = (answer: string) => svcs.hurries?.(withLevel(1, answer));
  expect(hurry('online - svc:/a:default\nmaintenance - svc:/b:default\n')).toBeNull();
  expect(hurry('offline online svc:/b:default\n')).toBe(1);
});

test('a service of another zone is none of the host', () => {
  const { value, complaints } = svcs.parse(
    'global online - svc:/system/cron:default\nweb maintenance - svc:/network/ssh:default\n',
  );
  expect(value.services.map(({ fmri }) => fmri)).toEqual(['svc:/system/cron:default']);
  expect(complaints).toEqual([
    expect.objectContaining({ line: 2, reason: 'a service of another zone' }),
  ]);
});
