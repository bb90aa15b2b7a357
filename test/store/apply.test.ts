import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { HostCommand } from '../../src/domain/command.ts';
import { lastKnown, pending } from '../../src/domain/feed.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import { complaint } from '../../src/domain/parsed.ts';
import type { Answer } from '../../src/domain/transport.ts';
import { applyAnswer, applyCluster, applySource, applyUnasked } from '../../src/store/apply.ts';
import {
  answered,
  lost,
  makeCluster,
  makeHost,
  makeInventory,
  makeZone,
  NOW,
  nodesOf,
  source,
} from '../derive/inventory.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const command: HostCommand<'zones'> = {
  id: 'zoneadm-list',
  feed: 'zones',
  pace: 'fast',
  timeoutSeconds: 10,
  question: () => [['pfexec', '/usr/sbin/zoneadm', 'list', '-cp']],
  parse: (stdout) => ({
    value: stdout.split('\n').map((name) => makeZone(name)),
    complaints: [],
  }),
  hides: 'zones',
};
const context = { now: NOW + 5000, intervalSeconds: 5 };
const before = makeInventory({
  hosts: [makeHost('omni1', { zones: answered([makeZone('old')]) }), makeHost('omni2')],
});
const done = (change: Partial<Extract<Answer, { kind: 'done' }>> = {}): Answer => ({
  kind: 'done',
  stdout: '',
  stderr: '',
  code: 0,
  durationMs: 12,
  ...change,
});
const zonesFeed = (inventory: Inventory) => inventory.hosts[0]?.feeds.zones;
const knownZones = (inventory: Inventory) => {
  const feed = zonesFeed(inventory);
  return feed && lastKnown(feed)?.value;
};
const apply = (answer: Answer, change: Partial<HostCommand<'zones'>> = {}) =>
  applyAnswer(before, 'omni1', { ...command, ...change }, answer, context);

test('a good answer is read and stays fresh for three intervals and two seconds', () => {
  expect(zonesFeed(apply(done({ stdout: 'etcd1' })))).toMatchObject({
    status: 'ok',
    value: [{ name: 'etcd1' }],
    at: NOW + 5000,
    freshUntil: NOW + 5000 + 17_000,
    durationMs: 12,
  });
});

test('a name that was read from an answer does not keep the answer', () => {
  const heapUsed = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const start = heapUsed();
  const kept = Array.from({ length: 50 }, (_, index) =>
    apply(done({ stdout: `a-name-of-a-zone-that-is-long\n${index}${' '.repeat(1_000_000)}` }), {
      pace: 'slow',
      parse: (stdout) => ({
        value: [makeZone(stdout.split('\n')[0] ?? '')],
        complaints: [complaint(1, stdout.slice(0, 20), 'cut out too')],
      }),
    }),
  );
  expect(heapUsed() - start).toBeLessThan(10_000_000);
  expect(kept.map((inventory) => knownZones(inventory)?.[0]?.name)).toEqual(
    kept.map(() => 'a-name-of-a-zone-that-is-long'),
  );
});

test('a program that ends well may have been denied all the same, as its words tell', () => {
  const denied = (_stdout: string, stderr: string) => (stderr === 'refused' ? stderr : null);
  const after = apply(done({ stdout: 'global', stderr: 'refused' }), { denied, grant: 'grant it' });
  expect(zonesFeed(after)).toMatchObject({
    status: 'denied',
    reason: 'refused',
    grant: 'grant it',
  });
  expect(zonesFeed(apply(done({ stdout: 'etcd1' }), { denied }))).toMatchObject({ status: 'ok' });
});

test('what a program warns of is a complaint, of one whose warnings tell that something is left out', () => {
  const answer = done({
    stdout: 'etcd1',
    stderr: "zoneadm: zone 'web': could not get brand name\n\n",
  });
  expect(zonesFeed(apply(answer))).toMatchObject({ complaints: [] });
  expect(zonesFeed(apply(answer, { warns: true }))).toMatchObject({
    status: 'ok',
    complaints: [{ line: 0, text: "zoneadm: zone 'web': could not get brand name" }],
  });
});

test('other hosts keep their objects', () => {
  const after = apply(done({ stdout: 'etcd1' }));
  expect(after.hosts[1]).toBe(before.hosts[1]);
  expect(after.hosts[0]).not.toBe(before.hosts[0]);
});

test('an unknown host or an aborted question changes nothing', () => {
  expect(applyAnswer(before, 'omni9', command, done(), context)).toBe(before);
  expect(apply({ kind: 'aborted' })).toBe(before);
});

test('the new value is folded with the one before, also with one of a failed feed', () => {
  const fold: HostCommand<'zones'>['fold'] = (previous, next) => [...previous, ...next];
  const failed = apply({ kind: 'timeout', afterSeconds: 10, stderr: '' });
  const after = applyAnswer(
    failed,
    'omni1',
    { ...command, fold },
    done({ stdout: 'new' }),
    context,
  );
  expect(zonesFeed(after)).toMatchObject({ value: [{ name: 'old' }, { name: 'new' }] });
});

