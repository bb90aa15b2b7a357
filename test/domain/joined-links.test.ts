import { expect, test } from 'vitest';
import { portFaults, isPortLost } from '../../src/domain/aggr-ports.ts';
import type { LinkCounters } from '../../src/domain/host.ts';
import { aggrsOf, linksOf } from '../../src/domain/joined.ts';
import type { AggrEntry, AggrPort, LacpState } from '../../src/domain/link.ts';
import {
  answered,
  linkCounters,
  makeHost,
  makeKstats,
  makeLink,
  NOW,
} from '../derive/inventory.ts';

const frame = (links: Readonly<Record<string, LinkCounters>>, at = NOW + 5000) => {
  const stats = makeKstats();
  return answered(
    { ...stats, counters: { ...stats.counters, links: new Map(Object.entries(links)) } },
    at,
  );
};

test('counters that are newer than the list tell the state and the speed of a link', () => {
  const links = answered([
    makeLink('net0'),
    makeLink('stub0', { class: 'etherstub', state: 'unknown' }),
  ]);
  const kstats = {
    net0: linkCounters({ up: false, speedBitsPerSecond: 1e9 }),
    stub0: linkCounters({ up: true }),
  };
  const [newer] = linksOf(makeHost('omni1', { links, kstats: frame(kstats) }));
  expect(newer).toMatchObject({ state: 'down', speedMbps: 1000, at: NOW + 5000 });
  const [older] = linksOf(makeHost('omni1', { links, kstats: frame(kstats, NOW - 5000) }));
  expect(older).toMatchObject({ state: 'up', at: NOW });
  const stub = linksOf(makeHost('omni1', { links, kstats: frame(kstats) }))[1];
  expect(stub?.state).toBe('unknown');
});

test('the zone of a link is told by its properties where show-vnic does not tell it', () => {
  const host = makeHost('omni1', {
    links: answered([makeLink('web0', { class: 'vnic', over: ['aggr0'] })]),
    linkProperties: answered([{ link: 'web0', zone: 'web', allowedIps: ['10.0.20.9'] }]),
  });
  expect(linksOf(host)[0]).toMatchObject({ zone: 'web', allowedIps: ['10.0.20.9'] });
});

const GOOD: LacpState = {
  aggregatable: true,
  sync: true,
  collecting: true,
  distributing: true,
  defaulted: false,
  expired: false,
};
const port = (change: Partial<AggrPort> = {}): AggrPort => ({
  name: 'net0',
  state: 'up',
  speedMbps: 10_000,
  duplex: 'full',
  portState: 'attached',
  lacp: GOOD,
  ...change,
});
const aggr = (change: Partial<AggrEntry> = {}): AggrEntry => ({
  name: 'aggr0',
  state: 'up',
  speedMbps: 10_000,
  macAddress: null,
  policy: 'L4',
  lacpActivity: 'active',
  ports: [port()],
  ...change,
});

test('the ports of an aggregation have the state that was told last', () => {
  const feeds = {
    links: answered([makeLink('net0'), makeLink('aggr0', { class: 'aggr' })]),
    aggrs: answered([aggr()]),
  };
  const counters = { net0: linkCounters({ up: false }), aggr0: linkCounters({ up: false }) };
  expect(aggrsOf(makeHost('omni1', { ...feeds, kstats: frame(counters) }))).toMatchObject([
    { state: 'down', ports: [{ state: 'down' }] },
  ]);
  expect(
    aggrsOf(makeHost('omni1', { ...feeds, kstats: frame(counters, NOW - 5000) })),
  ).toMatchObject([{ state: 'up', ports: [{ state: 'up' }] }]);
});

test.for<[string, Partial<AggrPort>, string | null, readonly string[], boolean]>([
  ['all is well', {}, 'active', [], false],
  ['down, whatever LACP says', { state: 'down' }, 'active', ['down'], true],
  ['not in sync', { lacp: { ...GOOD, sync: false } }, 'active', ['not in sync'], true],
  [
    'no partner',
    { portState: 'standby', lacp: { ...GOOD, sync: false, defaulted: true } },
    'passive',
    ['not in sync', 'no partner (defaulted)'],
    true,
  ],
  [
    'the partner fell silent',
    { lacp: { ...GOOD, expired: true } },
    'active',
    ['partner silent (expired)'],
    false,
  ],
  [
    'in sync without sending',
    { lacp: { ...GOOD, distributing: false } },
    'active',
    ['not distributing'],
    true,
  ],
  ['LACP is off', { lacp: { ...GOOD, sync: false, distributing: false } }, 'off', [], false],
  ['the mode is not known', { lacp: { ...GOOD, sync: false } }, null, [], false],
  ['flags are not known', { lacp: null }, 'active', [], false],
  ['on standby', { portState: 'standby' }, 'off', ['standby'], false],
  ['nothing is known', { state: 'unknown', portState: 'unknown', lacp: null }, null, [], false],
])('a port: %s', ([, change, lacpActivity, faults, isLost]) => {
  expect(portFaults({ lacpActivity }, port(change))).toEqual(faults);
  expect(isPortLost({ lacpActivity }, port(change))).toBe(isLost);
});
