import { expect, test } from 'vitest';
import { hostLoad, type HostModel } from '../../../src/lab/model/host.ts';
import { listKstats } from '../../../src/lab/model/kstats.ts';
import { zoneRssBytes } from '../../../src/lab/model/memory.ts';
import { listProcesses } from '../../../src/lab/model/processes.ts';
import { createBench, runOn } from '../shell-harness.ts';

const rowsOf = (stdout: string): readonly (readonly string[])[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));

test('ps -eo prints a line of titles and a row per process, zone names whole', async () => {
  const bench = createBench();
  const { stdout, code } = await runOn(
    bench,
    'omni1',
    'ps -eo zone,pid,ppid,user,pcpu,rss,etime,comm',
  );
  const [titles, ...rows] = rowsOf(stdout);
  expect(code).toBe(0);
  expect(titles).toEqual(['ZONE', 'PID', 'PPID', 'USER', '%CPU', 'RSS', 'ELAPSED', 'COMMAND']);
  for (const row of rows) expect(row).toHaveLength(8);
  expect(rows.filter(([zone]) => zone === 'etcd1').map((row) => row[7])).toContain(
    '/opt/local/bin/etcd',
  );
  expect(rows.filter(([zone]) => zone === 'homeassistant').map((row) => row[7])).toEqual([
    'zsched',
    '/usr/sbin/bhyve',
  ]);
  expect(new Set(rows.map(([, pid]) => pid)).size).toBe(rows.length);
});

test('processes use together what their zones and the host use', () => {
  const { world, clock } = createBench();
  const host: HostModel = world.host('omni2');
  const now = clock.now();
  const processes = listProcesses(host, now);
  const total = processes.reduce((sum, { cpu }) => sum + cpu, 0);
  expect(total).toBeCloseTo(hostLoad(host, now), 6);
  for (const zone of host.zones.values()) {
    const own = processes.filter(({ zone: name }) => name === zone.plan.name);
    const rss = own.reduce((sum, { rssBytes }) => sum + rssBytes, 0);
    expect(Math.abs(rss - zoneRssBytes(host, zone, now))).toBeLessThan(1);
  }
  for (const { name, module, instance, read } of listKstats(host, now)) {
    if (module !== 'caps' || !name.startsWith('nprocs')) continue;
    const own = processes.filter(({ zoneId }) => zoneId === instance);
    expect(read()['usage']).toBe(own.length);
  }
});

test('a zone that was restarted has new processes', async () => {
  const bench = createBench();
  const pids = async () =>
    rowsOf((await runOn(bench, 'omni1', 'ps -z dhcp -o pid')).stdout)
      .flat()
      .slice(1);
  const before = await pids();
  bench.world.act('omni1', 'dhcp', 'reboot');
  bench.clock.advance(60_000);
  const after = await pids();
  expect(after).toHaveLength(before.length);
  expect(after.filter((pid) => before.includes(pid))).toEqual([]);
});

test.for<readonly [command: string, stderr: RegExp]>([
  ['ps -eo zone,frob', /unknown output format: -o frob\n/],
  ['ps -z nope -o pid', /unknown zone nope\n/],
])('%s fails', async ([command, stderr]) => {
  const result = await runOn(createBench(), 'omni1', command);
  expect(result.code).toBe(1);
  expect(result.stderr).toMatch(stderr);
});
