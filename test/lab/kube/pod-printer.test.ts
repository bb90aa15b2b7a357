import { expect, test } from 'vitest';
import { printPod } from '../../../src/lab/kube/pod-printer.ts';
import type { Container, ContainerStatus, Pod, PodStatus } from '../../../src/lab/kube/pod.ts';

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0);

const container = (name: string, sidecar = false): Container => ({
  name,
  image: 'image',
  ...(sidecar && { restartPolicy: 'Always' }),
});
const status = (name: string, change: Partial<ContainerStatus> = {}): ContainerStatus => ({
  name,
  image: 'image',
  imageID: '',
  ready: true,
  started: true,
  restartCount: 0,
  state: { running: { startedAt: '' } },
  lastState: {},
  ...change,
});
const ended = (
  terminated: NonNullable<ContainerStatus['state']['terminated']>,
): Partial<ContainerStatus> => ({ ready: false, state: { terminated } });
const waiting = (reason: string): Partial<ContainerStatus> => ({
  ready: false,
  state: { waiting: { reason } },
});
const condition = (type: string, value: 'True' | 'False', reason = '') => ({
  type,
  status: value,
  reason,
  lastTransitionTime: '',
});

function pod(
  change: Partial<PodStatus>,
  init: readonly Container[] = [],
  deletionTimestamp?: string,
): Pod {
  const containers = (change.containerStatuses ?? [status('a')]).map(({ name }) => container(name));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'p',
      namespace: 'n',
      uid: 'u',
      resourceVersion: '1',
      creationTimestamp: '',
      ...(deletionTimestamp && { deletionTimestamp }),
    },
    spec: { containers, initContainers: init },
    status: { phase: 'Running', ...change },
  };
}

test.for<readonly [string, Pod, string, string]>([
  ['running', pod({ containerStatuses: [status('a'), status('b')] }), '2/2', 'Running'],
  [
    'the reason of the status',
    pod({ phase: 'Failed', reason: 'Evicted', containerStatuses: [] }),
    '0/0',
    'Evicted',
  ],
  [
    'a scheduling gate',
    pod({
      phase: 'Pending',
      containerStatuses: [],
      conditions: [condition('PodScheduled', 'False', 'SchedulingGated')],
    }),
    '0/0',
    'SchedulingGated',
  ],
  [
    'the first container wins',
    pod({
      containerStatuses: [
        status('a', waiting('ImagePullBackOff')),
        status('b', waiting('CrashLoopBackOff')),
      ],
    }),
    '0/2',
    'ImagePullBackOff',
  ],
  [
    'an exit code without reason',
    pod({ containerStatuses: [status('a', ended({ exitCode: 3 }))] }),
    '0/1',
    'ExitCode:3',
  ],
  [
    'a signal without reason',
    pod({ containerStatuses: [status('a', ended({ exitCode: 137, signal: 9 }))] }),
    '0/1',
    'Signal:9',
  ],
  [
    'completed beside a running one that is ready',
    pod({
      conditions: [condition('Ready', 'True')],
      containerStatuses: [status('a', ended({ exitCode: 0, reason: 'Completed' })), status('b')],
    }),
    '1/2',
    'Running',
  ],
  [
    'completed beside a running one that is not',
    pod({
      conditions: [condition('Ready', 'False')],
      containerStatuses: [status('a', ended({ exitCode: 0, reason: 'Completed' })), status('b')],
    }),
    '1/2',
    'NotReady',
  ],
  [
    'completed',
    pod({
      phase: 'Succeeded',
      containerStatuses: [status('a', ended({ exitCode: 0, reason: 'Completed' }))],
    }),
    '0/1',
    'Completed',
  ],
  [
    'the second of three init containers',
    pod(
      {
        phase: 'Pending',
        containerStatuses: [status('a', waiting('PodInitializing'))],
        initContainerStatuses: [
          status('i', ended({ exitCode: 0 })),
          status('j', waiting('PodInitializing')),
          status('k', waiting('PodInitializing')),
        ],
      },
      [container('i'), container('j'), container('k')],
    ),
    '0/1',
    'Init:1/3',
  ],
  [
    'an init container that fails',
    pod(
      {
        phase: 'Pending',
        containerStatuses: [status('a', waiting('PodInitializing'))],
        initContainerStatuses: [status('i', ended({ exitCode: 1, reason: 'Error' }))],
      },
      [container('i')],
    ),
    '0/1',
    'Init:Error',
  ],
  [
    'an init container that waits',
    pod(
      {
        phase: 'Pending',
        containerStatuses: [status('a', waiting('PodInitializing'))],
        initContainerStatuses: [status('i', waiting('CrashLoopBackOff'))],
      },
      [container('i')],
    ),
    '0/1',
    'Init:CrashLoopBackOff',
  ],
  [
    'a sidecar counts',
    pod({ containerStatuses: [status('a')], initContainerStatuses: [status('s')] }, [
      container('s', true),
    ]),
    '2/2',
    'Running',
  ],
  [
    'to be deleted',
    pod({ containerStatuses: [status('a')] }, [], '2026-01-01T12:00:00Z'),
    '1/1',
    'Terminating',
  ],
  [
    'to be deleted, completed',
    pod(
      {
        phase: 'Succeeded',
        containerStatuses: [status('a', ended({ exitCode: 0, reason: 'Completed' }))],
      },
      [],
      '2026-01-01T12:00:00Z',
    ),
    '0/1',
    'Completed',
  ],
  [
    'to be deleted, on a lost node',
    pod({ reason: 'NodeLost', containerStatuses: [status('a')] }, [], '2026-01-01T12:00:00Z'),
    '1/1',
    'Unknown',
  ],
])('%s', ([, object, ready, text]) => {
  expect(printPod(object, NOW)).toMatchObject({ ready, status: text });
});

test('restarts say when the last one was, of all containers, and of init containers only while they run', () => {
  const died = (count: number, at: string): Partial<ContainerStatus> => ({
    restartCount: count,
    lastState: { terminated: { exitCode: 1, finishedAt: at } },
  });
  const both = [
    status('a', died(2, '2026-01-01T11:55:00Z')),
    status('b', died(1, '2026-01-01T11:00:00Z')),
  ];
  expect(printPod(pod({ containerStatuses: both }), NOW).restarts).toBe('3 (5m ago)');
  const init = [
    status('i', { ...died(4, '2026-01-01T11:58:30Z'), ...waiting('CrashLoopBackOff') }),
  ];
  expect(
    printPod(
      pod({ phase: 'Pending', containerStatuses: both, initContainerStatuses: init }, [
        container('i'),
      ]),
      NOW,
    ).restarts,
  ).toBe('4 (90s ago)');
  const over = [
    status('i', { ...died(4, '2026-01-01T11:58:30Z'), state: { terminated: { exitCode: 0 } } }),
  ];
  expect(
    printPod(pod({ containerStatuses: both, initContainerStatuses: over }, [container('i')]), NOW)
      .restarts,
  ).toBe('3 (5m ago)');
});
