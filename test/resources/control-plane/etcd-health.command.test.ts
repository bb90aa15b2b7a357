import fc from 'fast-check';
import { expect, test } from 'vitest';
import { componentsOf } from '../../../src/domain/components.ts';
import type { Inventory } from '../../../src/domain/inventory.ts';
import type { EtcdHealth } from '../../../src/domain/zone-component.ts';
import {
  etcdHealth,
  parseEtcdHealth,
} from '../../../src/resources/control-plane/etcd-health.command.ts';
import { etcdMember } from '../../../src/resources/control-plane/etcd-member.rule.ts';
import { zoneComponents } from '../../../src/resources/control-plane/zone-components.command.ts';
import { findingsOf, named, planeLab } from '../../support/control-plane.ts';
import type { PlaneShape } from '../../support/control-plane.ts';
import { host, NOW, ok, zone } from '../../support/inventory.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

test('reads how members answered, and complains of what is no answer', () => {
  const { value, complaints } = parseEtcdHealth(
    `${readFixture('control-plane/etcd-health/members.txt')}curl: option --rate: is unknown\n`,
  );
  expect(value.map(({ zone: name, state }) => [name, state])).toEqual([
    ['etcd1', 'ok'],
    ['etcd1', 'ok'],
    ['cp1', 'failing'],
    ['events1', 'timeout'],
    ['etcd9', 'refused'],
    ['lx-etcd', 'unknown'],
  ]);
  expect(complaints).toHaveLength(1);
});

test('reads any text', () => {
  fc.assert(
    fc.property(hostileText('control-plane/etcd-health'), (text) => {
      expect(() => parseEtcdHealth(text)).not.toThrow();
    }),
  );
});

test('each answer is of one member, what others answered stays for a while', () => {
  const fold = (before: readonly EtcdHealth[], next: EtcdHealth, at: number) =>
    etcdHealth.fold?.(before, [next], { previous: NOW, next: at }) ?? [];
  const one: EtcdHealth = { zone: 'etcd1', state: 'ok', at: null };
  const both = fold([one], { zone: 'events1', state: 'timeout', at: null }, NOW + 2000);
  expect(both).toEqual([
    { zone: 'etcd1', state: 'ok', at: NOW },
    { zone: 'events1', state: 'timeout', at: NOW + 2000 },
  ]);
  expect(fold(both, { ...one, state: 'failing' }, NOW + 100_000)).toEqual([
    { zone: 'etcd1', state: 'failing', at: NOW + 100_000 },
  ]);
});

test('a program for each member in a zone that runs, at the port of its metrics or where it serves clients', () => {
  const known = {
    ...host('omni1', {
      zones: [zone('etcd1'), zone('events1'), zone('etcd9', { state: 'installed' })],
      feeds: {
        zoneCertificates: ok([
          {
            zone: 'events1',
            kind: 'etcd',
            arguments: new Map([
              ['listen-client-urls', 'https://0.0.0.0:2379'],
              ['cert-file', '/etc/etcd/server.crt'],
              ['key-file', '/etc/etcd/server.key'],
            ]),
            certificates: [],
            servers: [],
            authorities: [],
          },
        ]),
      },
    }),
    configuredRoles: new Map(['etcd1', 'events1', 'etcd9'].map((name) => [name, ['etcd']])),
  };
  const programs = etcdHealth.stream?.programs(known, 5) ?? [];
  expect(programs.map((argv) => argv[2])).toEqual(['etcd1', 'events1']);
  const [first = [], second = []] = programs;
  expect(first.join(' ')).toContain('--rate 720/h --max-time 4 -o /dev/null');
  expect(first.join(' ')).toContain('"http://127.0.0.1:2381/health?[1-$1]"');
  expect(second.join(' ')).toContain(
    '--cert /etc/etcd/server.crt --key /etc/etcd/server.key -o /dev/null',
  );
  expect(second.join(' ')).toContain('"https://127.0.0.1:2379/health?[1-$1]"');
  const stranger = { ...known, strangers: new Set(['events1']) };
  expect(etcdHealth.stream?.programs(stranger, 5)).toHaveLength(1);
});

/** What a lab knows in which etcd3 has answered so a second ago. */
function told(state: EtcdHealth['state'], shape: PlaneShape = {}): Inventory {
  const inventory = planeLab(shape);
  return {
    ...inventory,
    hosts: inventory.hosts.map((each) =>
      each.name === 'store1'
        ? {
            ...each,
            feeds: { ...each.feeds, etcdHealth: ok([{ zone: 'etcd3', state, at: NOW - 500 }]) },
          }
        : each,
    ),
  };
}
const etcd3 = (inventory: Inventory) =>
  named(
    inventory.clusters.flatMap((cluster) => componentsOf(inventory, cluster, NOW)),
    'etcd3',
  );

test('a member that does not answer any more is told before it is asked for all else', () => {
  expect(findingsOf(etcdMember, told('ok'))).toEqual([]);
  expect(findingsOf(etcdMember, told('timeout'))).toEqual([
    'warning component:infrak8s/etcd/etcd3: no answer within its zone',
  ]);
  expect(etcd3(told('timeout'))).toMatchObject({ sign: 'degraded', etcd: null });
  const recovered = told('ok', { zones: { etcd3: { says: { state: 'timeout', etcd: null } } } });
  expect(etcd3(recovered)).toMatchObject({ sign: 'ok', state: 'ready' });
});

test('one whose port for clients does not answer either is gone', () => {
  const port = {
    member: 'etcd3',
    address: '10.1.48.3:2379',
    state: 'timeout' as const,
    since: NOW - 900,
    at: NOW - 900,
    answeredAt: NOW - 60_000,
    certificate: null,
  };
  const hung = told('timeout', { plane: { etcdPorts: [port] } });
  expect(etcd3(hung)).toMatchObject({ sign: 'down', state: 'hangs' });
  expect(findingsOf(etcdMember, hung)).toEqual([
    'critical component:infrak8s/etcd/etcd3: no answer within its zone',
  ]);
});

test('when a member answers otherwise all else of it is asked', () => {
  const follows = (inventory: Inventory) => {
    const own = inventory.hosts.find(({ name }) => name === 'store1');
    return own && zoneComponents.follows?.(own);
  };
  expect(follows(told('timeout'))).not.toBe(follows(told('ok')));
  expect(follows(told('ok'))).toBe(follows(told('ok')));
});
