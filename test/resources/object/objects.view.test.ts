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
