import { expect, test } from 'vitest';
import { daemonsetsWatch } from '../../../src/resources/workload/daemonsets.watch.ts';

const metadata = { name: 'cilium', namespace: 'kube-system', generation: 1 };
const status = {
  observedGeneration: 1,
  currentNumberScheduled: 4,
  desiredNumberScheduled: 4,
  numberReady: 3,
  numberAvailable: 2,
  numberMisscheduled: 0,
  updatedNumberScheduled: 4,
};

test('keeps what is shown of a daemon set: it wants a pod on each node that fits', () => {
  expect(daemonsetsWatch.project({ metadata, status })).toMatchObject({
    kind: 'DaemonSet',
    desired: 4,
    ready: 3,
    available: 2,
    upToDate: 4,
    isRolling: false,
  });
});

test('it rolls out until all pods are new, if its controller replaces them', () => {
  const object = { metadata, status: { ...status, updatedNumberScheduled: 1 } };
  expect(daemonsetsWatch.project(object)?.isRolling).toBe(true);
  const spec = { updateStrategy: { type: 'OnDelete' } };
  expect(daemonsetsWatch.project({ ...object, spec })?.isRolling).toBe(false);
});

test('before its controller has looked nothing is known', () => {
  expect(daemonsetsWatch.project({ metadata, status: {} })).toMatchObject({
    desired: null,
    ready: null,
  });
});
