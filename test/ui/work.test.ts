import { expect, onTestFinished, test } from 'vitest';
import type { Inventory } from '../../src/domain/inventory.ts';
import { allZonesOf, findHost, vlansOf } from '../../src/domain/joined.ts';
import { go, initialSession } from '../../src/ui/session.ts';
import { openCountingTerminal, shownOf } from '../support/counting-terminal.ts';
import type { CountingTerminal, Work } from '../support/counting-terminal.ts';
import { ok, pod } from '../support/inventory.ts';
import { createLabInventory } from '../support/lab-inventory.ts';
import type { LabInventory } from '../support/lab-inventory.ts';
import { tabOf } from '../support/model.ts';
import { podTable } from '../support/pod-storm.ts';

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
  // The header shows the time: it is looked at in every frame.
  for (let each = 0; each < 5; each += 1)
    expect(await frame(terminal)).toEqual({ ...NOTHING, parts: ['header'] });
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
