import { expect, test } from 'vitest';
import type { Clock } from '../../src/act/clock.ts';
import type { LedgerAfter, LedgerBefore } from '../../src/act/ledger.ts';
import { runPlan } from '../../src/act/run-plan.ts';
import type { Outcome, RunDeps, RunStep } from '../../src/act/run-plan.ts';
import type { Action, Plan } from '../../src/domain/action.ts';
import type { Inventory, SourceStatus } from '../../src/domain/inventory.ts';
import { findZone } from '../../src/domain/joined.ts';
import type { Answer, HostLink } from '../../src/domain/transport.ts';
import type { ZoneState } from '../../src/domain/zone.ts';
import {
  answered,
  lost,
  makeHost,
  makeInventory,
  makeZone,
  NOW,
  source,
} from '../derive/inventory.ts';

const SUBJECT = 'zone:omni1/web';

const restart: Action = {
  id: 'zone.restart',
  verb: 'restart',
  label: 'Restart',
  key: 'r',
  kinds: ['zone'],
  guard: 1,
  stops: true,
  unavailable: (subject, inventory) => {
    const state = findZone(inventory, subject)?.state;
    return state === 'running' ? undefined : `web is ${state}`;
  },
  plan: (subject, inventory): Plan => ({
    action: 'zone.restart',
    subject,
    host: 'omni1',
    argv: ['pfexec', 'zoneadm', '-z', 'web', 'shutdown', '-r'],
    timeoutSeconds: 120,
    identity: [],
    effects: [],
    refresh: ['zones'],
    observeSeconds: 60,
    fingerprint: String(findZone(inventory, subject)?.zoneId),
  }),
  observe: (subject, before, now) => {
    const zone = findZone(now, subject);
    if (zone?.state === 'installed') return { state: 'failed', reason: 'fell back to installed' };
    if (zone?.state !== 'running') return { state: 'waiting', step: zone?.stateText ?? 'gone' };
    return zone.zoneId === findZone(before, subject)?.zoneId
      ? { state: 'waiting', step: 'still running' }
      : { state: 'done', evidence: `running as ${zone.zoneId}` };
  },
};

type World = {
  state: ZoneState;
  zoneId: number | null;
  source: SourceStatus;
  /** false: the host leaves questions without an answer. */
  answers: boolean;
};

/** A host whose time goes on only when everybody waits. */
function setUp(run: (world: World, lab: Lab) => Promise<Answer>, change: Partial<RunDeps> = {}) {
  const world: World = { state: 'running', zoneId: 3, source: source(), answers: true };
  const { clock, drive } = createManualClock();
  const look = (): Inventory =>
    makeInventory({
      hosts: [
        makeHost(
          'omni1',
          {
            zones: answered(
              [makeZone('web', { state: world.state, zoneId: world.zoneId })],
              clock.now(),
            ),
          },
          world.source,
        ),
      ],
    });
  let inventory = look();
  const log: string[] = [];
  const steps: RunStep[] = [];
  const entries: (LedgerBefore | LedgerAfter)[] = [];
  const lab: Lab = { clock, log };
  const deps: RunDeps = {
    link: () =>
      linkThat((options) => {
        log.push('run');
        options.onOutput?.('zone web: shutting down\n');
        return run(world, lab);
      }),
    inventory: () => inventory,
    refresh: async () => {
      log.push('refresh');
      if (!world.answers) return;
      inventory =
        world.source.state === 'up'
          ? look()
          : {
              ...inventory,
              hosts: inventory.hosts.map((host) => ({ ...host, source: world.source })),
            };
    },
    ledger: {
      before: async (entry) => {
        log.push('before');
        entries.push(entry);
      },
      after: async (entry) => {
        log.push('after');
        entries.push(entry);
      },
    },
    clock,
    actor: { user: 'olaf', from: 'jump' },
    onProgress: (step) => steps.push(step),
    ...change,
  };
  const plan = restart.plan(SUBJECT, inventory);
  const start = (): Promise<Outcome> => drive(runPlan(restart, plan, deps));
  return { world, log, steps, entries, start, plan, clock };
}
type Lab = { readonly clock: Clock; readonly log: string[] };

