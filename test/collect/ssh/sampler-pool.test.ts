import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/collect/clock.ts';
import { createSamplerPool } from '../../../src/collect/ssh/sampler-pool.ts';
import type { Job, SamplerPool } from '../../../src/collect/ssh/sampler-pool.ts';
import { createSampler } from '../../../src/collect/ssh/sampler.ts';
import type { Answer } from '../../../src/domain/transport.ts';
import { startShell } from './support/shells.ts';
import { until } from './support/wait.ts';

const endings: (() => void)[] = [];
afterEach(() => {
  for (const end of endings.splice(0)) end();
});

type Started = {
  readonly pool: SamplerPool;
  /** What was written to each shell, a write at a time. */
  readonly writes: readonly (readonly string[])[];
  readonly failures: readonly (readonly [string, boolean])[];
  readonly cpu: () => number;
  readonly pings: () => number;
};

/** A pool over real shells; `limit` is how many the host gives, `isSilent` that it says nothing while it gives none. */
async function startPool(
  limit = Number.POSITIVE_INFINITY,
  isSilent = () => false,
): Promise<Started> {
  const writes: string[][] = [];
  const failures: [string, boolean][] = [];
  let cpu = 0;
  let pings = 0;
  let open = 0;
  const start = () => {
    const shell = startShell('sh');
    endings.push(shell.kill);
    const own: string[] = [];
    writes.push(own);
    open++;
    shell.channel.onClose(() => open--);
    return createSampler({
      clock: systemClock,
      killGroup: () => {},
      channel: {
        ...shell.channel,
        write: (text) => {
          own.push(text);
          shell.channel.write(text);
        },
      },
    });
  };
  const first = start();
  await first.bootstrap;
  const refusal = { code: 'channels', message: 'refused', hint: '' };
  const pool = createSamplerPool({
    first,
    clock: systemClock,
    open: async () => {
      if (isSilent() || open >= limit)
        return { kind: 'refused', error: refusal, isSilent: isSilent() };
      const sampler = start();
      await sampler.bootstrap;
      return { kind: 'opened', sampler };
    },
    shellLost: () => ({ code: 'lost', message: 'its shell ended', hint: '' }),
    onFailed: (error, isHung) => failures.push([error.code, isHung]),
    ping: () => {
      pings++;
    },
    onCpuSeconds: (seconds) => {
      cpu += seconds;
    },
  });
  endings.push(() => pool.fail(refusal));
  return { pool, writes, failures, cpu: () => cpu, pings: () => pings };
}

const ask = (
  pool: SamplerPool,
  command: string,
  more: Partial<Pick<Job, 'limitMs' | 'usualMs' | 'isUrgent' | 'signal'>> = {},
): Promise<Answer> =>
  new Promise((resolve) => {
    pool.enqueue({
      sections: [command],
      limitMs: 60_000,
      mostMs: 60_000,
      usualMs: null,
      isUrgent: false,
      signal: undefined,
      resolve,
      ...more,
    });
  });
const said = (answer: Answer): string => (answer.kind === 'done' ? answer.stdout : answer.kind);

test('what is due together leaves in one write, the quick first, and what somebody waits for before all', async () => {
  const { pool, writes } = await startPool();
  const order: string[] = [];
  const note = async (name: string, more: Parameters<typeof ask>[2]): Promise<void> => {
    await ask(pool, `echo ${name}`, more);
    order.push(name);
  };
  await Promise.all([
    note('slow', { usualMs: 200 }),
    note('quick', { usualMs: 5 }),
    note('urgent', { isUrgent: true, usualMs: 1_000 }),
    note('new', {}),
  ]);
  expect(order).toEqual(['urgent', 'new', 'quick', 'slow']);
  expect(writes).toHaveLength(1);
  // The first write started the sampler.
  expect(writes[0]).toHaveLength(2);
  expect(writes[0]?.[1]?.trimEnd().split('\n')).toHaveLength(4);
});

test('a section that takes long keeps nobody waiting', async () => {
  const { pool, writes } = await startPool();
  const long = ask(pool, 'exec sleep 5');
  await until(() => writes[0]?.length === 2);
  const waited = await Promise.all([
    ask(pool, 'echo due'),
    ask(pool, 'echo wanted', { isUrgent: true }),
  ]);
  expect(waited.map((answer) => said(answer))).toEqual(['due\n', 'wanted\n']);
  expect(writes).toHaveLength(2);
  expect(said(await long)).toBe('');
});

