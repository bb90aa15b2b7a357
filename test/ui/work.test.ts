import { expect, onTestFinished, test } from 'vitest';
import type { Inventory } from '../../src/domain/inventory.ts';
import { allZonesOf, findHost, vlansOf } from '../../src/domain/joined.ts';
import { go, initialSession, placeKey } from '../../src/ui/session.ts';
import type { Place } from '../../src/ui/session.ts';
import { openCountingTerminal, shownOf } from '../support/counting-terminal.ts';
import type { CountingTerminal, Work } from '../support/counting-terminal.ts';
import { ok, pod } from '../support/inventory.ts';
import { createLabInventory } from '../support/lab-inventory.ts';
import type { LabInventory } from '../support/lab-inventory.ts';
import { tabOf } from '../support/model.ts';
import { podTable } from '../support/pod-storm.ts';
import { sharedLab } from '../support/scenes.ts';

const NOTHING: Work = {
  parts: [],
  rows: 0,
  divisions: 0,
  commits: 0,
  layouts: 0,
  writes: 0,
  bytes: 0,
};
const SIZES = [
  [80, 24],
  [120, 40],
  [200, 50],
] as const;

async function open(
  cols: number,
  rows: number,
): Promise<{ readonly lab: LabInventory; readonly terminal: CountingTerminal }> {
  const lab = await createLabInventory({ samples: 8 });
  const terminal = await openCountingTerminal({ cols, rows, shown: () => shownOf(lab) });
  onTestFinished(terminal.close);
  return { lab, terminal };
}

/** What one frame takes that shows what has changed. */
async function frame(terminal: CountingTerminal): Promise<Work> {
  terminal.work();
  terminal.changed();
  await terminal.settle();
  return terminal.work();
}

/** Parts that are painted for figures of hosts: the time and the panes that have some. */
const HOST_PARTS = ['header', 'box hosts', 'box zones', 'box vms', 'box vlans'];

test('what is done is counted', async () => {
  const { terminal } = await open(120, 40);
  expect(terminal.work()).toEqual(NOTHING);
  await terminal.press('2');
  const { parts, ...rest } = terminal.work();
  expect(parts).toEqual(expect.arrayContaining(['header', 'crumbs', 'box preview']));
  expect(rest).toMatchObject({ divisions: 1, commits: 1, layouts: 1, writes: 1 });
  expect(rest.rows).toBeGreaterThan(10);
  expect(rest.bytes).toBeGreaterThan(1000);
});

test.for(SIZES)('where nothing has changed nothing is done, at %ix%i', async ([cols, rows]) => {
  const { terminal } = await open(cols, rows);
  for (let each = 0; each < 5; each += 1) expect(await frame(terminal)).toEqual(NOTHING);
});

test.for(SIZES)(
  'a second without an answer is the header, but when an age changes its words, at %ix%i',
  async ([cols, rows]) => {
    const { lab, terminal } = await open(cols, rows);
    const seconds: Work[] = [];
    while (seconds.length < 12) {
      const before = lab.inventory();
      await lab.tick();
      const work = await frame(terminal);
      if (lab.inventory() === before) seconds.push(work);
    }
    for (const { rows: painted, divisions, commits, layouts, writes } of seconds) {
      expect({ painted, divisions, commits, layouts }).toEqual({
        painted: 0,
        divisions: 0,
        commits: 0,
        layouts: 0,
      });
      expect(writes).toBe(1);
    }
    const alone = seconds.filter(({ parts }) => parts.join() === 'header');
    expect(alone.length).toBeGreaterThanOrEqual(10);
  },
);

test.for(SIZES)(
  'the figures of one host are one write, the rows that show them, and no layout, at %ix%i',
  async ([cols, rows]) => {
    const { lab, terminal } = await open(cols, rows);
    await lab.step();
    await frame(terminal);
    for (const { name } of lab.inventory().hosts) {
      await lab.ask(name, 'kstats');
      const work = await frame(terminal);
      expect(HOST_PARTS).toEqual(expect.arrayContaining([...work.parts]));
      expect(work).toMatchObject({ divisions: 0, commits: 0, layouts: 0 });
      expect(work.writes).toBeLessThanOrEqual(1);
      expect(work.rows).toBeLessThanOrEqual(rowsOf(lab, name));
    }
  },
);

/** The rows in which figures of a host stand: its own, of its zones and VMs, and every VLAN's. */
function rowsOf(lab: LabInventory, name: string): number {
  const inventory = lab.inventory();
  const host = findHost(inventory, name);
  return 1 + (host ? allZonesOf(host).length : 0) + vlansOf(inventory).length;
}

