import { expect, test } from 'vitest';
import { createPoller } from '../../src/collect/poller.ts';
import type { PollerOptions } from '../../src/collect/poller.ts';
import type { HostCommand, Question } from '../../src/domain/command.ts';
import type { FeedName, HostInventory, SourceStatus } from '../../src/domain/inventory.ts';
import type { HostObserver } from '../../src/domain/observer.ts';
import type {
  Answer,
  DoneAnswer,
  HostLink,
  LinkCost,
  StreamOptions,
} from '../../src/domain/transport.ts';
import { createFakeClock } from './ssh/support/fake-clock.ts';

const doneAnswer = (stdout: string, code = 0): DoneAnswer => ({
  kind: 'done',
  stdout,
  stderr: '',
  code,
  durationMs: 1,
});

const done: (stdout: string, code?: number) => Answer = doneAnswer;

const command = (
  id: string,
  feed: FeedName,
  pace: HostCommand['pace'],
  question: HostCommand['question'] = () => [[id]],
): HostCommand => ({
  id,
  feed,
  pace,
  timeoutSeconds: 5,
  question,
  parse: () => ({ value: [], complaints: [] }),
  hides: '',
});

type Stream = {
  readonly argv: readonly string[];
  readonly options: StreamOptions;
  readonly end: (answer: Answer) => void;
};
type Pending = { readonly program: string; readonly answer: (answer: Answer) => void };

/** A link whose answers are given by hand. */
function fakeLink() {
  let status: SourceStatus = {
    state: 'connecting',
    since: 0,
    lastDataAt: null,
    attempt: 1,
    nextAttemptAt: null,
    error: null,
    question: null,
  };
  const listeners = new Set<(status: SourceStatus) => void>();
  const asked: string[] = [];
  let pending: Pending[] = [];
  const streams: Stream[] = [];
  const dates: string[] = [];
  /** Programs that were given all the time that their questions allow. */
  const slow: string[] = [];
  const cost: { -readonly [K in keyof LinkCost]: LinkCost[K] } = {
    transport: 'ssh2',
    roundTripMs: null,
    receivedBytes: 0,
    sentBytes: 0,
    forks: 0,
    cpuSeconds: null,
    channels: 1,
    reconnects: 0,
  };
  const link: HostLink = {
    host: 'omni1',
    status: () => status,
    onStatus: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: () => {},
    ask: (question: Question, options) =>
      new Promise((resolve) => {
        const program = question[0]?.[0] ?? '';
        // The clock's comparison is no question of the list.
        (program === 'date' ? dates : asked).push(program);
        if (options.isSlow === true) slow.push(program);
        pending.push({ program, answer: resolve });
        options.signal?.addEventListener('abort', () => resolve({ kind: 'aborted' }));
      }),
    run: () => Promise.resolve(done('')),
    stream: (argv, options) =>
      new Promise((resolve) => {
        streams.push({ argv, options, end: resolve });
        options.signal.addEventListener('abort', () => resolve({ kind: 'aborted' }));
      }),
    cost: () => ({ ...cost }),
    wake: () => {},
    retryNow: () => {},
    reply: () => {},
    close: () => Promise.resolve(),
  };
  return {
    link,
    asked,
    dates,
    slow,
    streams,
    cost,
    listeners,
    waiting: () => pending.length,
    become: (state: SourceStatus['state']) => {
      status = { ...status, state };
      for (const listener of listeners) listener(status);
    },
    /** Answers everything that was asked of the program, and lets it be handled. */
    answer: async (program: string, answer: Answer = done('x')) => {
      const [mine, others] = [
        pending.filter((one) => one.program === program),
        pending.filter((one) => one.program !== program),
      ];
      pending = others;
      for (const one of mine) one.answer(answer);
      await settle();
    },
  };
}

const settle = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

function setUp(commands: readonly HostCommand[], more: Partial<PollerOptions> = {}) {
  const clock = createFakeClock(0);
  const fake = fakeLink();
  const answers: string[] = [];
  const seconds: number[] = [];
  const observers: HostObserver[] = [];
  const poller = createPoller({
    link: fake.link,
    commands,
    intervals: { fast: 5, slow: 60, inventory: 300 },
    known: () => ({}) as HostInventory,
    onAnswer: ({ command: { id }, answer, intervalSeconds, observer }) => {
      answers.push(`${id} ${answer.kind}`);
      seconds.push(intervalSeconds);
      observers.push(observer);
    },
    clock,
    phase: () => 0,
    ...more,
  });
  return { ...fake, clock, answers, seconds, observers, poller };
}

