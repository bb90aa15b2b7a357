import { expect, test } from 'vitest';
import { KubeError } from '../../../src/collect/kube/kube-error.ts';
import { createLoadBreaker } from '../../../src/collect/kube/load-breaker.ts';
import type { LoadMeter } from '../../../src/collect/kube/load-breaker.ts';
import { defaultTiming } from '../../../src/collect/kube/timing.ts';
import { createTestLab } from './lab.ts';
import { podNames, podWatch } from './observed-cluster.ts';

const MIB = 2 ** 20;
const lab = createTestLab();

/** A breaker with the limits of use, and two kinds whose streams bring that much each second. */
function play() {
  let now = 0;
  const breaker = createLoadBreaker(defaultTiming, () => now);
  const pods = breaker.meter({ group: '', resource: 'pods' });
  const leases = breaker.meter({ group: 'coordination.k8s.io', resource: 'leases' });
  const spend = (meter: LoadMeter, bytes: number, milliseconds: number): string | null => {
    try {
      meter.spent(bytes, milliseconds);
      return null;
    } catch (error) {
      return error instanceof KubeError ? error.failure.message : String(error);
    }
  };
  return {
    pods,
    leases,
    wait: (seconds: number) => {
      now += seconds * 1000;
    },
    /** What ends the streams within so many seconds: the first second, and its words. */
    run: (seconds: number, bytes: readonly [number, number], milliseconds = 0) => {
      for (let second = 1; second <= seconds; second += 1) {
        now += 1000;
        const told = [spend(pods, bytes[0], milliseconds), spend(leases, bytes[1], 0)];
        const words = told.find((each) => each !== null);
        if (words !== undefined) return { second, words };
      }
      return null;
    },
  };
}

test('what stays below the limits goes on for ever', () => {
  expect(play().run(600, [1.9 * MIB, 0.05 * MIB], 200)).toBeNull();
});

test('all together over the limit of bytes for its time: the loudest pauses, and says so', () => {
  const { run, pods, leases } = play();
  const tripped = run(60, [0.5 * MIB, 3 * MIB]);
  expect(tripped?.words).toBe(
    'changes of leases.coordination.k8s.io send 2.9M/s, all more than 2.0M/s for 30 s: counted only for 60 s',
  );
  expect(tripped?.second).toBeGreaterThanOrEqual(30);
  expect(tripped?.second).toBeLessThanOrEqual(37);
  expect([leases.pauseMs(), pods.pauseMs()]).toEqual([60_000, 0]);
});

test('parsing that takes too much of a processor counts as well, however few the bytes', () => {
  expect(play().run(60, [100, 100], 300)?.words).toMatch(
    /^changes of pods cost 29% of a processor, all more than 25% for 30 s/,
  );
});

test('a burst is no load', () => {
  const { run } = play();
  expect(run(12, [50 * MIB, 0])).toBeNull();
  expect(run(120, [0.1 * MIB, 0])).toBeNull();
});

test('who is too loud again soon after its pause pauses longer, up to a limit; who was quiet starts anew', () => {
  const { run, pods, wait } = play();
  const pauses: number[] = [];
  for (let round = 0; round < 7; round += 1) {
    run(60, [3 * MIB, 0]);
    pauses.push(pods.pauseMs() / 1000);
    wait(pods.pauseMs() / 1000);
  }
  expect(pauses).toEqual([60, 120, 240, 480, 960, 960, 960]);
  wait(6000);
  run(60, [3 * MIB, 0]);
  expect(pods.pauseMs()).toBe(60_000);
});

/** A watch that has become too loud, and is quiet again. */
async function tooLoud(pauseMs: number) {
  const api = await lab.startApi();
  for (let index = 0; index < 20; index += 1) api.put('pods', `pod-${index}`);
  const observed = lab.watch(api, {
    watches: [podWatch()],
    timing: {
      loadWindowMs: 200,
      loadBytesPerSecond: 50_000,
      pauseMs: [pauseMs, pauseMs],
      settledMs: 20,
    },
  });
  await observed.until('live', (now) => now.feeds.pods.status === 'ok');
  let turn = 0;
  const noise = setInterval(() => {
    turn += 1;
    for (let index = 0; index < 20; index += 1)
      api.put('pods', `pod-${index}`, turn % 2 === 0 ? 'Running' : 'Pending');
  }, 5);
  const loud = await observed.until(
    'too loud',
    ({ feeds }) => feeds.pods.status === 'failed' && feeds.pods.error.code === 'too-loud',
  );
  clearInterval(noise);
  expect(podNames(loud)).toHaveLength(20);
  return { api, observed };
}

test('a watch that is too loud is closed, and not listed in its pause, though a person asks for it', async () => {
  const { api, observed } = await tooLoud(3_600_000);
  observed.source.retryNow();
  const beats = api.count('readyz');
  await observed.until('more heart-beats', () => api.count('readyz') > beats + 4);
  expect([api.count('initial'), api.count('list'), api.watchers()]).toEqual([1, 0, 0]);
});

test('after its pause it is whole again', async () => {
  const { api, observed } = await tooLoud(400);
  api.remove('pods', 'pod-7');
  await observed.until(
    'what happened meanwhile',
    (now) => now.feeds.pods.status === 'ok' && podNames(now).length === 19,
  );
  expect(api.count('initial')).toBe(2);
});
