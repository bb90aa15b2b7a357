import { expect, test } from 'vitest';
import { createBench, runOn, START } from '../shell-harness.ts';

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
const bench = createBench();
const run = (command: string, host = 'omni1') => runOn(bench, host, command);

test('zoneadm list -cp prints eight fields, active zones first by id', async () => {
  const { stdout, code } = await run('zoneadm list -cp', 'store1');
  const rows = lines(stdout).map((line) => line.split(':'));
  expect(code).toBe(0);
  expect(stdout).toMatch(/^0:global:running:\/::ipkg:shared:0\n/);
  expect(stdout).toMatch(
    /^-:gobuilder:installed:\/zones\/gobuilder:[0-9a-f-]{36}:lipkg:excl:\d+$/m,
  );
  for (const row of rows) expect(row).toHaveLength(8);
  const ids = rows.map(([id]) => (id === '-' ? Number.POSITIVE_INFINITY : Number(id)));
  expect(ids).toStrictEqual(ids.toSorted((a, b) => a - b));
});

test('zoneadm list shows running zones, -i installed ones too, -n no global zone', async () => {
  const names = async (options: string) =>
    lines((await run(`zoneadm list ${options}`, 'store1')).stdout);
  expect(await names('')).not.toContain('gobuilder');
  expect(await names('-i')).toContain('gobuilder');
  expect(await names('-cn')).not.toContain('global');
  expect(await names('-cv')).toContain(
    '   - gobuilder        installed  /zones/gobuilder               lipkg    excl  ',
  );
  expect((await run('zoneadm list -pv')).code).toBe(2);
  expect((await run('zoneadm frob')).code).toBe(2);
});

test.for<readonly [command: string, code: number, stderr: string]>([
  [
    'zoneadm -z dhcp reboot',
    1,
    "zoneadm: zone 'dhcp': only a privileged user may reboot a zone.\n",
  ],
  [
    'zoneadm -z dhcp shutdown -r',
    1,
    "zoneadm: zone 'dhcp': only a privileged user may shutdown a zone.\n",
  ],
  ['pfexec zoneadm -z nope boot', 1, 'zoneadm: nope: No such zone configured\n'],
  ['zoneadm -z nope list -p', 1, 'zoneadm: nope: No such zone configured\n'],
  ['pfexec zoneadm -z dhcp boot', 0, "zone 'dhcp': zone is already booted\n"],
  [
    'pfexec zoneadm -z global halt',
    1,
    "zoneadm: zone 'global': halt operation is invalid for the global zone.\n",
  ],
])('%s gives %i', async ([command, code, stderr]) => {
  expect(await run(command)).toStrictEqual({ code, stdout: '', stderr });
});

test('an installed zone is already halted, cannot be shut down, and can be booted', async () => {
  const own = createBench();
  const on = (command: string) => runOn(own, 'store1', command);
  expect(await on('pfexec zoneadm -z gobuilder halt')).toMatchObject({
    code: 0,
    stderr: "zone 'gobuilder': zone is already halted\n",
  });
  for (const verb of ['reboot', 'shutdown', 'shutdown -r'])
    expect(await on(`pfexec zoneadm -z gobuilder ${verb}`)).toMatchObject({
      code: 1,
      stderr: "zoneadm: zone 'gobuilder': not running\n",
    });
  expect(await on('pfexec zoneadm -z gobuilder boot')).toStrictEqual({
    code: 0,
    stdout: '',
    stderr: '',
  });
  expect(own.world.zone('store1', 'gobuilder').state).toBe('running');
});

test('a clean restart returns when the zone runs again with a new id', async () => {
  const own = createBench();
  const id = own.world.zone('omni2', 'etcd2').runtime?.id ?? 0;
  expect(await runOn(own, 'omni2', 'pfexec zoneadm -z etcd2 shutdown -r')).toMatchObject({
    code: 0,
  });
  expect(own.clock.now() - START).toBeGreaterThan(2000);
  const after = await runOn(own, 'omni2', 'zoneadm -z etcd2 list -p');
  expect(Number(after.stdout.split(':')[0])).toBeGreaterThan(id);
  expect(after.stdout).toMatch(/^\d+:etcd2:running:/);
});