const kstat = command('kstat', 'kstats', 'fast');
const zones = command('zones', 'zones', 'slow');
const identity = command('identity', 'identity', 'inventory');

test('asks nothing before the link is up, then everything at once, the fast ones first', () => {
  const { poller, asked, become, clock } = setUp([identity, zones, kstat]);
  poller.start();
  clock.advance(600_000);
  expect(asked).toEqual([]);
  become('up');
  expect(asked).toEqual(['kstat', 'zones', 'identity']);
});

test('a link that is up already is asked at once', () => {
  const { poller, asked, become } = setUp([kstat]);
  become('up');
  poller.start();
  expect(asked).toEqual(['kstat']);
});

test('asks each command at its pace and hands its answers on', async () => {
  const { poller, asked, answers, become, answer, clock } = setUp([kstat, zones]);
  poller.start();
  become('up');
  for (let second = 0; second < 120; second++) {
    await answer('kstat');
    await answer('zones');
    clock.advance(1_000);
  }
  const count = (program: string): number => asked.filter((one) => one === program).length;
  expect([count('kstat'), count('zones')]).toEqual([25, 3]);
  expect(answers.filter((one) => one === 'kstat done')).toHaveLength(24);
});

test('tells an answer that repeats the one before, and keeps nothing of its text', async () => {
  const repeats: boolean[] = [];
  const { poller, become, answer, clock } = setUp([kstat], {
    onAnswer: ({ isRepeat }) => repeats.push(isRepeat),
  });
  poller.start();
  become('up');
  for (const given of [
    done('a'),
    done('a'),
    done('b'),
    done('b'),
    done('b', 1),
    { kind: 'timeout', afterSeconds: 5, stderr: '' },
    done('b', 1),
    { ...doneAnswer('b'), code: 1, stderr: 'b', stdout: '' },
  ] satisfies readonly Answer[]) {
    await answer('kstat', given);
    clock.advance(5000);
  }
  expect(repeats).toEqual([false, true, false, true, false, false, true, false]);
});

test('a late answer costs turns, it is never asked twice at a time', async () => {
  const { poller, asked, become, answer, clock } = setUp([kstat]);
  poller.start();
  become('up');
  clock.advance(60_000);
  expect(asked).toEqual(['kstat']);
  await answer('kstat');
  // So late a host is asked less often for a while.
  clock.advance(40_000);
  expect(asked).toEqual(['kstat', 'kstat']);
});

test('a program that is missing is looked for at the pace of the inventory only', async () => {
  const { poller, asked, become, answer, clock } = setUp([kstat]);
  poller.start();
  become('up');
  await answer('kstat', done('', 127));
  clock.advance(299_000);
  expect(asked).toHaveLength(1);
  clock.advance(1_000);
  expect(asked).toHaveLength(2);
  await answer('kstat', done('found'));
  clock.advance(5_000);
  expect(asked).toHaveLength(3);
});

test.for<[string, number, string, number]>([
  ['what sh does not find', 127, 'sh: ipmitool: not found', 1],
  ['what pfexec does not find', 1, 'ipmitool: Command not found', 1],
  [
    'a path that leads nowhere',
    1,
    "pfexec: can't execute /x/ipmitool: No such file or directory",
    1,
  ],
  ['what is there and fails', 1, 'ipmitool: no answer', 5],
])(
  '%s is asked again at its pace, and as usual once it answers',
  async ([, code, stderr, asks]) => {
    const { poller, asked, answers, become, answer, clock } = setUp([
      command('ipmitool', 'sensors', 'slow'),
    ]);
    const minutes = async (count: number, says: Answer): Promise<number> => {
      const before = asked.length;
      for (let minute = 0; minute < count; minute += 1) {
        clock.advance(60_000);
        if (asked.length > answers.length) await answer('ipmitool', says);
      }
      return asked.length - before;
    };
    poller.start();
    become('up');
    const fails: Answer = { ...doneAnswer('', code), stderr };
    await answer('ipmitool', fails);
    expect(await minutes(5, fails)).toBe(asks);
    await minutes(5, done('found'));
    expect(await minutes(5, done('found'))).toBe(5);
  },
);

