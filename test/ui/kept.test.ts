import fc from 'fast-check';
import { expect, test } from 'vitest';
import { age, duration, shortDuration } from '../../src/domain/format.ts';
import { changesIn, lasting } from '../../src/domain/lasting.ts';
import { createRandom } from '../../src/lab/random.ts';
import { paneViews } from '../../src/registry.ts';
import { CellBuffer } from '../../src/term/cell-buffer.ts';
import { createKeeper, makeAnew } from '../../src/ui/kept.ts';
import type { Keeper } from '../../src/ui/kept.ts';
import { createScreen } from '../../src/ui/screen.ts';
import type { Screen } from '../../src/ui/screen.ts';
import { go, initialSession, PANES } from '../../src/ui/session.ts';
import type { Place, Session } from '../../src/ui/session.ts';
import { shownOf } from '../support/counting-terminal.ts';
import { tones } from '../support/drawn.ts';
import { createLabInventory } from '../support/lab-inventory.ts';
import type { LabInventory, LabScenario } from '../support/lab-inventory.ts';
import { model } from '../support/model.ts';

const SECOND = 1000;
const spans = fc.oneof(
  fc.nat(2 * 60 * SECOND),
  fc.nat(3 * 3600 * SECOND),
  fc.nat(200 * 86_400 * SECOND),
);

test('a span in words tells how long it says the same, while it grows and while it shrinks', () => {
  fc.assert(
    fc.property(spans, fc.double({ min: 0, max: 1, noNaN: true }), (span, share) => {
      for (const words of [duration, shortDuration]) {
        const { result, ms } = lasting(() => words(span));
        const within = Math.floor((ms - 1) * share);
        expect(words(span + within)).toBe(result);
        expect(words(Math.max(0, span - within))).toBe(result);
      }
      const { result, ms } = lasting(() => age(0, span));
      expect(age(0, span + Math.floor((ms - 1) * share))).toBe(result);
    }),
    { numRuns: 2000 },
  );
});

test('the age of a datum goes by steps while it is young', () => {
  const told = [0, 4999, 5000, 14_999, 15_000, 30_000, 59_999, 60_000].map((at) => age(0, at));
  expect(told.join(' ')).toBe('<5s <5s <15s <15s <30s <1m <1m 1m');
  expect(lasting(() => age(0, 4000)).ms).toBe(1000);
});

test('what is a part of something changes it too, what stands beside it does not', () => {
  const outer = lasting(() => {
    const inner = lasting(() => changesIn(500));
    changesIn(900);
    return inner.ms;
  });
  expect(outer).toEqual({ result: 500, ms: 500 });
  expect(lasting(() => 1).ms).toBe(Number.POSITIVE_INFINITY);
  expect(() =>
    lasting(() => {
      throw new Error('no');
    }),
  ).toThrow('no');
});

test('what is made anew and says the same is the old one, as long as its maker says so', () => {
  const { begin, keep } = createKeeper();
  const settle = (before: readonly number[], after: readonly number[]): readonly number[] =>
    before.join() === after.join() ? before : after;
  begin(0);
  const first = keep('numbers', [1], () => [1, 2], settle);
  expect(keep('numbers', [2], () => [1, 2], settle)).toBe(first);
  expect(keep('numbers', [2], () => [3], settle)).toBe(first);
  expect(keep('numbers', [3], () => [3], settle)).toEqual([3]);
});

test('what was made stays until an input changes, the time that it told is over, or a minute', () => {
  const { begin, keep } = createKeeper();
  let made = 0;
  const make = (input: string, ms: number): number =>
    keep('it', [input], () => {
      changesIn(ms);
      made += 1;
      return made;
    });
  begin(1000);
  expect([make('a', 5000), make('a', 5000), make('b', 5000)]).toEqual([1, 1, 2]);
  begin(5999);
  expect(make('b', 5000)).toBe(2);
  begin(6000);
  expect(make('b', 1e9)).toBe(3);
  begin(65_999);
  expect(make('b', 1e9)).toBe(3);
  begin(66_000);
  expect(make('b', 1e9)).toBe(4);
  // The clock was set back.
  begin(65_500);
  expect(make('b', 1e9)).toBe(5);
});

test('what is kept tells its time to what it is kept within', () => {
  const { begin, keep } = createKeeper();
  const inner = (): string =>
    keep('inner', [], () => {
      changesIn(1000);
      return 'inner';
    });
  begin(0);
  inner();
  begin(400);
  expect(lasting(inner)).toEqual({ result: 'inner', ms: 600 });
});

test('what nobody asks for any more is forgotten', () => {
  const { begin, keep } = createKeeper();
  let made = 0;
  const make = (): number => keep('it', [], () => (made += 1));
  for (let frame = 0; frame < 500; frame += 1) {
    begin(frame);
    if (frame === 0 || frame === 499) make();
  }
  expect(made).toBe(2);
});

