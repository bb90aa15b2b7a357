import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { createPoller } from '../../../src/collect/poller.ts';
import {
  bannerFailure,
  failure,
  handshakeTimeout,
  noKeyFailure,
  tcpTimeout,
} from '../../../src/collect/ssh/failure.ts';
import { emptyHost } from '../../../src/domain/empty.ts';
import { DEFAULT_THRESHOLDS } from '../../../src/domain/thresholds.ts';
import type { Answer } from '../../../src/domain/transport.ts';
import { between, createRandom } from '../../../src/lab/random.ts';
import { hostCommands } from '../../../src/registry.ts';
import { applyAnswer, applyObserver, applySource } from '../../../src/store/apply.ts';
import { createStore } from '../../../src/store/store.ts';
import { keptBytes } from '../../support/heap.ts';
import { createFakeClock } from './support/fake-clock.ts';
import type { FakeClock } from './support/fake-clock.ts';
import { createFakeHost } from './support/fake-host.ts';
import type { FakeHost } from './support/fake-host.ts';
import { linkTo, settingsOf, targetOf } from './support/link.ts';

const HOUR_MS = 3_600_000;
const LONGEST_STEP_MS = 500;
/** So long everything is well before it is counted: the longest any of it is kept is a minute. */
const CALM_MS = 10 * 60_000;
const COUNT_MS = 7 * 60_000;
const MOST_SHELLS = 3;

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** Small answers of the right form, counters that move. */
const answers =
  (clock: FakeClock) =>
  (program: string): string => {
    const seconds = clock.now() / 1000;
    switch (program) {
      case 'kstat':
        return [
          'unix:0:system_misc:boot_time\t1000',
          'unix:0:system_misc:ncpus\t8',
          `cpu:0:sys:cpu_nsec_idle\t${Math.round(seconds * 5e8)}`,
          `cpu:0:sys:cpu_nsec_user\t${Math.round(seconds * 4e8)}`,
          `cpu:0:sys:cpu_nsec_kernel\t${Math.round(seconds * 1e8)}`,
          'zones:1:web:zonename\tweb',
          `zones:1:web:nsec_user\t${Math.round(seconds * 1e8)}`,
          `unix:0:system_misc:snaptime\t${seconds}`,
          '',
        ].join('\n');
      case 'zoneadm':
        return '0:global:running:/::ipkg:shared:0\n1:web:running:/zones/web:a-b:lipkg:excl:1\n';
      case 'date':
        return `${Math.floor(seconds)}\n`;
      case 'times':
        return `0m0.01s 0m0.01s\n0m${(seconds % 60).toFixed(2)}s 0m0.10s\n`;
      default:
        return `what ${program} prints\n`;
    }
  };

const LOGIN_FAILURES = [
  tcpTimeout('omni1:22'),
  handshakeTimeout('omni1:22', 15),
  bannerFailure('omni1:22', 'Not allowed at this time', false),
  bannerFailure('omni1:22', 'HTTP/1.1 400', false),
  noKeyFailure(targetOf(), { unusable: [], needsOpenSsh: false }, true),
  failure({ code: 'auth', message: 'refused', hint: '' }, 'rare', 'auth-failed'),
].flatMap((one) => one ?? []);

/** Something goes wrong, or comes right. */
function strike(host: FakeHost, random: () => number): void {
  const { mood } = host;
  const programs = ['kstat', 'zoneadm', 'zpool', 'dladm', 'times'];
  const program = programs[Math.floor(random() * programs.length)] ?? 'kstat';
  const kinds: readonly (() => void)[] = [
    host.cut,
    host.cut,
    host.killShells,
    () => {
      mood.login = LOGIN_FAILURES[Math.floor(random() * LOGIN_FAILURES.length)] ?? null;
      host.cut();
    },
    () => {
      mood.isFrozen = true;
    },
    () => mood.hanging.add(program),
    () => mood.stubborn.add(program),
    () => {
      mood.refusesChannels = true;
    },
  ];
  kinds[Math.floor(random() * kinds.length)]?.();
}
function heal(host: FakeHost): void {
  const { mood } = host;
  mood.login = null;
  mood.refusesChannels = false;
  mood.hanging.clear();
  mood.stubborn.clear();
  host.thaw();
}