test('a second action waits for the first one', async () => {
  const own = createBench();
  const [first, second] = await Promise.all([
    runOn(own, 'omni1', 'pfexec zoneadm -z dhcp reboot'),
    runOn(own, 'omni1', 'pfexec zoneadm -z dhcp halt'),
  ]);
  expect([first.code, second.code]).toStrictEqual([0, 0]);
  expect(own.world.zone('omni1', 'dhcp').state).toBe('installed');
});

test('a boot that fails leaves the zone installed and says why', async () => {
  const own = createBench();
  own.world.setBootFault('omni1', 'dhcp', 'could not start zoneadmd');
  const result = await runOn(own, 'omni1', 'pfexec zoneadm -z dhcp reboot');
  expect(result.code).toBe(1);
  expect(result.stderr).toBe(
    "zone 'dhcp': could not start zoneadmd\nzoneadm: zone 'dhcp': call to zoneadmd failed\n",
  );
  expect(own.world.zone('omni1', 'dhcp').state).toBe('installed');
});

test('the links of a zone exist only while the kernel knows it', async () => {
  const own = createBench();
  const links = async () => lines((await runOn(own, 'omni1', 'dladm show-vnic -p -o link')).stdout);
  expect(await links()).toContain('etcd1_0');
  own.world.crashZone('omni1', 'etcd1');
  expect(await links()).not.toContain('etcd1_0');
});

test('zonecfg info prints properties and resources, export a script', async () => {
  const info = (await run('zonecfg -z apisrv1 info')).stdout;
  expect(info).toContain(
    'zonename: apisrv1\nzonepath: /zones/apisrv1\nbrand: sparse\nautoboot: true\n',
  );
  expect(info).toContain(
    'capped-memory:\n\tphysical: 4G\n\t[swap: 8G]\ncapped-cpu:\n\t[ncpus: 4.00]\n',
  );
  expect(info).toMatch(/net:\n\tallowed-address: 10\.128\.0\.\d+\/26\n\tphysical: apisrv1_0\n/);
  expect((await run('zonecfg -z gobuilder info autoboot', 'store1')).stdout).toBe(
    'autoboot: false\n',
  );
  const script = (await run('zonecfg -z jump export')).stdout;
  expect(script).toMatch(/^create -b\nset zonepath=\/zones\/jump\nset brand=bhyve\n/);
  expect(script).toContain('set limitpriv="default,sys_vmm_config"\n');
  expect(script).toContain(
    'add attr\nset name=bootdisk\nset type=string\nset value=zones/jump/disk0\nend\n',
  );
  expect(script).toContain('set global-nic=aggr0\nset vlan-id=45\nend\n');
  expect(await run('zonecfg -z nope info')).toMatchObject({
    code: 1,
    stderr: 'nope: No such zone configured\n',
  });
  expect((await run('zonecfg -z dhcp delete')).code).toBe(1);
});

test('parsable output escapes colons when there are several fields, and only then', async () => {
  const { stdout: two } = await run('dladm show-vnic -p -o link,macaddress,vid,zone');
  expect(two).toMatch(/^etcd1_0:2\\:8\\:20(\\:[0-9a-f]{1,2}){3}:48:etcd1$/m);
  const { stdout: one } = await run('dladm show-vnic -p -o macaddress');
  expect(one).toMatch(/^2:8:20(:[0-9a-f]{1,2}){3}\n/);
});

test.for<readonly [command: string, code: number, stderr: string]>([
  ['dladm show-link -p', 1, 'dladm: output fields must be specified in parsable mode\n'],
  ['dladm show-link -p -o all', 1, "dladm: output field `all' invalid in parsable mode\n"],
  ['dladm show-link -p -o link,nope', 1, "dladm: unknown output field `nope'\n"],
  ['dladm show-vnic -p -o a,b', 1, "dladm: unknown output fields `a' `b'\n"],
  ['ipadm show-addr -p -o nope', 1, "ipadm: unknown output field `nope'\n"],
])('%s is fatal', async ([command, code, stderr]) => {
  expect(await run(command)).toStrictEqual({ code, stdout: '', stderr });
});

