import { expect, test } from 'vitest';
import { watchLiveness } from '../../../src/collect/ssh/liveness.ts';
import { createFakeClock } from './support/fake-clock.ts';

function watched() {
  const clock = createFakeClock();
  const host = { bytes: 0, isAsked: false, probes: 0, frozen: 0 };
  const stop = watchLiveness({
    clock,
    bytesRead: () => host.bytes,
    isAsked: () => host.isAsked,
    probe: () => {
      host.probes++;
      host.isAsked = true;
    },
    onFrozen: () => {
      host.frozen++;
    },
  });
  return { clock, host, stop };
}

test('15 s without a byte while something is asked is frozen, said once', () => {
  const { clock, host } = watched();
  host.isAsked = true;
  clock.advance(14_900);
  expect(host.frozen).toBe(0);
  clock.advance(100);
  expect(host.frozen).toBe(1);
  clock.advance(60_000);
  expect(host.frozen).toBe(1);
  expect(clock.timers()).toBe(0);
});

test('any byte counts as life, also on a link that is very slow', () => {
  const { clock, host } = watched();
  host.isAsked = true;
  for (let round = 0; round < 20; round++) {
    clock.advance(14_000);
    host.bytes++;
  }
  expect(host.frozen).toBe(0);
});

test('an idle host is probed after 5 s, and a silent one is frozen 15 s later', () => {
  const { clock, host } = watched();
  clock.advance(4_900);
  expect(host.probes).toBe(0);
  clock.advance(100);
  expect(host.probes).toBe(1);
  clock.advance(15_000);
  expect(host.frozen).toBe(1);
});

test('time in which the console itself was stopped is not held against the host', () => {
  let now = 0;
  let tick = (): void => {};
  let frozen = 0;
  watchLiveness({
    clock: {
      now: () => now,
      setTimeout: (callback) => {
        tick = callback;
        return 0;
      },
      clearTimeout: () => {},
    },
    bytesRead: () => 0,
    isAsked: () => true,
    probe: () => {},
    onFrozen: () => frozen++,
  });
  now = 3_600_000;
  tick();
  expect(frozen).toBe(0);
  now = -3_600_000;
  tick();
  expect(frozen).toBe(0);
});

test('nothing happens after the end of the watch', () => {
  const { clock, host, stop } = watched();
  stop();
  host.isAsked = true;
  clock.advance(60_000);
  expect([host.probes, host.frozen, clock.timers()]).toEqual([0, 0, 0]);
});
