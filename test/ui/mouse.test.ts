import { expect, test } from 'vitest';
import { go, initialSession } from '../../src/ui/session.ts';
import type { Place } from '../../src/ui/session.ts';
import { tabOf } from '../support/model.ts';
import { openConsole } from '../support/opened.ts';

const detail = (view: string, ref: Extract<Place, { kind: 'detail' }>['ref']) =>
  go(initialSession, { kind: 'detail', view, ref });

test('a click selects a row of a table, and on the selected row it opens', async () => {
  const console = await openConsole();
  await console.key('2');
  await console.click('dns-int1');
  expect(console.session().cursors['zones.0']?.ref).toBe('zone:omni1/dns-int1');
  expect(console.session().place.kind).toBe('pane');
  await console.click('dns-int1');
  expect(console.session().place).toMatchObject({ kind: 'detail', ref: 'zone:omni1/dns-int1' });
});

test('a double click opens what it has selected, even if the pane looks different by then', async () => {
  const console = await openConsole('host-down', 80, 24, 10);
  const y = (await console.lines()).findIndex((line) => /\? smtp/.test(line));
  const x = (await console.lines())[y]?.search(/\? smtp/) ?? -1;
  await console.clickAt(x, y);
  expect(console.session().cursors['zones.0']?.ref).toBe('zone:omni2/smtp');
  await console.clickAt(x, y);
  expect(console.session().place).toMatchObject({ kind: 'detail', ref: 'zone:omni2/smtp' });
});

test('a click on a pane of the overview gives it the focus, and selects the row under it', async () => {
  const console = await openConsole();
  await console.click('4 VLANs');
  expect(console.session().focus).toBe('vlans');
  await console.click('frr1');
  expect(console.session().focus).toBe('vms');
  expect(console.session().cursors['vms.0']?.ref).toBe('vm:omni1/frr1');
  expect(console.session().place.kind).toBe('overview');
  await console.click('frr1');
  expect(console.session().place).toMatchObject({ kind: 'detail', ref: 'vm:omni1/frr1' });
});

test('a click on a row of a pane that is scrolled leaves the rows where they are', async () => {
  const console = await openConsole();
  for (const key of ['2', 'G', '0']) await console.key(key);
  const before = await console.lines();
  const titles = before.findIndex((line) => line.includes(' ZONE '));
  const x = before[titles]?.indexOf(' ZONE ') ?? -1;
  const names = (lines: readonly string[]): readonly (string | undefined)[] =>
    [1, 2, 3, 4, 5].map((row) => /[\w-]+/.exec(lines[titles + row]?.slice(x) ?? '')?.[0]);
  await console.clickAt(x + 2, titles + 2);
  expect(names(await console.lines())).toEqual(names(before));
  expect(console.session().cursors['zones.0']?.ref).toMatch(`/${names(before)[1]}`);
});

test('a click on the title of a column sorts by it, again reverses', async () => {
  const console = await openConsole();
  await console.key('2');
  await console.click('RSS');
  expect(console.session().sorts['zones']?.[0]).toMatchObject({ column: 'rss', descending: true });
  await console.click('RSS');
  expect(console.session().sorts['zones']?.[0]).toMatchObject({ column: 'rss', descending: false });
});

test('tabs and the parts of the way to a place are clicked once', async () => {
  const console = await openConsole();
  await console.put(detail('hosts', 'host:omni1'));
  await console.click('Storage');
  expect(console.session().place).toMatchObject({ kind: 'detail', tab: 1 });
  await console.click('hosts >');
  expect(console.session().place).toEqual({ kind: 'pane', pane: 'hosts', tab: 0 });
  await console.click('28 VLANs');
  expect(console.session().place).toEqual({ kind: 'pane', pane: 'vlans', tab: 0 });
  await console.click('labtop');
  expect(console.session().place.kind).toBe('overview');
  await console.key('5');
  await console.click('Pods');
  expect(console.session().place).toEqual(tabOf('cluster', 'pods'));
});

test('a tab that has no room beside the others is still clicked through', async () => {
  const console = await openConsole('calm', 60, 20);
  await console.put(detail('hosts', 'host:omni1'));
  const hidden = /\d+›/.exec((await console.lines())[1] ?? '')?.[0] ?? '';
  await console.click(hidden);
  expect(console.session().place).toMatchObject({ tab: 1 });
  expect((await console.lines())[1]).toContain('[Storage]');
});

test('a click on a hint in the last line presses its key; a range of keys is none', async () => {
  const console = await openConsole();
  await console.click('p problems');
  expect(console.session().place.kind).toBe('problems');
  await console.click('1-5 pane');
  expect(console.session().place.kind).toBe('problems');
  await console.click('esc back');
  expect(console.session().place.kind).toBe('overview');
  await console.click('? help');
  expect(console.session().dialog?.kind).toBe('help');
});

test('in the list of problems a click selects, in the tree too, and the panels take the focus', async () => {
  const console = await openConsole('host-down');
  await console.key('p');
  await console.click('etcd2');
  expect(console.session().panels).toEqual({ problems: 'problem-tree' });
  expect(console.session().cursors['problems/problem-tree']?.ref).toBe('zone:omni2/etcd2');
  await console.click(/✗ CRIT/);
  expect(console.session().panels).toEqual({ problems: 'problem-list' });
  expect(console.session().place.kind).toBe('problems');
  await console.click(/✗ CRIT/);
  expect(console.session().place).toMatchObject({ kind: 'detail', ref: 'host:omni2' });
});