test('dladm prints links of every class with what they lie over', async () => {
  const { stdout } = await run('dladm show-link -p -o link,class,mtu,state,bridge,over');
  for (const line of [
    'ixgbe0:phys:1500:up:--:--',
    'aggr0:aggr:1500:up:--:ixgbe0 ixgbe1',
    'core20:vlan:1500:up:--:aggr0',
    'etcd1_0:vnic:1500:up:--:aggr0',
    'stub0:etherstub:9000:unknown:--:--',
  ])
    expect(lines(stdout)).toContain(line);
  expect(lines((await run('dladm show-link')).stdout)[0]).toBe(
    'LINK        CLASS     MTU    STATE    BRIDGE     OVER',
  );
  expect((await run('dladm show-vlan -p -o link,vid,over')).stdout).toMatch(/^core20:20:aggr0\n/);
  expect((await run('dladm show-etherstub -p -o link')).stdout).toBe('stub0\n');
});

test('dladm show-aggr shows the ports, the aggregation once with -L', async () => {
  const own = createBench();
  own.world.setPort('omni1', 'ixgbe1', false);
  const on = async (command: string) => (await runOn(own, 'omni1', command)).stdout;
  expect(await on('dladm show-aggr -x -p -o link,port,speed,duplex,state,portstate')).toBe(
    'aggr0::10000Mb:full:up:\naggr0:ixgbe0:10000Mb:full:up:attached\naggr0:ixgbe1:0Mb:unknown:down:standby\n',
  );
  expect(await on('dladm show-aggr -L -p -o link,port,sync')).toBe(
    'aggr0:ixgbe0:yes\n:ixgbe1:no\n',
  );
  expect(await on('dladm show-aggr -p -o link,policy,lacpactivity')).toBe('aggr0:L3,L4:active\n');
  expect(await on('dladm show-phys -p -o link,state,speed ixgbe1')).toBe('ixgbe1:down:0\n');
  expect(await on('dladm show-linkprop -c -p zone -o link,value etcd1_0')).toBe('etcd1_0:etcd1\n');
});

test('kstat prints key, TAB and value, operand by operand', async () => {
  const { stdout, code } = await run(
    "kstat -p -T u 'zones:::/^(zonename|boot_time)$/' 'unix:0:system_misc:boot_time' 'caps::cpucaps_zone_*:value' 'unix:0:system_misc:snaptime'",
  );
  const rows = lines(stdout);
  expect(code).toBe(0);
  expect(rows[0]).toBe(String(Math.floor(bench.clock.now() / 1000)));
  expect(rows[1]).toMatch(/^zones:0:global:boot_time\t\d{10}$/);
  expect(rows[2]).toBe('zones:0:global:zonename\tglobal');
  expect(rows.at(-1)).toMatch(/^unix:0:system_misc:snaptime\t\d+\.\d{9}$/);
  expect(rows.filter((row) => /^caps:\d+:cpucaps_zone_\d+:value\t400$/.test(row))).toHaveLength(1);
  expect(rows).toHaveLength(2 * 19 + 4);
});