test('an answer that repeats the one before is not read again, but is as new as it is', () => {
  let parses = 0;
  const counting: HostCommand<'zones'> = {
    ...command,
    parse: (stdout) => {
      parses += 1;
      return command.parse(stdout);
    },
  };
  const answer = done({ stdout: 'web1' });
  const again = { now: context.now + 5000, intervalSeconds: 5, isRepeat: true };
  const first = applyAnswer(before, 'omni1', counting, answer, context);
  const second = applyAnswer(first, 'omni1', counting, answer, again);
  expect(parses).toBe(1);
  expect(zonesFeed(second)).toEqual({
    ...zonesFeed(first),
    at: again.now,
    freshUntil: again.now + 17_000,
  });
  expect(knownZones(second)).toBe(knownZones(first));

  // A failed feed is not what the text says, and what is folded depends on what was there before.
  const late = applyAnswer(
    second,
    'omni1',
    counting,
    { kind: 'timeout', afterSeconds: 5, stderr: '' },
    again,
  );
  expect(zonesFeed(applyAnswer(late, 'omni1', counting, answer, again))).toMatchObject({
    status: 'ok',
  });
  expect(parses).toBe(2);
  applyAnswer(second, 'omni1', { ...counting, fold: (_, value) => value }, answer, again);
  expect(parses).toBe(3);
  const fold: HostCommand<'zones'>['fold'] = (previous, next, times) =>
    previous === next ? next.map((zone) => ({ ...zone, stateSince: times.previous })) : next;
  const folded = applyAnswer(
    second,
    'omni1',
    { ...counting, fold, foldsItself: true },
    answer,
    again,
  );
  expect(parses).toBe(3);
  expect(zonesFeed(folded)).toMatchObject({ value: [{ stateSince: again.now }] });
});

test('strings that come out are safe, the parser gets the raw text', () => {
  let seen = '';
  const after = apply(done({ stdout: 'a\u001B[31mb' }), {
    parse: (stdout) => {
      seen = stdout;
      return {
        value: [makeZone(stdout)],
        complaints: [{ line: 1, text: 'x\u0007', reason: 'odd' }],
      };
    },
  });
  expect(seen).toBe('a\u001B[31mb');
  expect(zonesFeed(after)).toMatchObject({
    value: [{ name: 'ab' }],
    complaints: [{ text: 'x·' }],
  });
});

test.for<[string, string, string]>([
  ['ksh93', 'sh[1]: zpool: not found [No such file or directory]', 'zpool'],
  ['bash', 'bash: line 1: zpool: command not found', 'zpool'],
  ['csh', 'zpool: Command not found.', 'zpool'],
  ['no text', '', '/usr/sbin/zoneadm'],
])('exit code 127 means absent: %s', ([, stderr, name]) => {
  expect(zonesFeed(apply(done({ code: 127, stderr })))).toEqual({
    status: 'absent',
    reason: `command not found: ${name}`,
    at: NOW + 5000,
    program: name,
    hides: 'zones',
  });
});

test.for([
  ['zoneadm: Command not found', 'zoneadm'],
  [
    "pfexec: can't execute /usr/lib/fm/fmd/fmtopo: No such file or directory",
    '/usr/lib/fm/fmd/fmtopo',
  ],
] as const)('pfexec ends with 1 where there is no program: %s', ([stderr, program]) => {
  expect(zonesFeed(apply(done({ code: 1, stderr: `${stderr}\n` })))).toMatchObject({
    status: 'absent',
    program,
  });
});

test('what a program says of a thing that the host does not have means absent, without a missing program', () => {
  const answer = done({ code: 1, stderr: 'Could not open device: No such file or directory\n' });
  expect(zonesFeed(apply(answer, { ...command, absence: /could not open device/i }))).toEqual({
    status: 'absent',
    reason: 'Could not open device: No such file or directory',
    at: NOW + 5000,
  });
  expect(zonesFeed(apply(answer))?.status).toBe('failed');
});

test('a program that is too old for its question counts as one that is missing', () => {
  const tooOld = (text: string) => (text.includes('UNRECOGNIZED') ? 'zoneadm 2' : null);
  const old = { ...command, tooOld };
  expect(zonesFeed(apply(done({ code: 1, stdout: 'UNRECOGNIZED OPTION' }), old))).toEqual({
    status: 'absent',
    reason: 'too old for what is asked: /usr/sbin/zoneadm; it takes zoneadm 2',
    program: 'zoneadm 2',
    hides: command.hides,
    at: NOW + 5000,
  });
  expect(zonesFeed(apply(done({ code: 1, stdout: 'no' }), old))?.status).toBe('failed');
});