const linkThat = (run: (options: Parameters<HostLink['run']>[1]) => Promise<Answer>): HostLink => ({
  host: 'omni1',
  status: () => source(),
  onStatus: () => () => undefined,
  start: () => undefined,
  ask: () => Promise.resolve({ kind: 'aborted' }),
  run: (_argv, options) => run(options),
  wake: () => {},
  stream: () => Promise.resolve({ kind: 'aborted' }),
  cost: () => ({
    transport: 'ssh2',
    roundTripMs: null,
    receivedBytes: 0,
    sentBytes: 0,
    forks: 0,
    cpuSeconds: null,
    channels: 1,
    reconnects: 0,
  }),
  retryNow: () => undefined,
  reply: () => undefined,
  close: () => Promise.resolve(),
});

function createManualClock(): { clock: Clock; drive: <T>(work: Promise<T>) => Promise<T> } {
  let now = NOW;
  const timers = new Set<{ readonly at: number; readonly wake: () => void }>();
  const clock: Clock = {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) {
          resolve();
          return;
        }
        const timer = {
          at: now + ms,
          wake: () => {
            timers.delete(timer);
            resolve();
          },
        };
        timers.add(timer);
        signal?.addEventListener('abort', timer.wake, { once: true });
      }),
  };
  return {
    clock,
    drive: async (work) => {
      const progress = { isSettled: false };
      const settled = work.finally(() => {
        progress.isSettled = true;
      });
      while (!progress.isSettled) {
        await new Promise(setImmediate);
        const next = [...timers].toSorted((a, b) => a.at - b.at)[0];
        if (progress.isSettled || !next) continue;
        now = Math.max(now, next.at);
        next.wake();
      }
      return settled;
    },
  };
}

const done = (code = 0, stderr = ''): Answer => ({
  kind: 'done',
  stdout: '',
  stderr,
  code,
  durationMs: 1,
});

/** The states of a clean restart, one after another. */
async function goThrough(world: World, { clock }: Lab): Promise<Answer> {
  world.state = 'shutting_down';
  await clock.sleep(5000);
  world.state = 'installed';
  world.zoneId = null;
  await clock.sleep(5000);
  world.state = 'running';
  world.zoneId = 4;
  return done();
}

test('re-reads the state, writes the ledger, runs, and is verified by what the host says', async () => {
  const { start, log, entries, steps } = setUp(goThrough);
  expect(await start()).toEqual({
    kind: 'verified',
    reason: 'running as 4',
    exitCode: 0,
    commandMs: 10_000,
    durationMs: 10_000,
    output: 'zone web: shutting down\n',
    ledgerError: null,
  });
  expect(log.slice(0, 3)).toEqual(['refresh', 'before', 'run']);
  expect(log.at(-1)).toBe('after');
  expect(entries).toMatchObject([
    {
      user: 'olaf',
      from: 'jump',
      action: 'zone.restart',
      subject: SUBJECT,
      host: 'omni1',
      argv: ['pfexec', 'zoneadm', '-z', 'web', 'shutdown', '-r'],
      fingerprint: '3',
    },
    { outcome: 'verified', verified: true, exitCode: 0, durationMs: 10_000 },
  ]);
  expect(entries[1]?.run).toBe(entries[0]?.run);
  const seen = steps.flatMap((step) => ('step' in step ? [step.step] : []));
  expect(seen).toContain('shutting_down');
  expect(steps[0]).toEqual({ phase: 'checking' });
});

test('a state that passes by while the command runs is no failure, one that stays after it is', async () => {
  const { start } = setUp(async (world) => {
    world.state = 'installed';
    world.zoneId = null;
    return done();
  });
  expect(await start()).toMatchObject({
    kind: 'failed',
    reason: 'fell back to installed',
    exitCode: 0,
  });
});