test('kstat has everything that the console streams', async () => {
  const operands = [
    'unix:0:system_pages:/^(physmem|freemem|availrmem|pageslocked|pp_kernel|lotsfree|desfree)$/',
    'unix:0:vminfo:/^(swap_resv|swap_alloc|swap_avail|swap_free|updates)$/',
    'zfs:0:arcstats:/^(size|c|c_min|c_max|hits|misses|l2_size|l2_hits|l2_misses)$/',
    'cpu::sys:/^cpu_nsec_(idle|user|kernel)$/',
    'memory_cap:::/^(zonename|rss|physcap|swap|swapcap|nover|anon_alloc_fail)$/',
    'caps::/^(cpucaps|nprocs)_zone_[0-9]+$/:/^(zonename|usage|value|maxusage|above_sec|nwait)$/',
    'zone_vfs:::/^(zonename|nread|reads|nwritten|writes|10ms_ops|100ms_ops|1s_ops|10s_ops)$/',
    'link:0::/^(rbytes64|obytes64|ipackets64|opackets64|ierrors|oerrors|link_state|ifspeed|zonename)$/',
    'vmm:::/^(vm_name|vcpu|time_run|time_idle|time_emu_kern|time_emu_user|time_sched)$/',
    'zfs:0:/^(rpool|tank)$/:/^(nread|nwritten|reads|writes|rtime|rlentime|wlentime)$/',
    '/^(sd|blkdev|cmdk)$/::/^(sd|blkdev|cmdk)[0-9]+$/:/^(nread|nwritten|reads|writes|rtime|rlentime)$/',
    'sderr:::',
  ];
  const counts: number[] = [];
  for (const operand of operands) {
    // Of the hosts of the lab store1 alone has no VM.
    const { stdout, code } = await run(
      `kstat -p '${operand}'`,
      operand.startsWith('vmm') ? 'omni1' : 'store1',
    );
    expect({ operand, code }).toStrictEqual({ operand, code: 0 });
    for (const line of lines(stdout)) expect(line).toMatch(/^[^:]+:\d+:[^:]+:[^:]+\t\S/);
    counts.push(lines(stdout).length);
  }
  expect(counts.slice(0, 4)).toStrictEqual([7, 5, 9, 16 * 3]);
});

test('kstat -p gives class, crtime and snaptime when no statistic is named, in the order of names', async () => {
  const { stdout } = await run("kstat -p 'memory_cap::global'");
  const names = lines(stdout).map((line) => line.split('\t')[0]?.split(':')[3] ?? '');
  expect(names).toStrictEqual(names.toSorted());
  expect(names).toContain('class');
  expect(names).toContain('crtime');
  expect(stdout).toContain('physcap\t18446744073709551615\n');
});

test('kstat repeats with an empty line between frames', async () => {
  const own = createBench();
  const { stdout } = await runOn(own, 'omni1', "kstat -p -T u 'unix:0:system_misc:snaptime' 5 3");
  const frames = stdout.split('\n\n').map((frame) => lines(frame));
  expect(frames.map((frame) => frame.length)).toStrictEqual([2, 2, 2]);
  const times = frames.map(([stamp]) => Number(stamp));
  expect((times[2] ?? 0) - (times[0] ?? 0)).toBe(10);
});

test.for<readonly [command: string, code: number]>([
  ["kstat -p 'nosuch:::'", 1],
  ["kstat -p 'unix:0:system_misc:nosuch'", 1],
  ["kstat -p 'unix:::/[/'", 1],
  ['kstat -Z', 2],
  ["kstat -m unix 'unix:::'", 2],
])('%s gives the exit code %i', async ([command, code]) => {
  expect(await run(command)).toMatchObject({ code, stdout: '' });
});

test('kstat without -p prints blocks for people', async () => {
  const { stdout } = await run("kstat -m unix -n system_misc -s 'boot_time'");
  expect(stdout).toMatch(
    /^module: unix {28}instance: 0\nname: {3}system_misc {21}class: {4}misc\n\tboot_time {23}\d+\n\n$/,
  );
});

test('zpool list -Hpo prints exact values between TABs', async () => {
  const { stdout } = await run(
    'zpool list -Hpo name,size,allocated,free,checkpoint,expandsize,fragmentation,capacity,dedupratio,health,altroot',
    'store1',
  );
  const rows = lines(stdout).map((line) => line.split('\t'));
  expect(rows.map(([name]) => name)).toStrictEqual(['rpool', 'tank', 'zones']);
  for (const row of rows) {
    expect(row).toHaveLength(11);
    expect(Number(row[2]) + Number(row[3])).toBe(Number(row[1]));
    expect(row.slice(8)).toStrictEqual(['1.00', 'ONLINE', '-']);
  }
  expect(await run('zpool list -o nope')).toMatchObject({
    code: 2,
    stderr: "bad property list: invalid property 'nope'\n",
  });
  expect(await run('zpool list nope')).toMatchObject({
    code: 1,
    stderr: "cannot open 'nope': no such pool\n",
  });
});