test('asks nothing while the link is down, and everything anew when it is back', async () => {
  const { poller, asked, answers, become, answer, clock } = setUp([kstat, zones]);
  poller.start();
  become('up');
  become('down');
  const lost: Answer = { kind: 'lost', error: { code: 'lost', message: 'x', hint: '' } };
  await answer('kstat', lost);
  await answer('zones', lost);
  expect(answers).toEqual(['kstat lost', 'zones lost']);
  clock.advance(120_000);
  expect(asked).toHaveLength(2);
  become('up');
  expect(asked).toEqual(['kstat', 'zones', 'kstat', 'zones']);
});

test('a question of the lost connection that still ends does not keep the new one from being asked', async () => {
  const { poller, asked, become, answer } = setUp([kstat]);
  poller.start();
  become('up');
  become('connecting');
  become('up');
  expect(asked).toEqual(['kstat']);
  await answer('kstat');
  expect(asked).toEqual(['kstat', 'kstat']);
});

test('what takes long on a sound host is given all its time', () => {
  const { poller, asked, slow, become } = setUp([kstat, { ...zones, isSlow: true }]);
  poller.start();
  become('up');
  expect(asked).toEqual(['kstat', 'zones']);
  expect(slow).toEqual(['zones']);
});

test('a command with nothing to ask yet is looked at again soon', () => {
  let question: Question | undefined;
  const configs = command('configs', 'zoneConfigs', 'inventory', () => question);
  const { poller, asked, become, clock } = setUp([configs]);
  poller.start();
  become('up');
  clock.advance(10_000);
  expect(asked).toEqual([]);
  question = [['configs']];
  clock.advance(5_000);
  expect(asked).toEqual(['configs']);
});

test('refresh asks the commands of its feeds now and resolves when their answers are handled', async () => {
  const { poller, asked, answers, become, answer } = setUp([kstat, zones, identity]);
  poller.start();
  become('up');
  for (const program of ['kstat', 'zones', 'identity']) await answer(program);
  let isDone = false;
  const refreshed = poller.refresh(['zones', 'identity']).then(() => {
    isDone = true;
  });
  expect(asked.slice(3)).toEqual(['zones', 'identity']);
  await answer('zones');
  expect(isDone).toBe(false);
  await answer('identity');
  await refreshed;
  expect(answers).toHaveLength(5);
});

test('refresh does not take the answer under way for a new one', async () => {
  const { poller, asked, become, answer } = setUp([zones]);
  poller.start();
  become('up');
  let done = 0;
  const both = Promise.all(
    [1, 2].map(async () => {
      await poller.refresh(['zones']);
      done++;
    }),
  );
  expect(asked).toEqual(['zones']);
  await answer('zones');
  expect([asked.length, done]).toEqual([2, 0]);
  await answer('zones');
  await both;
  expect([asked.length, done]).toEqual([2, 2]);
});

test('refresh of a host that is not up resolves and asks nothing', async () => {
  const { poller, asked } = setUp([zones]);
  poller.start();
  await poller.refresh(['zones']);
  expect(asked).toEqual([]);
});

test('after stop nothing is asked, heard or handed on any more', async () => {
  const { poller, asked, answers, become, clock, listeners } = setUp([kstat]);
  poller.start();
  become('up');
  poller.stop();
  await settle();
  become('up');
  clock.advance(600_000);
  expect([asked, answers, listeners.size, clock.timers()]).toEqual([['kstat'], [], 0, 0]);
});

test('what is due at nearly the same time is asked in one go', async () => {
  const phases: Readonly<Record<string, number>> = { kstat: 0.5, zones: 0.04 };
  const { poller, asked, become, answer, clock } = setUp(
    [kstat, command('zones', 'zones', 'fast'), command('pools', 'pools', 'fast')],
    { phase: (_host, id) => phases[id] ?? 0 },
  );
  poller.start();
  become('up');
  for (const program of ['kstat', 'zones', 'pools']) await answer(program);
  asked.length = 0;
  // pools at 5 s, zones at 5.2 s, kstat at 2.5 and 7.5 s.
  clock.advance(5_000);
  expect(asked).toEqual(['kstat', 'zones', 'pools']);
  for (const program of ['kstat', 'zones', 'pools']) await answer(program);
  clock.advance(1_000);
  expect(asked).toHaveLength(3);
});