test('waits for a result that comes after the command has ended', async () => {
  const { start } = setUp(async (world, { clock }) => {
    void clock.sleep(30_000).then(() => {
      world.zoneId = 4;
    });
    return done();
  });
  expect(await start()).toMatchObject({ kind: 'verified', commandMs: 0, durationMs: 30_000 });
});

test('is unverified when the result is not seen in time', async () => {
  const { start, entries } = setUp(async () => done());
  expect(await start()).toMatchObject({ kind: 'unverified', durationMs: 60_000 });
  expect(entries[1]).toMatchObject({ outcome: 'unverified', verified: false });
});

test('an exit code other than 0 fails with the last line of stderr, made safe', async () => {
  const { start } = setUp(async () => done(1, 'note\nnot \u001B[1mauthorized\n'));
  expect(await start()).toMatchObject({
    kind: 'failed',
    exitCode: 1,
    reason: 'exit code 1: not authorized',
  });
});

test('a subject that has changed meanwhile is not touched', async () => {
  const { start, world, log } = setUp(goThrough);
  world.zoneId = 9;
  expect(await start()).toMatchObject({ kind: 'changed' });
  expect(log).toEqual(['refresh', 'after']);
});

test('a subject that the action is no longer for is not touched', async () => {
  const { start, world, log, entries } = setUp(goThrough);
  world.state = 'installed';
  expect(await start()).toEqual({ kind: 'changed', reason: 'web is installed' });
  expect(log).toEqual(['refresh', 'after']);
  expect(entries).toEqual([
    {
      kind: 'action',
      run: `${new Date(NOW).toISOString()} zone.restart ${SUBJECT}`,
      user: 'olaf',
      from: 'jump',
      action: 'zone.restart',
      subject: SUBJECT,
      host: 'omni1',
      argv: ['pfexec', 'zoneadm', '-z', 'web', 'shutdown', '-r'],
      fingerprint: '3',
      outcome: 'refused',
      verified: false,
      reason: 'web is installed',
      exitCode: null,
      commandMs: 0,
      durationMs: 0,
      output: '',
    },
  ]);
});

test('nothing runs when the host cannot be asked', async () => {
  const { start, world, log } = setUp(goThrough);
  world.source = lost;
  expect(await start()).toEqual({
    kind: 'refused',
    reason: 'the state of zone web on omni1 cannot be read: omni1 is down',
  });
  expect(log).toEqual(['refresh', 'after']);
});

test('nothing runs when the host gives no new answer, however long it is asked', async () => {
  const { start, log } = setUp(goThrough, { refresh: () => new Promise(() => undefined) });
  expect(await start()).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('no new answer') as string,
  });
  expect(log).toEqual(['after']);
});

test('nothing runs when the ledger cannot be written', async () => {
  const { start, log } = setUp(goThrough, {
    ledger: {
      before: () => Promise.reject(new Error('no space left on device')),
      after: () => Promise.resolve(),
    },
  });
  expect(await start()).toEqual({
    kind: 'refused',
    reason: 'the ledger cannot be written, nothing was run: no space left on device',
  });
  expect(log).toEqual(['refresh']);
});

test('the outcome stands when the second line cannot be written, and says so', async () => {
  const { start } = setUp(goThrough, {
    ledger: {
      before: () => Promise.resolve(),
      after: () => Promise.reject(new Error('no space left on device')),
    },
  });
  expect(await start()).toMatchObject({ kind: 'verified', ledgerError: 'no space left on device' });
});

