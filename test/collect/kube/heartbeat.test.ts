import { Readable } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { createHeartbeat } from '../../../src/collect/kube/heartbeat.ts';
import { networkError } from '../../../src/collect/kube/kube-error.ts';
import type { KubeTransport } from '../../../src/collect/kube/kube-transport.ts';
import { defaultTiming } from '../../../src/collect/kube/timing.ts';

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
  vi.useRealTimers();
});

const TARGET = { address: 'api:6443', isProxied: false };

/** How requests end that a connection brings no answer to. */
const MISSED = {
  'no headers': () =>
    Object.assign(new Error('Headers Timeout Error'), { code: 'UND_ERR_HEADERS_TIMEOUT' }),
  'a refused stream': () => new Error('Stream closed with error code NGHTTP2_ENHANCE_YOUR_CALM'),
} as const;
const ways = Object.keys(MISSED) as readonly (keyof typeof MISSED)[];

/** A heart-beat each second with the limits of use, over a server that falls silent when it is told to. */
async function start(missed: keyof typeof MISSED = 'no headers') {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  let isSilent = false;
  let lastAnswerAt = 0;
  const open: KubeTransport['open'] = async ({ headersMs = 0 }) => {
    if (isSilent) {
      await new Promise((resolve) => {
        setTimeout(resolve, headersMs);
      });
      throw networkError(MISSED[missed](), TARGET);
    }
    lastAnswerAt = performance.now();
    const body = Readable.from([Buffer.from('{}')]);
    return { status: 200, contentType: '', etag: null, date: null, silenceMs: 1000, body } as never;
  };
  const ending = new AbortController();
  const states: string[] = [];
  const heartbeat = createHeartbeat({
    transport: {
      configure: async () => {},
      isConfigured: () => true,
      hasNews: async () => false,
      target: () => TARGET,
      explain: async (error) => error,
      open,
    } as KubeTransport,
    timing: defaultTiming,
    intervalMs: 1000,
    clock: Date.now,
    random: () => 0.5,
    signal: ending.signal,
    onStatus: () => {
      const { state } = heartbeat.status();
      if (states.at(-1) !== state) states.push(state);
    },
    onBeat: () => {},
  });
  const running = heartbeat.run();
  endings.push(async () => {
    ending.abort();
    await vi.runAllTimersAsync();
    await running;
  });
  await vi.advanceTimersByTimeAsync(3000);
  return {
    heartbeat,
    states,
    lastAnswerAt: () => lastAnswerAt,
    silence: (silent: boolean) => {
      isSilent = silent;
    },
  };
}

test.for(ways)('silence is frozen, not down; an answer ends it (%s)', async (missed) => {
  const { heartbeat, states, silence } = await start(missed);
  silence(true);
  await vi.advanceTimersByTimeAsync(defaultTiming.frozenMs - 2000);
  expect(states).toEqual(['connecting', 'up']);
  await vi.advanceTimersByTimeAsync(10_000);
  await expect.poll(() => states).toEqual(['connecting', 'up', 'frozen']);
  expect(heartbeat.status().error).toMatchObject({
    code: 'frozen',
    message: expect.stringContaining('has not sent a byte for ') as string,
  });
  silence(false);
  await vi.advanceTimersByTimeAsync(20_000);
  await expect.poll(() => states).toEqual(['connecting', 'up', 'frozen', 'up']);
});

test.for(ways)('bytes of a watch keep a server from being called frozen (%s)', async (missed) => {
  const { heartbeat, states, silence } = await start(missed);
  silence(true);
  for (let second = 0; second < 300; second += 10) {
    heartbeat.touched(Date.now());
    await vi.advanceTimersByTimeAsync(10_000);
  }
  expect(states).toEqual(['connecting', 'up']);
});

test('what came while this process itself stood still is heard before a server is called frozen', async () => {
  const { heartbeat, states, silence, lastAnswerAt } = await start();
  silence(true);
  const frozenAt = lastAnswerAt() + defaultTiming.frozenMs;
  await vi.advanceTimersByTimeAsync(frozenAt - 1 - performance.now());
  // Timers that are late come first, and what waits in the sockets is read after them.
  setTimeout(() => {
    setImmediate(() => heartbeat.touched(Date.now()));
  }, 1);
  vi.advanceTimersByTime(1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(states).toEqual(['connecting', 'up']);
});
