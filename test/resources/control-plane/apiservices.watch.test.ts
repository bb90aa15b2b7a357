import { expect, test } from 'vitest';
import { projectApiService } from '../../../src/resources/control-plane/apiservices.watch.ts';
import { NOW } from '../../support/inventory.ts';

test('reads what is shown of an APIService, of which every field may be missing', () => {
  expect(
    projectApiService({
      metadata: { name: 'v1beta1.metrics.k8s.io' },
      spec: { service: { namespace: 'kube-system', name: 'metrics-server' } },
      status: {
        conditions: [
          {
            type: 'Available',
            status: 'False',
            reason: 'MissingEndpoints',
            message: 'none',
            lastTransitionTime: '2026-11-23T14:09:53Z',
          },
        ],
      },
    }),
  ).toEqual({
    name: 'v1beta1.metrics.k8s.io',
    service: 'kube-system/metrics-server',
    available: 'False',
    reason: 'MissingEndpoints',
    message: 'none',
    since: NOW,
  });
  expect(projectApiService({ metadata: { name: 'v1.apps' } })).toMatchObject({
    service: null,
    available: null,
  });
  expect(projectApiService({})).toBeUndefined();
});
