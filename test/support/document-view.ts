import { podDescriber } from '../../src/resources/pod/pod.describe.ts';
import type { DocumentView } from '../../src/ui/model.ts';

const at = (now: number, minutes: number): string => new Date(now - minutes * 60_000).toISOString();

/** A v1 Pod with everything that is described of one; its container has crashed. */
export const describedPod = (now: number): unknown => ({
  metadata: {
    name: 'web-7d9f8-abcde',
    namespace: 'apps',
    creationTimestamp: at(now, 600),
    resourceVersion: '48213228',
    labels: { app: 'web', tier: 'front' },
    annotations: {
      'kubectl.kubernetes.io/last-applied-configuration': '{"secret":"x"}',
      note: 'kept \u001B[31mred',
    },
  },
  spec: {
    nodeName: 'worker1',
    serviceAccountName: 'web',
    priority: 100,
    nodeSelector: { disk: 'ssd' },
    initContainers: [{ name: 'migrate', image: 'web:1', command: ['migrate', '--all'] }],
    containers: [
      {
        name: 'web',
        image: 'web:1',
        ports: [{ containerPort: 8080 }],
        args: ['--listen', ':8080'],
        resources: { limits: { memory: '256Mi' }, requests: { cpu: '50m' } },
        livenessProbe: { httpGet: { path: '/healthz', port: 'http' }, initialDelaySeconds: 5 },
        readinessProbe: { exec: { command: ['check'] } },
        startupProbe: { tcpSocket: { port: 8080 } },
        envFrom: [{ secretRef: { name: 'all' } }, { configMapRef: { name: 'conf' } }],
        env: [
          { name: 'MODE', value: 'fast' },
          { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
          { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
        ],
        volumeMounts: [{ name: 'data', mountPath: '/data', readOnly: true, subPath: 'a' }],
      },
    ],
    volumes: [
      { name: 'data', persistentVolumeClaim: { claimName: 'web-data' } },
      { name: 'tmp', emptyDir: {} },
    ],
    tolerations: [
      {
        key: 'node.kubernetes.io/not-ready',
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      },
    ],
  },
  status: {
    phase: 'Running',
    podIP: '10.244.0.9',
    hostIP: '10.0.0.1',
    qosClass: 'Burstable',
    startTime: at(now, 600),
    conditions: [
      {
        type: 'Ready',
        status: 'False',
        lastTransitionTime: at(now, 3),
        reason: 'ContainersNotReady',
        message: 'web',
      },
      { type: 'PodScheduled', status: 'True', lastTransitionTime: at(now, 600) },
    ],
    initContainerStatuses: [
      {
        name: 'migrate',
        ready: true,
        restartCount: 0,
        state: {
          terminated: {
            exitCode: 0,
            reason: 'Completed',
            startedAt: at(now, 600),
            finishedAt: at(now, 599),
          },
        },
      },
    ],
    containerStatuses: [
      {
        name: 'web',
        ready: false,
        restartCount: 7,
        imageID: 'web@sha256:abc',
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s' } },
        lastState: {
          terminated: {
            exitCode: 137,
            reason: 'OOMKilled',
            startedAt: at(now, 9),
            finishedAt: at(now, 4),
          },
        },
      },
    ],
  },
});

export const describedEvents = (now: number): readonly unknown[] => [
  {
    type: 'Warning',
    reason: 'BackOff',
    count: 12,
    lastTimestamp: at(now, 2),
    source: { component: 'kubelet' },
    message: 'Back-off restarting failed container web',
  },
  {
    type: 'Normal',
    reason: 'Pulled',
    lastTimestamp: at(now, 9),
    source: { component: 'kubelet' },
    message: 'Container image "web:1" already present',
  },
];

/** The pod as it is described. */
export const describedText = (now: number) =>
  podDescriber.describe(describedPod(now), {
    now,
    events: describedEvents(now),
    owners: ['ReplicaSet/web-7d9f8', 'Deployment/web'],
    others: [],
  });

export const documentView = (now: number): DocumentView => ({
  kind: 'document',
  lines: describedText(now).map(({ text, tone }, index) => ({
    id: index + 1,
    text,
    tone,
    at: null,
  })),
  error: null,
  at: now - 42_000,
  resourceVersion: '48213228',
  isReading: false,
});