test('what was sent behind a section that hangs is answered by another shell, and runs once', async () => {
  const { pool, writes } = await startPool();
  const hung = ask(pool, 'exec sleep 100', { limitMs: 4_000 });
  const behind = ['a', 'b', 'c'].map((name) => ask(pool, `echo ${name}`));
  expect(writes[0]).toHaveLength(1);
  expect((await Promise.all(behind)).map((answer) => said(answer))).toEqual(['a\n', 'b\n', 'c\n']);
  expect(await hung).toMatchObject({ kind: 'timeout', afterSeconds: 4 });
  expect(writes).toHaveLength(2);
});

test('what hung the last time is asked apart from the others until it answers', async () => {
  const { pool, writes } = await startPool();
  const command = `exec sleep 100`;
  expect(await ask(pool, command, { limitMs: 50 })).toMatchObject({ kind: 'timeout' });
  const again = ask(pool, command, { limitMs: 8_000 });
  const other = ask(pool, 'echo other');
  expect(said(await Promise.race([other, again]))).toBe('other\n');
  expect(await again).toMatchObject({ kind: 'timeout' });
  expect(writes).toHaveLength(2);
});

test('a host that gives one shell only is served by it, one after another', async () => {
  const { pool, writes, failures } = await startPool(1);
  const long = ask(pool, 'exec sleep 1');
  const urgent = ask(pool, 'echo urgent', { isUrgent: true });
  const later = new Promise<Answer>((resolve) => {
    setTimeout(() => void ask(pool, 'echo later').then(resolve), 500);
  });
  expect(said(await urgent)).toBe('urgent\n');
  expect(said(await later)).toBe('later\n');
  expect(said(await long)).toBe('');
  expect(writes).toHaveLength(1);
  expect(failures).toEqual([]);
});

test('a host that is busy in its only shell gives its sign of life past it', async () => {
  const { pool, pings } = await startPool(1);
  const ending = new AbortController();
  const long = ask(pool, 'exec sleep 1000', { signal: ending.signal });
  // The first one asks for another shell, and learns that there is none.
  await until(() => {
    pool.probe();
    return pings() > 0;
  });
  ending.abort();
  expect(said(await long)).toBe('aborted');
});

test('a shell that died is replaced; when none can be had the host has failed', async () => {
  const { pool, writes, failures } = await startPool();
  expect(await ask(pool, 'kill -KILL $$')).toMatchObject({ kind: 'lost' });
  expect(said(await ask(pool, 'echo alive'))).toBe('alive\n');
  expect(writes.length).toBeGreaterThan(1);
  expect(failures).toEqual([]);

  const poor = await startPool(0);
  void ask(poor.pool, 'kill -KILL $$');
  await until(() => poor.failures.length > 0);
  expect(poor.failures).toEqual([['channels', false]]);
});

test('a host that gives no byte has not failed: it is asked again', async () => {
  let isFrozen = true;
  let tries = 0;
  const { pool, failures } = await startPool(9, () => {
    tries++;
    return isFrozen;
  });
  let answer: Answer | undefined;
  void ask(pool, 'kill -KILL $$').then((given) => (answer = given));
  await until(() => {
    pool.probe();
    return tries > 4;
  });
  expect(pool.isAsked()).toBe(true);
  isFrozen = false;
  await until(() => {
    pool.probe();
    return answer !== undefined;
  });
  expect(answer?.kind).toBe('lost');
  expect(said(await ask(pool, 'echo back'))).toBe('back\n');
  expect(failures).toEqual([]);
});

test('a section that began and never ended, and no further shell: the host cannot fork', async () => {
  const { pool, failures } = await startPool(0);
  // TERM from the channel reaches nothing here, KILL ends the shell.
  const hung = ask(pool, "trap '' TERM; while :; do :; done", { limitMs: 100 });
  expect(await hung).toMatchObject({ kind: 'timeout' });
  void ask(pool, 'echo next');
  await until(() => failures.length > 0);
  expect(failures).toEqual([['channels', true]]);
});

test('tells what its shells and their programs have cost in CPU', async () => {
  const { pool, cpu } = await startPool();
  await ask(pool, 'i=0; while [ "$i" -lt 200000 ]; do i=$((i + 1)); done');
  pool.probe();
  await until(() => cpu() > 0);
  expect(cpu()).toBeLessThan(20);
});

test('all that waits or runs gets the reason of the end', async () => {
  const { pool } = await startPool();
  const running = ask(pool, 'exec sleep 100');
  const waiting = ask(pool, 'echo x');
  const reason = { code: 'closed', message: 'over', hint: '' };
  await pool.end(reason);
  expect(await running).toEqual({ kind: 'lost', error: reason });
  expect(await waiting).toEqual({ kind: 'lost', error: reason });
  expect(await ask(pool, 'echo x')).toEqual({ kind: 'lost', error: reason });
});