test('zpool status prints the tree of a healthy pool with the date of its scrub', async () => {
  const { stdout } = await run('zpool status -p tank', 'store1');
  expect(stdout).toMatch(
    /^ {2}pool: tank\n state: ONLINE\n {2}scan: scrub repaired 0 in \d+ days \d\d:\d\d:\d\d with 0 errors on [A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}\nconfig:\n\n\tNAME/,
  );
  expect(stdout).toMatch(
    /\n\ttank {2,}ONLINE {7}0 {5}0 {5}0\n\t {2}raidz2-0 {2,}ONLINE {7}0 {5}0 {5}0\n/,
  );
  expect(stdout.match(/\n\t {4}c0t5000CCA[0-9A-F]{9}d0 {2}ONLINE/g)).toHaveLength(6);
  expect(stdout).toMatch(/\n\nerrors: No known data errors\n$/);
  expect((await run('zpool status -x')).stdout).toBe('all pools are healthy\n');
});

test('zpool status shows a lost disk, a faulted one and a scrub that runs', async () => {
  const own = createBench();
  const disks =
    own.world.host('store1').plan.pools.find((pool) => pool.name === 'tank')?.vdevs[0]?.disks ?? [];
  own.world.setDisk('store1', disks[0] ?? '', 'FAULTED', { read: 3, checksum: 1500 });
  own.world.setScan('store1', 'tank', {
    kind: 'scrub-running',
    startedAt: START - 3600_000,
    bytesPerSecond: 400e6,
  });
  const { stdout } = await runOn(own, 'store1', 'zpool status tank');
  expect(stdout).toContain(' state: DEGRADED\nstatus: One or more devices are faulted');
  expect(stdout).toMatch(/FAULTED {6}3 {5}0 1\.46K {2}too many errors\n/);
  expect(stdout).toMatch(
    / {2}scan: scrub in progress since Fri May {2}1 11:00:00 2026\n\t\S+ scanned at 381M\/s, /,
  );
  expect(stdout).toMatch(/\n\t0 repaired, \d+\.\d\d% done, \d days \d\d:\d\d:\d\d to go\n/);
  expect((await runOn(own, 'store1', 'zpool list -Hpo health tank')).stdout).toBe('DEGRADED\n');
  for (const disk of disks.slice(1, 3)) own.world.setDisk('store1', disk, 'UNAVAIL');
  expect((await runOn(own, 'store1', 'zpool list -Hpo health tank')).stdout).toBe('UNAVAIL\n');
});

test('a disk that is pulled out leaves its pool, its driver and iostat; the spare takes its place', async () => {
  const own = createBench();
  const disk = own.world.diskOfPool('store1', 'tank', 1);
  const before = (await runOn(own, 'store1', 'iostat -En')).stdout;
  expect(before).toContain(`${disk} Soft Errors: 0 Hard Errors: 0 Transport Errors: 0 \n`);
  own.world.removeDisk('store1', disk);
  const { stdout } = await runOn(own, 'store1', 'zpool status -p tank');
  expect(stdout).toMatch(/scan: resilver in progress since .*\n.*\n.* to go\n/);
  expect(stdout).toMatch(
    new RegExp(
      `spare-1 +DEGRADED.*\\n\\t +${disk} +REMOVED.*\\n\\t +c0t\\S+ +ONLINE.*\\(resilvering\\)`,
    ),
  );
  expect(stdout).toMatch(/\n\tspares\n\t {2}c0t\S+ +INUSE +currently in use\n/);
  expect((await runOn(own, 'store1', 'iostat -En')).stdout).not.toContain(disk);
  expect((await runOn(own, 'store1', "kstat -p 'sderr:9'")).stdout).toBe('');
});

