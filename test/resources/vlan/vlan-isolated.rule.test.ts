import { expect, test } from 'vitest';
import type { HostInventory } from '../../../src/domain/inventory.ts';
import type { LinkState } from '../../../src/domain/link.ts';
import { THRESHOLDS } from '../../../src/domain/thresholds.ts';
import { NO_LINK_RATES } from '../../../src/resources/host/link-windows.ts';
import { vlanIsolated } from '../../../src/resources/vlan/vlan-isolated.rule.ts';
import {
  answered,
  linkCounters,
  lost,
  makeHost,
  makeInventory,
  makeKstats,
  makeLink,
  NOW,
} from '../../derive/inventory.ts';

type Vnic = {
  readonly state?: LinkState;
  /** Seconds without a packet in; null is not known. */
  readonly silent?: number | null;
  readonly sent?: number;
};

/** A host with those links on VLAN 30. */
function host(name: string, ...vnics: readonly Vnic[]): HostInventory {
  const named = vnics.map((vnic, index) => ({ link: `${name}_${index}`, ...vnic }));
  const stats = makeKstats();
  const counters = new Map(named.map(({ link }) => [link, linkCounters()]));
  return makeHost(name, {
    links: answered(
      named.map(({ link, state = 'up' }) =>
        makeLink(link, { class: 'vnic', over: ['aggr0'], state }),
      ),
    ),
    vnics: answered(
      named.map(({ link }) => ({
        name: link,
        over: 'aggr0',
        vlanId: 30,
        macAddress: null,
        zone: null,
      })),
    ),
    kstats: answered({
      ...stats,
      counters: { ...stats.counters, links: counters },
      links: new Map(
        named.map(({ link, silent = 0, sent = 0 }) => [
          link,
          {
            ...NO_LINK_RATES,
            silence: silent === null ? null : { seconds: silent, sent, since: 0, sentBefore: 0n },
          },
        ]),
      ),
    }),
  });
}
const check = (...hosts: readonly HostInventory[]) =>
  vlanIsolated.check(makeInventory({ hosts }), NOW, {
    limits: THRESHOLDS['vlan.isolated'].defaults,
    raised: () => null,
  });
const talking: Vnic = { silent: 0 };
const silent: Vnic = { silent: 130, sent: 40 };

test.for<[string, readonly HostInventory[], readonly string[]]>([
  ['all receive', [host('a', talking), host('b', talking)], []],
  [
    'one host sends and receives nothing',
    [host('a', talking), host('b', silent)],
    ['warning nobody answers on b: 40 packets sent, none received'],
  ],
  [
    'nobody receives anything',
    [host('a', silent), host('b', { silent: 1000, sent: 70 })],
    ['critical nobody answers on it: 110 packets sent, none received'],
  ],
  ['not long enough', [host('a', { silent: 119, sent: 400 })], []],
  ['it has hardly sent anything', [host('a', { silent: 900, sent: 19 })], []],
  ['another link of the host receives', [host('a', silent, talking)], []],
  ['of another link it is not known', [host('a', silent, { silent: null })], []],
  ['another link is down', [host('a', silent, { state: 'down', silent: 900, sent: 0 })], []],
  [
    'all links are down',
    [host('a', { state: 'down' }), host('b', { state: 'down' })],
    ['critical all 2 links of it are down'],
  ],
  ['those of one host are down', [host('a', { state: 'down' }), host('b', talking)], []],
  ['the host does not answer', [{ ...host('a', silent), source: lost }], []],
  [
    'all links of the hosts that answer are down',
    [host('a', { state: 'down' }), { ...host('b', talking), source: lost }],
    ['critical all 1 links of it are down'],
  ],
])('%s', ([, hosts, expected]) => {
  expect(check(...hosts).map(({ severity, title }) => `${severity} ${title}`)).toEqual(expected);
});

test('tells what was measured', () => {
  expect(check(host('a', talking), host('b', silent))).toMatchObject([
    {
      subject: 'vlan:30',
      evidence: {
        silentSeconds: 130,
        limit: 120,
        sentPackets: 40,
        receivedPackets: 0,
        links: 1,
        hosts: 'b',
        from: 'kstat link:0:*:ipackets64, opackets64',
      },
      hint: 'see whether the switch carries VLAN 30 to b: the tags of its trunk ports',
    },
  ]);
});
