import { expect, test } from 'vitest';
import type { ConnectPhase } from '../../../src/domain/connect-phase.ts';
import { noObserver } from '../../../src/domain/observer.ts';
import type { QuestionCost } from '../../../src/domain/observer.ts';
import { bindView } from '../../../src/domain/view.ts';
import type { BoundRow } from '../../../src/domain/view.ts';
import { feedsView, milliseconds } from '../../../src/resources/source/feeds.view.ts';
import {
  answered,
  lost,
  makeCluster,
  makeHost,
  makeInventory,
  NOW,
} from '../../derive/inventory.ts';

const view = bindView(feedsView);
const cost = (change: Partial<QuestionCost> = {}): QuestionCost => ({
  command: 'zoneadm list',
  intervalSeconds: 5,
  stretch: 1,
  isStreamed: false,
  streamCpuPercent: null,
  durationMs: 12,
  bytes: 1_500,
  dropped: 0,
  hangs: 0,
  ...change,
});
const cells = (row: BoundRow | undefined) =>
  Object.fromEntries(view.columns.map(({ id }, index) => [id, row?.text(index)]));
const rowOf = (inventory: ReturnType<typeof makeInventory>, ref: string) =>
  view.rows(inventory, NOW).find((row) => row.ref === ref);

const hostWith = (
  feeds: Parameters<typeof makeHost>[1],
  zones: Partial<QuestionCost> = {},
  status?: Parameters<typeof makeHost>[2],
) => {
  const host = makeHost('omni1', feeds, status);
  return makeInventory({
    hosts: [
      {
        ...host,
        observer: {
          ...noObserver,
          roundTripMs: 1.234,
          receivedBytesPerSecond: 4_600,
          forksPerMinute: 21.4,
          cpuPercent: 0.24,
          channels: 2,
          reconnects: 3,
          clockSkewMs: -2_500,
          questions: new Map([['zones', cost(zones)]]),
        },
      },
    ],
    clusters: [makeCluster('k', { pods: answered({ revision: 1, byKey: new Map() }) })],
  });
};

test('an attempt that runs says in the row of its source how far it has come', () => {
  const status = { ...makeHost('omni1', {}).source, state: 'connecting', error: null } as const;
  const noteOf = (phase: ConnectPhase | null) =>
    cells(rowOf(hostWith({}, {}, { ...status, phase }), 'source:omni1'))['note'];
  expect(noteOf('kex')).toBe('exchanges keys');
  expect(noteOf('auth')).toBe('logs in');
  expect(noteOf(null)).toContain('2 channels');
});

test('a row for each source and for each question to it', () => {
  const refs = view.rows(hostWith({}), NOW).map(({ ref }) => ref);
  expect(refs.slice(0, 2)).toEqual(['source:omni1', 'source:omni1/identity']);
  expect(refs).toContain('source:omni1/zones');
  expect(refs).toContain('source:k');
  expect(refs).toContain('source:k/pods');
  expect(new Set(refs).size).toBe(refs.length);
});

test('a source shows what watching it costs', () => {
  const row = rowOf(hostWith({}), 'source:omni1');
  expect(row?.sign).toBe('ok');
  expect(cells(row)).toMatchObject({
    feed: 'transport',
    state: 'up',
    took: '1.2ms',
    size: '4.5K/s',
    how: 'ssh2',
    note: '21 forks/min  cpu 0.2%  2 channels  3 reconnects  clock -2.5s',
  });
});

test('a question shows how it is asked and what its answer took', () => {
  expect(cells(rowOf(hostWith({ zones: answered([]) }), 'source:omni1/zones'))).toMatchObject({
    state: 'ok',
    age: '<5s',
    every: '5s',
    took: '12ms',
    size: '1.5K',
    how: 'ask',
    note: '',
  });
  expect(
    cells(
      rowOf(
        hostWith({ zones: answered([]) }, { isStreamed: true, dropped: 2 }),
        'source:omni1/zones',
      ),
    ),
  ).toMatchObject({ how: 'stream', note: '2 overtaken' });
});

