import { expect, test } from 'vitest';
import { checkMachine } from '../../src/cli/doctor-machine.ts';
import { examine, isWell } from '../../src/cli/doctor-report.ts';
import type { DoctorReport } from '../../src/cli/doctor-report.ts';
import { renderDoctor } from '../../src/cli/doctor-text.ts';
import { clusterWatches, hostCommands } from '../../src/registry.ts';
import { makeInventory } from '../derive/inventory.ts';
import { cluster, host, NOW, ok } from '../support/inventory.ts';
import type { HostShape } from '../support/inventory.ts';

const WELL = [{ name: 'ssh', state: 'ok', text: 'OpenSSH_10.2p1' }] as const;
const report = (
  machine: DoctorReport['machine'],
  ...shapes: readonly HostShape[]
): DoctorReport => {
  const hosts = shapes.map((shape, index) => host(`omni${index + 1}`, shape));
  const parts = {
    schema: 'labtop-doctor/1',
    version: '1.2.3',
    at: new Date(NOW).toISOString(),
    machine,
    ...examine(makeInventory({ hosts }), hostCommands, clusterWatches),
  } as const;
  return { ...parts, isWell: isWell(parts) };
};
const DENIED = {
  status: 'denied',
  reason: 'fmadm: operation requires additional privilege',
  at: NOW,
} as const;
const MISSING = {
  status: 'absent',
  reason: 'command not found: ipmitool',
  at: NOW,
  program: 'ipmitool',
} as const;

test('a host that answers everything is well, and takes three lines beside what may be done', () => {
  const well = report(WELL, {});
  expect(well.isWell).toBe(true);
  expect(well.hosts[0]).toMatchObject({
    isReachable: true,
    isAuthenticated: true,
    user: 'labtop',
    questions: [],
    grants: [],
  });
  expect(renderDoctor(well)).toMatch(/host omni1 r151058 as labtop\n.*connection.*\n.*answered\n/);
});

test('a right that is missing is told with what it hides, and all lines that grant it', () => {
  const unwell = report(WELL, { feeds: { faults: DENIED } });
  expect(unwell.isWell).toBe(false);
  expect(unwell.hosts[0]?.questions).toMatchObject([
    { question: 'fmadm-faulty', state: 'denied', hides: expect.stringMatching(/^faults/) },
  ]);
  expect(unwell.hosts[0]?.grants).toEqual([
    "echo 'Lab Monitor:::What labtop needs to watch:' > /etc/security/prof_attr.d/labtop",
    "echo 'Lab Monitor:solaris:cmd:::/usr/sbin/fmadm:privs=sys_admin' >> /etc/security/exec_attr.d/labtop",
    'svcadm disable -st rbac && svcadm enable -st rbac',
    `usermod -P "$(userattr profiles labtop | sed 's/..*/&,/')Lab Monitor" labtop`,
  ]);
});

test('a right of another kind needs no profile', () => {
  const { hosts } = report(WELL, { feeds: { messages: { ...DENIED, reason: 'denied' } } });
  expect(hosts[0]?.grants).toEqual(['chmod a+r /var/adm/messages']);
});

test('what may be done is told, and the lines that grant it; none of it is needed to be well', () => {
  const poor = report(WELL, { feeds: { rights: ok({ commands: [], authorizations: [] }) } });
  expect(poor.isWell).toBe(true);
  expect(poor.hosts[0]?.grants).toEqual([]);
  expect(poor.hosts[0]?.actions).toMatchObject([
    {
      action: 'restart and boot zones and VMs (r, R)',
      state: 'denied',
      reason: 'no profile lets /usr/sbin/zoneadm run as root; no authorization solaris.zone.manage',
      grants: [
        `usermod -P "$(userattr profiles labtop | sed 's/..*/&,/')Zone Management" labtop`,
        `usermod -A "$(userattr auths labtop | sed 's/..*/&,/')solaris.zone.manage" labtop`,
      ],
    },
    { state: 'denied' },
  ]);
  const text = renderDoctor(poor);
  expect(text).toContain('Zone Management" labtop\n');
  const may = report(WELL, {});
  expect(may.hosts[0]?.actions.map(({ state }) => state)).toEqual(['ok', 'ok']);
  const unknown = report(WELL, { feeds: { rights: MISSING } });
  expect(unknown.hosts[0]?.actions.map(({ state }) => state)).toEqual(['unknown', 'unknown']);
  const rights = {
    commands: [{ profile: 'Z', path: '/usr/sbin/zoneadm', attributes: ['euid=0'] }],
    authorizations: ['solaris.zone.manage/web'],
  };
  const limited = report(WELL, { feeds: { rights: ok(rights) } });
  expect(limited.hosts[0]?.actions[0]).toMatchObject({ state: 'partial', reason: 'only web' });
});

