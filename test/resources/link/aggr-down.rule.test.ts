import { expect, test } from 'vitest';
import type { AggrEntry, LinkEntry } from '../../../src/domain/link.ts';
import { aggrDown } from '../../../src/resources/link/aggr-down.rule.ts';
import { makeLink } from '../../derive/inventory.ts';
import { aggrEntry, aggrPort, briefly, findings, linkedHost, NO_PARTNER } from './networks.ts';

const down = { state: 'down' } as const;
const aggr = (change: Partial<LinkEntry> = {}) =>
  makeLink('aggr0', { class: 'aggr', over: ['net0', 'net1'], ...change });
const ports = [makeLink('net0'), makeLink('net1')];
const noPartner = [aggrPort('net0', { lacp: NO_PARTNER }), aggrPort('net1', { lacp: NO_PARTNER })];

test.for<[string, readonly LinkEntry[], readonly AggrEntry[] | undefined, readonly string[]]>([
  ['all is up', [...ports, aggr()], [aggrEntry([aggrPort('net0'), aggrPort('net1')])], []],
  ['it is down', [...ports, aggr(down)], undefined, ['critical aggr0']],
  [
    'it is down with all its ports, and nothing uses it',
    [makeLink('net0', down), makeLink('net1', down), aggr(down)],
    undefined,
    ['critical aggr0'],
  ],
  [
    'LACP uses no port, although all have a link',
    [...ports, aggr()],
    [aggrEntry(noPartner)],
    ['critical aggr0'],
  ],
  ['LACP is off', [...ports, aggr()], [aggrEntry(noPartner, { lacpActivity: 'off' })], []],
  ['one port is down', [makeLink('net0', down), makeLink('net1'), aggr()], undefined, []],
  ['its state is not known', [...ports, aggr({ state: 'unknown' })], undefined, []],
  ['it has no ports', [aggr({ over: [] })], [aggrEntry([])], []],
  ['a card is down', [makeLink('net0', down)], undefined, []],
])('%s', ([, links, aggrs, expected]) => {
  expect(briefly(aggrDown, linkedHost(links, aggrs))).toEqual(expected);
});

test('names its ports and what is over it', () => {
  const vnics = Array.from({ length: 9 }, (_, index) =>
    makeLink(`v${index}`, { class: 'vnic', over: ['aggr0'] }),
  );
  const links = [makeLink('net0', down), makeLink('net1'), aggr(down), ...vnics];
  expect(findings(aggrDown, linkedHost(links))).toMatchObject([
    {
      subject: 'link:omni1/aggr0',
      title: 'down, ports: net0 down, net1 up',
      evidence: { used: 9, over: 'v0, v1, v2, v3, v4 and 4 more', from: 'dladm show-link' },
    },
  ]);
  expect(findings(aggrDown, linkedHost([aggr({ over: [], ...down })]))[0]?.title).toBe(
    'down, no ports',
  );
});
