import { expect, test } from 'vitest';
import type { DoctorReport } from '../../src/cli/doctor-report.ts';
import { PROGRAMS } from '../../src/lab/commands/registry.ts';
import { labtop } from '../support/labtop.ts';
import {
  isFreshSince,
  LIMIT,
  rootsOf,
  startStage,
  takeSnapshot,
  watchStage,
} from '../support/stage.ts';

const CRON = 'svc:/system/cron:default';

type Row = Readonly<Record<string, unknown>>;
type ProblemRow = {
  readonly rule: string;
  readonly subject: string;
  readonly hint: string;
  readonly evidence: Row;
};
type Snapshot = {
  readonly hosts: readonly Row[];
  readonly zones: readonly Row[];
  readonly links: readonly Row[];
  readonly problems: readonly ProblemRow[];
};

const nameOf = ({ rule, subject }: ProblemRow): string => `${rule} ${subject}`;

test('smf-maintenance: the snapshot names both services, with their reasons and their logs', async () => {
  const stage = await startStage();
  stage.lab.play('smf-maintenance');
  const { problems } = await takeSnapshot<Snapshot>(stage);
  expect(problems.map(nameOf).toSorted()).toEqual([
    `host.service service:omni1/global/${CRON}`,
    'zone.service service:store1/postgres/svc:/ooce/database/postgresql17:default',
  ]);
  expect(problems.find(({ rule }) => rule === 'host.service')?.evidence).toMatchObject({
    state: 'maintenance',
    reason: 'Start method failed repeatedly, last exited with status 1.',
    log: '/var/svc/log/system-cron:default.log',
    from: 'svcs -x',
  });
});

test('services that give up are seen by their processes, however seldom svcs is asked', async () => {
  const stage = await startStage();
  const sources = watchStage(stage, { fast: 1, slow: 3600, inventory: 3600 });
  await expect.poll(() => isFreshSince(sources.inventory(), 0), LIMIT).toBe(true);
  stage.lab.play('smf-maintenance');
  const reasons = () =>
    sources
      .problems()
      .filter(({ rule }) => rule === 'host.service' || rule === 'zone.service')
      .map(({ evidence }) => evidence['reason']);
  const reason = 'Start method failed repeatedly, last exited with status 1.';
  await expect.poll(reasons, LIMIT).toEqual([reason, reason]);
});

test('a service that gives up is told with its reason, and is over when it runs again', async () => {
  const stage = await startStage();
  const sources = watchStage(stage);
  await expect.poll(() => isFreshSince(sources.inventory(), 0), LIMIT).toBe(true);
  await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
  stage.lab.world.setServiceFault('omni2', 'global', CRON, {
    state: 'degraded',
    reason: 'Degraded by an administrator.',
  });
  const reason = () =>
    sources.problems().find(({ rule }) => rule === 'host.service')?.evidence['reason'];
  await expect.poll(reason, LIMIT).toBe('Degraded by an administrator.');
  stage.lab.world.setServiceFault('omni2', 'global', CRON, null);
  await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
});

test('a fan that stands still and an update that waits are told', async () => {
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
});

test('where no controller tells of sensors those of the fault manager are judged', async () => {
  const stage = await startStage();
  stage.lab.host('omni1').keepOnly([...PROGRAMS.keys()].filter((name) => name !== 'ipmitool'));
  const { system } = stage.lab.world.host('omni1');
  system.sensors.set('CPU Temp', 96);
  const sources = watchStage(stage);
  const sensor = () => sources.problems().find(({ rule }) => rule === 'host.sensor');
  await expect.poll(sensor, LIMIT).toMatchObject({
    subject: 'host:omni1',
    severity: 'critical',
    title: 'chassis=0/motherboard=0/chip=0 temp 96 C, above 95 C',
    evidence: { from: 'fmtopo -V' },
  });
  system.sensors.delete('CPU Temp');
  await expect.poll(sensor, LIMIT).toBeUndefined();
});

test('programs that are installed later answer, each of them, without a new connection', async () => {
  const stage = await startStage();
  const host = stage.lab.host('omni1');
  host.keepOnly(['kstat', 'pfexec']);
  const sources = watchStage(stage, { fast: 1, slow: 1, inventory: 1 });
  const feeds = () => sources.inventory().hosts.find(({ name }) => name === 'omni1')?.feeds;
  const missing = () =>
    Object.values(feeds() ?? {}).filter(
      (feed) => feed.status === 'absent' && feed.program !== undefined,
    ).length;
  await expect.poll(missing, LIMIT).toBeGreaterThan(15);
  expect(feeds()?.sensors).toMatchObject({ status: 'absent', program: 'ipmitool' });
  for (const name of PROGRAMS.keys()) host.remove(name, false);
  const at = Date.now();
  await expect.poll(() => isFreshSince(sources.inventory(), at, 'omni1'), LIMIT).toBe(true);
  expect(sources.link('omni1')?.cost().reconnects).toBe(0);
});

test('a host that lost its power is told to have booted without a shutdown', async () => {
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
});

test('a host with three programs and one without rights show what can be shown, and say what is hidden and what grants it', async () => {
  const stage = await startStage();
  stage.lab.play('bare-hosts');
  const snapshot = await takeSnapshot<Snapshot>(stage);
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
  // Which of them is older is chance.
  const problems = snapshot.problems.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  expect(problems.map(nameOf)).toEqual(['host.commands host:omni2', 'host.privilege host:store1']);
  expect(problems[1]?.hint).toContain('/usr/sbin/fmadm:privs=sys_admin');

  const { code, stdout } = await labtop(
    ['doctor', '--json', '--wait', '120', '--config', stage.config],
    stage.env,
  );
  expect(code).toBe(1);
  const doctor = JSON.parse(stdout) as DoctorReport;
  const [well, bareReport, poor] = doctor.hosts;
  expect(well?.questions.filter(({ state }) => state !== 'none')).toEqual([]);
  expect(bareReport?.isAuthenticated).toBe(true);
  const missing = bareReport?.questions.filter(({ state }) => state !== 'none') ?? [];
  expect(new Set(missing.map(({ state }) => state))).toEqual(new Set(['missing']));
  for (const { hides } of missing) expect(hides).not.toBeNull();
  const denied = poor?.questions.filter(({ state }) => state === 'denied') ?? [];
  expect(denied.map(({ question }) => question)).toEqual(
    expect.arrayContaining(['fmadm-faulty', 'ipmitool-sensor', 'fmtopo', 'dumpadm']),
  );
  for (const { grant } of denied) expect(poor?.grants).toContain(grant);
  expect(poor?.grants.at(-1)).toMatch(/^usermod -P .* labtop$/);
});