const nothingKept: Keeper = { begin: () => {}, keep: makeAnew };
const SIZES: readonly (readonly [cols: number, rows: number])[] = [
  [80, 24],
  [120, 40],
  [200, 50],
];

const at = (place: Place): Session => go(initialSession, place);
const SESSIONS: readonly Session[] = [
  initialSession,
  {
    ...initialSession,
    focus: 'zones',
    cursors: { 'zones.0': { ref: 'zone:omni1/squid', top: 0 } },
  },
  ...PANES.flatMap((pane) => paneViews[pane].map((_, tab) => at({ kind: 'pane', pane, tab }))),
  at({ kind: 'problems' }),
  at({ kind: 'vlan-map' }),
  at({ kind: 'detail', view: 'hosts', ref: 'host:omni1' }),
  at({ kind: 'detail', view: 'hosts', ref: 'host:omni2', tab: 1 }),
  at({ kind: 'detail', view: 'zones', ref: 'zone:omni1/squid' }),
  at({ kind: 'detail', view: 'nodes', ref: 'node:infrak8s/worker1' }),
  at({ kind: 'detail', view: 'cluster', ref: 'cluster:infrak8s' }),
  at({
    kind: 'detail',
    view: 'workloads',
    ref: 'workload:infrak8s/Deployment/kube-system/coredns',
  }),
  at({ kind: 'detail', view: 'feeds', ref: 'source:omni2' }),
  { ...initialSession, dialog: { kind: 'help', top: 0 } },
];

/** Seconds in which hosts answer, and pauses in which everything becomes stale. */
async function pass(lab: LabInventory, step: number): Promise<void> {
  if (step % 30 < 16) await lab.tick();
  else lab.pass(1337);
}

type Shown = { readonly sessions: readonly Session[]; readonly sizes: typeof SIZES };

/** Where screens that keep what they can differ from such that keep nothing, while time passes. */
async function compare(
  scenario: LabScenario,
  steps: number,
  shownAt: (step: number) => Shown,
): Promise<readonly string[]> {
  const differences: string[] = [];
  const lab = await createLabInventory({ scenario, samples: 14 });
  const screens = new Map<string, readonly [Screen, Screen]>();
  // Its frames lie over each other, as those of the terminal do; a chrome that shines through tells where.
  const frames = new Map<string, CellBuffer>();
  for (let step = 0; step < steps; step += 1) {
    const { sessions, sizes } = shownAt(step);
    for (const [index, session] of sessions.entries())
      for (const [cols, rows] of sizes) {
        const name = `place ${index} at ${cols}x${rows}`;
        const pair = screens.get(name) ?? [
          createScreen(() => tones),
          createScreen(() => tones, { keeper: nothingKept }),
        ];
        screens.set(name, pair);
        const shown = model({ ...shownOf(lab), session });
        const chrome = new CellBuffer(cols, rows);
        chrome.fill({ x: 0, y: 0, width: cols, height: rows }, '~', 0);
        const before = frames.get(name);
        const [kept, anew] = pair.map((screen, which) => {
          const isOver = which === 0 && before !== undefined;
          const buffer = isOver ? before : new CellBuffer(cols, rows);
          if (!isOver) buffer.copyFrom(chrome);
          screen.paint(buffer, shown, isOver ? chrome : null);
          return buffer;
        });
        if (kept) frames.set(name, kept);
        const isSame = kept?.text() === anew?.text() && kept?.styles.join() === anew?.styles.join();
        if (!isSame) differences.push(`${name}, step ${step}\n${kept?.text()}\n${anew?.text()}`);
      }
    await pass(lab, step);
  }
  return differences;
}

test.for(['calm', 'zone-crash', 'host-down', 'node-notready'] as const)(
  'what is kept of the overview shows the same as what is painted anew: %s',
  async (scenario) => {
    const overview = { sessions: [initialSession], sizes: SIZES };
    expect(await compare(scenario, 40, () => overview)).toEqual([]);
  },
);

test.for(['calm', 'zone-crash', 'host-down', 'node-notready'] as const)(
  'what is kept of every place shows the same as what is painted anew: %s',
  async (scenario) => {
    const places: Shown = { sessions: SESSIONS, sizes: [[120, 40]] };
    expect(await compare(scenario, 30, () => places)).toEqual([]);
  },
);

test('what is kept shows the same while a user goes from place to place', async () => {
  const random = createRandom('places');
  let session: Session = initialSession;
  const differences = await compare('host-down', 80, () => {
    if (random() < 0.5) session = SESSIONS[Math.floor(random() * SESSIONS.length)] ?? session;
    return { sessions: [session], sizes: SIZES };
  });
  expect(differences).toEqual([]);
});
