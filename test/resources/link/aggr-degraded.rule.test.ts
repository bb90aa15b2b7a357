import { expect, test } from 'vitest';
import type { AggrEntry, AggrPort, LinkEntry } from '../../../src/domain/link.ts';
import { aggrDegraded } from '../../../src/resources/link/aggr-degraded.rule.ts';
import { makeLink } from '../../derive/inventory.ts';
import {
  aggrEntry,
  aggrPort,
  briefly,
  findings,
  IN_SYNC,
  linkedHost,
  NO_PARTNER,
} from './networks.ts';

const links = (change: Partial<LinkEntry> = {}): readonly LinkEntry[] => [
  makeLink('net0'),
  makeLink('net1'),
  makeLink('aggr0', { class: 'aggr', over: ['net0', 'net1'], ...change }),
];
const second = (change: Partial<AggrPort>, aggr: Partial<AggrEntry> = {}) => [
  aggrEntry([aggrPort('net0'), aggrPort('net1', change)], aggr),
];

test.for<[string, readonly AggrEntry[], readonly string[]]>([
  ['all ports are well', second({}), []],
  ['a port is down', second({ state: 'down' }), ['warning aggr0']],
  ['a port has no partner', second({ lacp: NO_PARTNER }), ['warning aggr0']],
  [
    'the partner of a port fell silent',
    second({ lacp: { ...IN_SYNC, expired: true } }),
    ['warning aggr0'],
  ],
  [
    'a port without a partner where LACP is off',
    second({ lacp: NO_PARTNER }, { lacpActivity: 'off' }),
    [],
  ],
  ['nothing is known of LACP', second({ lacp: null }), []],
  ['a port is on standby', second({ portState: 'standby' }), ['warning aggr0']],
  [
    'no port works: that is told as down',
    second({ state: 'down' }).map((aggr) => ({
      ...aggr,
      ports: aggr.ports.map((port) => ({ ...port, state: 'down' as const })),
    })),
    [],
  ],
  ['an aggregation without ports', [aggrEntry([])], []],
])('%s', ([, aggrs, expected]) => {
  expect(briefly(aggrDegraded, linkedHost(links(), aggrs))).toEqual(expected);
});

test('an aggregation that is down is not degraded', () => {
  const host = linkedHost(links({ state: 'down' }), second({ state: 'down' }, { state: 'down' }));
  expect(briefly(aggrDegraded, host)).toEqual([]);
});

test('without show-aggr the states of the links tell', () => {
  const [first, , aggr] = links();
  const host = linkedHost(
    [first, makeLink('net1', { state: 'down' }), aggr].filter((link) => link !== undefined),
  );
  expect(findings(aggrDegraded, host)).toMatchObject([
    {
      title: 'net1 down: 1 of 2 ports carry traffic',
      evidence: { ports: 'net0 up, net1 down', from: 'dladm show-link' },
    },
  ]);
});

test('says what is wrong with which port, and what to look at', () => {
  expect(findings(aggrDegraded, linkedHost(links(), second({ lacp: NO_PARTNER })))).toMatchObject([
    {
      subject: 'link:omni1/aggr0',
      title: 'net1 not in sync, no partner (defaulted): 1 of 2 ports carry traffic',
      evidence: {
        ports: 'net0 up, net1 up not in sync no partner (defaulted)',
        portsInUse: 1,
        portsTotal: 2,
        lacp: 'active',
        from: 'dladm show-aggr -x, -L',
      },
      hint: expect.stringContaining('LACP group'),
    },
  ]);
  const [down] = findings(aggrDegraded, linkedHost(links(), second({ state: 'down' })));
  expect(down?.hint).toBe('see the cable of net1 and its switch port: dladm show-phys net1');
});
