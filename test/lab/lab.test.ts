import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { writeLabConfig } from '../../src/lab/lab-config.ts';
import { startLab, type Lab, type LabOptions } from '../../src/lab/lab.ts';
import { runLab } from '../../src/lab/main.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function start(options: LabOptions = {}): Promise<Lab> {
  const lab = await startLab(options);
  closers.push(lab.close);
  return lab;
}
async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'lab test '));
  closers.push(() => rm(directory, { recursive: true }));
  return directory;
}
const run = (program: string, args: readonly string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(program, args, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
const has = async (program: string, flag: string) => {
  const { code } = await run(program, [flag]);
  return code === 0;
};
const hasSsh = await has('ssh', '-V');

test('the lab writes all that the console needs beside its configuration', async () => {
  const lab = await start();
  const file = join(await temporaryDirectory(), 'deep', 'config.yaml');
  const files = await writeLabConfig(lab, file);
  expect(files.config).toBe(file);
  const config: unknown = parse(await readFile(file, 'utf8'));
  expect(config).toMatchObject({
    hosts: ['omni1', 'omni2', 'store1'].map((name, index) => ({
      name,
      address: '127.0.0.1',
      port: lab.hosts[index]?.port,
      user: 'labtop',
      identity: ['./id_ed25519'],
      knownHosts: ['./known_hosts'],
      agent: 'none',
    })),
    clusters: [{ name: 'infrak8s', kubeconfig: './kubeconfig', context: 'infrak8s' }],
    vlans: { 47: 'k8s-cp', 48: 'etcd', 211: 'lab211' },
  });
  const groups = (config as { groups: { name: string; members: string[]; atLeast: number }[] })
    .groups;
  expect(groups.find((group) => group.name === 'etcd')).toMatchObject({ atLeast: 2 });
  for (const member of groups.flatMap((group) => group.members)) {
    const [host = '', zone = ''] = member.split('/');
    expect(lab.world.zone(host, zone).state).toBe('running');
  }
  expect((await stat(files.identity)).mode & 0o777).toBe(0o600);
  expect(await readFile(files.kubeconfig, 'utf8')).toContain('infrak8s');
});

test.runIf(hasSsh)("the system's ssh reaches every host by its name", async () => {
  const lab = await start({ seed: 4, speed: 20 });
  const files = await writeLabConfig(lab, join(await temporaryDirectory(), 'config.yaml'));
  for (const { name } of lab.hosts) {
    const answer = await run('ssh', [
      '-F',
      files.sshConfig,
      '-o',
      'BatchMode=yes',
      name,
      'zoneadm list -cp; hostname',
    ]);
    expect(answer).toMatchObject({ code: 0, stderr: '' });
    expect(answer.stdout).toMatch(/^0:global:running:/);
    expect(answer.stdout).toMatch(new RegExp(`\n${name}\n$`));
  }
});

test('playing a scenario strikes at once', async () => {
  const lab = await start();
  expect(lab.world.zone('omni1', 'vaultwarden').state).toBe('running');
  lab.play('zone-crash');
  expect(lab.world.zone('omni1', 'vaultwarden').state).toBe('installed');
  expect(() => lab.play('nope')).toThrow("no scenario 'nope'");
  lab.play('node-notready');
  lab.play('host-down');
  expect(lab.world.host('omni2').powered).toBe(false);
});

test('a scenario that needs another layout is not played', async () => {
  const lab = await start();
  expect(() => lab.play('stacked')).toThrow('scenario stacked is a lab of its own');
});

test('an unknown scenario is refused before anything starts', async () => {
  await expect(startLab({ scenario: 'nope' })).rejects.toThrow("no scenario 'nope'");
});

test('a scaled lab repeats hosts and zones under other names', async () => {
  const lab = await start({ scale: 2 });
  expect(lab.hosts.map((host) => host.name)).toStrictEqual([
    'omni1',
    'omni2',
    'store1',
    'omni1-2',
    'omni2-2',
    'store1-2',
  ]);
  expect(lab.world.zone('omni1-2', 'etcd1-2').state).toBe('running');
});

test('the program tells how to reach the lab, ends with its signal and leaves nothing behind', async () => {
  const lines: string[] = [];
  const ending = new AbortController();
  const config = join(await temporaryDirectory(), 'config.yaml');
  const running = runLab({
    scenario: 'calm',
    seed: 2,
    scale: 1,
    writeConfig: config,
    out: (line) => lines.push(line),
    signal: ending.signal,
  });
  await expect.poll(() => lines.some((line) => line.includes('kubectl'))).toBe(true);
  const text = lines.join('\n');
  expect(text).toMatch(/ssh -F \S.*ssh_config.* omni1 zoneadm list -cp/);
  expect(text).toContain(`labtop --config`);
  expect(text).toMatch(/omni1 +127\.0\.0\.1:\d+/);
  ending.abort();
  expect(await running).toBe(0);
});
