import { describe, expect, onTestFinished, test } from 'vitest';
import type { Answer, HostLink } from '../../../src/domain/transport.ts';
import type { FaultProxy, Welcome } from '../../support/fault-proxy.ts';
import { createFakeClock } from './support/fake-clock.ts';
import type { FakeClock } from './support/fake-clock.ts';
import { startLink, startProxy, startSshd, withoutSshd } from './support/real-host.ts';
import { comesBack, until, untilState } from './support/wait.ts';

/** A question whose answer is so many bytes. */
const askBytes = (link: HostLink, bytes: number): Promise<Answer> =>
  link.ask([['head', '-c', String(bytes), '/dev/zero']], { timeoutSeconds: 60 });
const isWhole = (answer: Answer, bytes: number): boolean =>
  answer.kind === 'done' && answer.code === 0 && answer.stdout.length === bytes;

/** Moves the time on until it is so; gives the seconds that it took. */
async function secondsUntil(clock: FakeClock, isSo: () => boolean): Promise<number> {
  const start = clock.now();
  await until(() => {
    if (isSo()) return true;
    clock.advance(250);
    return false;
  });
  return (clock.now() - start) / 1000;
}

const behindProxy = async (...config: readonly string[]): Promise<FaultProxy> =>
  startProxy((await startSshd({ config })).port);