test('a disk that loses blocks counts them everywhere alike', async () => {
  const own = createBench();
  const disk = own.world.diskOfPool('store1', 'tank', 3);
  own.world.wearDisk('store1', disk, 1);
  const kstat = (await runOn(own, 'store1', "kstat -p 'sderr:::Media Error'")).stdout;
  expect(kstat.match(/\t[1-9]/g)).toEqual(['\t1']);
  expect((await runOn(own, 'store1', 'zpool status -p tank')).stdout).toMatch(
    new RegExp(`${disk} +ONLINE +1 +0 +0`),
  );
  const smart = `smartctl --json=c -i -H -A -d sat /dev/rdsk/${disk}s0`;
  const { stdout } = await runOn(own, 'store1', `pfexec /opt/ooce/sbin/${smart}`);
  expect(stdout).toContain(
    '"name":"Current_Pending_Sector","value":100,"worst":100,"thresh":0,"raw":{"value":1,',
  );
  expect((await runOn(own, 'store1', `/opt/ooce/sbin/${smart}`)).stdout).toContain(
    'failed: Permission denied',
  );
});

test('zfs list tells snapshots of a dataset alone, and goes on behind one that is not there', async () => {
  const own = createBench();
  const { stdout, stderr, code } = await runOn(
    own,
    'store1',
    'zfs list -Hp -d 1 -t snapshot -o name,creation tank/lost tank/backup',
  );
  expect(stdout.split('\n').filter((line) => line !== '')).toHaveLength(7);
  expect(stdout).toMatch(/^tank\/backup@daily-\d{4}-\d\d-\d\d\t\d{10}\n/);
  expect(stderr).toContain("cannot open 'tank/lost': dataset does not exist");
  expect(code).toBe(1);
});

test('zfs list prints file systems and volumes, by pool, type and depth', async () => {
  const { stdout } = await run(
    'zfs list -Hpo name,type,used,volsize,mountpoint -t volume zones -r',
  );
  expect(stdout).toBe('');
  const volumes = (await run('zfs list -Hpo name,type,volsize,mountpoint,zoned -r -t volume zones'))
    .stdout;
  expect(volumes).toContain(`zones/jump/disk0\tvolume\t${40 * 2 ** 30}\t-\t-\n`);
  const depth = lines((await run('zfs list -Hpo name -d 1 zones')).stdout);
  expect(depth).toContain('zones/jump');
  expect(depth).not.toContain('zones/jump/disk0');
  expect((await run('zfs list -Hpo name,quota,mountpoint zones/dhcp')).stdout).toBe(
    'zones/dhcp\t21474836480\t/zones/dhcp\n',
  );
  expect(lines((await run('zfs list')).stdout)[0]).toMatch(
    /^NAME +USED +AVAIL +REFER +MOUNTPOINT$/,
  );
  expect((await run('zfs list nope')).code).toBe(1);
});

test.for<readonly [command: string, stdout: RegExp]>([
  ['uname -a', /^SunOS omni1 5\.11 omnios-r\d+-[0-9a-f]+ i86pc i386 i86pc\n$/],
  ['uname -srvm', /^SunOS 5\.11 omnios-r\S+ i86pc\n$/],
  ['id', /^uid=1001\(labtop\) gid=10\(staff\)\n$/],
  ['pfexec id -u', /^0\n$/],
  ['hostname; zonename', /^omni1\nglobal\n$/],
  ['date +%s', /^17776\d+\n$/],
  [
    'uptime',
    /^ \d\d:\d\d:\d\d {4}up \d+ day\(s\), \d+:\d\d, {2}1 user, {2}load average: [\d.]+, [\d.]+, [\d.]+\n$/,
  ],
  ['psrinfo', /^(?:\d+\ton-line {3}since \d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d\n){12}$/],
  ['psrinfo -p', /^1\n$/],
  ['psrinfo -pv', /^The physical processor has 6 cores and 12 virtual processors \(0-11\)\n/],
  ['prtconf -m', /^65536\n$/],
  ['swap -s', /^total: \d+k bytes allocated \+ \d+k reserved = \d+k used, \d+k available\n$/],
  [
    'ipadm show-addr -p -o addrobj,type,state,addr',
    /^lo0\/v4:static:ok:127\.0\.0\.1\/8\n[^]*\nlo0\/v6:static:ok:\\:\\:1\/128\n$/,
  ],
  ['svcs -Ho state,fmri network/ssh', /^online +svc:\/network\/ssh:default\n$/],
  ['svcs -x', /^$/],
  ['cat /etc/os-release', /^NAME="OmniOS"\n[^]*\nVERSION=r\d+\n/],
  ['head -1 /etc/release', /^ {2}OmniOS v11 r\d+\n$/],
])('%s', async ([command, stdout]) => {
  const result = await run(command);
  expect(result.stdout).toMatch(stdout);
  expect(result.stderr).toBe('');
});

