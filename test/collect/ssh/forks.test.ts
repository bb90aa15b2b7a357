import { userInfo } from 'node:os';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { intervalMs } from '../../../src/collect/due.ts';
import { forksOf } from '../../../src/collect/forks.ts';
import { createPoller } from '../../../src/collect/poller.ts';
import type { HostInventory } from '../../../src/domain/inventory.ts';
import { hostCommands } from '../../../src/registry.ts';
import { makeLink } from '../../derive/inventory.ts';
import { diskEntry } from '../../support/disks.ts';
import { host, ok, zone } from '../../support/inventory.ts';
import { poolStatus, scan } from '../../support/pools.ts';
import { writeCountedPrograms } from '../../support/programs.ts';
import { temporaryFolder, writePrivate } from './support/keys.ts';
import { hasProgram } from './support/openssh.ts';
import { atEnd, startLink, startSshd, userKey, withoutSshd } from './support/real-host.ts';
import { until, untilState } from './support/wait.ts';

const DISKS = Array.from({ length: 8 }, (_, index) => `sd${index}`);
const ROLES = ['etcd', 'kube-apiserver', 'kube-scheduler', 'kube-controller-manager'];
/**
 * A host with as many zones as the busiest one of a home lab, with virtual machines, an aggregation and a part of a control
 * plane: everything there is to ask about, and nothing that is not well.
 */
const known: HostInventory = {
  ...host('omni1', {
    zones: Array.from({ length: 20 }, (_, index) =>
      zone(`zone${index}`, { brand: index < 5 ? 'bhyve' : 'lipkg' }),
    ),
    feeds: {
      links: ok([makeLink('aggr0', { class: 'aggr' })]),
      disks: ok(DISKS.map((name) => diskEntry(name))),
      diskNames: ok(DISKS.map((name, index) => ({ instance: name, name: `c0t${index}d0` }))),
      services: ok({
        services: [{ fmri: 'svc:/network/chrony:default', state: 'online', nextState: null }],
        explanations: [],
      }),
    },
  }),
  snapshotHours: new Map([['tank/home', 24]]),
  configuredRoles: new Map(ROLES.map((role, index) => [`zone${10 + index}`, [role]])),
};
/** The same while a pool is scrubbed, of which one wants to see how far it is. */
const scrubbed: HostInventory = {
  ...known,
  feeds: {
    ...known.feeds,
    poolStatus: ok([poolStatus({ scan: scan('scrub-running') })]),
  },
};
/** The same with all components in one zone. */
const stacked: HostInventory = {
  ...known,
  configuredRoles: new Map([['zone10', ROLES]]),
};
const INTERVALS = { fast: 5, slow: 60, inventory: 300 };
const BUDGET_A_MINUTE = 30;

test.for([
  ['20 zones', known],
  ['20 zones and a running scrub', scrubbed],
  ['20 zones of which one is a whole control plane', stacked],
] as const)(
  'all questions together start no more than 30 processes a minute on a host with %s',
  ([, host]) => {
    const costs = hostCommands.map((command) => {
      const programs = forksOf(command.question(host) ?? []);
      const streamed = command.stream?.programs(host, INTERVALS[command.pace]).length ?? 0;
      const own = intervalMs(command, INTERVALS, { isMissing: false, stretch: 1, programs });
      const width = Math.min(own, 1000 * INTERVALS.fast * (command.hurries?.(host) ?? Infinity));
      // A stream that counts its answers is started anew every five minutes; within a zone it takes two more processes.
      const begun = forksOf(command.stream?.programs(host, INTERVALS[command.pace]) ?? []);
      const forks =
        streamed > 0 ? (command.stream?.isCounted ? 0.2 * begun : 0) : (programs * 60_000) / width;
      return { id: command.id, forks };
    });
    const sum = costs.reduce((total, { forks }) => total + forks, 0);
    const dearest = costs.toSorted((a, b) => b.forks - a.forks).slice(0, 5);
    expect(sum, JSON.stringify(dearest)).toBeLessThanOrEqual(BUDGET_A_MINUTE);
  },
);

