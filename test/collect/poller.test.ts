import { expect, test } from 'vitest';
import { createPoller } from '../../src/collect/poller.ts';
import type { PollerOptions } from '../../src/collect/poller.ts';
import type { HostCommand, Question } from '../../src/domain/command.ts';
import type { FeedName, HostInventory, SourceStatus } from '../../src/domain/inventory.ts';
import type { Answer, HostLink } from '../../src/domain/transport.ts';
import { createFakeClock } from './ssh/support/fake-clock.ts';

const done = (stdout: string, code = 0): Answer => ({
  kind: 'done',
  stdout,
  stderr: '',
  code,
  durationMs: 1,
});

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
        asked.push(program);
        pending.push({ program, answer: resolve });
        options.signal?.addEventListener('abort', () => resolve({ kind: 'aborted' }));
      }),
    run: () => Promise.resolve(done('')),
    wake: () => {},
    retryNow: () => {},
    reply: () => {},
    close: () => Promise.resolve(),
  };
  return {
    link,
    asked,
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
  const poller = createPoller({
    link: fake.link,
    commands,
    intervals: { fast: 5, slow: 60, inventory: 300 },
    known: () => ({}) as HostInventory,
    onAnswer: ({ id }, answer) => answers.push(`${id} ${answer.kind}`),
    clock,
    phase: () => 0,
    ...more,
  });
  return { ...fake, clock, answers, poller };
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

test('a late answer costs turns, it is never asked twice at a time', async () => {
  const { poller, asked, become, answer, clock } = setUp([kstat]);
  poller.start();
  become('up');
  clock.advance(60_000);
  expect(asked).toEqual(['kstat']);
  await answer('kstat');
  clock.advance(5_000);
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
