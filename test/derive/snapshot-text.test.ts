import { expect, test } from 'vitest';
import { renderSnapshotText } from '../../src/derive/snapshot-text.ts';
import { toSnapshot } from '../../src/derive/snapshot.ts';
import {
  answered,
  lost,
  makeCluster,
  makeConfig,
  makeHost,
  makeInventory,
  makeNode,
  makePod,
  makeProblem,
  makeZone,
  NOW,
  nodesOf,
  podsOf,
} from './inventory.ts';

const inventory = makeInventory({
  hosts: [
    makeHost('omni1', {
      zones: answered([makeZone('etcd1'), makeZone('a-longer-name', { state: 'installed' })]),
      zoneConfigs: answered([makeConfig('etcd1')]),
    }),
    makeHost('omni2', {}, lost),
  ],
  clusters: [
    makeCluster('infrak8s', {
      nodes: answered(nodesOf(makeNode('w1'))),
      pods: answered(podsOf(makePod('bad', { phase: 'Failed', status: 'Error', reason: 'x\ny' }))),
    }),
  ],
});
const problems = [
  makeProblem('host.unreachable', 'host:omni2', {
    title: 'unreachable',
    since: NOW - 90_000,
    hint: 'look',
    consequences: 1,
  }),
  makeProblem('zone.down', 'zone:omni2/web', { cause: 'host.unreachable@host:omni2' }),
];
const snapshot = toSnapshot(inventory, problems, NOW);

test('begins with the problems, each beneath its cause', () => {
  expect(renderSnapshotText(snapshot).split('\n').slice(0, 6)).toEqual([
    'labtop 2026-03-01T12:00:00.000Z',
    '',
    '1 problem',
    'SEVERITY    FOR  SUBJECT           FOLDS  WHAT         NEXT',
    'critical  1m30s  host:omni2            1  unreachable  look',
    'critical     0s    zone:omni2/web      0  is wrong',
  ]);
});

test('aligns a table, and draws nothing as a number that is not known', () => {
  expect(renderSnapshotText(snapshot, { pane: 'zones' }).split('\n').slice(2)).toEqual([
    '2 zones',
    'ZONE           HOST   STATE      BRAND  UP  CPU  RSS  CAP  VLANS  ADDRESSES',
    'etcd1          omni1  running    lipkg   ┄    ┄    ┄    -  ┄      ┄',
    'a-longer-name  omni1  installed  lipkg   ┄    ┄    ┄    -  ┄      ┄',
    '',
  ]);
});

test('tells why a host gives nothing', () => {
  expect(renderSnapshotText(snapshot, { pane: 'hosts' })).toMatch(
    /omni2 +down .*omni1:22 refuses the connection/,
  );
});

test('a text with line breaks stays on its line', () => {
  expect(renderSnapshotText(snapshot, { pane: 'cluster' })).toContain('worker1  x y\n');
});

test('aligns by the width that it is told to measure with', () => {
  const wide = toSnapshot(
    makeInventory({
      hosts: [makeHost('h', { zones: answered([makeZone('日本'), makeZone('abcd')]) })],
    }),
    [],
    NOW,
  );
  const width = (text: string) => text.replaceAll(/[日本]/g, 'xx').length;
  const lines = renderSnapshotText(wide, { pane: 'zones', width }).split('\n');
  expect(lines[4]?.startsWith('日本  h ')).toBe(true);
  expect(lines[5]?.startsWith('abcd  h ')).toBe(true);
});

test('says so when nothing is wrong and nothing is there', () => {
  const text = renderSnapshotText(toSnapshot(makeInventory(), [], NOW));
  expect(text.split('\n\n').slice(1)).toEqual([
    'nothing wrong',
    '0 hosts',
    '0 zones',
    '0 VMs',
    '0 VLANs',
    '0 clusters\n',
  ]);
});
