import { expect, test } from 'vitest';
import { readPodStatus } from '../../../src/resources/pod/pod-status.ts';

const EARLY = '2026-01-02T03:00:00Z';
const LATE = '2026-01-02T04:00:00Z';

const running = { running: { startedAt: EARLY } };
const ended = (exitCode: number, more: object = {}) => ({ terminated: { exitCode, ...more } });
const waiting = (reason?: string) => ({ waiting: { ...(reason && { reason }) } });
const container = (state: object, more: object = {}) => ({
  name: 'c',
  state,
  ready: false,
  restartCount: 0,
  ...more,
});
const ready = (name = 'c', more: object = {}) => container(running, { name, ready: true, ...more });
const restarted = (count: number, at: string) => ({
  restartCount: count,
  lastState: { terminated: { finishedAt: at } },
});
type Parts = {
  readonly main?: readonly object[];
  readonly init?: readonly object[];
  readonly initSpecs?: readonly object[];
  readonly conditions?: readonly object[];
  readonly status?: object;
  readonly metadata?: object;
};
const pod = ({ main = [], init = [], initSpecs, conditions = [], status, metadata }: Parts) => ({
  metadata: { name: 'p', ...metadata },
  spec: {
    containers: main.length > 0 ? main.map(() => ({})) : [{}],
    initContainers: initSpecs ?? init.map(() => ({ name: 'c' })),
  },
  status: {
    phase: 'Running',
    containerStatuses: main,
    initContainerStatuses: init,
    conditions,
    ...status,
  },
});
const sidecar = { name: 'side', restartPolicy: 'Always' };
const condition = (type: string, status: string, reason?: string) => ({ type, status, reason });

test.for<[string, Parts, string, string]>([
  ['a running pod', { main: [ready(), ready()] }, 'Running', '2/2'],
  ['a pod that is not ready', { main: [ready(), container(running)] }, 'Running', '1/2'],
  [
    'a pod that waits',
    { main: [container(waiting('CrashLoopBackOff'))] },
    'CrashLoopBackOff',
    '0/1',
  ],
  [
    'two waiting containers: the first one counts',
    { main: [container(waiting('ErrImagePull')), container(waiting('ContainerCreating'))] },
    'ErrImagePull',
    '0/2',
  ],
  ['a waiting container without a reason', { main: [container(waiting())] }, 'Running', '0/1'],
  ['an ended container', { main: [container(ended(1, { reason: 'Error' }))] }, 'Error', '0/1'],
  ['an exit code', { main: [container(ended(3))] }, 'ExitCode:3', '0/1'],
  ['a signal', { main: [container(ended(137, { signal: 9 }))] }, 'Signal:9', '0/1'],
  [
    'a completed container beside a running one in a ready pod',
    {
      main: [container(ended(0, { reason: 'Completed' })), ready()],
      conditions: [condition('Ready', 'True')],
    },
    'Running',
    '1/2',
  ],
  [
    'the same in a pod that is not ready',
    { main: [container(ended(0, { reason: 'Completed' })), ready()] },
    'NotReady',
    '1/2',
  ],
  [
    'a completed pod',
    { main: [container(ended(0, { reason: 'Completed' }))], status: { phase: 'Succeeded' } },
    'Completed',
    '0/1',
  ],
  ['a pending pod', { status: { phase: 'Pending' } }, 'Pending', '0/1'],
  ['an evicted pod', { status: { phase: 'Failed', reason: 'Evicted' } }, 'Evicted', '0/1'],
  [
    'a gated pod',
    {
      status: { phase: 'Pending' },
      conditions: [condition('PodScheduled', 'False', 'SchedulingGated')],
    },
    'SchedulingGated',
    '0/1',
  ],
  [
    'the second of two init containers',
    {
      init: [container(ended(0)), container(running)],
      main: [container(waiting('PodInitializing'))],
    },
    'Init:1/2',
    '0/1',
  ],
  [
    'an init container that waits',
    { init: [container(waiting('ImagePullBackOff'))] },
    'Init:ImagePullBackOff',
    '0/1',
  ],
  [
    'an init container that is prepared',
    { init: [container(waiting('PodInitializing'))] },
    'Init:0/1',
    '0/1',
  ],
  [
    'a failed init container',
    { init: [container(ended(1, { reason: 'Error' }))] },
    'Init:Error',
    '0/1',
  ],
  ['its exit code', { init: [container(ended(2))] }, 'Init:ExitCode:2', '0/1'],
  ['its signal', { init: [container(ended(2, { signal: 15 }))] }, 'Init:Signal:15', '0/1'],
  [
    'a sidecar that runs',
    { initSpecs: [sidecar], init: [ready('side', { started: true })], main: [ready()] },
    'Running',
    '2/2',
  ],
  [
    'a sidecar that has not started',
    { initSpecs: [sidecar], init: [container(running, { name: 'side' })] },
    'Init:0/1',
    '0/2',
  ],
  [
    'a sidecar that fails in an initialized pod',
    {
      initSpecs: [sidecar],
      init: [container(waiting('CrashLoopBackOff'), { name: 'side' })],
      main: [ready()],
      conditions: [condition('Initialized', 'True')],
    },
    'Init:CrashLoopBackOff',
    '1/2',
  ],
  [
    'a deleted pod',
    { main: [ready()], metadata: { deletionTimestamp: LATE } },
    'Terminating',
    '1/1',
  ],
  [
    'a deleted pod that has ended',
    { status: { phase: 'Failed' }, metadata: { deletionTimestamp: LATE } },
    'Failed',
    '0/1',
  ],
  [
    'a deleted pod of a lost node',
    { status: { reason: 'NodeLost' }, metadata: { deletionTimestamp: LATE } },
    'Unknown',
    '0/1',
  ],
  ['no deletion', { main: [ready()], metadata: { deletionTimestamp: null } }, 'Running', '1/1'],
])('prints as kubectl does: %s', ([, parts, status, readyText]) => {
  const read = readPodStatus(pod(parts));
  expect([read.status, `${read.readyContainers}/${read.totalContainers}`]).toEqual([
    status,
    readyText,
  ]);
});

test('adds the restarts of all containers and takes the time of the last one', () => {
  const main = [ready('a', restarted(2, EARLY)), ready('b', restarted(3, LATE))];
  expect(readPodStatus(pod({ main }))).toMatchObject({
    restarts: 5,
    lastRestartAt: Date.parse(LATE),
  });
});

test('counts init containers only while they run, and sidecars always', () => {
  const done = container(ended(0), restarted(4, LATE));
  const side = ready('side', { started: true, ...restarted(1, EARLY) });
  const parts = { init: [done, side], initSpecs: [{ name: 'c' }, sidecar], main: [ready()] };
  expect(readPodStatus(pod(parts))).toMatchObject({
    restarts: 1,
    lastRestartAt: Date.parse(EARLY),
  });
  const failing = container(waiting('CrashLoopBackOff'), restarted(4, LATE));
  expect(readPodStatus(pod({ init: [failing] }))).toMatchObject({
    restarts: 4,
    lastRestartAt: Date.parse(LATE),
  });
});

test('knows no restart when there was none', () => {
  expect(readPodStatus(pod({ main: [ready()] }))).toMatchObject({
    restarts: 0,
    lastRestartAt: null,
  });
});