test('a click on the problem strip leads to that problem', async () => {
  const console = await openConsole('host-down');
  await console.click(/✗ CRIT/);
  expect(console.session().place.kind).toBe('problems');
  expect(console.session().problem).toMatch(/host:omni2/);
  expect((await console.lines()).join('\n')).toContain('>✗ CRIT');
});

test('a click selects a cell of the VLAN map, a second one opens what is first in it', async () => {
  const console = await openConsole();
  await console.put(go(initialSession, { kind: 'vlan-map' }));
  await console.click('etcd2');
  expect(console.session().cursors['vlan-map']).toMatchObject({ ref: 'vlan:48', col: 1 });
  await console.click('etcd2');
  expect(console.session().place).toMatchObject({ kind: 'detail', ref: 'zone:omni2/etcd2' });
});

test('panels of a detail view: a click gives the focus, selects and opens', async () => {
  const console = await openConsole();
  await console.put(detail('zones', 'zone:omni1/etcd1'));
  await console.click('Configuration');
  expect(Object.values(console.session().panels)).toEqual(['config']);
  await console.click('48 etcd aggr0');
  expect(Object.values(console.session().panels)).toEqual(['network']);
  await console.click('48 etcd aggr0');
  expect(console.session().place).toMatchObject({ kind: 'detail', ref: 'vlan:48' });
});

test('the wheel scrolls the panel under the pointer, and leaves the focus where it is', async () => {
  const console = await openConsole();
  await console.put(detail('hosts', 'host:omni1'));
  const focus = console.session().panels;
  await console.wheel('Zones and VMs of omni1', 'down');
  expect((await console.lines()).join('\n')).toMatch(/ 4–\d+ of 18 /);
  expect(console.session().panels).toEqual(focus);
  await console.wheel(/Pools [─━]/, 'down');
  expect((await console.lines()).join('\n')).toMatch(/ 4–\d+ of 18 /);
  await console.wheel('Zones and VMs of omni1', 'up');
  expect((await console.lines()).join('\n')).toMatch(/ 1–\d+ of 18 /);
});

test('the wheel moves the selection of the table or pane under the pointer', async () => {
  const console = await openConsole();
  await console.wheel('─ 3 VMs', 'down');
  expect(console.session().focus).toBe('vms');
  expect(console.session().cursors['vms.0']?.ref).not.toBeNull();
  await console.key('2');
  await console.wheel('ZONE', 'down');
  await console.wheel('ZONE', 'down');
  const selected = (await console.lines()).find((line) => line.includes('>●')) ?? '';
  const ref = console.session().cursors['zones.0']?.ref ?? '';
  expect(selected).toContain(ref.split('/')[1]);
  await console.wheel('ZONE', 'up');
  expect(console.session().cursors['zones.0']?.ref).not.toBe(ref);
});

test('the wheel with ctrl changes how far charts look back', async () => {
  const console = await openConsole();
  await console.put(detail('hosts', 'host:omni1'));
  await console.wheel('CPU', 'down', 'ctrl');
  expect(console.session().span).toBe('1h');
  await console.wheel('CPU', 'up', 'ctrl');
  expect(console.session().span).toBe('15m');
});

test('menus and the palette: a click selects, on the selected entry it takes it, outside it closes', async () => {
  const console = await openConsole();
  await console.key('2');
  await console.key('o');
  await console.click('rss');
  expect(console.session().dialog?.kind).toBe('menu');
  await console.click('rss');
  expect(console.session().dialog).toBeNull();
  expect(console.session().sorts['zones']?.[0]?.column).toBe('rss');
  await console.key(':');
  await console.click(/ vlans /);
  expect(console.session().dialog?.kind).toBe('palette');
  await console.click(/>vlans/);
  expect(console.session().place).toMatchObject({ kind: 'pane', pane: 'vlans' });
  await console.key('?');
  await console.clickAt(0, 1);
  expect(console.session().dialog).toBeNull();
});

test('a theme that was only looked at is put back by a click outside', async () => {
  const console = await openConsole();
  await console.key('T');
  await console.click('daylight');
  expect(console.themes.at(-1)).toBe('daylight');
  await console.clickAt(0, 1);
  expect(console.session().dialog).toBeNull();
  expect(console.themes.at(-1)).toBe('midnight');
});

test('no click anywhere runs an action or confirms a dialog', async () => {
  for (const guard of ['squid', 'etcd1'] as const) {
    const console = await openConsole('host-down', 80, 24);
    await console.key('L');
    await console.press(`2/${guard}\rr`);
    expect(console.session().dialog?.kind).toBe('confirm');
    for (let y = 0; y < 24; y += 1)
      for (let x = 0; x < 80; x += 3) {
        await console.clickAt(x, y);
        await console.clickAt(x, y);
      }
    expect(console.session().dialog?.kind).toBe('confirm');
    expect(console.ran).toEqual([]);
  }
});

test('clicking through the lines of the overview and of a detail, unlocked, runs nothing', async () => {
  const console = await openConsole('zone-crash', 80, 24);
  await console.key('L');
  for (const session of [initialSession, detail('zones', 'zone:omni1/etcd1')])
    for (let y = 0; y < 24; y += 1)
      for (const x of [2, 7, 24, 45, 63, 78]) {
        await console.put(session);
        await console.clickAt(x, y);
        await console.clickAt(x, y);
      }
  expect(console.ran).toEqual([]);
});

test('other buttons, drags and releases do nothing', async () => {
  const console = await openConsole();
  await console.key('2');
  const before = console.session();
  for (const code of [1, 2, 32, 34]) console.type(`\u001B[<${code};5;10M\u001B[<${code};5;10m`);
  await console.settle();
  expect(console.session()).toBe(before);
});
