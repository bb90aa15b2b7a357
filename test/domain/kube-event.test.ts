import { expect, test } from 'vitest';
import { eventGroups, eventsAbout, eventSubject } from '../../src/domain/kube-event.ts';
import type { KubeEvent } from '../../src/domain/kube-event.ts';
import type { KubeTable } from '../../src/domain/kube.ts';
import { NOW } from '../support/inventory.ts';

const minute = 60_000;
const event = (name: string, change: Partial<KubeEvent> = {}): KubeEvent => ({
  namespace: 'shop',
  name,
  type: 'Normal',
  reason: 'Pulled',
  message: 'pulled',
  object: { kind: 'Pod', namespace: 'shop', name: 'web-1' },
  component: 'kubelet',
  count: 1,
  firstAt: NOW - 10 * minute,
  lastAt: NOW - 10 * minute,
  ...change,
});
const tableOf = (events: readonly KubeEvent[]): KubeTable<KubeEvent> => ({
  revision: 1,
  byKey: new Map(events.map((each) => [`${each.namespace}/${each.name}`, each])),
});

test('what is told of one object for one reason is one line, with all counts together', () => {
  const back = { type: 'Warning', reason: 'BackOff' };
  const groups = eventGroups(
    tableOf([
      event('a', { ...back, count: 4, message: 'old', firstAt: NOW - 20 * minute }),
      event('b', { ...back, count: 3, message: 'new', lastAt: NOW - minute }),
    ]),
  );
  expect(groups).toEqual([
    {
      key: 'Pod/shop/web-1/BackOff',
      ...back,
      message: 'new',
      object: { kind: 'Pod', namespace: 'shop', name: 'web-1' },
      component: 'kubelet',
      count: 7,
      firstAt: NOW - 20 * minute,
      lastAt: NOW - minute,
    },
  ]);
});

test('warnings come first, then the newest; what bears no time is last', () => {
  const groups = eventGroups(
    tableOf([
      event('a', { reason: 'NoTime', lastAt: null, firstAt: null }),
      event('b', { reason: 'New', lastAt: NOW }),
      event('c', { reason: 'Old' }),
      event('d', { reason: 'Bad', type: 'Warning', lastAt: NOW - 50 * minute }),
    ]),
  );
  expect(groups.map(({ reason }) => reason)).toEqual(['Bad', 'New', 'Old', 'NoTime']);
});

test('events that come, change and go are followed', () => {
  const first = event('a', { count: 1 });
  const byKey = new Map([['shop/a', first]]);
  const changed = new Map<number, ReadonlyMap<string, KubeEvent | undefined>>();
  const at = (revision: number): KubeTable<KubeEvent> => ({
    revision,
    byKey,
    changes: { since: (from) => changed.get(from) },
  });
  expect(eventGroups(at(1))).toMatchObject([{ reason: 'Pulled', count: 1 }]);
  byKey.set('shop/a', event('a', { count: 2 }));
  byKey.set('shop/b', event('b', { reason: 'Killing' }));
  changed.set(
    1,
    new Map([
      ['shop/a', first],
      ['shop/b', undefined],
    ]),
  );
  expect(eventGroups(at(2)).map(({ reason, count }) => `${reason} ${count}`)).toEqual([
    'Killing 1',
    'Pulled 2',
  ]);
  const last = byKey.get('shop/a');
  byKey.delete('shop/a');
  changed.set(2, new Map([['shop/a', last]]));
  expect(eventGroups(at(3)).map(({ reason }) => reason)).toEqual(['Killing']);
});

test('the events of one object are only its own', () => {
  const own = { kind: 'Node', namespace: null, name: 'worker1' };
  const table = tableOf([event('a'), event('b', { object: own, reason: 'NodeNotReady' })]);
  expect(eventsAbout(table, own).map(({ reason }) => reason)).toEqual(['NodeNotReady']);
});

test.for([
  ['Pod', 'shop', 'web-1', 'pod:k/shop/web-1'],
  ['Node', null, 'worker1', 'node:k/worker1'],
  // The kubelet's events of a node lie in a namespace, their object does not.
  ['Node', '', 'worker1', 'node:k/worker1'],
  ['Deployment', 'shop', 'web', 'workload:k/Deployment/shop/web'],
  ['Gateway', 'apps', 'public', 'object:k/Gateway/apps/public'],
  ['PersistentVolumeClaim', 'apps', 'data', 'storage:k/PersistentVolumeClaim/apps/data'],
  ['Volume', 'longhorn-system', 'pvc-1', 'storage:k/LonghornVolume/longhorn-system/pvc-1'],
  ['VirtualMachineInstance', 'apps', 'win', 'kubevirt:k/apps/win'],
  ['PersistentVolume', null, 'pv1', 'storage:k/PersistentVolume/pv1'],
  ['ClusterIssuer', null, 'ca', 'object:k/ClusterIssuer/ca'],
] as const)('an event about %s %s/%s leads to %s', ([kind, namespace, name, ref]) => {
  expect(eventSubject('k', { kind, namespace, name })).toBe(ref);
});