test('a host that answers late is asked less often, as is told, and again at its pace when it recovers', async () => {
  const { poller, asked, seconds, observers, become, answer, clock } = setUp([kstat]);
  poller.start();
  become('up');
  for (let second = 0; second < 60; second++) {
    clock.advance(1_000);
    if (second % 4 === 3) await answer('kstat');
  }
  expect(Math.max(...seconds)).toBeGreaterThanOrEqual(10);
  expect(observers.at(-1)?.questions.get('kstats')?.stretch).toBeGreaterThan(1);
  asked.length = 0;
  for (let second = 0; second < 600; second++) {
    clock.advance(1_000);
    await answer('kstat');
  }
  expect(seconds.at(-1)).toBe(5);
  expect(observers.at(-1)?.questions.get('kstats')).toMatchObject({
    stretch: 1,
    intervalSeconds: 5,
  });
  expect(asked.length).toBeGreaterThan(80);
});

const streamed = (): HostCommand => ({
  ...kstat,
  stream: {
    programs: (_known, intervalSeconds) => [['kstat', '-p', String(intervalSeconds)]],
    lastLine: 'last',
  },
});

test('what is too large is asked less and less often, although it fails quickly', async () => {
  const { poller, asked, become, answer, clock } = setUp([kstat]);
  poller.start();
  become('up');
  for (let second = 0; second < 300; second++) {
    await answer('kstat', { kind: 'too-large', bytes: 5_000_000 });
    clock.advance(1_000);
  }
  expect(asked.length).toBeLessThanOrEqual(20);
  asked.length = 0;
  for (let second = 0; second < 600; second++) {
    await answer('kstat');
    clock.advance(1_000);
  }
  expect(asked.length).toBeGreaterThan(80);
});

test('a question that can answer by itself is not asked, and its answers are handed on', async () => {
  const { poller, asked, streams, answers, observers, become, clock } = setUp([streamed()]);
  poller.start();
  become('up');
  const [stream] = streams;
  expect(stream?.argv).toEqual(['kstat', '-p', '5']);
  for (let round = 0; round < 12; round++) {
    clock.advance(5_000);
    stream?.options.onAnswer(doneAnswer('x'), round === 3 ? 2 : 0);
  }
  expect(asked).toEqual([]);
  expect(streams).toHaveLength(1);
  expect(answers).toHaveLength(12);
  expect(observers.at(-1)?.questions.get('kstats')).toMatchObject({
    isStreamed: true,
    dropped: 2,
    command: 'kstat -p',
  });
});

test('several programs answer one question; when one ends or others are wanted, all are ended', async () => {
  const command = streamed();
  let zones = ['a', 'b'];
  const { poller, asked, streams, become, clock } = setUp([
    {
      ...command,
      stream: { programs: () => zones.map((zone) => ['zlogin', zone]), lastLine: 'last' },
    },
  ]);
  poller.start();
  become('up');
  const running = () =>
    streams.filter(({ options }) => !options.signal.aborted).map(({ argv }) => argv[1]);
  expect(running()).toEqual(['a', 'b']);
  zones = ['b', 'c'];
  clock.advance(10_000);
  expect(running()).toEqual(['b', 'c']);
  expect(asked).toEqual([]);
  streams.at(-1)?.end({ kind: 'timeout', afterSeconds: 15, stderr: '' });
  await settle();
  expect(running()).toEqual([]);
  expect(asked).toEqual(['kstat']);
});

test('what a stream costs is unknown until it tells, and then part of what the host pays', async () => {
  const command = streamed();
  const { stream } = command;
  if (stream === undefined) throw new Error('no stream');
  const { poller, streams, become, clock, cost } = setUp([
    { ...command, stream: { ...stream, isCounted: true } },
  ]);
  poller.start();
  become('up');
  cost.cpuSeconds = 0;
  poller.observer();
  clock.advance(10_000);
  cost.cpuSeconds = 0.02;
  const costs = () => {
    const { cpuPercent, questions } = poller.observer();
    return [cpuPercent, questions.get('kstats')?.streamCpuPercent];
  };
  expect(costs()).toEqual([null, null]);
  expect(streams[0]?.options.counted?.intervalSeconds).toBe(5);
  streams[0]?.options.counted?.onCpu(0.004);
  expect(costs()).toEqual([expect.closeTo(0.2 + 0.4), expect.closeTo(0.4)]);
  streams[0]?.end({ kind: 'timeout', afterSeconds: 15, stderr: '' });
  await settle();
  expect(costs()).toEqual([expect.closeTo(0.2), null]);
});

