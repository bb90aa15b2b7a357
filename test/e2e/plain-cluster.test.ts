import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { componentsOf } from '../../src/domain/components.ts';
import { startKubeApi } from '../../src/lab/kube/api.ts';
import { startSources } from '../../src/sources.ts';
import { privateHome } from '../support/console-driver.ts';

const endings: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

test('a cluster of which no host is watched has its control plane from pods, leases and its API servers', async () => {
  const home = privateHome();
  endings.push(home.remove);
  const kube = await startKubeApi({ seed: 3 });
  endings.push(kube.close);
  const [worker] = kube.store.list('nodes');
  if (!worker) throw new Error('no node');
  const { uid: _, resourceVersion: __, ...metadata } = worker.metadata;
  // As kubeadm makes it: a node whose kubelet starts the control plane from files.
  kube.store.create('nodes', {
    ...worker,
    metadata: {
      ...metadata,
      name: 'k8sched1',
      labels: { ...metadata.labels, 'node-role.kubernetes.io/control-plane': '' },
    },
    status: {
      ...(worker as { status?: object }).status,
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    },
  });
  for (const kind of ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'])
    kube.store.create('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        namespace: 'kube-system',
        name: `${kind}-k8sched1`,
        labels: { component: kind, tier: 'control-plane' },
        ownerReferences: [
          { apiVersion: 'v1', kind: 'Node', name: 'k8sched1', uid: 'u', controller: true },
        ],
      },
      spec: { nodeName: 'k8sched1', hostNetwork: true, containers: [{ name: kind, image: kind }] },
      status: {
        phase: 'Running',
        podIP: '127.0.0.1',
        containerStatuses: [
          { name: kind, ready: true, restartCount: 0, image: kind, state: { running: {} } },
        ],
      },
    });
  writeFileSync(join(home.folder, 'kubeconfig'), kube.kubeconfig());
  const config = join(home.folder, 'config.yaml');
  writeFileSync(
    config,
    'clusters: [{ name: kind, kubeconfig: ./kubeconfig, context: infrak8s }]\n',
  );
  const loaded = loadConfig(config);
  if ('issues' in loaded) throw new Error(JSON.stringify(loaded.issues));
  const sources = startSources({
    ...loaded.settings,
    intervals: { fast: 1, slow: 5, inventory: 10 },
  });
  endings.push(sources.close);
  const rows = () => {
    const inventory = sources.inventory();
    return inventory.clusters.flatMap((cluster) =>
      componentsOf(inventory, cluster, Date.now()).map(({ kind, name, state, leader }) =>
        [kind, name, state, leader].join(' '),
      ),
    );
  };
  await expect
    .poll(rows)
    .toEqual([
      'etcd k8sched1 ready ',
      'kube-apiserver k8sched1 ready ',
      'kube-scheduler k8sched1 leads true',
      'kube-controller-manager k8sched1 ready false',
    ]);

  // The API dies: what it told last stays, and its own port tells that it is gone.
  await kube.setListening(false);
  await expect
    .poll(() => sources.problems().map(({ rule, cause }) => `${rule} ${cause === null}`))
    .toContain('api.down true');
  await expect.poll(rows).toContain('kube-apiserver k8sched1 refused ');
  expect(rows()).toHaveLength(4);
  await kube.setListening(true);
  await expect.poll(rows).toContain('kube-apiserver k8sched1 ready ');
});
