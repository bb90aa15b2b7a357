import { expect, test } from 'vitest';
import type { Model } from '../../../src/ui/model.ts';
import { addMoment, momentOf } from '../../../src/ui/paint/timeline.ts';
import { createScreen } from '../../../src/ui/screen.ts';
import { go, initialSession, placeKey } from '../../../src/ui/session.ts';
import type { Place, Session } from '../../../src/ui/session.ts';
import { drawScreen, tones, tornFrames } from '../../support/drawn.ts';
import { NOW } from '../../support/inventory.ts';
import { tabOf } from '../../support/model.ts';
import { pastOf } from '../../support/past.ts';
import { richLab, richModel, richProblems } from '../../support/rich-lab.ts';

const at = (place: Place, change: Partial<Session> = {}): Session => ({
  ...go(initialSession, place),
  ...change,
});

const timeline = [50, 20, 7].reduce(
  (moments, minutes, index) =>
    addMoment(moments, momentOf(index === 1 ? [] : richProblems, richLab, NOW - minutes * 60_000)),
  [] as ReturnType<typeof addMoment>,
);
const runs: Model['runs'] = [
  {
    id: 1,
    user: 'sven',
    subject: 'zone:omni1/squid',
    label: 'Restart zone omni1/squid',
    startedAt: NOW - 60_000,
    endedAt: NOW - 40_000,
    step: 'done after 20s',
    result: 'verified',
  },
];

const PLACES: Readonly<Record<string, Session>> = {
  overview: initialSession,
  'overview with a selection': {
    ...initialSession,
    focus: 'zones',
    cursors: { 'zones.0': { ref: 'zone:store1/gitea', top: 0 } },
  },
  problems: at({ kind: 'problems' }),
  'problems with a folded one': at(
    { kind: 'problems' },
    {
      problem: richProblems.find(({ subject }) => subject === 'node:infrak8s/worker2')?.id ?? null,
    },
  ),
  'the map': at({ kind: 'vlan-map' }),
  'the map with a selection': at(
    { kind: 'vlan-map' },
    { cursors: { 'vlan-map': { ref: 'vlan:48', top: 0, col: 1 } } },
  ),
  'a host': at({ kind: 'detail', view: 'hosts', ref: 'host:store1' }),
  'a silent host': at({ kind: 'detail', view: 'hosts', ref: 'host:omni2' }),
  'its storage': at({ kind: 'detail', view: 'hosts', ref: 'host:store1', tab: 1 }),
  'its zones': at({ kind: 'detail', view: 'hosts', ref: 'host:omni1', tab: 2 }),
  'its links': at({ kind: 'detail', view: 'hosts', ref: 'host:omni1', tab: 3 }),
  'its answers': at({ kind: 'detail', view: 'hosts', ref: 'host:omni2', tab: 4 }),
  'the cluster': at(tabOf('cluster', 'cluster')),
  'a cluster': at({ kind: 'detail', view: 'cluster', ref: 'cluster:infrak8s' }),
  'its control plane': at(tabOf('cluster', 'control-plane')),
  'a tab that is not there': at({ kind: 'detail', view: 'hosts', ref: 'host:omni1', tab: 99 }),
  'a zone': at({ kind: 'detail', view: 'zones', ref: 'zone:omni1/etcd1' }),
  'a virtual machine': at({ kind: 'detail', view: 'vms', ref: 'vm:omni1/k8sw1' }),
  'a zone that is off': at({ kind: 'detail', view: 'zones', ref: 'zone:omni1/oldbuild' }),
  'a VLAN': at({ kind: 'detail', view: 'vlans', ref: 'vlan:48' }),
  'a node': at({ kind: 'detail', view: 'nodes', ref: 'node:infrak8s/worker2' }),
  'a thing that is gone': at({ kind: 'detail', view: 'zones', ref: 'zone:omni1/gone' }),
  'zones with a preview': at({ kind: 'pane', pane: 'zones', tab: 0 }),
  'hosts with a preview': at({ kind: 'pane', pane: 'hosts', tab: 0 }),
};

const COLS = [20, 21, 33, 40, 59, 71, 72, 80, 99, 110, 120, 159, 160, 200, 231, 300];
const ROWS = [5, 6, 9, 10, 15, 16, 17, 20, 24, 30, 34, 40, 44, 50, 66, 80];

test.for(Object.entries(PLACES))('%s keeps its frames at every size', ([, session]) => {
  const screen = createScreen(() => tones);
  const model: Model = { ...richModel({ session, runs }), timeline };
  for (const cols of COLS)
    for (const rows of ROWS) {
      const drawn = drawScreen(model, cols, rows, screen);
      expect(drawn.lines.length).toBe(rows);
      expect(tornFrames(drawn), `${cols}x${rows}\n${drawn.text}`).toEqual([]);
    }
});

test('every panel is in sight when it has the focus, at every size', () => {
  const screen = createScreen(() => tones);
  for (const [name, session] of Object.entries(PLACES))
    for (const cols of COLS.filter((each) => each >= 40))
      for (const rows of ROWS.filter((each) => each >= 10)) {
        const { ids } = screen.focus(richModel({ session }), cols, rows);
        if (session.place.kind === 'overview') continue;
        for (const id of ids) {
          const model = richModel({
            session: { ...session, panels: { [placeKey(session.place)]: id } },
          });
          const box = screen.layout(model, cols, rows).boxes.find((each) => each.id === id);
          expect(screen.focus(model, cols, rows).id).toBe(id);
          expect(box?.rect.height, `${name} ${id} ${cols}x${rows}`).toBeGreaterThanOrEqual(3);
        }
      }
});

test('the last line is left to the footer, so that the corner cell is not needed', () => {
  for (const session of Object.values(PLACES))
    for (const [cols, rows] of [
      [40, 10],
      [80, 24],
      [200, 50],
    ] as const) {
      const { lines } = drawScreen(richModel({ session }), cols, rows);
      expect(lines.at(-1)).toBe(' '.repeat(cols));
    }
});

test('nothing that is missing is drawn as a number, before the first answer of a host', () => {
  const [omni1] = richLab.hosts;
  if (!omni1) throw new Error('the rich lab has no host');
  const { feeds } = richModel().inventory.hosts[0] ?? omni1;
  const silent = {
    ...omni1,
    feeds: Object.fromEntries(Object.keys(feeds).map((name) => [name, { status: 'pending' }])),
  } as unknown as typeof omni1;
  const model = richModel({
    inventory: { ...richLab, hosts: [silent] },
    problems: [],
    past: (_ref, _name, spanMs, count, now) => pastOf(spanMs, count, now, () => Number.NaN),
    since: null,
    session: at({ kind: 'detail', view: 'hosts', ref: 'host:omni1' }),
  });
  const { text, titled } = drawScreen(model, 120, 40);
  expect(titled('CPU')).toContain('┄ cores');
  expect(titled('CPU')).not.toMatch(/[▁▂▃▄▅▆▇█]/);
  expect(titled('Memory')).not.toMatch(/[█░]/);
  expect(titled('Pools')).toContain('not asked yet');
  expect(text).not.toMatch(/\bNaN\b|undefined|Infinity/);
});
