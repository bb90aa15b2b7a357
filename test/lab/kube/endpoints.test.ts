import { afterEach, expect, test } from 'vitest';
import type { KubeApi } from '../../../src/lab/kube/api.ts';
import type { KubeObject } from '../../../src/lab/kube/object.ts';
import { startQuickApi } from './client.ts';

let api: KubeApi | undefined;
afterEach(() => api?.close());

type Slice = KubeObject & {
  readonly endpoints: readonly { readonly conditions: { readonly ready: boolean } }[];
};
const endpointsOf = (of: KubeApi, namespace: string, service: string): readonly boolean[] =>
  (of.store.list('endpointslices.discovery.k8s.io', namespace) as readonly Slice[])
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === service)
    .flatMap(({ endpoints }) => endpoints.map(({ conditions }) => conditions.ready));

test('each service with a selector has its pods behind it from the start', async () => {
  api = await startQuickApi();
  expect(endpointsOf(api, 'kube-system', 'kube-dns')).toEqual([true, true]);
  expect(endpointsOf(api, 'cert-manager', 'cert-manager-webhook')).toEqual([true]);
  expect(endpointsOf(api, 'default', 'kubernetes')).toEqual([true]);
});

test('endpoints follow a workload that is scaled to nothing and back', async () => {
  api = await startQuickApi();
  const { store } = api;
  const scale = (replicas: number): void => {
    store.modify('deployments.apps', 'cert-manager', 'cert-manager-webhook', (object) => ({
      ...object,
      spec: { ...(object['spec'] as object), replicas },
    }));
  };
  const endpoints = (): readonly boolean[] =>
    endpointsOf(api as KubeApi, 'cert-manager', 'cert-manager-webhook');
  scale(0);
  await expect.poll(endpoints).toEqual([]);
  scale(1);
  await expect.poll(endpoints).toEqual([true]);
});

test('endpoints come and go with their service', async () => {
  api = await startQuickApi();
  const { store } = api;
  const draft = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'dns', namespace: 'kube-system' },
    spec: { selector: { 'app.kubernetes.io/name': 'coredns' }, ports: [{ port: 53 }] },
  };
  const endpoints = (): readonly boolean[] => endpointsOf(api as KubeApi, 'kube-system', 'dns');
  store.create('services', draft);
  await expect.poll(endpoints).toEqual([true, true]);
  store.remove('services', 'kube-system', 'dns');
  await expect.poll(endpoints).toEqual([]);
});

test('a pod of a node that is silent is an endpoint that is not ready', async () => {
  api = await startQuickApi();
  const node = (
    api.store.list('pods', 'cert-manager') as readonly (KubeObject & {
      readonly spec: { readonly nodeName?: string };
    })[]
  ).find(({ metadata }) => metadata.name.startsWith('cert-manager-webhook'))?.spec.nodeName;
  api.setNodeReady(node ?? '', 'Unknown', 'NodeStatusUnknown', 'silent');
  await expect
    .poll(() => endpointsOf(api as KubeApi, 'cert-manager', 'cert-manager-webhook'))
    .toEqual([false]);
});
