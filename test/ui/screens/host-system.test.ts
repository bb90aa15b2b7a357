import { expect, test } from 'vitest';
import type { HostInventory } from '../../../src/domain/inventory.ts';
import type { Sensor } from '../../../src/domain/sensor.ts';
import { go, initialSession } from '../../../src/ui/session.ts';
import { drawScreen } from '../../support/drawn.ts';
import { host, kstats, lab, NOW, ok } from '../../support/inventory.ts';
import { richModel } from '../../support/rich-lab.ts';

/** Behind Summary, Storage and Network, on a host without zones. */
const SYSTEM_TAB = 3;
const drawn = (feeds: Partial<HostInventory['feeds']>) =>
  drawScreen(
    richModel({
      now: NOW,
      inventory: lab([host('omni1', { feeds })], []),
      session: go(initialSession, {
        kind: 'detail',
        view: 'hosts',
        ref: 'host:omni1',
        tab: SYSTEM_TAB,
      }),
    }),
    120,
    40,
  );
const CRON = 'svc:/system/cron:default';
const denied = { status: 'denied', reason: 'only a privileged user', at: NOW } as const;
const missing = {
  status: 'absent',
  reason: 'command not found: ipmitool',
  at: NOW,
  program: 'ipmitool',
} as const;
const sensor = (change: Partial<Sensor>): Sensor => ({
  name: 'CPU Temp',
  kind: 'temperature',
  value: 45,
  unit: 'degrees C',
  status: 'ok',
  limits: { lowerCritical: null, lowerWarning: null, upperWarning: 90, upperCritical: 95 },
  ...change,
});

test('a service that does not run stands with its reason, its log and what it keeps from running', () => {
  const services = ok({
    services: [
      { fmri: 'svc:/network/ssh:default', state: 'online', nextState: null },
      { fmri: CRON, state: 'maintenance', nextState: null },
    ],
    explanations: [
      {
        fmri: CRON,
        description: 'clock daemon (cron)',
        zone: null,
        state: 'maintenance',
        since: NOW - 90_000,
        reason: 'Start method failed repeatedly.',
        log: '/var/svc/log/system-cron:default.log',
        see: [],
        impact: 'This service is not running.',
      },
    ],
  });
  const panel = drawn({ services }).titled('Services');
  expect(panel).toMatch(/1 not well/);
  expect(panel).toMatch(/✗ system\/cron:default +maintenance for 1m30s/);
  expect(panel).toMatch(/reason +Start method failed/);
  expect(panel).toMatch(/log +\/var\/svc\/log\/system-cron:default\.log/);
  expect(panel).toMatch(/2 services +1 online, 1 maintenance/);
});

test('the worst sensor comes first; empty slots and states are left out', () => {
  const sensors = ok([
    sensor({}),
    sensor({ name: 'FAN1', kind: 'fan', unit: 'RPM', value: 0, status: 'critical', limits: null }),
    sensor({ name: 'FANA', kind: 'fan', unit: '', value: null, status: null, limits: null }),
    sensor({ name: 'Chassis', kind: 'discrete', value: null, unit: '', limits: null }),
  ]);
  const panel = drawn({ sensors }).titled('Sensors');
  expect(panel).toMatch(/✗ FAN1 +0 RPM[^]*● CPU Temp +45 C +90 C/);
  expect(panel).not.toMatch(/FANA|Chassis/);
});

test('what is denied or not installed is said, not shown as nothing', () => {
  expect(drawn({ sensors: denied }).titled('Sensors')).toMatch(/denied: only a privileged user/);
  expect(drawn({ sensors: missing, topologySensors: denied }).titled('Sensors')).toMatch(/denied/);
  expect(drawn({ crashDumps: denied }).titled('Crash dumps')).toMatch(/denied/);
  expect(drawn({ messages: denied }).titled('Log')).toMatch(/denied/);
  const unasked = {
    status: 'absent',
    reason: 'neither is online',
    at: NOW,
    unasked: true,
  } as const;
  expect(drawn({ timeSync: unasked }).titled('Time')).toMatch(/not asked: neither is online/);
});

test('each CPU has its bar; one that is off-line says so', () => {
  const stats = {
    ...kstats(),
    cpuPercents: new Map([
      [0, 50],
      [1, 0],
    ]),
  };
  const processors = ok([
    { id: 0, state: 'on-line' },
    { id: 1, state: 'off-line' },
  ]);
  const panel = drawn({ kstats: ok(stats), processors }).titled('CPUs');
  expect(panel).toMatch(/1 not on-line/);
  expect(panel).toMatch(/0 ▇▇▇▇░░░░ +50% +1 ┄{8} off-/);
});

test('the boot environment that waits for a reboot is marked', () => {
  const be = {
    uuid: null,
    isTemporary: false,
    mountpoint: null,
    spaceBytes: 2 ** 30,
    createdAt: NOW - 86_400_000,
  };
  const bootEnvironments = ok([
    { ...be, name: 'r151056', isActive: true, isActiveOnReboot: false },
    { ...be, name: 'r151058', isActive: false, isActiveOnReboot: true },
  ]);
  const panel = drawn({ bootEnvironments }).titled('Boot environments');
  expect(panel).toMatch(/reboot pending/);
  expect(panel).toMatch(/● r151056 +runs +1\.0G +1d/);
  expect(panel).toMatch(/↻ r151058 +next/);
});

test('a clock that follows nothing, and dumps that go nowhere, are said', () => {
  const timeSync = ok({
    daemon: 'ntp' as const,
    source: null,
    stratum: null,
    offsetSeconds: null,
    leap: null,
    peers: [
      {
        tally: ' ',
        name: '192.0.2.1',
        stratum: 16,
        reach: 0,
        delayMs: 0,
        offsetMs: 0,
        jitterMs: 0,
      },
    ],
  });
  const crashDumps = ok({
    content: 'kernel',
    device: null,
    directory: '/var/crash/omni1',
    isSavecoreEnabled: false,
    files: [{ name: 'vmdump.0', sizeBytes: 2 ** 30, writtenAt: NOW - 3_600_000 }],
  });
  const { titled } = drawn({ timeSync, crashDumps });
  expect(titled('Time')).toMatch(/follows nothing[^]*nothing +by ntp[^]*192\.0\.2\.1/);
  expect(titled('Crash dumps')).toMatch(/1 saved[^]*none: a panic leaves no dump[^]*not at boot/);
});

test('the log stands with its newest line first', () => {
  const line = { timeText: 'Nov 23 14:00:00', program: 'sshd', priority: null };
  const messages = ok([
    { ...line, text: 'older' },
    { ...line, text: 'newer' },
  ]);
  expect(drawn({ messages }).titled('Log')).toMatch(/sshd +newer[^]*sshd +older/);
});
