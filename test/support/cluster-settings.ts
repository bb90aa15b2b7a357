import type { ClusterSettings } from '../../src/domain/settings.ts';

/** A cluster of which only the kubeconfig is told, with what `change` says otherwise. */
export const clusterSettings = (
  name: string,
  kubeconfig: string,
  change: Partial<ClusterSettings> = {},
): ClusterSettings => ({
  name,
  kubeconfig,
  context: null,
  vip: null,
  apiServers: [],
  etcd: [],
  namespaces: [],
  kubelets: false,
  objectsMegabytes: 200,
  ...change,
});