test('services of other zones need a right that the user has not', async () => {
  const { stderr, code, stdout } = await run('svcs -Z -aHo zone,state,fmri');
  expect(code).toBe(0);
  expect(stderr).toContain('svcs: Could not bind to repository server for zone etcd1');
  expect(stdout).toMatch(/^global +disabled +svc:\/network\/smb\/server:default\n/m);
});

test('the same seed prints the same at the same time', async () => {
  const print = async (seed: number) =>
    (await runOn(createBench(seed), 'omni2', "zoneadm list -cp; kstat -p 'zones:::'; zpool status"))
      .stdout;
  expect(await print(3)).toBe(await print(3));
  expect(await print(3)).not.toBe(await print(4));
});

test('a port without an LACP partner stays up and carries nothing, and its aggregation goes on', async () => {
  const own = createBench();
  const on = async (command: string) => (await runOn(own, 'omni1', command)).stdout;
  const counters = async (link: string) =>
    Number((await on(`kstat -p link:0:${link}:rbytes64`)).split('\t')[1]);
  own.world.setLacpPartner('omni1', 'ixgbe1', false);
  const before = { port: await counters('ixgbe1'), aggr: await counters('aggr0') };
  own.clock.advance(60_000);
  expect(await counters('ixgbe1')).toBe(before.port);
  expect(await counters('aggr0')).toBeGreaterThan(before.aggr);
  expect(await on('dladm show-aggr -L -p -o port,sync,coll,dist,defaulted')).toBe(
    'ixgbe0:yes:yes:yes:no\nixgbe1:no:no:no:yes\n',
  );
  expect(await on('dladm show-aggr -x -p -o port,state,portstate')).toBe(
    ':up:\nixgbe0:up:attached\nixgbe1:up:standby\n',
  );
});

test('a VLAN that is cut takes its links from the host, not its zones; the sums of the host go on', async () => {
  const own = createBench();
  const on = async (command: string) => (await runOn(own, 'omni2', command)).stdout;
  const total = async () => Number((await on('kstat -p link:0:aggr0:rbytes64')).split('\t')[1]);
  const vnics = async () => lines(await on('dladm show-vnic -p -o link,vid'));
  expect(await vnics()).toContain('etcd2_0:48');
  const before = await total();
  own.world.cutVlan('omni2', 48, true);
  expect((await vnics()).filter((line) => line.endsWith(':48'))).toEqual([]);
  expect(await on('kstat -p link:0:etcd2_0:')).toBe('');
  expect(await on('dladm show-link -p -o link,class')).not.toMatch(/etcd2_0/);
  expect(await on('zoneadm list -cp')).toMatch(/etcd2:running/);
  const cut = await total();
  own.clock.advance(5000);
  expect(cut).toBeGreaterThanOrEqual(before);
  expect(await total()).toBeGreaterThan(cut);
  own.world.cutVlan('omni2', 48, false);
  expect(await vnics()).toContain('etcd2_0:48');
  expect(await total()).toBeGreaterThan(cut);
});

test('dladm knows bridges and overlays, of which there are none, and the addresses of links', async () => {
  expect(await run('dladm show-bridge -p -o bridge,protect,desroot')).toMatchObject({
    code: 0,
    stdout: '',
  });
  expect(await run('dladm show-overlay -p -o link,property,value')).toMatchObject({
    code: 0,
    stdout: '',
  });
  expect((await run('dladm show-linkprop -c -p allowed-ips -o link,value etcd1_0')).stdout).toMatch(
    /^etcd1_0:10\.128\.0\.\d+\n$/,
  );
  expect((await run('dladm show-phys -m -p -o link,slot,inuse,client')).stdout).toBe(
    'ixgbe0:primary:yes:aggr0\nixgbe1:primary:yes:aggr0\nigb0:primary:yes:igb0\n',
  );
});