/** Pages of panels, and keys that give the focus to another one. */
const PAGES: readonly (readonly [Place, keys: string])[] = [
  [{ kind: 'detail', view: 'hosts', ref: 'host:omni1' }, ''],
  [{ kind: 'detail', view: 'zones', ref: 'zone:omni1/etcd1' }, ''],
  [{ kind: 'detail', view: 'vlans', ref: 'vlan:48' }, ''],
  [{ kind: 'pane', pane: 'cluster', tab: 0 }, ''],
  [{ kind: 'pane', pane: 'cluster', tab: 0 }, 'h'],
];

test.for(
  PAGES.flatMap(([place, keys]) =>
    SIZES.map(
      ([cols, rows]) =>
        [`${placeKey(place)} ${keys} at ${cols}x${rows}`, place, keys, cols, rows] as const,
    ),
  ),
)(
  'a cursor key on a page paints the panel with the cursor alone: %s',
  async ([, place, keys, cols, rows]) => {
    const { terminal } = await open(cols, rows);
    await terminal.put(go(initialSession, place));
    await terminal.press(keys);
    const painted = new Set<string>();
    for (const key of ['j', 'j', 'k', 'G', 'g', '}', '{']) {
      terminal.work();
      await terminal.press(key);
      const work = terminal.work();
      expect(work.divisions).toBe(0);
      expect(work.parts.length, `${key}: ${work.parts.join()}`).toBeLessThanOrEqual(1);
      for (const part of work.parts) painted.add(part);
    }
    expect(painted.size).toBe(1);
    const [panel = ''] = painted;
    expect(panel).toMatch(/^box /);
  },
);

test('a cursor key among the problems paints the list and what is said of the selected one', async () => {
  const lab = await sharedLab('host-down');
  const terminal = await openCountingTerminal({ cols: 120, rows: 40, shown: () => shownOf(lab) });
  onTestFinished(terminal.close);
  await terminal.put(go(initialSession, { kind: 'problems' }));
  for (const key of ['j', 'j', 'k']) {
    terminal.work();
    await terminal.press(key);
    const { parts } = terminal.work();
    expect(parts).toContain('box problem-list');
    expect(['box problem-list', 'box problem-tree', 'box problem-detail']).toEqual(
      expect.arrayContaining([...parts]),
    );
  }
});

test('a key that changes neither header nor preview paints neither', async () => {
  const { terminal } = await open(120, 40);
  await terminal.press('2');
  terminal.work();
  for (const key of ['W', '>', '<', 'W']) {
    await terminal.press(key);
    const { parts } = terminal.work();
    expect(parts.length).toBeGreaterThan(0);
    expect(parts).not.toContain('header');
    expect(parts).not.toContain('box preview');
  }
  await terminal.press('j');
  expect(terminal.work().parts).toContain('box preview');
});

test('the preview of a row is painted for the answers of its own host', async () => {
  const { lab, terminal } = await open(120, 40);
  await terminal.press('2/apisrv1\r');
  expect(await terminal.screen()).toContain('omni1/apisrv1');
  await lab.step();
  await frame(terminal);
  await lab.ask('omni2', 'kstats');
  expect((await frame(terminal)).parts).not.toContain('box preview');
  await lab.step();
  await frame(terminal);
  await lab.ask('omni1', 'kstats');
  expect((await frame(terminal)).parts).toContain('box preview');
});

test.for([10, 100_000])(
  'a cursor key in a table of %i rows paints at most the two that it concerns',
  async (count) => {
    const lab = await createLabInventory({ samples: 8 });
    const pods = podTable(
      Array.from({ length: count }, (_, index) => pod(`web-${String(index).padStart(6, '0')}`)),
    ).publish();
    const { clusters, ...rest } = lab.inventory();
    const inventory: Inventory = {
      ...rest,
      clusters: clusters.map((each) => ({ ...each, feeds: { ...each.feeds, pods: ok(pods) } })),
    };
    const shown = () => ({ ...shownOf(lab), inventory });
    const terminal = await openCountingTerminal({ cols: 120, rows: 40, shown });
    onTestFinished(terminal.close);
    await terminal.put(go(initialSession, tabOf('cluster', 'pods')));
    await expect.poll(terminal.screen).toContain('web-000001');
    await terminal.press('j');
    for (const key of ['j', 'j', 'k', 'j']) {
      terminal.work();
      await terminal.press(key);
      const work = terminal.work();
      expect(work).toMatchObject({ divisions: 0, commits: 0, layouts: 0, writes: 1 });
      expect(work.rows).toBeLessThanOrEqual(2);
    }
    // To the last row, which is far away: a screen of rows at most.
    terminal.work();
    await terminal.press('G');
    expect(terminal.work().rows).toBeLessThanOrEqual(40);
  },
);