describe.skipIf(withoutSshd)(
  'the real sshd behind a line with faults',
  { timeout: 180_000 },
  () => {
    test('a black hole is found in every state of a login, and healed from', async () => {
      // What is in a black hole keeps its place among those that have not logged in.
      const proxy = await behindProxy('MaxStartups 100');
      const healthy = startLink(proxy.port);
      // At that very moment: what the server still says then is no part of the login.
      const loginBytes = await new Promise<number>((resolve) => {
        healthy.onStatus(({ state }) => {
          if (state === 'up') resolve(proxy.carriedBytes());
        });
      });
      await healthy.close();
      // The lengths of some messages vary: most places must be before the end.
      const places = Array.from({ length: 14 }, (_, at) =>
        Math.floor(((loginBytes - 120) * at) / 13),
      );
      const codes = new Set<string>();
      for (const bytes of [...places, loginBytes - 60]) {
        const clock = createFakeClock();
        proxy.limit({ bytes, fate: 'hold' });
        const before = proxy.carriedBytes();
        const link = startLink(proxy.port, { clock });
        await until(() => proxy.carriedBytes() - before >= bytes || link.status().state === 'up');
        const seconds = await secondsUntil(clock, () => link.status().state !== 'connecting');
        const { state, error, nextAttemptAt } = link.status();
        if (state === 'up') {
          // This login was shorter than the one that was measured, and is over.
          proxy.limit(null);
          await link.close();
          continue;
        }
        codes.add(error?.code ?? '');
        expect(['frozen', 'down'], `after ${bytes} bytes`).toContain(state);
        expect(error, `after ${bytes} bytes`).not.toBeNull();
        expect(nextAttemptAt).not.toBeNull();
        // 15 s for the login, 5 s for the shell.
        expect(seconds, `after ${bytes} bytes`).toBeLessThanOrEqual(21);
        proxy.limit(null);
        await comesBack(clock, link);
        expect(isWhole(await askBytes(link, 1000), 1000)).toBe(true);
        await link.close();
      }
      expect([...codes].toSorted()).toEqual(['handshake-timeout', 'shell-timeout']);
    });

    test('under a running question a black hole is stale after 5 s, frozen after 15 s, and healed from', async () => {
      const proxy = await behindProxy();
      const clock = createFakeClock();
      const link = startLink(proxy.port, { clock });
      await untilState(link, 'up');
      proxy.hold(true);
      const pending = askBytes(link, 10);
      const seconds = await secondsUntil(clock, () => link.status().state === 'frozen');
      expect(seconds).toBeLessThanOrEqual(16.5);
      expect(await pending).toMatchObject({ kind: 'lost', error: { code: 'frozen' } });
      proxy.hold(false);
      await comesBack(clock, link);
      expect(isWhole(await askBytes(link, 10), 10)).toBe(true);
    });

    test('a firewall that forgot an idle connection is found by the probe', async () => {
      const proxy = await behindProxy();
      const clock = createFakeClock();
      const link = startLink(proxy.port, { clock });
      await untilState(link, 'up');
      proxy.forget();
      const seconds = await secondsUntil(clock, () => link.status().state === 'frozen');
      expect(seconds).toBeLessThanOrEqual(22);
      await comesBack(clock, link);
      expect(proxy.accepted()).toBe(2);
    });

    test.for(['end', 'reset'] as const)(
      'a connection cut anywhere in a frame (%s) loses that answer only',
      async (fate) => {
        const proxy = await behindProxy();
        const link = startLink(proxy.port, { random: () => 0 });
        await untilState(link, 'up');
        for (const bytes of [1, 60, 700, 33_000, 100_001]) {
          proxy.limit({ bytes, fate });
          const cut = await askBytes(link, 200_000);
          expect(cut, `after ${bytes} bytes`).toMatchObject({
            kind: 'lost',
            error: { code: 'lost' },
          });
          proxy.limit(null);
          await untilState(link, 'up');
          expect(isWhole(await askBytes(link, 200_000), 200_000)).toBe(true);
        }
      },
    );

    test('a round trip of 300 ms costs one round trip for each question, not two', async () => {
      const proxy = await behindProxy();
      proxy.shape({ roundTripMs: 300 });
      const link = startLink(proxy.port);
      await untilState(link, 'up');
      const quickestOf = async (questions: number): Promise<number> => {
        let quickest = Infinity;
        for (let round = 0; round < questions; round++) {
          const start = performance.now();
          expect(await link.ask([['true']], { timeoutSeconds: 60 })).toMatchObject({ code: 0 });
          quickest = Math.min(quickest, performance.now() - start);
        }
        return quickest;
      };
      expect(await quickestOf(5)).toBeGreaterThanOrEqual(299);
      // Some may have waited for the machine: one that has not tells.
      await expect.poll(() => quickestOf(1)).toBeLessThan(590);
    });

    test('a busy line of 30 kB/s raises no false alarm, and a black hole in it is found', async () => {
      const proxy = await behindProxy();
      const clock = createFakeClock();
      const link = startLink(proxy.port, { clock, random: () => 0 });
      await untilState(link, 'up');
      // The link's time is that of its bytes, so that it stands while the machine is busy elsewhere.
      let heard = link.cost().receivedBytes;
      let idleMs = 1;
      const running = setInterval(() => {
        const { receivedBytes } = link.cost();
        clock.advance(idleMs + (receivedBytes - heard) / 30);
        heard = receivedBytes;
      }, 10);
      onTestFinished(() => clearInterval(running));
      proxy.shape({ roundTripMs: 20, bytesPerSecond: 90_000 });
      const states = new Set<string>();
      link.onStatus(({ state }) => states.add(state));
      let longestSilence = 0;
      const watch = setInterval(() => {
        longestSilence = Math.max(longestSilence, clock.now() - (link.status().lastDataAt ?? 0));
      }, 20);
      onTestFinished(() => clearInterval(watch));
      const start = clock.now();
      let answers = 0;
      // An answer takes ten seconds; the line is never idle for half a minute.
      while (clock.now() - start < 30_000) {
        const answer = await askBytes(link, 300_000);
        expect(isWhole(answer, 300_000)).toBe(true);
        answers++;
      }
      clearInterval(watch);
      expect([...states]).toEqual([]);
      expect(answers).toBeGreaterThanOrEqual(2);
      expect(longestSilence).toBeLessThan(5000);
      const pending = askBytes(link, 300_000);
      proxy.hold(true);
      idleMs = 30;
      await untilState(link, 'frozen');
      const silence = clock.now() - (link.status().lastDataAt ?? 0);
      expect(silence).toBeGreaterThanOrEqual(14_000);
      expect(await pending).toMatchObject({ kind: 'lost', error: { code: 'frozen' } });
      proxy.hold(false);
      await untilState(link, 'up');
    });

    test.for<[string, Welcome, string]>([
      ['an HTTP server', say('HTTP/1.1 400 Bad Request\r\n\r\n', 'end'), 'not-ssh'],
      ['a banner without end', say('blah blah\r\n'.repeat(500), 'again'), 'not-ssh'],
      ['one line without end', say('x'.repeat(8192), 'again'), 'not-ssh'],
      ['binary garbage', say(Buffer.alloc(3000, 0xff), 'end'), 'not-ssh'],
      ['an end before the banner', { kind: 'close' }, 'throttled'],
      ['a reset before the banner', { kind: 'reset' }, 'throttled'],
      ['a penalty', say('Not allowed at this time\r\n', 'end'), 'throttled'],
    ])(
      '%s is told apart, left alone, and forgotten when sshd is back',
      async ([, welcome, code]) => {
        const proxy = await behindProxy();
        const clock = createFakeClock();
        proxy.welcome(welcome);
        const link = startLink(proxy.port, { clock });
        await untilState(link, 'down');
        expect(link.status().error?.code).toBe(code);
        const { since, nextAttemptAt } = link.status();
        expect((nextAttemptAt ?? 0) - since).toBeGreaterThanOrEqual(30_000);
        expect(proxy.accepted()).toBe(1);
        proxy.welcome({ kind: 'pass' });
        clock.advance(29_000);
        expect(proxy.accepted()).toBe(1);
        await comesBack(clock, link);
      },
    );

    test('lines before the banner do no harm', async () => {
      const proxy = await behindProxy();
      proxy.welcome(say('Welcome to the jungle\r\nWe have fun and games\r\n', 'pass'));
      const link = startLink(proxy.port);
      await untilState(link, 'up');
      expect(link.status().error).toBeNull();
    });

    test('a port that is closed, then open', async () => {
      const proxy = await behindProxy();
      await proxy.refuse(true);
      const clock = createFakeClock();
      const link = startLink(proxy.port, { clock });
      await untilState(link, 'down');
      expect(link.status().error?.code).toBe('refused');
      await proxy.refuse(false);
      await comesBack(clock, link);
    });
  },
);

function say(bytes: string | Buffer, after: 'pass' | 'end' | 'again'): Welcome {
  return { kind: 'say', bytes, after };
}
