import { expect, test } from 'vitest';
import { lineText } from '../../src/ui/paint/lines.ts';
import { createLook } from '../../src/ui/paint/look.ts';
import {
  causeTreeLines,
  explainedBy,
  fittedTree,
  goneUnknown,
  problemTree,
  rootOf,
} from '../../src/ui/paint/problem-tree.ts';
import { evidenceText, sinceText } from '../../src/ui/paint/times.ts';
import { createRowCache } from '../../src/ui/rows.ts';
import { host as hostOf, lab, NOW, zone } from '../support/inventory.ts';
import { problem } from '../support/model.ts';
import { richModel, richProblems } from '../support/rich-lab.ts';

const rows = createRowCache();
const model = richModel();
const look = createLook(model, (view) => rows(model, view, '', false));
const [host, pool, node] = richProblems;
if (!host || !pool || !node) throw new Error('the rich lab has three problems');

test('the list has every root with what it explains beneath it, drawn as a tree', () => {
  const problems = [
    problem({ id: 'a', subject: 'host:a' }),
    problem({ id: 'b', subject: 'host:b' }),
    problem({ id: 'a1', subject: 'zone:a/1', cause: 'a' }),
    problem({ id: 'a2', subject: 'zone:a/2', cause: 'a' }),
    problem({ id: 'a11', subject: 'pod:k/n/1', cause: 'a1' }),
  ];
  expect(problemTree(problems).map((entry) => `${entry.branch}${entry.problem.id}`)).toEqual([
    'a',
    '├─a1',
    '│  └─a11',
    '└─a2',
    'b',
  ]);
});

test('causes that name each other do not hang the list', () => {
  const problems = [
    problem({ id: 'a', subject: 'host:a', cause: 'b' }),
    problem({ id: 'b', subject: 'host:b', cause: 'a' }),
    problem({ id: 'c', subject: 'host:c' }),
  ];
  expect(problemTree(problems).map((entry) => entry.problem.id)).toEqual(['c']);
  expect(rootOf(problem({ id: 'a', subject: 'host:a', cause: 'b' }), problems).id).toMatch(/[ab]/);
});

test('the root of a problem is the head of its causes', () => {
  expect(rootOf(node, richProblems).id).toBe('host');
  expect(explainedBy(host, richProblems).map(({ id }) => id)).toEqual(['node']);
  expect(explainedBy(pool, richProblems)).toEqual([]);
});

test('what lies on a silent host, and the pods of a silent node, are unknown', () => {
  expect(goneUnknown(host, look)).toContain('zone:omni2/etcd2');
  expect(goneUnknown(host, look)).toContain('vm:omni2/k8sw2');
  expect(goneUnknown(node, look)).toEqual(['pod:infrak8s/default/web-2']);
  expect(goneUnknown(pool, look)).toEqual([]);
});

test('the tree hangs a node beneath the machine that it runs on, and names what has no twin left', () => {
  const lines = causeTreeLines(host, look, 100, 3).map(lineText);
  const at = (pattern: RegExp): number => lines.findIndex((line) => pattern.test(line));
  expect(lines[0]).toMatch(/^ ✗ host omni2 .*unreachable: port closed/);
  const machine = at(/├─ \? VM k8sw2/);
  expect(machine).toBeGreaterThan(0);
  expect(lines[machine + 1]).toMatch(/│ {2}└─ ✗ node worker2.*kubelet is silent/);
  expect(lines[machine + 2]).toMatch(/│ {5}└─ \? pod web-2/);
  expect(lines[at(/zone etcd2/)]).toContain('▲ etcd 2/3, no loss left');
  expect(lines[at(/zone imap/)]).toContain('mail');
  expect(lines.at(-1)).toMatch(/└─/);
});

test('a few things of a kind have a line each, many share one with their names', () => {
  const few = causeTreeLines(host, look, 120, 2).map(lineText);
  expect(few.filter((line) => /zone (dns2|proxy|web) /.test(line))).toHaveLength(3);
  const names = Array.from({ length: 20 }, (_, index) => `service${index}`);
  const silent = lab([
    hostOf('omni2', { zones: names.map((name) => zone(name)), source: { state: 'down' } }),
  ]);
  const many = richModel({ inventory: silent, problems: [host] });
  const manyLook = createLook(many, (view) => createRowCache()(many, view, '', false));
  const lines = causeTreeLines(host, manyLook, 80, 2).map(lineText);
  expect(lines[1]).toMatch(/└─ \? 20 zones +service0 service1/);
  expect(lines[2]).toMatch(/\+\d+ *$/);
  expect(lines).toHaveLength(3);
});