test('a locked console refuses, also when it locks while the host is asked', async () => {
  const locked = setUp(goThrough, { lockReason: () => 'the console is locked' });
  expect(await locked.start()).toEqual({ kind: 'refused', reason: 'the console is locked' });
  expect(locked.log).toEqual(['after']);
  let asked = 0;
  const late = setUp(goThrough, { lockReason: () => (asked++ === 0 ? undefined : 'locked now') });
  expect(await late.start()).toEqual({ kind: 'refused', reason: 'locked now' });
  expect(late.log).toEqual(['refresh', 'after']);
});

test('a host that is not configured is refused', async () => {
  const { start } = setUp(goThrough, { link: () => undefined });
  expect(await start()).toMatchObject({ kind: 'refused' });
});

const gone: Answer = {
  kind: 'lost',
  error: { code: 'reset', message: 'connection reset', hint: '' },
};

test('a lost connection leaves the outcome unknown', async () => {
  const { start, entries } = setUp(async (world) => {
    world.source = lost;
    return gone;
  });
  expect(await start()).toMatchObject({
    kind: 'unknown',
    reason: 'the connection was lost: connection reset',
    exitCode: null,
  });
  expect(entries[1]).toMatchObject({ outcome: 'unknown', verified: false });
});

test('after a lost connection the result counts if it is seen once the host is back', async () => {
  const { start } = setUp(async (world, { clock }) => {
    world.source = lost;
    void clock.sleep(20_000).then(() => {
      world.source = source();
      world.zoneId = 4;
    });
    return gone;
  });
  expect(await start()).toMatchObject({ kind: 'verified', exitCode: null });
});

test('what was last known of a host that is gone proves no failure', async () => {
  const { start } = setUp(async (world, { clock }) => {
    world.state = 'installed';
    await clock.sleep(3000);
    world.source = lost;
    return gone;
  });
  expect(await start()).toMatchObject({ kind: 'unknown' });
});

test('a command that does not end in time is unverified, unless its result is seen', async () => {
  const timeout: Answer = { kind: 'timeout', afterSeconds: 120, stderr: '' };
  const hanging = setUp(async () => timeout);
  expect(await hanging.start()).toMatchObject({
    kind: 'unverified',
    reason: 'the command did not end within 120 s',
  });
  const late = setUp(async (world, { clock }) => {
    world.state = 'installed';
    void clock.sleep(20_000).then(() => {
      world.state = 'running';
      world.zoneId = 4;
    });
    return timeout;
  });
  expect(await late.start()).toMatchObject({ kind: 'verified' });
});

test('who stops waiting is told that the command may still run', async () => {
  const stop = new AbortController();
  const { start, entries } = setUp(
    async (_world, { clock }) => {
      await clock.sleep(10_000);
      stop.abort();
      return { kind: 'aborted' };
    },
    { signal: stop.signal },
  );
  expect(await start()).toMatchObject({
    kind: 'unknown',
    reason: expect.stringContaining('may still run') as string,
  });
  expect(entries).toHaveLength(2);
});

test('who stops before anything ran has nothing run', async () => {
  const { start, log } = setUp(goThrough, { signal: AbortSignal.abort() });
  expect(await start()).toMatchObject({ kind: 'refused' });
  expect(log).not.toContain('run');
});

test('a link that breaks its contract and rejects still ends in the ledger', async () => {
  const { start, entries } = setUp(() => Promise.reject(new Error('a bug')));
  expect(await start()).toMatchObject({
    kind: 'unknown',
    reason: 'the connection was lost: a bug',
  });
  expect(entries).toHaveLength(2);
});

test('keeps the end of a long output', async () => {
  const { start } = setUp(
    async (world) => {
      world.zoneId = 4;
      return done();
    },
    {
      link: () =>
        linkThat(async (options) => {
          for (let index = 0; index < 2000; index += 1) options.onOutput?.(`line ${index}\n`);
          return done(1, 'x');
        }),
    },
  );
  const outcome = await start();
  expect(outcome).toMatchObject({ output: expect.stringMatching(/line 1999\n$/) as string });
  expect('output' in outcome ? outcome.output.length : 0).toBeLessThanOrEqual(4096);
});
