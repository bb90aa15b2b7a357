import { expect, test } from 'vitest';
import { bindView } from '../../../src/domain/view.ts';
import { objectsView } from '../../../src/resources/object/objects.view.ts';
import { cluster, lab, NOW } from '../../support/inventory.ts';
import { table, withTables } from '../../support/network.ts';

const counted = {
  name: 'flowschemas.flowcontrol.apiserver.k8s.io',
  resource: 'flowschemas',
  group: 'flowcontrol.apiserver.k8s.io',
  kind: 'FlowSchema',
  count: 13,
  perMinute: 0,
  namespaces: null,
  sample: null,
  countedAt: NOW,
  request: 'GET /apis/flowcontrol.apiserver.k8s.io/v1/flowschemas',
  trouble: null,
};
const inventory = lab([], [withTables(cluster('k', [], []), { objects: table([counted]) })]);
const view = bindView(objectsView);

test('an API that is asked for in an old version is told of as the resource that it is', () => {
  const at = (ref: `resource:${string}/${string}`) =>
    view.detail(ref, inventory, NOW)?.[0]?.lines.find(({ label }) => label === 'kind')?.text;
  expect(at('resource:k/flowschemas.flowcontrol.apiserver.k8s.io')).toBe('FlowSchema');
  expect(at('resource:k/flowschemas.v1beta3.flowcontrol.apiserver.k8s.io')).toBe('FlowSchema');
  expect(at('resource:k/other.v1beta3.flowcontrol.apiserver.k8s.io')).toBeUndefined();
});

test('the detail tells who makes them, and in which namespaces alone they are counted', () => {
  const one = {
    ...counted,
    namespaces: ['apps', 'media'],
    sample: {
      at: NOW - 180_000,
      size: 50,
      isNewest: false,
      managers: [{ name: 'maker', count: 50 }],
      owners: [],
      namespaces: [{ name: 'apps', count: 50 }],
      newestAt: NOW - 60_000,
      names: ['a', 'b'],
    },
  };
  const seen = lab([], [withTables(cluster('k', [], []), { objects: table([one]) })]);
  const lines = view
    .detail('resource:k/flowschemas.flowcontrol.apiserver.k8s.io', seen, NOW)
    ?.flatMap((block) => block.lines.map(({ label, text }) => `${label}: ${text}`));
  expect(lines).toEqual(
    expect.arrayContaining([
      'only in: apps, media: the right to list in all namespaces is missing',
      'of: the first 50 by name, 3m ago',
      'written by: 50 maker',
      'owned by: nothing',
      'namespaces: 50 apps',
      'newest: 1m: a b',
    ]),
  );
});

test.for(['over-cap', 'over-budget'])(
  'a resource that is counted only (%s) says so, and why',
  (code) => {
    const error = { code, message: 'too many', hint: 'find out why', resource: counted.name };
    const entry = withTables(cluster('k', [], []), { objects: table([counted]) });
    const limited = {
      ...entry,
      feeds: { ...entry.feeds, pods: { status: 'failed', error, at: NOW } as const },
    };
    const seen = lab([], [limited]);
    const [row] = view.rows(seen, NOW);
    const group = view.columns.findIndex(({ id }) => id === 'group');
    expect(row?.text(group)).toBe('flowcontrol.apiserver.k8s.io, counted only');
    const lines = view.detail(`resource:k/${counted.name}`, seen, NOW)?.[0]?.lines ?? [];
    expect(lines).toContainEqual({
      label: 'not listed',
      text: 'too many; find out why',
      tone: 'warn',
    });
  },
);