test('a stream that dies is replaced by asking, and tried again later', async () => {
  const { poller, asked, streams, observers, become, answer, clock } = setUp([streamed()]);
  poller.start();
  become('up');
  streams[0]?.end({ kind: 'timeout', afterSeconds: 15, stderr: '' });
  await settle();
  expect(asked).toEqual(['kstat']);
  for (let second = 0; second < 290; second++) {
    await answer('kstat');
    clock.advance(1_000);
  }
  expect(streams).toHaveLength(1);
  expect(observers.at(-1)?.questions.get('kstats')).toMatchObject({ isStreamed: false, hangs: 1 });
  const count = asked.length;
  expect(count).toBeGreaterThan(55);
  for (let second = 0; second < 20; second++) {
    await answer('kstat');
    clock.advance(1_000);
  }
  expect(streams).toHaveLength(2);
});

test('a stream whose program is missing says so once and is looked for at the pace of the inventory', async () => {
  const { poller, asked, streams, answers, become, clock } = setUp([streamed()]);
  poller.start();
  become('up');
  streams[0]?.end(done('', 127));
  await settle();
  expect(answers).toEqual(['kstat done']);
  clock.advance(290_000);
  expect([streams.length, asked.length]).toEqual([1, 0]);
  clock.advance(20_000);
  expect(streams).toHaveLength(2);
});

test('a new connection gets a new stream, and what the old one still says is not taken', async () => {
  const { poller, streams, answers, become } = setUp([streamed()]);
  poller.start();
  become('up');
  become('stale');
  become('up');
  expect(streams).toHaveLength(1);
  become('connecting');
  expect(streams[0]?.options.signal.aborted).toBe(true);
  become('up');
  expect(streams).toHaveLength(2);
  streams[0]?.options.onAnswer(doneAnswer('old'), 0);
  expect(answers).toEqual([]);
  streams[1]?.options.onAnswer(doneAnswer('new'), 0);
  expect(answers).toEqual(['kstat done']);
  poller.stop();
  expect(streams[1]?.options.signal.aborted).toBe(true);
});

test('an interval too long for a stream is asked', () => {
  const { poller, asked, streams, become } = setUp([streamed()], {
    intervals: { fast: 30, slow: 60, inventory: 300 },
  });
  poller.start();
  become('up');
  expect([asked, streams]).toEqual([['kstat'], []]);
});

test('tells what the host costs, as means of the last five minutes', async () => {
  const { poller, cost, observers, become, answer, clock } = setUp([kstat]);
  poller.start();
  become('up');
  for (let second = 0; second < 300; second++) {
    cost.forks += 0.25;
    cost.receivedBytes += 1_000;
    cost.cpuSeconds = (cost.cpuSeconds ?? 0) + 0.002;
    await answer('kstat');
    clock.advance(1_000);
  }
  const { forksPerMinute, receivedBytesPerSecond, cpuPercent } = observers.at(-1) ?? {};
  expect(forksPerMinute).toBeCloseTo(15, 0);
  expect(receivedBytesPerSecond).toBeCloseTo(1_000, -2);
  expect(cpuPercent).toBeCloseTo(0.2, 2);
});

test('compares clocks soon after the first data and then hourly', async () => {
  const { poller, dates, become, answer, clock } = setUp([kstat]);
  poller.start();
  become('up');
  clock.advance(11_000);
  expect(dates).toHaveLength(1);
  const remote = Math.floor(clock.now() / 1000) + 7;
  await answer('date', done(`${100_000_000 + remote}\n`));
  expect(poller.observer().clockSkewMs).toBeGreaterThan(100_000_000_000);
  await answer('kstat');
  clock.advance(3_590_000);
  expect(dates).toHaveLength(1);
  clock.advance(20_000);
  expect(dates).toHaveLength(2);
  poller.stop();
  expect(clock.timers()).toBe(0);
});

test('what depends on something is asked again when that has changed, and not before', async () => {
  let names: string | null = null;
  const links = { ...command('links', 'links', 'inventory'), follows: () => names };
  const { poller, asked, become, answer } = setUp([kstat, links]);
  poller.start();
  become('up');
  await answer('links');
  names = 'net0';
  await answer('kstat');
  expect(asked).toEqual(['kstat', 'links']);
  await poller.refresh(['identity']);
  names = 'net0 net1';
  void poller.refresh(['kstats']);
  await answer('kstat', done(names));
  expect(asked).toEqual(['kstat', 'links', 'kstat', 'links']);
  await answer('links');
  expect(asked.filter((program) => program === 'links')).toHaveLength(2);
});

