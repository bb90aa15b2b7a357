import fc from 'fast-check';
import { expect, test } from 'vitest';
import { timeSync } from '../../../src/resources/host/time-sync.command.ts';
import { answered, makeHost, NOW } from '../../derive/inventory.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const parse = (name: string) => timeSync.parse(readFixture(`host/time-sync/${name}`));

test('reads what chrony follows', () => {
  expect(parse('chrony.txt')).toEqual({
    value: {
      daemon: 'chrony',
      source: '10.0.20.10',
      stratum: 3,
      offsetSeconds: -0.000005206,
      leap: 'Normal',
      peers: [],
    },
    complaints: [],
  });
});

test('a chrony that follows nothing has no source', () => {
  expect(parse('chrony-not-synchronised.txt').value).toMatchObject({
    source: null,
    stratum: null,
    leap: 'Not synchronised',
  });
});

test('reads the peers of ntp, one with an address that takes a line of its own', () => {
  const { value, complaints } = parse('ntpq-wrapped-address.txt');
  expect(complaints).toEqual([]);
  expect(value).toMatchObject({ daemon: 'ntp', source: '10.0.20.10', stratum: 2, leap: null });
  expect(value.offsetSeconds).toBeCloseTo(0.00125);
  expect(value.peers.map(({ tally, name, reach }) => `${tally}${name} ${reach}`)).toEqual([
    '*10.0.20.10 255',
    '+2001:db8:1234:5678::123 255',
    'x203.0.113.7 15',
    ' 198.51.100.1 0',
  ]);
  expect(value.peers[1]).toMatchObject({ stratum: 2, delayMs: 8.1, offsetMs: 0.31, jitterMs: 0.2 });
});

test('an ntp that follows nothing has no source', () => {
  expect(parse('ntpq-nothing-followed.txt').value).toMatchObject({
    source: null,
    offsetSeconds: null,
  });
});

test('asks the daemon that is online', () => {
  const asked = (...fmris: readonly string[]) =>
    timeSync.question(
      makeHost('omni1', {
        services: answered({
          services: fmris.map((fmri) => ({ fmri, state: 'online', nextState: null })),
          explanations: [],
        }),
      }),
    )?.[0]?.[0];
  expect(asked('svc:/network/chrony:default')).toBe('chronyc');
  expect(asked('svc:/network/ntp:default')).toBe('ntpq');
  expect(asked('svc:/network/ssh:default')).toBeUndefined();
});

test('waits for the services, and tries chrony where nothing tells which one runs', () => {
  expect(timeSync.question(makeHost('omni1'))).toBeUndefined();
  const services = { status: 'absent', reason: 'command not found: svcs', at: NOW } as const;
  expect(timeSync.question(makeHost('omni1', { services }))?.[0]?.[0]).toBe('chronyc');
});

test('complains about what is neither', () => {
  const { value, complaints } = parse('garbage-and-cut-off.txt');
  expect(value.source).toBeNull();
  expect(complaints.length).toBe(4);
});

test('never throws', () => {
  fc.assert(
    fc.property(hostileText('host/time-sync'), (text) => {
      timeSync.parse(text);
    }),
  );
});

test.for([
  ['a row without the sign of its state', '10.0.20.10 192.0.2.7 2 u 33 64 377 0.412 -1.250 0.038'],
  ['numbers of another program', ' 0 0 0 16 0 0 0 0.0 277.9 0 0'],
  ['a reach that is not octal', '*10.0.20.10 192.0.2.7 2 u 33 64 399 0.412 -1.250 0.038'],
  ['a delay that is no number', '*10.0.20.10 192.0.2.7 2 u 33 64 377 soon -1.250 0.038'],
])('%s is a complaint, not a peer', ([, line = '']) => {
  const { value, complaints } = timeSync.parse(`${line}\n`);
  expect(value.peers).toEqual([]);
  expect(complaints).toHaveLength(1);
});
