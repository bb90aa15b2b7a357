import { expect, test } from 'vitest';
import { watchLiveness } from '../../../src/collect/ssh/liveness.ts';
import { createFakeClock } from './support/fake-clock.ts';

function watched(onProbe: (host: { isAsked: boolean }) => void = () => {}) {
  const clock = createFakeClock();
  const host = {
    bytes: 0,
    isAsked: false,
    probes: 0,
    frozen: 0,
    stale: [] as (readonly [isStale: boolean, at: number])[],
  };
  const start = clock.now();
  const stop = watchLiveness({
    clock,
    bytesRead: () => host.bytes,
    isAsked: () => host.isAsked,
    probe: () => {
      host.probes++;
      onProbe(host);
    },
    onStale: (isStale) => host.stale.push([isStale, clock.now() - start]),
    onFrozen: () => {
      host.frozen++;
    },
  });
  return { clock, host, stop };
}

test('a host is stale within 5 s of its last byte and frozen within 15 s, each said once', () => {
  const { clock, host } = watched();
  host.isAsked = true;
  clock.advance(4_400);
  expect(host.stale).toEqual([]);
  clock.advance(600);
  expect(host.stale).toEqual([[true, 4_500]]);
  clock.advance(9_400);
  expect(host.frozen).toBe(0);
  clock.advance(600);
  expect(host.frozen).toBe(1);
  clock.advance(60_000);
  expect([host.frozen, host.stale.length]).toEqual([1, 1]);
  expect(clock.timers()).toBe(0);
});

test.each([0, 100, 250, 499])(
  'a host that freezes right after an answer, %d ms past a tick, keeps both limits',
  (pastTick) => {
    const { clock, host } = watched((one) => {
      one.isAsked = true;
    });
    clock.advance(500 + pastTick);
    host.bytes++;
    const lastByte = 500 + pastTick;
    clock.advance(5_000);
    const [[isStale, staleAt] = [false, Infinity]] = host.stale;
    expect(isStale).toBe(true);
    expect(staleAt - lastByte).toBeLessThanOrEqual(5_000);
    clock.advance(9_000);
    expect(host.frozen).toBe(0);
    clock.advance(1_000);
    expect(host.frozen).toBe(1);
  },
);

test('silence before a question is not held against the host: it has 2 s and 10 s to answer', () => {
  const { clock, host } = watched();
  clock.advance(60_000);
  expect([host.frozen, host.stale]).toEqual([0, []]);
  host.isAsked = true;
  clock.advance(1_900);
  expect(host.stale).toEqual([]);
  clock.advance(100);
  expect(host.stale).toHaveLength(1);
  clock.advance(7_900);
  expect(host.frozen).toBe(0);
  clock.advance(100);
  expect(host.frozen).toBe(1);
});

test('one byte ends staleness and the count to frozen', () => {
  const { clock, host } = watched();
  host.isAsked = true;
  clock.advance(14_000);
  host.bytes++;
  clock.advance(1_000);
  expect(host.stale.map(([isStale]) => isStale)).toEqual([true, false]);
  clock.advance(3_500);
  expect(host.frozen).toBe(0);
  expect(host.stale).toHaveLength(2);
});

test('any byte counts as life: a busy link of 30 kB/s, cut into pieces, raises no alarm', () => {
  const { clock, host } = watched();
  host.isAsked = true;
  for (let second = 0; second < 600; second++) {
    host.bytes += second % 4 === 0 ? 120_000 : 0;
    clock.advance(1_000);
  }
  expect([host.frozen, host.stale]).toEqual([0, []]);
});

test('an idle host is probed after 2.5 s, and again while it stays silent', () => {
  const { clock, host } = watched();
  clock.advance(2_400);
  expect(host.probes).toBe(0);
  clock.advance(100);
  expect(host.probes).toBe(1);
  clock.advance(2_500);
  expect(host.probes).toBe(2);
});

test('an idle host that answers its probes is neither stale nor frozen', () => {
  const { clock, host } = watched((one) => {
    one.isAsked = true;
  });
  for (let round = 0; round < 100; round++) {
    clock.advance(1_000);
    if (host.isAsked) {
      host.bytes++;
      host.isAsked = false;
    }
  }
  expect([host.frozen, host.stale]).toEqual([0, []]);
  expect(host.probes).toBeGreaterThan(10);
});

test('a command that runs long in silence is probed past, before the host counts as stale', () => {
  const watch = watched(() => {
    // The second channel answers.
    watch.host.bytes++;
  });
  watch.host.isAsked = true;
  watch.clock.advance(60_000);
  expect([watch.host.frozen, watch.host.stale]).toEqual([0, []]);
  expect(watch.host.probes).toBeGreaterThan(10);
});

test('time in which the console itself was stopped is not held against the host', () => {
  let now = 0;
  let tick = (): void => {};
  let frozen = 0;
  watchLiveness({
    clock: {
      now: () => now,
      monotonic: () => now,
      setTimeout: (callback) => {
        tick = callback;
        return 0;
      },
      clearTimeout: () => {},
    },
    bytesRead: () => 0,
    isAsked: () => true,
    probe: () => {},
    onStale: () => frozen++,
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