test('a tree never exceeds its width', () => {
  for (const width of [20, 33, 58, 76, 120])
    for (const line of causeTreeLines(host, look, width).map(lineText))
      expect(line.length, `${width}: ${line}`).toBeLessThanOrEqual(width);
});

test('evidence is told in words with its unit', () => {
  expect(evidenceText('lastDataAgeSeconds', 462)).toBe('last data age 7m42s');
  expect(evidenceText('skewSeconds', -2.5)).toBe('skew -2.5s');
  expect(evidenceText('offsetSeconds', 0.02)).toBe('offset 20ms');
  expect(evidenceText('fsyncP99Ms', 240)).toBe('fsync p99 240ms');
  expect(evidenceText('latencyMs', 1.44)).toBe('latency 1.4ms');
  expect(evidenceText('serviceMs', 2400)).toBe('service 2.4s');
  expect(evidenceText('rssBytes', 2 ** 31)).toBe('rss 2.0G');
  expect(evidenceText('pagedOutBytesPerSecond', 3 * 2 ** 20)).toBe('paged out 3.0M/s');
  const at = new Date(2026, 10, 3, 4, 5, 6);
  expect(evidenceText('bootedAt', at.toISOString())).toBe('booted at 2026-11-03 04:05:06');
  expect(evidenceText('reason', '2026-11-03T04:05:06Z it ended')).toContain('T04:05:06Z it ended');
  expect(evidenceText('bytesPerMinute', 512)).toBe('bytes per minute 512');
  expect(evidenceText('capacityPercent', 90.6)).toBe('capacity 91%');
  expect(evidenceText('secondsLeft', 44_326)).toBe('left 12h18m');
  expect(evidenceText('pagedOutBytesPerSecond', null)).toBe('paged out ┄');
  expect(evidenceText('attempts', 3)).toBe('attempts 3');
  expect(evidenceText('error', 'refused')).toBe('error refused');
  expect(evidenceText('reason', null)).toBe('reason ┄');
});

test('what began today has a time, what is older a date', () => {
  expect(sinceText(NOW - 60_000, NOW)).toMatch(/^\d\d:\d\d:\d\d$/);
  expect(sinceText(NOW - 3 * 86_400_000, NOW)).toMatch(/^Nov (19|20|21)$/);
});

test('what is said of a thing goes on beneath it, beside the branches', () => {
  const lines = causeTreeLines(host, look, 50, 3, 3).map(lineText);
  const short = causeTreeLines(host, look, 50, 3).map(lineText);
  expect(lines.length).toBeGreaterThan(short.length);
  expect(lines.every((line) => line.length <= 50)).toBe(true);
  expect(short.join('')).toContain('…');
  expect(lines.join('')).not.toContain('…');
});

test('a tree in fewer lines shows what stands higher, and says how many more there are', () => {
  const whole = causeTreeLines(host, look, 100).map(lineText);
  expect(fittedTree(host, look, 100, whole.length)).toMatchObject({ hidden: 0 });
  expect(fittedTree(host, look, 100, whole.length).lines.map(lineText)).toEqual(whole);
  for (let room = 2; room < whole.length; room += 1) {
    const { lines, hidden } = fittedTree(host, look, 100, room);
    const texts = lines.map(lineText);
    expect(texts.length).toBeLessThanOrEqual(room);
    expect(texts[0]).toMatch(/^ ✗ host omni2 .*unreachable: port closed/);
    expect(hidden).toBeGreaterThan(0);
    expect(texts.at(-1)).toBe(`   … ${hidden} more`);
  }
  const [, ...children] = fittedTree(host, look, 100, 4).lines.map(lineText);
  expect(children.slice(0, -1).every((line) => /^ [├└]─/.test(line))).toBe(true);
});
