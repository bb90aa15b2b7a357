import { expect, test } from 'vitest';
import type { KubeApi } from '../../src/lab/kube/api.ts';
import { LIMIT, rootsOf, snapshotRoots, startStage, watchStage } from '../support/stage.ts';

/** Whether the fault is in the objects of the cluster. */
const isStruck = ({ store }: KubeApi): boolean =>
  store
    .list('endpointslices.discovery.k8s.io', 'cert-manager')
    .some(
      (slice) =>
        slice.metadata.name.startsWith('cert-manager-webhook-') &&
        !JSON.stringify(slice['endpoints']).includes('"ready":true'),
    ) ||
  store
    .list('ciliumbgpnodeconfigs.cilium.io')
    .every((config) => JSON.stringify(config['status']).includes('"active"'));

test.for([
  [
    'webhook-down',
    ['webhook.unreachable object:infrak8s/Service/cert-manager/cert-manager-webhook'],
    {
      failurePolicy: 'Fail',
      target: 'cert-manager/cert-manager-webhook:443',
      serviceExists: true,
      readyEndpoints: 0,
      configurations:
        'validatingwebhookconfiguration/cert-manager-webhook, mutatingwebhookconfiguration/cert-manager-webhook',
    },
  ],
  [
    'bgp-down',
    ['bgp.peer object:infrak8s/BGPPeer/10.127.0.4'],
    { state: 'active', peerAs: 64_706, localAs: 64_709, sessionsUp: 0, sessions: 4 },
  ],
] as const)(
  '%s: the snapshot names its rule first, and nothing else',
  { timeout: 180_000 },
  async ([scenario, expected, measured]) => {
    const stage = await startStage();
    stage.lab.play(scenario);
    // The cluster itself takes some seconds until a pod has ended.
    await expect.poll(() => isStruck(stage.lab.kube), LIMIT).toBe(true);
    const { roots, evidence } = await snapshotRoots(stage);
    expect(roots.toSorted()).toEqual(expected);
    expect(evidence).toMatchObject(measured);
  },
);

test('what is brought back clears its problem by itself', { timeout: 180_000 }, async () => {
  const stage = await startStage();
  const sources = watchStage(stage);
  const { kube } = stage.lab;
  const pods = () => {
    const feed = sources.inventory().clusters[0]?.feeds.pods;
    return feed?.status === 'ok' ? feed.value.byKey.size : 0;
  };
  await expect.poll(pods, LIMIT).toBeGreaterThan(0);
  stage.lab.controlPlane.setBgpFault(true);
  await expect
    .poll(() => rootsOf(sources), LIMIT)
    .toEqual(['bgp.peer object:infrak8s/BGPPeer/10.127.0.4']);
  stage.lab.controlPlane.setBgpFault(false);
  await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
  kube.scaleDeployment('cert-manager', 'cert-manager-webhook', 0);
  await expect
    .poll(() => rootsOf(sources), LIMIT)
    .toEqual(['webhook.unreachable object:infrak8s/Service/cert-manager/cert-manager-webhook']);
  expect(sources.problems().map(({ subject, cause }) => [subject, cause])).toEqual([
    ['object:infrak8s/Service/cert-manager/cert-manager-webhook', null],
    ...['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'].map((kind) => [
      `object:infrak8s/${kind}/cert-manager-webhook`,
      'webhook.unreachable@object:infrak8s/Service/cert-manager/cert-manager-webhook',
    ]),
  ]);
  kube.scaleDeployment('cert-manager', 'cert-manager-webhook', 1);
  await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
});
