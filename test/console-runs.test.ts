import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LedgerAfter } from '../src/act/ledger.ts';
import { createRuns } from '../src/console-runs.ts';
import type { Prepared } from '../src/console-runs.ts';
import type { Inventory } from '../src/domain/inventory.ts';
import type { Answer, HostLink } from '../src/domain/transport.ts';
import { planeLab } from './support/control-plane.ts';
import { NOW } from './support/inventory.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

const gone = { says: { state: 'refused' } } as const;

/** With answers that came just now. */
const answeredNow = (inventory: Inventory): Inventory => ({
  ...inventory,
  hosts: inventory.hosts.map((host) => ({
    ...host,
    feeds: {
      ...host.feeds,
      zones: { ...host.feeds.zones, at: NOW },
      kstats: { ...host.feeds.kstats, at: NOW },
      zoneComponents: { ...host.feeds.zoneComponents, at: NOW },
    } as typeof host.feeds,
  })),
});

/** Runs on hosts that tell something else once they are asked again. */
function setUp(asked: () => Inventory | undefined, unlockedFor: string | null = null) {
  let inventory = planeLab();
  const log: string[] = [];
  const again: Prepared[] = [];
  const entries: LedgerAfter[] = [];
  let finish: (answer: Answer) => void = () => {};
  const link: HostLink = {
    run: async (argv) => {
      log.push(argv.join(' '));
      return new Promise((resolve) => {
        finish = resolve;
      });
    },
  } as Partial<HostLink> as HostLink;
  const runs = createRuns({
    sources: () => ({
      inventory: () => inventory,
      problems: () => [],
      link: () => link,
      away: (host, zone, until) => {
        log.push(`away ${host}/${zone} ${until === null ? 'no' : 'yes'}`);
      },
      refresh: async (host, feeds) => {
        log.push(`ask ${host} ${feeds.join(',')}`);
        inventory = answeredNow(asked() ?? inventory);
      },
    }),
    ledger: {
      before: async () => {},
      after: async (entry) => {
        entries.push(entry);
      },
    },
    actor: { user: 'olaf', from: 'jump' },
    unlockedFor: () => unlockedFor,
    lockReason: () => undefined,
    onChange: () => {},
    say: (text) => log.push(text),
    askAgain: (prepared, notice) => {
      again.push(prepared);
      log.push(`again: ${notice}`);
    },
  });
  return { runs, log, again, entries, finish: (answer: Answer) => finish(answer) };
}
const prepared = (runs: ReturnType<typeof createRuns>, zone: `${string}/${string}`): Prepared => {
  const made = runs.plan('zone.reboot', `zone:${zone}`);
  if ('unavailable' in made) throw new Error(made.unavailable);
  return made;
};

test('what the others have come to be since the question was asked asks it again, and nothing is run', async () => {
  const { runs, log, again } = setUp(() =>
    log.some((line) => line.startsWith('ask omni2'))
      ? planeLab({ zones: { etcd2: gone } })
      : undefined,
  );
  const first = prepared(runs, 'omni1/etcd1');
  expect(first.guard).toMatchObject({ level: 1, breaks: [] });
  await runs.runAll([first.plan]);
  expect(again.map(({ guard }) => [guard.level, guard.phrase])).toEqual([
    [3, 'etcd1 breaks quorum'],
  ]);
  expect(log.filter((line) => line.startsWith('ask store1'))).toEqual([
    'ask store1 zones,processes,zoneComponents',
  ]);
  expect(log.filter((line) => line.startsWith('pfexec'))).toEqual([]);
  expect(runs.list().map(({ result }) => result)).toEqual(['refused']);
});

test('a member that restarts counts as gone until it is seen to be back', async () => {
  const { runs, log, finish } = setUp(() => undefined);
  expect(prepared(runs, 'omni2/etcd2').guard.level).toBe(1);
  const { plan } = prepared(runs, 'omni1/etcd1');
  const second = prepared(runs, 'omni2/etcd2');
  const running = runs.runAll([plan]);
  await expect.poll(() => log.filter((line) => line.startsWith('pfexec'))).toHaveLength(1);
  expect(prepared(runs, 'omni2/etcd2').guard.phrase).toBe('etcd2 breaks quorum');
  // One that was confirmed before is not run either: the first of several stops the others until it is back.
  await runs.runAll([second.plan]);
  expect(log.filter((line) => line.startsWith('pfexec'))).toHaveLength(1);
  finish({ kind: 'aborted' });
  await running;
  expect(prepared(runs, 'omni2/etcd2').guard.level).toBe(1);
});