test('an answer is awaited when it tells something new about what has changed, or is under way', async () => {
  let names = 'net0';
  let isUnderWay = false;
  const links = {
    ...command('links', 'links', 'slow'),
    follows: () => names,
    hurries: () => (isUnderWay ? 1 : null),
  };
  const told: string[] = [];
  const { poller, become, answer, clock } = setUp([kstat, links], {
    onAnswer: ({ command: { id }, isAwaited }) => told.push(`${id} ${isAwaited}`),
  });
  const change = async (to: string, stdout: string): Promise<void> => {
    names = to;
    void poller.refresh(['kstats']);
    await answer('kstat', done(to));
    await answer('links', done(stdout));
  };
  poller.start();
  become('up');
  await answer('links', done('net0'));
  await answer('kstat', done('net0'));
  told.length = 0;
  await change('net0 net1', 'net0 net1');
  // It had to be looked at, and says what it said.
  await change('net0 net2', 'net0 net1');
  expect(told).toEqual(['kstat false', 'links true', 'kstat false', 'links false']);
  told.length = 0;
  isUnderWay = true;
  clock.advance(60_000);
  await answer('links', done('net0 net3'));
  expect(told.filter((each) => each.startsWith('links'))).toEqual(['links true']);
});

test('what changes all the time is asked again at once for a while, then once in a slow interval', async () => {
  let turn = 0;
  const links = { ...command('links', 'links', 'inventory'), follows: () => `${turn}` };
  const { poller, asked, become, answer, clock } = setUp([kstat, links]);
  const count = (): number => asked.filter((program) => program === 'links').length;
  poller.start();
  become('up');
  await answer('links');
  await answer('kstat');
  for (; turn < 20; turn++) {
    void poller.refresh(['kstats']);
    await answer('kstat', done(`${turn}`));
    await answer('links');
  }
  expect(count()).toBe(1 + 6);
  clock.advance(60_000);
  await answer('kstat', done('later'));
  await answer('links');
  expect(count()).toBe(1 + 6 + 1);
});

test('what a question costs stays the same object while it says the same', async () => {
  const { poller, observers, become, answer } = setUp([kstat, command('links', 'links', 'slow')]);
  poller.start();
  become('up');
  await answer('links');
  await answer('kstat');
  const before = observers.at(-1)?.questions;
  expect(before?.get('links')?.durationMs).not.toBeNull();
  void poller.refresh(['kstats']);
  await answer('kstat', { ...doneAnswer('other words'), durationMs: 40 });
  const after = observers.at(-1)?.questions;
  expect(after?.get('links')).toBe(before?.get('links'));
  expect(after?.get('kstats')).not.toBe(before?.get('kstats'));
});

test('what did not come in time is asked again soon, less and less often, however seldom it is asked else', async () => {
  const links = { ...command('links', 'links', 'inventory'), every: 12 };
  const { poller, asked, become, answer, clock } = setUp([links]);
  const asksWithin = async (seconds: number, given: Answer): Promise<number> => {
    const before = asked.length;
    for (let second = 0; second < seconds; second += 10) {
      await answer('links', given);
      clock.advance(10_000);
    }
    return asked.length - before;
  };
  const late: Answer = { kind: 'timeout', afterSeconds: 5, stderr: '' };
  poller.start();
  become('up');
  await answer('links', late);
  expect(await asksWithin(90, late)).toBe(1);
  expect(await asksWithin(3600, late)).toBeLessThanOrEqual(6);
  await asksWithin(3600, done('net0'));
  // It answers: once an hour is enough.
  expect(await asksWithin(3600, done('net0'))).toBeLessThanOrEqual(1);
});

test('what is under way is asked soon again, less and less often while nothing moves', async () => {
  let isUnderWay = true;
  const scan = {
    ...command('scan', 'poolStatus', 'slow'),
    hurries: () => (isUnderWay ? 2 : null),
  };
  const { poller, asked, become, answer, clock } = setUp([scan]);
  const asksWithin = async (seconds: number, text: (second: number) => string): Promise<number> => {
    const before = asked.length;
    for (let second = 0; second < seconds; second++) {
      await answer('scan', done(text(second)));
      clock.advance(1_000);
    }
    return asked.length - before;
  };
  poller.start();
  become('up');
  expect(await asksWithin(60, (second) => `${second}% done`)).toBe(6);
  expect(await asksWithin(240, () => 'paused')).toBeLessThanOrEqual(7);
  isUnderWay = false;
  await asksWithin(60, () => 'done');
  expect(await asksWithin(120, (second) => `${second}`)).toBe(2);
});