test('what the catalogue of questions asks for: zones every 10 s, a scrub every 10 s', () => {
  const seconds = (id: string): number => {
    const command = hostCommands.find((each) => each.id === id);
    if (!command) throw new Error(id);
    const own = intervalMs(command, INTERVALS, { isMissing: false, stretch: 1, programs: 1 });
    const hurry = command.hurries?.(scrubbed) ?? null;
    return Math.min(own / 1000, hurry === null ? Infinity : INTERVALS.fast * hurry);
  };
  expect([seconds('zoneadm-list'), seconds('zpool-status')]).toEqual([10, 10]);
});

/** Ten times as fast: six seconds count as a minute. */
const FASTER = 10;
const FAST = {
  fast: INTERVALS.fast / FASTER,
  slow: INTERVALS.slow / FASTER,
  inventory: INTERVALS.inventory / FASTER,
};
/** zoneadm(8) is asked at every second turn of the fast ones. */
const ASKS_A_MINUTE = 60 / (2 * INTERVALS.fast);
const MINUTES = 5;
const PATIENT = { timeout: 240_000, interval: 100 };

describe.skipIf(withoutSshd || !hasProgram('bash'))('on the real sshd', () => {
  test(
    'it is as few as that while a pool is scrubbed, counted by the programs themselves',
    { timeout: 300_000 },
    async () => {
      const names = new Set(
        hostCommands.flatMap((command) =>
          (command.question(scrubbed) ?? []).flatMap((argv) =>
            argv[0] === 'pfexec' ? [argv[0], basename(argv[1] ?? '')] : [argv[0]],
          ),
        ),
      );
      names.delete('echo');
      const log = writeCountedPrograms(
        temporaryFolder(),
        Object.fromEntries([...names].map((name) => [name, BODIES[name] ?? 'exit 0'])),
      );
      // The sampler looks in the folders of the system first, where this machine has programs of its own.
      const profile = writePrivate(
        temporaryFolder(),
        'profile',
        `PATH=${log.bin}:/usr/bin:/bin; readonly PATH\n`,
      );
      const sshd = await startSshd({
        authorized: [`command="exec env BASH_ENV=${profile} bash" ${userKey.publicText}`],
      });
      const link = startLink(sshd.port, {}, { user: userInfo().username });
      const answered = new Set<string>();
      const missing: string[] = [];
      const poller = createPoller({
        link,
        commands: hostCommands,
        intervals: FAST,
        known: () => scrubbed,
        onAnswer: ({ command, answer }) => {
          answered.add(command.id);
          if (answer.kind === 'done' && answer.code === 127) missing.push(command.id);
        },
      });
      atEnd(() => {
        poller.stop();
        return Promise.resolve();
      });
      await untilState(link, 'up');
      poller.start();
      const asked = hostCommands.filter((command) => command.question(scrubbed) !== undefined);
      await until(() => answered.size >= asked.length);

      const asks = (): number => log.starts().get('zoneadm') ?? 0;
      // The first asks of all are over.
      const first = asks() + 2;
      await expect.poll(asks, PATIENT).toBeGreaterThanOrEqual(first);
      const before = new Set(log.processes());
      const begun = asks();
      await expect.poll(asks, PATIENT).toBeGreaterThanOrEqual(begun + MINUTES * ASKS_A_MINUTE);
      const forks = [...log.processes()].filter((process) => !before.has(process)).length;
      expect(missing).toEqual([]);
      // A lower number would mean that they were not counted, or that the scrub was not looked at.
      expect(log.starts().get('zpool') ?? 0).toBeGreaterThan(MINUTES * ASKS_A_MINUTE);
      expect(forks).toBeGreaterThan(MINUTES * ASKS_A_MINUTE);
      expect(forks).toBeLessThanOrEqual(MINUTES * BUDGET_A_MINUTE);
    },
  );
});

const FRAME = String.raw`printf 'unix:0:system_misc:boot_time\t1000\nunix:0:system_misc:snaptime\t%s.5\n\n' "$i"`;
/** What does not matter prints nothing. */
const BODIES: Readonly<Record<string, string>> = {
  kstat: `for count; do :; done; i=1; while [ $i -le "$count" ]; do ${FRAME}; i=$((i+1)); sleep 1; done`,
  pfexec: 'program=${1##*/}; shift; exec "$program" "$@"',
  ps: 'exec /bin/ps "$@"',
  // A scrub that goes on never says the same.
  zpool: "printf '  pool: tank\\n  scan: scrub in progress, %s done\\n' $$",
  zoneadm: "printf '1:web:running:/zones/web:a-b:lipkg:excl\\n'",
};