test('what there is nothing to ask about is told once', () => {
  const unasked = { ...command, unasked: 'no zone' };
  const after = applyUnasked(before, 'omni1', unasked, NOW);
  expect(zonesFeed(after)).toEqual({
    status: 'absent',
    reason: 'no zone',
    at: NOW,
    unasked: true,
  });
  expect(applyUnasked(after, 'omni1', unasked, NOW + 1)).toBe(after);
});

test.for([
  'User lab is not authorized to list this zone.',
  'sh: /usr/sbin/fmadm: Permission denied',
  'zoneadm: only a privileged user may boot a zone.',
  'cannot open: insufficient privileges',
])('a missing right means denied: %s', (text) => {
  const answer = done({ code: 1, stderr: `note\n${text}\n` });
  expect(zonesFeed(apply(answer))).toEqual({
    status: 'denied',
    reason: text,
    at: NOW + 5000,
    hides: 'zones',
  });
  const granting = { ...command, grant: 'echo granted' };
  expect(zonesFeed(apply(answer, granting))).toMatchObject({ grant: 'echo granted' });
});

test('a text about rights beside a good answer hides nothing', () => {
  const answer = done({ stdout: 'etcd1', stderr: 'Permission denied' });
  expect(zonesFeed(apply(answer))?.status).toBe('ok');
});

test('another exit code is a failure that names command, code and first line, and keeps the last value', () => {
  const answer = done({ code: 2, stderr: '\n bad \u001B[1musage\nmore' });
  expect(zonesFeed(apply(answer))).toMatchObject({
    status: 'failed',
    error: { code: 'section', message: 'zoneadm-list: exit code 2: bad usage' },
    at: NOW + 5000,
    last: { value: [{ name: 'old' }], at: NOW },
  });
});

test('a command may call other exit codes good', () => {
  const feed = zonesFeed(apply(done({ code: 1, stdout: 'etcd1' }), { goodExitCodes: [1] }));
  expect(feed?.status).toBe('ok');
});

test.for<[string, Answer, string]>([
  ['a timeout', { kind: 'timeout', afterSeconds: 10, stderr: '' }, 'timeout'],
  ['too much output', { kind: 'too-large', bytes: 9000 }, 'too-large'],
  [
    'a lost connection',
    { kind: 'lost', error: { code: 'reset', message: 'gone', hint: '' } },
    'reset',
  ],
])('%s is a failure that keeps the last value', ([, answer, code]) => {
  expect(zonesFeed(apply(answer))).toMatchObject({
    status: 'failed',
    error: { code },
    last: { value: [{ name: 'old' }] },
  });
});

test('a failure before the first answer has no last value', () => {
  const after = applyAnswer(
    before,
    'omni2',
    command,
    { kind: 'timeout', afterSeconds: 10, stderr: '' },
    context,
  );
  expect(after.hosts[1]?.feeds.zones).not.toHaveProperty('last');
});

test('a parser that throws costs its feed only', () => {
  const after = apply(done(), {
    parse: () => {
      throw new RangeError('no such row');
    },
  });
  expect(zonesFeed(after)).toMatchObject({
    status: 'failed',
    error: { code: 'parser', message: 'zoneadm-list: the answer cannot be read: no such row' },
  });
});

test('the state of a connection replaces the one before, unless it says the same', () => {
  const after = applySource(before, 'omni1', lost);
  expect(after.hosts[0]?.source).toEqual(lost);
  expect(applySource(after, 'omni1', structuredClone(lost))).toBe(after);
  expect(applySource(before, 'omni9', lost)).toBe(before);
});

test('what a server says in an error is made safe', () => {
  const error = { code: 'banner', message: 'go\u001B[2J away', hint: '' };
  const after = applySource(before, 'omni1', source({ error }));
  expect(after.hosts[0]?.source.error?.message).toBe('go away');
});

test('a patch changes only what it names of a cluster', () => {
  const inventory = makeInventory({ clusters: [makeCluster('infrak8s'), makeCluster('kind')] });
  const nodes = answered(nodesOf());
  const after = applyCluster(inventory, 'infrak8s', { version: 'v1.32.1', feeds: { nodes } });
  expect(after.clusters[0]).toMatchObject({ version: 'v1.32.1', latencyMs: null });
  expect(after.clusters[0]?.feeds.nodes).toBe(nodes);
  expect(after.clusters[0]?.feeds.pods).toBe(pending);
  expect(after.clusters[1]).toBe(inventory.clusters[1]);
  expect(applyCluster(after, 'infrak8s', { feeds: { nodes } })).toBe(after);
  const jobs = answered({ revision: 1, byKey: new Map() });
  const more = applyCluster(after, 'infrak8s', { feeds: { jobs } });
  expect(more.clusters[0]?.feeds).toMatchObject({ nodes, jobs });
  expect(applyCluster(more, 'infrak8s', { feeds: { jobs } })).toBe(more);
  expect(applyCluster(after, 'infrak8s', { latencyMs: null })).toBe(after);
  expect(applyCluster(after, 'nowhere', { latencyMs: 4 })).toBe(after);
});
