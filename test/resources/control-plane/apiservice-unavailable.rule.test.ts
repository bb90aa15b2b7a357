import { expect, test } from 'vitest';
import type { ApiService } from '../../../src/domain/control-plane.ts';
import { apiserviceUnavailable } from '../../../src/resources/control-plane/apiservice-unavailable.rule.ts';
import { NOW } from '../../support/inventory.ts';

const service = (change: Partial<ApiService> = {}): ApiService => ({
  name: 'v1beta1.metrics.k8s.io',
  service: 'kube-system/metrics-server',
  available: 'True',
  reason: 'Passed',
  message: 'all checks passed',
  since: NOW,
  ...change,
});
const titleOf = (object: ApiService): string | undefined =>
  apiserviceUnavailable.check(object, 'infrak8s', NOW, { warning: 0, critical: 0 })?.finding?.title;

test.for([
  ['it can be had', {}, undefined],
  ['nobody has looked yet', { available: null }, undefined],
  ['it is not known', { available: 'Unknown' }, undefined],
  [
    'its service has no endpoints',
    { available: 'False', reason: 'MissingEndpoints', message: 'endpoints have no addresses' },
    'API not available: endpoints have no addresses',
  ],
  [
    'no message',
    { available: 'False', reason: 'ServiceNotFound', message: null },
    'API not available: ServiceNotFound',
  ],
] as const)('%s', ([, change, title]) => {
  expect(titleOf(service(change))).toBe(title);
});