test.for([1, 2])(
  'a day of faults, seed %i: at its end there is no more than after its first hour',
  { timeout: 600_000 },
  async (seed) => {
    const clock = createFakeClock(1_700_000_000_000);
    const random = createRandom(`day/${seed}`);
    const host = createFakeHost(clock, answers(clock));
    const settings = settingsOf(22);
    const link = linkTo(settings, { clock, random, enter: host.enter });
    const store = createStore({
      hosts: [emptyHost('omni1', 0)],
      clusters: [],
      groups: [],
      vlanNames: new Map(),
      thresholds: DEFAULT_THRESHOLDS,
    });
    const given: WeakRef<Answer>[] = [];
    let asking: AbortSignal | undefined;
    let reconnected = 0;
    const poller = createPoller({
      link: {
        ...link,
        ask: (question, options) => {
          asking = options.signal;
          return link.ask(question, options);
        },
      },
      commands: hostCommands,
      intervals: { fast: 5, slow: 60, inventory: 300 },
      clock,
      known: () => store.get().hosts[0] ?? emptyHost('omni1', 0),
      onAnswer: ({ command, answer, intervalSeconds, observer }) => {
        given.push(new WeakRef(answer));
        const context = { now: clock.now(), intervalSeconds };
        store.update((inventory) =>
          applyObserver(
            applyAnswer(
              applySource(inventory, 'omni1', link.status()),
              'omni1',
              command,
              answer,
              context,
            ),
            'omni1',
            observer,
          ),
        );
      },
    });
    link.onStatus(({ state }) => {
      if (state === 'up') reconnected++;
    });
    poller.start();
    link.start();

    /** By a person, who looks whether it has helped. */
    const mend = (): void => {
      heal(host);
      if (!['up', 'stale', 'connecting'].includes(link.status().state)) link.retryNow();
    };
    /** One timer at a time: what it asks is answered before the next. */
    const step = async (): Promise<void> => {
      clock.advance(Math.max(0, Math.min(LONGEST_STEP_MS, clock.untilNext())));
      await turn();
    };
    let nextStrike = 60_000;
    const passUntil = async (until: number): Promise<void> => {
      for (let at = clock.now(); at < until; at = clock.now()) {
        if (at - begun >= nextStrike && until - at > CALM_MS) {
          if (random() < 0.5) mend();
          else strike(host, random);
          nextStrike = at - begun + between(random, 5_000, 240_000);
        } else if (until - at <= CALM_MS) {
          mend();
        }
        await step();
      }
    };
    /**
     * The least of the time in which each question is asked, a stream tried again, and a shell too many left alone for
     * its minute.
     */
    const count = async () => {
      let [timers, shells, channels] = [Infinity, Infinity, Infinity];
      for (const until = clock.now() + COUNT_MS; clock.now() < until;) {
        await step();
        timers = Math.min(timers, clock.timers());
        shells = Math.min(shells, host.shells());
        channels = Math.min(channels, link.cost().channels);
      }
      // Garbage that is found by finalizers takes several rounds.
      let heapBytes = 0;
      for (let round = 0; round < 3; round++) {
        heapBytes = keptBytes();
        await turn();
      }
      return {
        state: link.status().state,
        timers,
        shells,
        connections: host.connections(),
        channels,
        listenersOfLink: listeners(host.closing()),
        listenersOfPoller: listeners(asking),
        answers: given.filter((answer) => answer.deref() !== undefined).length,
        heapBytes,
      };
    };
    const begun = clock.now();
    await passUntil(begun + HOUR_MS);
    const { heapBytes: heapAtFirst, ...first } = await count();
    // What is counted is itself not kept.
    given.length = 0;
    await passUntil(begun + 24 * HOUR_MS);
    const asked = given.length;
    given.splice(0, given.length - 1000);
    const { heapBytes: heapAtLast, ...last } = await count();

    expect(first.state).toBe('up');
    expect(last.state).toBe('up');
    // A shell too many may have been there then, or be there now; no more than the pool ever has.
    const { timers, shells, channels, answers: _, ...others } = last;
    expect(others).toMatchObject({ connections: 1, listenersOfLink: 0, listenersOfPoller: 0 });
    expect(shells).toBe(channels);
    expect(shells).toBeLessThanOrEqual(MOST_SHELLS);
    expect(timers - first.timers).toBe(shells - first.shells);
    // One for each question at most: those that the inventory keeps keep no answer.
    expect(last.answers).toBeLessThanOrEqual(hostCommands.length);
    expect(heapAtLast - heapAtFirst).toBeLessThan(1_000_000);
    expect(asked).toBeGreaterThan(20_000);
    expect(reconnected).toBeGreaterThan(50);
    poller.stop();
    await link.close();
    expect({ timers: clock.timers(), shells: host.shells() }).toEqual({ timers: 0, shells: 0 });
  },
);

const listeners = (signal: AbortSignal | undefined): number =>
  signal === undefined ? 0 : getEventListeners(signal, 'abort').length;