test('a program that is missing is told; what there is nothing to ask about is not', () => {
  const unasked = { status: 'absent', reason: 'not needed', at: NOW, unasked: true } as const;
  const unwell = report(
    WELL,
    { feeds: { sensors: MISSING } },
    { feeds: { topologySensors: unasked, sensors: { ...unasked, reason: 'no such device' } } },
  );
  expect(unwell.hosts[0]?.questions).toMatchObject([
    {
      question: 'ipmitool-sensor',
      state: 'missing',
      grant: 'pkg install system/management/ipmitool',
    },
  ]);
  const text = renderDoctor(unwell);
  expect(text).toContain('command not found: ipmitool');
  expect(text).not.toContain('not needed');
  expect(report(WELL, { feeds: { topologySensors: unasked } }).isWell).toBe(true);
});

test('where pfexec is missing, no package of what it would run mends that', () => {
  const { hosts } = report(WELL, { feeds: { sensors: { ...MISSING, program: 'pfexec' } } });
  expect(hosts[0]).toMatchObject({ questions: [{ state: 'missing', grant: null }], grants: [] });
});

test('lines that were not understood are told with their place', () => {
  const complaints = [{ line: 7, text: 'what is this', reason: 'expected 4 fields, found 3' }];
  const answer = ok([]);
  const complained = answer.status === 'ok' ? { ...answer, complaints } : answer;
  const unwell = report(WELL, { feeds: { phys: complained } });
  expect(unwell.isWell).toBe(false);
  expect(renderDoctor(unwell)).toContain('line 7: expected 4 fields, found 3: what is this');
});

test('rights of a cluster that are missing are told with what they hide, and who grants them', () => {
  const forbidden = (where: string): string =>
    `pods is forbidden: User "it's me" cannot list resource "pods" in API group "" ${where} (403)`;
  const whole = cluster('k8s', [], []);
  const pods = whole.feeds.pods;
  const gap = { reason: `only in media: ${forbidden('at')}`, hides: 'the pods of 3 others' };
  const limited = {
    ...whole,
    feeds: {
      ...whole.feeds,
      pods: pods.status === 'ok' ? { ...pods, gap } : pods,
      deployments: { status: 'denied', reason: forbidden('there'), at: NOW } as const,
    },
  };
  const parts = {
    schema: 'labtop-doctor/1',
    version: '1.2.3',
    at: new Date(NOW).toISOString(),
    machine: WELL,
    ...examine(makeInventory({ clusters: [limited] }), hostCommands, clusterWatches),
  } as const;
  expect(isWell(parts)).toBe(false);
  const [told] = parts.clusters;
  expect(told?.user).toBe("it's me");
  expect(told?.questions).toContainEqual(
    expect.objectContaining({ question: 'pods', state: 'partial', hides: 'the pods of 3 others' }),
  );
  expect(told?.grants).toEqual([
    'kubectl create clusterrole labtop --verb=get,list,watch --resource=pods,deployments.apps',
    `kubectl create clusterrolebinding labtop --clusterrole=labtop '--user=it'\\''s me'`,
  ]);
  const text = renderDoctor({ ...parts, isWell: false });
  expect(text).toMatch(/pods +partial +only in media: .*\n +hides: the pods of 3 others\n/);
  expect(text).toContain('what an administrator of k8s runs to mend it:');
});

test.for([
  ['down', false, null],
  ['auth-failed', true, false],
  ['hostkey-changed', true, false],
] as const)('a host that is %s', ([state, isReachable, isAuthenticated]) => {
  const error = { code: 'x', message: 'it refuses', hint: 'do this' };
  const unwell = report(WELL, { source: { state, error, attempt: 1 } });
  expect(unwell.isWell).toBe(false);
  expect(unwell.hosts[0]).toMatchObject({ isReachable, isAuthenticated, questions: [] });
  expect(renderDoctor(unwell)).toMatch(/it refuses\n +do this/);
});

test('what this machine lacks is told; a note is no lack', () => {
  const note = { name: 'locale', state: 'note', text: 'not UTF-8' } as const;
  expect(report([...WELL, note], {}).isWell).toBe(true);
  const lack = { name: 'ssh', state: 'missing', text: 'no ssh program' } as const;
  expect(report([lack], {}).isWell).toBe(false);
});

test('looks at the machine itself without changing it', async () => {
  const env = {
    XDG_STATE_HOME: '/nowhere/at/all',
    TERM: 'xterm-256color',
    LANG: 'C',
    PATH: process.env['PATH'],
  };
  const checks = await checkMachine(null, null, env, true);
  const texts = new Map(checks.map(({ name, text }) => [name, text]));
  expect(texts.get('terminal')).toBe('xterm-256color, 256 colours');
  expect(texts.get('locale')).toMatch(/^not UTF-8/);
  expect(texts.get('configuration')).toMatch(/^there is none yet/);
});
