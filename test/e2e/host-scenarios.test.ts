import { expect, test } from 'vitest';
import type { DoctorReport } from '../../src/cli/doctor-report.ts';
import { labtop } from '../support/labtop.ts';
import {
  isFreshSince,
  LIMIT,
  rootsOf,
  snapshotRoots,
  startStage,
  watchStage,
} from '../support/stage.ts';

const CRON = 'svc:/system/cron:default';

test(
  'smf-maintenance: the snapshot names the service of the global zone, with its reason and its log',
  { timeout: 180_000 },
  async () => {
    const stage = await startStage();
    stage.lab.play('smf-maintenance');
    const { roots, evidence } = await snapshotRoots(stage);
    expect(roots.filter((root) => root.startsWith('host.'))).toEqual([
      `host.service service:omni1/global/${CRON}`,
    ]);
    expect(evidence).toMatchObject({
      state: 'maintenance',
      reason: 'Start method failed repeatedly, last exited with status 1.',
      log: '/var/svc/log/system-cron:default.log',
      from: 'svcs -x',
    });
  },
);

test(
  'a service that gives up is told with its reason, and is over when it runs again',
  { timeout: 180_000 },
  async () => {
    const stage = await startStage();
    const sources = watchStage(stage);
    await expect.poll(() => isFreshSince(sources.inventory(), 0), LIMIT).toBe(true);
    expect(rootsOf(sources)).toEqual([]);
    stage.lab.world.setServiceFault('omni2', 'global', CRON, {
      state: 'degraded',
      reason: 'Degraded by an administrator.',
    });
    const reason = () =>
      sources.problems().find(({ rule }) => rule === 'host.service')?.evidence['reason'];
    await expect.poll(reason, LIMIT).toBe('Degraded by an administrator.');
    stage.lab.world.setServiceFault('omni2', 'global', CRON, null);
    await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
  },
);

test(
  'a fan that stands still and an update that waits are told',
  { timeout: 180_000 },
  async () => {
    const stage = await startStage();
    const sources = watchStage(stage);
    const { system } = stage.lab.world.host('omni1');
    system.sensors.set('FAN1', 0);
    system.nextBootEnvironment = 'omnios-r151056';
    await expect
      .poll(() => rootsOf(sources), LIMIT)
      .toEqual(['host.sensor host:omni1', 'host.updates host:omni1']);
    system.sensors.delete('FAN1');
    system.nextBootEnvironment = system.activeBootEnvironment;
    await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
  },
);

test(
  'a host that lost its power is told to have booted without a shutdown',
  { timeout: 180_000 },
  async () => {
    const stage = await startStage();
    const sources = watchStage(stage);
    await expect.poll(() => isFreshSince(sources.inventory(), 0), LIMIT).toBe(true);
    const host = stage.lab.host('omni2');
    await host.power(false);
    await expect.poll(() => rootsOf(sources), LIMIT).toContain('host.unreachable host:omni2');
    await host.power(true);
    sources.retryNow();
    const title = () => sources.problems().find(({ rule }) => rule === 'host.rebooted')?.title;
    await expect.poll(title, LIMIT).toBe('rebooted without a shutdown');
  },
);

type Row = Readonly<Record<string, unknown>>;
type Snapshot = {
  readonly hosts: readonly Row[];
  readonly zones: readonly Row[];
  readonly links: readonly Row[];
  readonly problems: readonly {
    readonly rule: string;
    readonly subject: string;
    readonly hint: string;
  }[];
};

test(
  'a host with three programs and one without rights show what can be shown, and say what is hidden and what grants it',
  { timeout: 180_000 },
  async () => {
    const stage = await startStage();
    stage.lab.play('bare-hosts');
    const run = async <T>(
      command: string,
    ): Promise<{ readonly code: number; readonly value: T }> => {
      const { stdout, code } = await labtop(
        [command, '--json', '--wait', '120', '--config', stage.config],
        stage.env,
      );
      return { code, value: JSON.parse(stdout) as T };
    };
    const { value: snapshot } = await run<Snapshot>('snapshot');
    const bare = snapshot.hosts.find(({ name }) => name === 'omni2');
    expect(bare).toMatchObject({
      state: 'up',
      cpuPercent: expect.any(Number),
      memoryFreeBytes: expect.any(Number),
      bootedAt: expect.any(String),
      zonesRunning: 17,
      release: null,
      temperatureCelsius: null,
    });
    const zone = snapshot.zones.find(({ name }) => name === 'etcd2');
    expect(zone).toMatchObject({ state: 'running', rssBytes: expect.any(Number), autoboot: null });
    const link = snapshot.links.find(({ host, name }) => host === 'omni2' && name === 'aggr0');
    expect(link).toMatchObject({ state: 'up', rxBytesPerSecond: expect.any(Number) });
    expect(snapshot.problems.map(({ rule, subject }) => `${rule} ${subject}`)).toEqual([
      'host.commands host:omni2',
      'host.privilege host:store1',
    ]);
    expect(snapshot.problems[1]?.hint).toContain('/usr/sbin/fmadm:privs=sys_admin');

    const { code, value: doctor } = await run<DoctorReport>('doctor');
    expect(code).toBe(1);
    const [well, bareReport, poor] = doctor.hosts;
    expect(well?.questions.filter(({ state }) => state !== 'none')).toEqual([]);
    expect(bareReport?.isAuthenticated).toBe(true);
    expect(new Set(bareReport?.questions.map(({ state }) => state))).toEqual(new Set(['missing']));
    for (const { hides } of bareReport?.questions ?? []) expect(hides).not.toBeNull();
    const denied = poor?.questions.filter(({ state }) => state === 'denied') ?? [];
    expect(denied.map(({ question }) => question)).toEqual(
      expect.arrayContaining(['fmadm-faulty', 'ipmitool-sensor', 'fmtopo', 'dumpadm']),
    );
    for (const { grant } of denied) expect(poor?.grants).toContain(grant);
    expect(poor?.grants.at(-1)).toMatch(/^usermod -P .* labtop$/);
  },
);
