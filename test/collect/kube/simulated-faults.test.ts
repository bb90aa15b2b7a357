import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ClusterWatch } from '../../../src/domain/watch.ts';
import { startKubeApi } from '../../../src/lab/kube/api.ts';
import type { KubeApi } from '../../../src/lab/kube/api.ts';
import { observe, podNames, podWatch, temporaryFolder } from './observed-cluster.ts';
import type { ObservedCluster } from './observed-cluster.ts';

const PODS = '/api/v1/pods';

const keyOf = ({
  metadata,
}: {
  readonly metadata: { readonly namespace?: string; readonly name: string };
}): string => `${metadata.namespace}/${metadata.name}`;
const allPods: ClusterWatch<'pods'> = { ...podWatch(20_000), namespaced: true };

type Harm = (api: KubeApi) => void;
const FAULTS: readonly (readonly [what: string, harm: Harm])[] = [
  ['half a line', (api) => api.faults.truncateWatches()],
  ['lines and characters in pieces', (api) => api.faults.splitWatches(7)],
  ['connections cut', (api) => api.faults.cutConnections()],
  ['GOAWAY', (api) => api.faults.goAway()],
  ['a clean end', (api) => api.faults.endWatches()],
  [
    'an ERROR event',
    (api) => api.faults.failWatches(500, 'InternalError', 'etcdserver: leader changed'),
  ],
  [
    'the history gone, told as an event',
    (api) => {
      api.faults.setGone('event');
      api.faults.compact();
      api.faults.cutConnections();
    },
  ],
  [
    'the history gone, told as a status',
    (api) => {
      api.faults.setGone('status');
      api.faults.compact();
      api.faults.cutConnections();
    },
  ],
  [
    'lists on watches switched off',
    (api) => {
      api.faults.setWatchList(false);
      api.faults.compact();
      api.faults.cutConnections();
    },
  ],
  [
    '429 for a while',
    (api) => {
      api.faults.respond({ status: 429, path: PODS, count: 2, retryAfterSeconds: 1 });
      api.faults.endWatches();
    },
  ],
];

describe('the source against the simulated API', () => {
  const folder = temporaryFolder();
  const kubeconfig = join(folder.path, 'kubeconfig');
  let api: KubeApi;
  let observed: ObservedCluster;
  beforeAll(async () => {
    api = await startKubeApi({ seed: 1, bookmarkSeconds: 1, paceMs: 50 });
    writeFileSync(kubeconfig, api.kubeconfig());
  });
  afterEach(async () => {
    api.faults.clear();
    await observed.source.close();
  });
  afterAll(async () => {
    await api.close();
    folder.drop();
  });

  const stored = (): readonly string[] => [...api.store.list('pods')].map(keyOf).toSorted();
  const agrees = (): Promise<unknown> =>
    observed.until(
      'the table is what the store has',
      (now) => now.feeds.pods.status === 'ok' && podNames(now).join() === stored().join(),
    );

  test.for(FAULTS)('recovers from %s', async ([, harm]) => {
    observed = observe(kubeconfig, {
      watches: [allPods],
      timing: { headersMs: 5_000, heartbeatLimitMs: 2_000 },
    });
    await agrees();
    harm(api);
    const [first = ''] = podNames(observed.now());
    const [namespace, name = ''] = first.split('/');
    api.store.remove('pods', namespace, name);
    await agrees();
    expect(podNames(observed.now())).toEqual(stored());
  });
});
