import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyHost } from '../../../src/domain/empty.ts';
import {
  dladmShowBridge,
  parseShowBridgeTable,
} from '../../../src/resources/link/dladm-show-bridge.command.ts';
import { answered, makeHost, makeKstats } from '../../derive/inventory.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const text = (name: string) => readFixture(`link/dladm-show-bridge/${name}`);

test('asks for overlays, which a release may not know, then for bridges', () => {
  expect(dladmShowBridge.question(emptyHost('omni1', 0))).toEqual([
    ['dladm', 'show-overlay', '-p', '-o', 'link,property,value'],
    ['echo', '=== labtop: bridges'],
    ['dladm', 'show-bridge', '-p', '-o', 'bridge,protect,address,priority,desroot'],
  ]);
});

test('reads bridges and overlays', () => {
  expect(dladmShowBridge.parse(text('bridge-and-overlay.txt'))).toEqual({
    value: {
      bridges: [
        { name: 'home', protection: 'stp', designatedRoot: '32768/8:0:20:bf:f:0', ports: null },
        { name: 'lost', protection: null, designatedRoot: null, ports: null },
      ],
      overlays: [
        { name: 'vx0', encapsulation: 'vxlan', virtualNetworkId: 10 },
        { name: 'vx1', encapsulation: null, virtualNetworkId: null },
      ],
    },
    complaints: [],
  });
});

const HOME = text('bridge-and-overlay.txt');
const knowing = makeHost('omni1', {
  switches: answered(dladmShowBridge.parse(HOME).value),
  kstats: answered(makeKstats()),
});

test('asks what the spanning tree makes of the links of each bridge, once bridges are known', () => {
  expect(dladmShowBridge.question(knowing)?.slice(3)).toEqual([
    ['echo', '=== labtop: ports home'],
    ['dladm', 'show-bridge', '-l', '-p', '-o', 'link,state,opercost,operedge', 'home'],
    ['echo', '=== labtop: ports lost'],
    ['dladm', 'show-bridge', '-l', '-p', '-o', 'link,state,opercost,operedge', 'lost'],
  ]);
  const unknowing = makeHost('omni1', { kstats: answered(makeKstats()) });
  expect(dladmShowBridge.follows?.(knowing)).not.toBe(dladmShowBridge.follows?.(unknowing));
  const strange = { name: '-x; y', protection: null, designatedRoot: null, ports: null };
  const odd = makeHost('omni1', { switches: answered({ bridges: [strange], overlays: [] }) });
  expect(dladmShowBridge.question(odd)).toHaveLength(3);
});

test('reads the links of a bridge with their states in the spanning tree', () => {
  const { value, complaints } = dladmShowBridge.parse(
    `${HOME}=== labtop: ports home\nnet0:forwarding:2000:no\nnet1:discarding::yes\n::\n=== labtop: ports lost\n`,
  );
  expect(complaints).toHaveLength(1);
  expect(value.bridges.map(({ ports }) => ports)).toEqual([
    [
      { link: 'net0', state: 'forwarding', cost: 2000, isEdge: false },
      { link: 'net1', state: 'discarding', cost: null, isEdge: true },
    ],
    [],
  ]);
});

test('a release without overlays has no bridges either, and that is no fault', () => {
  expect(dladmShowBridge.parse(text('older-release.txt'))).toEqual({
    value: { bridges: [], overlays: [] },
    complaints: [],
  });
});

test('complains about rows without a name, noise and what was cut', () => {
  const { value, complaints } = dladmShowBridge.parse(text('garbage-and-cut-off.txt'));
  expect(value).toEqual({ bridges: [], overlays: [] });
  expect(complaints.map(({ line }) => line).toSorted((a, b) => a - b)).toEqual([1, 2, 4, 5]);
  expect(dladmShowBridge.parse(text('cut-before-mark.txt')).complaints).toMatchObject([
    { line: 0, reason: 'the bridges are missing: the output was cut' },
  ]);
});

test('reads the table for people', () => {
  const { value, complaints } = parseShowBridgeTable(text('table.txt'));
  expect(complaints).toEqual([]);
  expect(value).toEqual([
    { name: 'home', protection: 'stp', designatedRoot: '32768/8:0:20:bf:f:0', ports: null },
    { name: 'tree', protection: 'trill', designatedRoot: '8192/0:d0:0:76:14:38', ports: null },
  ]);
});

test('never throws', () => {
  fc.assert(
    fc.property(hostileText('link/dladm-show-bridge'), (any) => {
      expect(() => [dladmShowBridge.parse(any), parseShowBridgeTable(any)]).not.toThrow();
    }),
  );
});
