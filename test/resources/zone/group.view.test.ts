import { expect, test } from 'vitest';
import type { Group } from '../../../src/domain/inventory.ts';
import { bindView } from '../../../src/domain/view.ts';
import { groupView } from '../../../src/resources/zone/group.view.ts';
import { answered, makeHost, makeInventory, makeZone, NOW } from '../../derive/inventory.ts';

const group = (name: string, atLeast: number, ...members: readonly string[]): Group => ({
  name,
  atLeast,
  members,
});
const table = (groups: readonly Group[]) => {
  const host = (name: string, ...zones: readonly ReturnType<typeof makeZone>[]) =>
    makeHost(name, { zones: answered(zones) });
  const inventory = makeInventory({
    hosts: [
      host('a', makeZone('etcd1'), makeZone('api1')),
      host('b', makeZone('etcd2', { state: 'installed' })),
    ],
    groups,
  });
  const view = bindView(groupView);
  const at = (id: string) => view.columns.findIndex((column) => column.id === id);
  return view.rows(inventory, NOW).map((row) => ({
    ref: row.ref,
    sign: row.sign,
    stale: row.stale,
    group: row.text(at('group')),
    up: row.text(at('up')),
    verdict: row.text(at('verdict')),
    tone: row.tone(at('verdict')),
  }));
};

test('a row per member, with what its group may still lose', () => {
  const rows = table([group('etcd', 1, 'a/etcd1', 'b/etcd2')]);
  expect(rows.map(({ ref, up, verdict, tone }) => [ref, up, verdict, tone])).toEqual([
    ['zone:a/etcd1', '1/2', 'may lose none', 'warn'],
    ['zone:b/etcd2', '1/2', 'may lose none', 'warn'],
  ]);
});

test('a member that no host told of is unknown, and so is whether the group is lost', () => {
  const rows = table([group('etcd', 2, 'a/etcd1', 'c/etcd3')]);
  expect(rows[1]).toMatchObject({ ref: 'zone:c/etcd3', sign: 'unknown', stale: true, up: '1/2' });
  expect(rows[1]?.verdict).toBe('perhaps lost');
});

test('too few of those that are known is lost', () => {
  expect(table([group('etcd', 2, 'a/etcd1', 'b/etcd2')])[0]).toMatchObject({
    verdict: 'lost',
    tone: 'bad',
  });
});

test('a member of two groups has one row, and the tighter group decides', () => {
  const rows = table([group('loose', 0, 'a/etcd1'), group('tight', 1, 'a/etcd1', 'b/etcd2')]);
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({ group: 'tight, loose', verdict: 'may lose none' });
});

test('a member whose zone runs while the service that it is there for has given up is not up', () => {
  const fmri = 'svc:/network/dns/bind:default';
  const host = makeHost('a', {
    zones: answered([makeZone('dns1'), makeZone('dns2')]),
    zoneServices: answered({
      zones: new Map([
        [
          'dns1',
          {
            count: 40,
            milestone: 'online',
            telling: [fmri],
            notOnline: [{ fmri, state: 'maintenance', nextState: null }],
          },
        ],
      ]),
      explanations: [],
    }),
  });
  const inventory = makeInventory({ hosts: [host], groups: [group('dns', 1, 'a/dns1', 'a/dns2')] });
  const view = bindView(groupView);
  const [row] = view.rows(inventory, NOW);
  const text = (id: string) => row?.text(view.columns.findIndex((column) => column.id === id));
  expect([text('member'), text('state'), text('up'), row?.sign]).toEqual([
    'dns1',
    'maintenance',
    '1/2',
    'down',
  ]);
});
