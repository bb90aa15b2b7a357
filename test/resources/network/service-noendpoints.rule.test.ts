import { expect, test } from 'vitest';
import type { EndpointSlice, KubeService } from '../../../src/domain/network.ts';
import type { Workload } from '../../../src/domain/workload.ts';
import { serviceNoendpoints } from '../../../src/resources/network/service-noendpoints.rule.ts';
import { cluster, NOW, withWorkloads, workload } from '../../support/inventory.ts';
import { service, slice, table } from '../../support/network.ts';
import { plainContext } from '../../support/rule-context.ts';

const behind = (change: Partial<Workload> = {}): Workload =>
  workload('Deployment', 'web', { podLabels: { app: 'web', tier: 'front' }, ...change });
const check = (
  change: Partial<KubeService>,
  slices: readonly EndpointSlice[],
  workloads: readonly Workload[] = [behind()],
) =>
  serviceNoendpoints.check(
    { services: table([service('web', change)]), endpointSlices: table(slices) },
    withWorkloads(cluster('k', [], []), workloads),
    NOW,
    plainContext,
  );

test.for<
  [string, Partial<KubeService>, readonly EndpointSlice[], readonly Workload[], string | null]
>([
  ['has two that are ready', {}, [slice('web', 2)], [behind()], null],
  ['has one of three', {}, [slice('web', 1, 3)], [behind()], null],
  [
    'has one in another slice',
    {},
    [slice('web', 0, 1), slice('web', 1, 1, { name: 'web-2' })],
    [behind()],
    null,
  ],
  ['has none of three', {}, [slice('web', 0, 3)], [behind()], 'warning'],
  ['has none at all', {}, [slice('web', 0)], [behind()], 'warning'],
  ['has no slice', {}, [], [behind()], 'warning'],
  ['has those of another service', {}, [slice('api', 2)], [behind()], 'warning'],
  ['is scaled to 0', {}, [slice('web', 0)], [behind({ desired: 0 })], null],
  [
    'is scaled to 0 and its last pod is still there',
    {},
    [slice('web', 0, 1)],
    [behind({ desired: 0 })],
    null,
  ],
  ['selects nothing that is there', {}, [], [workload('Deployment', 'api')], 'info'],
  ['is headless', { clusterIp: 'None' }, [], [behind()], null],
  ['is an alias', { type: 'ExternalName' }, [], [behind()], null],
  ['has no selector', { selector: {} }, [], [behind()], null],
])('a service that %s', ([, change, slices, workloads, expected]) => {
  expect(check(change, slices, workloads)[0]?.severity ?? null).toBe(expected);
});

test('tells how many there are, what is behind it and how to see that', () => {
  expect(check({}, [slice('web', 0, 2)])).toEqual([
    {
      subject: 'object:k/Service/default/web',
      title: 'none of its 2 endpoints is ready',
      severity: 'warning',
      evidence: {
        ready: 0,
        endpoints: 2,
        selector: 'app=web',
        behind: 'Deployment/web',
        type: 'ClusterIP',
        ports: '443/TCP',
        from: 'GET /apis/discovery.k8s.io/v1/endpointslices',
      },
      hint: 'see the pods that it selects: kubectl -n default get pods -l app=web',
    },
  ]);
});
