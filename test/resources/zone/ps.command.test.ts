import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyHost } from '../../../src/domain/empty.ts';
import { splitLines } from '../../../src/parse/lines.ts';
import { ps } from '../../../src/resources/zone/ps.command.ts';
import { hostileText } from '../hostile-text.ts';
import { readFixture } from '../read-fixture.ts';

const LONG = 'a-zone-whose-name-has-sixty-three-characters-as-long-as-it-may-b';
const parse = (name: string) => ps.parse(readFixture(`zone/ps/${name}`));

test('asks one process for all zones, and never for arguments', () => {
  expect(ps.question(emptyHost('omni1', 0))).toEqual([
    ['ps', '-eo', 'zone,pid,ppid,user,pcpu,rss,etime,comm'],
  ]);
  expect(ps.pace).toBe('slow');
});

test('reads the processes of each zone, the busiest first', () => {
  const { value, complaints } = parse('omnios.txt');
  expect(complaints).toEqual([]);
  expect([...value.keys()]).toEqual(['global', 'etcd1', LONG, 'proxy-1.lab', 'pfsense1']);
  expect(value.get('etcd1')).toMatchObject({
    count: 4,
    programs: ['zsched', 'init', 'svc.startd', 'etcd'],
  });
  expect(value.get('etcd1')?.top[0]).toEqual({
    pid: 2051,
    user: 'etcd',
    hostCpuPercent: 2.4,
    rssKib: 430080,
    elapsedSeconds: 3 * 3600 + 11 * 60 + 59,
    command: '/opt/local/bin/etcd',
  });
  expect(value.get('pfsense1')?.top[0]).toMatchObject({ hostCpuPercent: 12.5, pid: 7504 });
  expect(value.get('pfsense1')?.top[0]?.elapsedSeconds).toBe(54 * 86_400 + 18 * 3600 + 5 * 60 + 13);
});

test('reads names that daemons write of themselves, ends, numbers of users, and an empty name', () => {
  const { value } = parse('omnios.txt');
  expect(value.get('proxy-1.lab')?.programs).toEqual(['squid-1', 'nginx']);
  expect(value.get('proxy-1.lab')?.top.map(({ user }) => user)).toEqual([
    'webservd',
    'webservd',
    '17',
  ]);
  const ended = value.get('global')?.top.find(({ pid }) => pid === 14142);
  expect(ended).toMatchObject({ hostCpuPercent: null, elapsedSeconds: null });
  expect(value.get('global')?.top.find(({ pid }) => pid === 14150)?.command).toBe('');
});

test('complains about what it does not understand, and takes the rest', () => {
  const { value, complaints } = parse('garbage-crlf-and-cut-off.txt');
  expect(complaints.map(({ line }) => line)).toEqual([1, 4, 5, 6, 7, 9]);
  expect(value.get('etcd1')?.count).toBe(1);
  // The number of a zone that went while it was asked for its name, and a name that has blanks.
  expect(value.get('33')?.top[0]?.command).toBe('/opt/a dae  mon');
});

test('keeps a few of many processes', () => {
  const rows = Array.from(
    { length: 500 },
    (_, index) => `web ${index + 1} 1 root ${index % 90}.5 ${index} 01:00 /bin/p${index}\n`,
  );
  const zone = ps.parse(rows.join('')).value.get('web');
  expect(zone?.count).toBe(500);
  expect(zone?.top).toHaveLength(12);
  expect(zone?.top[0]?.hostCpuPercent).toBe(89.5);
  expect(zone?.programs).toHaveLength(100);
});

test('knows a zone without processes by those that it had', () => {
  const before = ps.parse('web 7 1 root 0.1 9 01:00 /usr/sbin/nginx\n').value;
  const now = ps.parse('global 1 0 root 0.0 9 01:00 /etc/init\n').value;
  const times = { previous: 0, next: 60_000 };
  expect(ps.fold?.(before, now, times).get('web')).toEqual({
    count: 0,
    top: [],
    programs: ['nginx'],
  });
  expect(ps.fold?.(before, before, times)).toBe(before);
});

test('makes a process or a complaint of every line, whatever a host prints', () => {
  fc.assert(
    fc.property(hostileText('zone/ps'), (any) => {
      const { value, complaints } = ps.parse(any);
      const found = [...value.values()].reduce((sum, { count }) => sum + count, 0);
      const titles = splitLines(any).filter(({ text }) => /^\s*ZONE\s+PID\s/.test(text)).length;
      expect(found + complaints.length + titles).toBe(splitLines(any).length);
    }),
  );
});

test('a zone whose daemon has ended is still known by it, until it is back', () => {
  const of = (...programs: readonly string[]) =>
    new Map([['etcd1', { count: programs.length, top: [], programs }]]);
  const after = ps.fold?.(of('init', 'etcd'), of('init'), { previous: 1000, next: 2000 });
  expect(after?.get('etcd1')).toMatchObject({
    programs: ['init'],
    ended: new Map([['etcd', 1000]]),
  });
  const back = of('init', 'etcd');
  expect(after && ps.fold?.(after, back, { previous: 2000, next: 3000 })).toBe(back);
});
