import { execFile, execFileSync, spawn } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { privateHome } from '../support/console-driver.ts';
import { labtop, startLabProcess } from '../support/labtop.ts';
import type { LabProcess } from '../support/labtop.ts';
import { LIMIT, SLOW_MACHINE, takeSnapshot } from '../support/stage.ts';

const run = promisify(execFile);
const home = privateHome();
const config = join(home.folder, 'lab/config.yaml');
let lab: LabProcess;

beforeAll(async () => {
  lab = await startLabProcess(['--write-config', config, '--seed', '7'], home.env);
  appendFileSync(config, SLOW_MACHINE);
});
afterAll(async () => {
  await lab.end();
  home.remove();
});

const has = (program: string): boolean => {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${program}`]);
    return true;
  } catch {
    return false;
  }
};

const KEYS = {
  top: [
    'schema',
    'at',
    'sources',
    'hosts',
    'zones',
    'vms',
    'links',
    'vlans',
    'pools',
    'disks',
    'faults',
    'clusters',
    'checks',
    'groups',
    'problems',
  ],
  sources: ['name', 'kind', 'state', 'since', 'lastDataAt', 'error'],
  hosts: [
    'name',
    'state',
    'release',
    'kernel',
    'bootedAt',
    'cpuCount',
    'cpuPercent',
    'load1',
    'memoryTotalBytes',
    'memoryFreeBytes',
    'arcBytes',
    'swapUsedBytes',
    'swapTotalBytes',
    'temperatureCelsius',
    'zonesRunning',
    'zonesTotal',
  ],
  zones: [
    'host',
    'name',
    'zoneId',
    'state',
    'brand',
    'uuid',
    'path',
    'ipType',
    'autoboot',
    'bootedAt',
    'cpuPercent',
    'cpuCapPercent',
    'rssBytes',
    'memoryCapBytes',
    'swapBytes',
    'swapCapBytes',
    'links',
    'vlans',
    'addresses',
    'role',
    'servicesInMaintenance',
  ],
  vms: [
    'host',
    'name',
    'kind',
    'namespace',
    'state',
    'vcpus',
    'memoryBytes',
    'cpuPercent',
    'rssBytes',
    'disks',
    'links',
    'vlans',
    'node',
  ],
  links: [
    'host',
    'name',
    'class',
    'over',
    'vlan',
    'zone',
    'state',
    'speedMbps',
    'mtu',
    'rxBytesPerSecond',
    'txBytesPerSecond',
    'rxErrors',
    'txErrors',
  ],
  vlans: ['id', 'name', 'hosts', 'links', 'zones', 'vms'],
  pools: [
    'host',
    'name',
    'state',
    'sizeBytes',
    'allocatedBytes',
    'capacityPercent',
    'errors',
    'scrub',
    'devices',
  ],
  disks: [
    'host',
    'device',
    'vendor',
    'product',
    'serial',
    'softErrors',
    'hardErrors',
    'transportErrors',
    'mediaErrors',
    'serviceMs',
    'busyPercent',
  ],
  groups: ['name', 'up', 'total', 'atLeast'],
} as const;

type Row = Readonly<Record<string, unknown>>;
type Snapshot = Readonly<Record<string, unknown>> & {
  readonly hosts: readonly Row[];
  readonly zones: readonly Row[];
  readonly vms: readonly Row[];
  readonly vlans: readonly (Row & { readonly zones: readonly unknown[] })[];
  readonly pools: readonly Row[];
  readonly clusters: readonly (Row & { readonly nodes: readonly Row[] })[];
  readonly problems: readonly Row[];
};

const LIPKG = [
  'dhcp',
  'imap',
  'smtp',
  'squid',
  'radius',
  'tftp',
  'vaultwarden',
  'postgres',
  'openvpn',
  'wg-oob',
  'dns-int1',
  'dns-int2',
  'dns-ext1',
  'dns-ext2',
  'dns-slave1',
  'dns-slave2',
  'unbound',
  'logsrv1',
  'logsrv2',
  'loglb',
  'tailscale1',
  'tailscale2',
  'gobuilder',
];
const SPARSE = ['etcd', 'apisrv', 'ctrlmgr', 'k8sched'].flatMap((name) =>
  [1, 2, 3].map((index) => `${name}${index}`),
);
const BHYVE = [
  'homeassistant',
  'pfsense1',
  'pfsense2',
  'frr1',
  'jump',
  'pihole1',
  'pihole2',
  'adguard',
  'wg-wan1',
  'wg-wan2',
];

test('snapshot --json has every key of the schema, every zone and VM of the lab, its VLANs and nodes', async () => {
  const snapshot = await takeSnapshot<Snapshot>({ config, env: home.env });
  expect(snapshot['schema']).toBe('labtop/1');
  expect(Object.keys(snapshot).toSorted()).toEqual([...KEYS.top].toSorted());
  for (const [table, keys] of Object.entries(KEYS)) {
    if (table === 'top') continue;
    const rows = snapshot[table] as readonly Row[];
    expect(rows.length, table).toBeGreaterThan(0);
    for (const row of rows)
      for (const key of keys) expect(row, `${table} ${key}`).toHaveProperty(key);
  }
  expect(snapshot.hosts.map(({ name }) => name)).toEqual(['omni1', 'omni2', 'store1']);
  for (const host of snapshot.hosts) {
    expect(host).toMatchObject({ state: 'up' });
    for (const key of [
      'release',
      'kernel',
      'bootedAt',
      'cpuCount',
      'cpuPercent',
      'load1',
      'memoryTotalBytes',
      'memoryFreeBytes',
      'arcBytes',
    ])
      expect(host[key], `${String(host['name'])} ${key}`).not.toBeNull();
  }
  const brands = new Map(snapshot.zones.map((zone) => [zone['name'], zone['brand']]));
  for (const name of LIPKG) expect(brands.get(name), name).toBe('lipkg');
  for (const name of SPARSE) expect(brands.get(name), name).toBe('sparse');
  for (const name of ['unifi', 'minecraft']) expect(brands.get(name), name).toBe('lx');
  for (const name of ['gitea', 'nextcloud']) expect(brands.get(name), name).toBe('pkgsrc');
  const vms = new Map(snapshot.vms.map((vm) => [vm['name'], vm]));
  for (const name of BHYVE) {
    expect(vms.get(name), name).toMatchObject({ kind: 'bhyve', state: 'running' });
    expect(vms.get(name)?.['vcpus'], name).toBeGreaterThan(0);
  }
  for (const zone of snapshot.zones)
    expect(zone['state'], String(zone['name'])).toBe(
      zone['name'] === 'gobuilder' ? 'installed' : 'running',
    );
  const etcdVlan = snapshot.vlans.find(({ id }) => id === 48);
  expect(etcdVlan).toMatchObject({ name: 'etcd' });
  expect(etcdVlan?.zones.length).toBe(6);
  expect(snapshot.clusters[0]?.nodes.length).toBeGreaterThanOrEqual(4);
  expect(snapshot.problems).toEqual([]);
});

test('check says OK with exit code 0 on a calm lab', async () => {
  const check = () => labtop(['check', '--wait', '120', '--config', config], home.env);
  // Where this machine stalls, that is told first.
  await expect
    .poll(check, LIMIT)
    .toMatchObject({ code: 0, stdout: expect.stringMatching(/^OK /) as string });
});

test("the system's ssh works against the lab", async (context) => {
  if (!has('ssh')) context.skip('no ssh on this machine');
  const { stdout } = await run('ssh', [
    '-F',
    join(home.folder, 'lab/ssh_config'),
    'omni1',
    'zoneadm',
    'list',
    '-cp',
  ]);
  expect(stdout).toMatch(/^0:global:running:\/::ipkg:shared:/);
  expect(stdout).toMatch(/^\d+:etcd1:running:\/zones\/etcd1:[\da-f-]{36}:sparse:excl:/m);
});

test("the system's kubectl works against the lab, and sees a change in a watch", async (context) => {
  if (!has('kubectl')) context.skip('no kubectl on this machine');
  const kubectl = (...args: readonly string[]) =>
    run('kubectl', ['--kubeconfig', join(home.folder, 'lab/kubeconfig'), ...args]);
  const { stdout } = await kubectl('get', 'pods', '-A');
  const [header = '', ...rows] = stdout.split('\n');
  expect(header).toMatch(/^NAMESPACE\s+NAME\s+READY\s+STATUS\s+RESTARTS\s+AGE/);
  // One that has ended is gone at once, and one of a job ends by itself.
  const running = rows.find((row) => /\sRunning\s/.test(row) && !/-\d{8}-/.test(row)) ?? '';
  const [namespace = '', name = ''] = running.split(/\s+/);
  const watch = spawn('kubectl', [
    '--kubeconfig',
    join(home.folder, 'lab/kubeconfig'),
    'get',
    'pods',
    '-A',
    '-w',
  ]);
  onTestFinished(() => void watch.kill());
  let seen = '';
  watch.stdout.setEncoding('utf8').on('data', (text: string) => {
    seen += text;
  });
  await expect.poll(() => seen.includes(name)).toBe(true);
  await kubectl('delete', 'pod', '-n', namespace, name, '--wait=false');
  await expect.poll(() => new RegExp(`${name}.*Terminating`).test(seen)).toBe(true);
});

/** The lab's configuration with a change. */
function changed(name: string, change: (text: string) => string): string {
  const file = join(home.folder, 'lab', name);
  writeFileSync(file, change(readFileSync(config, 'utf8')));
  return file;
}
const sourcesOf = (stdout: string) =>
  new Map(
    (
      JSON.parse(stdout) as { sources: { name: string; state: string; error: string | null }[] }
    ).sources.map((source) => [source.name, source]),
  );

test('a wrong key in the configuration is named with its line and the nearest one, exit 78', async () => {
  const file = changed('wrong-key.yaml', (text) => text.replace('address:', 'adress:'));
  const line =
    readFileSync(file, 'utf8')
      .split('\n')
      .findIndex((text) => text.includes('adress')) + 1;
  const { code, stderr } = await labtop(['snapshot', '--config', file], home.env);
  expect(code).toBe(78);
  expect(stderr).toContain(`:${line}:`);
  expect(stderr).toContain('did you mean "address"?');
});

test('a missing kubeconfig is told of its cluster, and the hosts work on', async () => {
  const file = changed('no-kubeconfig.yaml', (text) =>
    text.replace(/kubeconfig: .*/, 'kubeconfig: ./not-there'),
  );
  const { stdout, code } = await labtop(
    ['snapshot', '--json', '--wait', '120', '--config', file],
    home.env,
  );
  expect(code).toBe(0);
  const sources = sourcesOf(stdout);
  expect(sources.get('infrak8s')?.state).toBe('down');
  expect(sources.get('infrak8s')?.error).toMatch(/not-there/);
  expect(sources.get('omni1')?.state).toBe('up');
});

test('a refused host, a changed host key and a wrong key are told apart, and the rest works on', async () => {
  writeFileSync(
    join(home.folder, 'lab/bad_known_hosts'),
    readFileSync(join(home.folder, 'lab/known_hosts'), 'utf8').replaceAll(
      /AAAAI\S+/g,
      'AAAAC3NzaC1lZDI1NTE5AAAAIHqQkQ2vJ4xqVxwYvVw3o3cS2mJw5u2J8k8bq1nC8Qk2',
    ),
  );
  execFileSync('ssh-keygen', [
    '-q',
    '-t',
    'ed25519',
    '-N',
    '',
    '-f',
    join(home.folder, 'lab/other_key'),
  ]);
  const file = changed('bad-hosts.yaml', (text) => {
    const [head = '', ...hosts] = text.split(/(?=^\s*- name: (?:omni|store))/m);
    const edit = [
      (host: string) => host.replace(/port: \d+/, 'port: 1'),
      (host: string) => host.replace(/known_hosts/, 'bad_known_hosts'),
      (host: string) => host.replace(/id_ed25519/, 'other_key'),
    ];
    return head + hosts.map((host, index) => edit[index]?.(host) ?? host).join('');
  });
  const { stdout } = await labtop(
    ['snapshot', '--json', '--wait', '120', '--config', file],
    home.env,
  );
  const sources = sourcesOf(stdout);
  expect(sources.get('omni1')).toMatchObject({
    state: 'down',
    error: expect.stringMatching(/closed|refused/),
  });
  expect(sources.get('omni2')).toMatchObject({
    state: 'hostkey-changed',
    error: expect.stringMatching(/known_hosts:\d+/),
  });
  expect(sources.get('store1')).toMatchObject({ state: 'auth-failed' });
  expect(sources.get('infrak8s')?.state).toBe('up');
  const rules = (
    JSON.parse(stdout) as { problems: { rule: string; subject: string; cause: string | null }[] }
  ).problems
    .filter(({ cause }) => cause === null)
    .map(({ rule, subject }) => `${rule} ${subject}`);
  expect(rules).toEqual(
    expect.arrayContaining([
      'host.unreachable host:omni1',
      'host.hostkey host:omni2',
      'host.auth host:store1',
    ]),
  );
});

test('unknown commands and options name the nearest one, exit 64', async () => {
  const command = await labtop(['snapshoot'], home.env);
  expect(command).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('did you mean snapshot?'),
  });
  const option = await labtop(['snapshot', '--jsno'], home.env);
  expect(option).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('did you mean --json?'),
  });
});