test('a zone is away from when its command is given until it has ended, however it ended', async () => {
  const { runs, log, finish } = setUp(() => undefined);
  const { plan } = prepared(runs, 'omni1/etcd1');
  const running = runs.runAll([plan]);
  await expect.poll(() => log.filter((line) => line.startsWith('pfexec'))).toHaveLength(1);
  await expect
    .poll(() => log.filter((line) => line.startsWith('away')))
    .toEqual(['away omni1/etcd1 yes']);
  finish({ kind: 'aborted' });
  await running;
  expect(log.filter((line) => line.startsWith('away'))).toEqual([
    'away omni1/etcd1 yes',
    'away omni1/etcd1 no',
  ]);
});

test('what was not run is no zone that is away', async () => {
  const { runs, log, again } = setUp(() => planeLab({ zones: { etcd2: gone } }));
  await runs.runAll([prepared(runs, 'omni1/etcd1').plan]);
  expect(again).toHaveLength(1);
  expect(log.filter((line) => line.startsWith('away'))).toEqual([]);
});

test('what was not confirmed is written down: the command, who, from where, and why', async () => {
  const { runs, entries } = setUp(() => undefined);
  const { plan } = prepared(runs, 'omni1/etcd1');
  await runs.cancelled([plan], 'not confirmed');
  expect(entries).toMatchObject([
    {
      outcome: 'cancelled',
      reason: 'not confirmed',
      user: 'olaf',
      from: 'jump',
      argv: ['pfexec', 'zoneadm', '-z', 'etcd1', 'reboot'],
      exitCode: null,
      output: '',
    },
  ]);
});

test('the question tells how long it usually takes, by what the ledger tells of its subject', () => {
  const { runs } = setUp(() => undefined);
  expect(prepared(runs, 'omni1/etcd1').usual).toBeNull();
  const record = (seconds: number, outcome: string, subject = 'zone:omni1/etcd1') => ({
    user: 'olaf',
    action: 'zone.reboot',
    subject,
    startedAt: NOW - 864_000_000,
    end: { at: NOW - 864_000_000 + seconds * 1000, outcome, reason: '' },
  });
  runs.remember([
    record(12, 'verified'),
    record(31, 'verified'),
    record(14, 'verified'),
    record(99, 'failed'),
    record(2, 'cancelled'),
    record(500, 'verified', 'zone:omni2/etcd2'),
  ]);
  expect(prepared(runs, 'omni1/etcd1').usual).toBe(
    'takes 14s (median of 3 runs), last 10d00h ago: failed',
  );
  expect(runs.list().map(({ result }) => result)).toEqual([
    'verified',
    'verified',
    'verified',
    'failed',
    'cancelled',
    'verified',
  ]);
});

test('a dry run asks the hosts as a run does, and runs nothing, also what could not be run', async () => {
  let etcd2: Parameters<typeof planeLab>[0] = {};
  const { runs, log, entries, again } = setUp(() => planeLab(etcd2));
  const { plan } = prepared(runs, 'omni1/etcd1');
  expect(await runs.dryRun([plan])).toBeNull();
  expect(log.filter((line) => line.startsWith('ask'))).toEqual([
    'ask omni1 zones,kstats,zoneComponents',
    'ask omni1 zones,processes,zoneComponents',
    'ask omni2 zones,processes,zoneComponents',
    'ask store1 zones,processes,zoneComponents',
  ]);
  etcd2 = { zones: { etcd2: gone } };
  expect(await runs.dryRun([plan])).toMatch(/^etcd of infrak8s: 2 of 3 voters are healthy now/);
  expect(log.filter((line) => !line.startsWith('ask'))).toEqual([]);
  expect([entries, again, runs.list()]).toEqual([[], [], []]);
});

test('of several plans a dry run names the one that could not be run', async () => {
  const { runs } = setUp(() => undefined);
  const one = prepared(runs, 'omni1/etcd1').plan;
  const other = { ...prepared(runs, 'omni2/etcd2').plan, fingerprint: 'another' };
  expect(await runs.dryRun([one, other])).toMatch(/^zone etcd2 on omni2: .*no longer what it was/);
});

test('what actions were unlocked for stands in the ledger, also of what was not run', async () => {
  const { runs, entries } = setUp(() => planeLab({ zones: { etcd2: gone } }), 'etcd1 hangs');
  const { plan } = prepared(runs, 'omni1/etcd1');
  await runs.cancelled([plan], 'not confirmed');
  await runs.runAll([plan]);
  expect(entries.map(({ outcome, unlockedFor }) => [outcome, unlockedFor])).toEqual([
    ['cancelled', 'etcd1 hangs'],
    ['refused', 'etcd1 hangs'],
  ]);
  const other = setUp(() => undefined);
  await other.runs.cancelled([prepared(other.runs, 'omni1/etcd1').plan], 'not confirmed');
  expect(other.entries[0]).not.toHaveProperty('unlockedFor');
});
