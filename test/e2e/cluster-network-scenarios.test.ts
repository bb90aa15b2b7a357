import { expect, test } from 'vitest';
import type { KubeApi } from '../../src/lab/kube/api.ts';
import { LIMIT, rootsOf, snapshotRoots, startStage, watchStage } from '../support/stage.ts';
import type { Stage } from '../support/stage.ts';

type Scenario = {
  readonly scenario: string;
  readonly root: string;
  readonly evidence: Readonly<Record<string, unknown>>;
  /** Problems beneath the root, at least. */
  readonly beneath?: readonly string[];
  /** Whether the fault is in the cluster: that itself takes some seconds until a pod has ended. */
  readonly isStruck: (kube: KubeApi) => boolean;
  readonly heal: (lab: Stage['lab']) => void;
};

const statusOf = ({ store }: KubeApi, resource: string, name: string): string =>
  JSON.stringify(store.list(resource).find(({ metadata }) => metadata.name === name)?.['status']);

const SCENARIOS: readonly Scenario[] = [
  {
    scenario: 'webhook-down',
    root: 'webhook.unreachable object:infrak8s/Service/cert-manager/cert-manager-webhook',
    evidence: {
      failurePolicy: 'Fail',
      target: 'cert-manager/cert-manager-webhook:443',
      serviceExists: true,
      readyEndpoints: 0,
      configurations:
        'validatingwebhookconfiguration/cert-manager-webhook, mutatingwebhookconfiguration/cert-manager-webhook',
    },
    beneath: [
      'object:infrak8s/MutatingWebhookConfiguration/cert-manager-webhook',
      'object:infrak8s/ValidatingWebhookConfiguration/cert-manager-webhook',
    ],
    isStruck: ({ store }) =>
      store
        .list('endpointslices.discovery.k8s.io', 'cert-manager')
        .some(
          (slice) =>
            slice.metadata.name.startsWith('cert-manager-webhook-') &&
            !JSON.stringify(slice['endpoints']).includes('"ready":true'),
        ),
    heal: ({ kube }) => kube.scaleDeployment('cert-manager', 'cert-manager-webhook', 1),
  },
  {
    scenario: 'bgp-down',
    root: 'bgp.peer object:infrak8s/BGPPeer/10.127.0.4',
    evidence: { state: 'active', peerAs: 64_706, localAs: 64_709, sessionsUp: 0, sessions: 4 },
    isStruck: ({ store }) =>
      store
        .list('ciliumbgpnodeconfigs.cilium.io')
        .every((config) => JSON.stringify(config['status']).includes('"active"')),
    heal: ({ controlPlane }) => controlPlane.setBgpFault(false),
  },
  {
    scenario: 'metrics-down',
    root: 'apiservice.unavailable object:infrak8s/APIService/v1beta1.metrics.k8s.io',
    evidence: {
      reason: 'MissingEndpoints',
      service: 'kube-system/metrics-server',
      message:
        'endpoints for service/metrics-server in "kube-system" have no addresses with port name "https"',
    },
    isStruck: (kube) =>
      statusOf(kube, 'apiservices.apiregistration.k8s.io', 'v1beta1.metrics.k8s.io').includes(
        'MissingEndpoints',
      ),
    heal: ({ kube }) => kube.scaleDeployment('kube-system', 'metrics-server', 1),
  },
  {
    scenario: 'api-deprecated',
    root: 'api.deprecated resource:infrak8s/volumeattributesclasses.v1alpha1.storage.k8s.io',
    evidence: {
      removedRelease: '1.35',
      version: 'v1.34.1',
      apiServers: 'apisrv1, apisrv2, apisrv3',
      from: '/metrics apiserver_requested_deprecated_apis',
    },
    isStruck: () => true,
    heal: ({ kube }) => kube.setDeprecatedRequests(null),
  },
  {
    scenario: 'issuer-down',
    root: 'cert.expiry certificate:infrak8s/cert-manager/longhorn-system/longhorn-ui-tls',
    evidence: {
      issuer: 'lab-ca',
      lifetimeHours: 168,
      where: 'cert-manager longhorn-system/longhorn-ui-tls',
      from: 'GET certificates.cert-manager.io',
      certManager: expect.stringMatching(/^Renewing certificate as renewal was scheduled/),
    },
    isStruck: (kube) =>
      statusOf(kube, 'certificates.cert-manager.io', 'longhorn-ui-tls').includes('Renewing'),
    heal: ({ kube }) => kube.setIssuerFault('lab-ca', false),
  },
  {
    scenario: 'node-notready',
    root: 'node.notready node:infrak8s/worker2',
    evidence: { ready: 'Unknown', reason: 'NodeStatusUnknown' },
    isStruck: (kube) => statusOf(kube, 'nodes', 'worker2').includes('NodeStatusUnknown'),
    heal: ({ kube }) =>
      kube.setNodeReady('worker2', 'True', 'KubeletReady', 'kubelet is posting ready status'),
  },
];

test.for(SCENARIOS)(
  '$scenario: the snapshot names its rule first, and nothing else',
  async ({ scenario, root, evidence, isStruck }) => {
    const stage = await startStage();
    stage.lab.play(scenario);
    await expect.poll(() => isStruck(stage.lab.kube), LIMIT).toBe(true);
    // How long a rule waits lies within what the snapshot takes until nothing comes any more.
    const found = await snapshotRoots(stage);
    expect(found.roots).toEqual([root]);
    expect(found.evidence).toMatchObject(evidence);
  },
);

test('what strikes while it is watched is one problem, and goes by itself when it is mended', async () => {
  const stage = await startStage();
  const sources = watchStage(stage);
  const pods = () => {
    const feed = sources.inventory().clusters[0]?.feeds.pods;
    return feed?.status === 'ok' ? feed.value.byKey.size : 0;
  };
  await expect.poll(pods, LIMIT).toBeGreaterThan(0);
  for (const { scenario, root, beneath = [], heal } of SCENARIOS) {
    stage.lab.play(scenario);
    await expect.poll(() => rootsOf(sources), LIMIT).toEqual([root]);
    await expect
      .poll(() => sources.problems().map(({ subject }) => subject), LIMIT)
      .toEqual(expect.arrayContaining([...beneath]));
    heal(stage.lab);
    await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
  }
});