test.for<[string, Parameters<typeof hostWith>, Readonly<Record<string, string>>, string]>([
  [
    'a host that answers late',
    [{ zones: answered([]) }, { stretch: 4, intervalSeconds: 20 }],
    { every: '20s↑', note: 'late: asked 4x less often' },
    'degraded',
  ],
  [
    'a question that hangs',
    [
      {
        zones: {
          status: 'failed',
          error: { code: 'timeout', message: 'no answer in 10 s', hint: '' },
          at: NOW,
        },
      },
      { hangs: 2 },
    ],
    { state: 'hung', note: 'no answer in 10 s  hung 2 times' },
    'down',
  ],
  [
    'a program that is not there',
    [{ zones: { status: 'absent', reason: 'command not found: zoneadm', at: NOW } }],
    { state: 'absent', note: 'command not found: zoneadm' },
    'off',
  ],
  [
    'a right that is missing',
    [{ zones: { status: 'denied', reason: 'not authorized', at: NOW } }],
    { state: 'denied', note: 'not authorized' },
    'warning',
  ],
  [
    'an answer that is too old',
    [{ zones: answered([], NOW - 60_000) }],
    { state: 'stale' },
    'unknown',
  ],
  [
    'an answer of a host that is lost',
    [{ zones: answered([]) }, {}, lost],
    { state: 'unknown' },
    'unknown',
  ],
  ['no answer yet', [{}], { state: 'pending' }, 'unknown'],
])('%s', ([, args, expected, sign]) => {
  const row = rowOf(hostWith(...args), 'source:omni1/zones');
  expect(cells(row)).toMatchObject(expected);
  expect(row?.sign).toBe(sign);
});

test('lines that were not understood are all there to read', () => {
  const feed = {
    ...answered([]),
    complaints: [{ line: 3, text: 'what is this', reason: 'too few fields' }],
  };
  const inventory = hostWith({ zones: feed });
  expect(cells(rowOf(inventory, 'source:omni1/zones'))).toMatchObject({
    state: 'unread',
    note: '1 line not understood',
  });
  const blocks = view.detail('source:omni1/zones', inventory, NOW);
  expect(blocks?.at(-1)).toMatchObject({
    title: '1 line not understood',
    lines: [{ label: 'line 3', text: 'too few fields: what is this' }],
  });
});

test('a host without connection says why', () => {
  const row = rowOf(hostWith({}, {}, lost), 'source:omni1');
  expect(cells(row)).toMatchObject({ state: 'down', note: 'omni1:22 refuses the connection' });
  expect(row?.sign).toBe('down');
});

test.for([
  [null, '┄'],
  [0.04, '0.0ms'],
  [9.94, '9.9ms'],
  [12.4, '12ms'],
  [9_994, '9994ms'],
  [12_000, '12s'],
] as const)('%s milliseconds are %s', ([value, text]) => {
  expect(milliseconds(value)).toBe(text);
});

test.for([
  [{ isStreamed: true, streamCpuPercent: null }, ['┄']],
  [{ isStreamed: true, streamCpuPercent: 0.44 }, ['0.4%']],
  [{ isStreamed: false }, []],
] as const)('the CPU of %j is %j', ([cost, texts]) => {
  const inventory = hostWith({ zones: answered([]) }, cost);
  const lines = (view.detail('source:omni1/zones', inventory, NOW) ?? []).flatMap(
    (block) => block.lines,
  );
  expect(lines.flatMap(({ label, text }) => (label === 'cpu' ? [text] : []))).toEqual(texts);
});

test('what is denied says what it hides and which line grants it', () => {
  const zones = {
    status: 'denied',
    reason: 'not authorized',
    at: NOW,
    hides: 'zones and their states',
    grant: 'echo granted',
  } as const;
  const inventory = hostWith({ zones });
  const blocks = view.detail('source:omni1/zones', inventory, NOW);
  const lines = (blocks ?? []).flatMap((block) => block.lines);
  expect(lines).toContainEqual({ label: 'hides', text: 'zones and their states' });
  expect(lines).toContainEqual({ label: 'granted by', text: 'echo granted' });
});

test('an answer that is not whole says what it hides, and why', () => {
  const gap = { reason: 'only in media: forbidden', hides: 'the pods of 3 other namespaces' };
  const answer = answered({ revision: 1, byKey: new Map() });
  const pods = answer.status === 'ok' ? { ...answer, gap } : answer;
  const inventory = makeInventory({ clusters: [makeCluster('k', { pods })] });
  const row = rowOf(inventory, 'source:k/pods');
  expect(cells(row)).toMatchObject({
    state: 'partial',
    note: 'hidden: the pods of 3 other namespaces; only in media: forbidden',
  });
  expect(row?.sign).toBe('degraded');
  const lines = (view.detail('source:k/pods', inventory, NOW) ?? []).flatMap(
    (block) => block.lines,
  );
  expect(lines).toContainEqual({ label: 'hides', text: gap.hides });
});
