import { expect, test } from 'vitest';
import { go, initialSession, withDryRun } from '../../src/ui/session.ts';
import type { Place } from '../../src/ui/session.ts';
import { openConsole as open } from '../support/opened.ts';

const ESC = '\u001B';

test('locked, no key runs anything, and the reason is shown', async () => {
  const console = await open();
  await console.press('2rR');
  expect(await console.screen()).toContain('locked: press L');
  await console.press('y');
  expect(console.ran).toEqual([]);
});

test('s and C hand the terminal over without an unlock: on the selected row, whatever is marked', async () => {
  const console = await open();
  await console.press('2/etcd1\r sC');
  expect(console.ran).toEqual([]);
  expect(console.handedOver.map(({ handOver, subject }) => [handOver, subject])).toEqual([
    ['zone.shell', 'zone:omni1/etcd1'],
    ['zone.console', 'zone:omni1/etcd1'],
  ]);
  await console.press('1s');
  expect(console.handedOver.at(-1)).toMatchObject({ handOver: 'host.shell', argv: null });
  await console.press('3sC');
  expect(console.handedOver.at(-1)).toMatchObject({ handOver: 'zone.console' });
  expect(console.handedOver).toHaveLength(4);
});

test('what has no shell says what it has', async () => {
  const console = await open();
  await console.press('3s');
  expect(await console.screen()).toContain('shell is for host and zone rows; a vm has C console');
});

test('the menu and the palette offer shells and consoles, with no lock beside them', async () => {
  const console = await open();
  await console.press('2/etcd1\ra');
  expect(await console.screen()).toMatch(/C\s+Console\s+┃/);
  expect(await console.screen()).toMatch(/r\s+Restart\s+locked/);
  await console.press('C');
  expect(console.handedOver).toHaveLength(1);
  await console.press(':console zone etcd2\r');
  expect(console.handedOver.at(-1)).toMatchObject({ subject: 'zone:omni2/etcd2' });
});

test('every control character, delete and backspace, in every view, change nothing on any host', async () => {
  const console = await open();
  await console.press('L');
  for (const view of ['0', '1', '2', '3', '4', '5', 'p']) {
    await console.press(view);
    for (let code = 0; code < 32; code += 1)
      if (![3, 26, 27].includes(code)) await console.press(String.fromCharCode(code));
    await console.press('\u007F');
    console.type(`${ESC}[3~`);
    await console.settle();
    if (console.session().dialog) await console.press(ESC);
  }
  expect(console.ran).toEqual([]);
});

test('pasted text is never read as keys', async () => {
  const console = await open();
  await console.press('L2');
  console.type(`${ESC}[200~ry\nRy\n${ESC}[201~`);
  await console.settle();
  expect(console.ran).toEqual([]);
  expect(console.session().dialog).toBeNull();
  await console.press('/');
  console.type(`${ESC}[200~squid\n${ESC}[201~`);
  await console.settle();
  expect(console.session().filters['zones.0']).toBe('squid');
});

test('the trigger key does not confirm: r r r runs nothing, y does', async () => {
  const console = await open();
  await console.press('L2/squid\r');
  await console.press('rrr');
  expect(console.ran).toEqual([]);
  expect(console.session().dialog?.kind).toBe('confirm');
  await console.press('\r');
  expect(console.ran).toEqual([]);
  await console.press('y');
  expect(console.ran.map((plans) => plans.map(({ argv }) => argv.join(' ')))).toEqual([
    ['pfexec zoneadm -z squid shutdown -r'],
  ]);
});

test('on a small screen y confirms only what was read to its end', async () => {
  const console = await open('calm', 44, 10);
  await console.press('L2/squid\r');
  await console.press('r');
  expect(await console.screen()).toContain('[ y ]');
  expect(await console.screen()).toMatch(/down: \d+ more to read first/);
  await console.press('y');
  expect(console.ran).toEqual([]);
  console.type(`${ESC}[6~`);
  await console.settle();
  expect(await console.screen()).not.toContain('more to read first');
  await console.press('y');
  expect(console.ran).toHaveLength(1);
});

test('a screen without room for the question runs nothing', async () => {
  const console = await open('calm', 60, 4);
  await console.press('L2/squid\r');
  await console.press('r');
  await console.press('y');
  console.type(`${ESC}[6~`);
  await console.settle();
  await console.press('y');
  expect(console.ran).toEqual([]);
  expect(await console.screen()).toContain('nothing was run: the terminal is too small');
});

test('what breaks a group has to be typed; esc leaves it', async () => {
  const console = await open('host-down');
  await console.press('L2/etcd1\r');
  await console.press('r');
  expect(await console.screen()).toContain('etcd1 breaks quorum');
  await console.press('y\r');
  expect(console.ran).toEqual([]);
  await console.press(ESC);
  expect(console.session().dialog).toBeNull();
  await console.press('r');
  await console.press('etcd1 breaks quorum\r');
  await console.settle(5000);
  expect(console.ran.length).toBe(1);
});

test('what was typed counts down five seconds that can be seen, and only their end runs it', async () => {
  const console = await open('host-down');
  await console.press('L2/etcd1\r');
  await console.press('r');
  await console.press('etcd1 breaks quorum\r');
  for (const seconds of [5, 4, 3, 2, 1]) {
    expect(await console.screen()).toContain(`restart in ${seconds} s`);
    expect(console.ran).toEqual([]);
    await console.settle(850);
    await console.settle(150);
  }
  expect(console.ran.map(([plan]) => plan?.subject)).toEqual(['zone:omni1/etcd1']);
  expect(console.session().dialog).toBeNull();
  await console.settle(10_000);
  expect(console.ran).toHaveLength(1);
});

test.for(['esc', 'q'])(
  '%s stops the countdown at any moment: nothing runs, then or later',
  async (key) => {
    const console = await open('host-down');
    await console.press('L2/etcd1\r');
    await console.press('r');
    await console.press('etcd1 breaks quorum\r');
    // Whatever else is typed changes nothing.
    await console.press('y\rr');
    for (const pause of [900, 900, 200]) await console.settle(pause);
    expect(await console.screen()).toMatch(/restart in [123] s/);
    await console.key(key);
    expect(console.session().dialog).toBeNull();
    expect(await console.screen()).toContain('stopped: nothing was run');
    // Typed anew, it has its five seconds anew.
    await console.press('r');
    await console.press('etcd1 breaks quorum\r');
    await console.settle(2500);
    expect(console.ran).toEqual([]);
    await console.key('esc');
    await console.settle(20_000);
    expect(console.ran).toEqual([]);
    expect(console.cancelled.map(([plans, reason]) => [plans[0]?.subject, reason])).toEqual([
      ['zone:omni1/etcd1', 'stopped while it counted down'],
      ['zone:omni1/etcd1', 'stopped while it counted down'],
    ]);
  },
);

test('a question that is left is told, with all that it was about', async () => {
  const console = await open();
  await console.press('L2/host:omni1 brand:lipkg\r');
  await console.press('  ');
  await console.press('r');
  await console.key('esc');
  await console.press('R');
  await console.key('esc');
  expect(console.cancelled.map(([plans, reason]) => [plans.length, reason])).toEqual([
    [2, 'not confirmed'],
    [2, 'not confirmed'],
  ]);
});

test('a reason to unlock is typed; none, or esc, leaves actions locked', async () => {
  const console = await open('calm', 80, 24);
  const ask = () => console.put({ ...console.session(), dialog: { kind: 'unlock', typed: '' } });
  await ask();
  expect(await console.screen()).toContain('Unlock actions');
  await console.press('  \r');
  expect(console.session().dialog?.kind).toBe('unlock');
  await console.press('etcd2 hanX\u007Fgs LrDy?');
  expect(await console.screen()).toContain('etcd2 hangs LrDy?_');
  await console.press('\r');
  expect(console.unlockedFor).toEqual(['etcd2 hangs LrDy?']);
  expect(console.session().dialog).toBeNull();
  await ask();
  console.type(`${ESC}[200~two\nlines${ESC}[201~`);
  await console.settle();
  expect(await console.screen()).toContain('two lines_');
  await console.key('esc');
  expect(await console.screen()).toContain('still locked');
  expect(console.unlockedFor).toHaveLength(1);
});

test('a terminal that was late to show the question does not take what was typed before it was seen', async () => {
  const console = await open();
  await console.press('L2/squid\r');
  await console.press('r');
  for (const milliseconds of [0, 399]) {
    console.late(milliseconds);
    await console.press('y');
    expect(await console.screen()).toContain('not taken: the terminal was late');
    expect(console.ran).toEqual([]);
  }
  console.late(400);
  await console.press('y');
  expect(console.ran).toHaveLength(1);
});

test('what was typed is kept while the terminal is late, and enter is taken when it is no longer', async () => {
  const console = await open('host-down');
  await console.press('L2/etcd1\r');
  await console.press('r');
  console.late(0);
  await console.press('etcd1 breaks quorum\r');
  await console.settle(6000);
  expect(console.ran).toEqual([]);
  console.late(400);
  await console.press('\r');
  await console.settle(6000);
  expect(console.ran).toHaveLength(1);
});

test('D shows what an action would do, also while it is locked, and no key runs it or asks for it', async () => {
  const console = await open();
  await console.press('2/squid\rD');
  expect(await console.screen()).toContain('Dry run on zone squid');
  expect(await console.screen()).not.toMatch(/C\s+Console|locked \(L\)/);
  await console.press('r');
  expect(await console.screen()).toContain('Dry run: Restart zone squid on omni1');
  expect(await console.screen()).toContain('pfexec zoneadm -z squid shutdown -r');
  expect(await console.screen()).not.toContain('[ y ]');
  await console.press('y\rDr');
  expect(console.session().dialog).toMatchObject({ kind: 'confirm', isDry: true });
  await console.key('esc');
  expect(console.session().dialog).toBeNull();
  expect(console.dryRuns.map((plans) => plans.map(({ argv }) => argv.join(' ')))).toEqual([
    ['pfexec zoneadm -z squid shutdown -r'],
  ]);
  expect([console.ran, console.cancelled]).toEqual([[], []]);
});

test('D leaves of a question only its plan: it is not confirmed then, and that is told', async () => {
  const console = await open();
  await console.press('L2/squid\r');
  await console.press('r');
  expect(await console.screen()).toContain('[ D ] dry run only');
  await console.press('D');
  expect(await console.screen()).toContain('dry run: nothing is run');
  await console.press('y');
  expect(console.session().dialog).toMatchObject({ isDry: true });
  await console.key('q');
  expect(console.session().dialog).toBeNull();
  expect(console.ran).toEqual([]);
  expect(console.cancelled.map(([plans, reason]) => [plans.length, reason])).toEqual([
    [1, 'dry run only'],
  ]);
  // Once for the question, once for the key.
  expect(console.dryRuns).toHaveLength(2);
});

test('where a phrase is typed D is a letter, and while it counts down it changes nothing', async () => {
  const console = await open('host-down');
  await console.press('L2/etcd1\r');
  await console.press('r');
  await console.press('D');
  expect(console.session().dialog).toMatchObject({ isDry: false, typed: 'D' });
  await console.press('\u007Fetcd1 breaks quorum\r');
  await console.press('D');
  expect(console.session().dialog).toMatchObject({ isDry: false, countdown: expect.any(Number) });
  await console.settle(6000);
  expect(console.ran).toHaveLength(1);
});

test('a question says what was found when its host was asked again, and nothing before', async () => {
  const console = await open();
  await console.press('L2/squid\r');
  await console.press('r');
  const [plan] = console.dryRuns[0] ?? [];
  const { dialog } = console.session();
  const at = dialog?.kind === 'confirm' ? dialog.openedAt : 0;
  expect(await console.screen()).not.toContain('dry run: ');
  await console.put(withDryRun(console.session(), plan, null, at));
  expect(await console.screen()).toMatch(/shutdown -r\s+dry run: ok ┃/);
  // What was found of another plan, or long ago, is not said of this one.
  await console.put(withDryRun(console.session(), undefined, 'gone', at));
  expect(await console.screen()).toContain('dry run: ok');
  await console.put(withDryRun(console.session(), plan, null, at - 60_000));
  expect(await console.screen()).not.toContain('dry run: ');
  await console.put(withDryRun(console.session(), plan, 'squid is no longer what it was', at));
  expect(await console.screen()).toMatch(/dry run\s+no, at [\d:]+: squid is no longer what it was/);
});

test('marked rows get one dialog, in the order of marking, and only those of this table', async () => {
  const console = await open();
  await console.press('L2/host:omni1 brand:lipkg\r');
  await console.press('  ');
  expect(await console.screen()).toContain('marked 2');
  await console.press('r');
  const screen = await console.screen();
  expect(screen).toContain('Restart 2 marked');
  expect(screen).toContain('one at a time');
  await console.press('restart 2\r');
  expect(console.ran[0]?.length).toBe(2);
  expect(console.session().marks.size).toBe(0);
});

test('the palette finds a zone by letters and acts on it, not on what is marked', async () => {
  const console = await open();
  await console.press('L2  ');
  await console.press(':restart zone gitea');
  await console.press('\r');
  const { dialog } = console.session();
  expect(dialog?.kind === 'confirm' && [dialog.plan.subject, dialog.more.length]).toEqual([
    'zone:store1/gitea',
    0,
  ]);
});

test('the palette quits at once, and says when a command means nothing here', async () => {
  const console = await open();
  await console.press(':sort by a column');
  await console.press('\r');
  expect(await console.screen()).toContain('not here');
  await console.press(':quit');
  await console.press('\r');
  expect(console.quits()).toBe(1);
});

test('o sorts by a letter, again reverses, and the title says so', async () => {
  const console = await open();
  await console.press('2oc');
  expect(await console.screen()).toContain('sort cpu▾');
  await console.press('oc');
  expect(await console.screen()).toContain('sort cpu▴');
  await console.press('o0');
  expect(await console.screen()).not.toContain('sort cpu');
});

test('themes are shown as one moves, and put back by esc', async () => {
  const console = await open();
  await console.press('Tj');
  await console.press(ESC);
  expect(console.themes.length).toBeLessThanOrEqual(2);
  expect(console.themes.at(-1) ?? 'midnight').toBe('midnight');
});

test('J leads from a zone to its host, and back with [', async () => {
  const console = await open();
  await console.press('2/gitea\rJ');
  expect(await console.screen()).toContain('Related to zone gitea on store1');
  await console.press('\r');
  expect(console.session().place).toMatchObject({ kind: 'detail', ref: 'host:store1' });
  await console.press('[');
  expect(console.session().place).toMatchObject({ kind: 'pane', pane: 'zones' });
});

test('m opens the VLAN map, where enter opens the VLAN', async () => {
  const console = await open();
  await console.press('4m');
  expect(await console.screen()).toContain('VLAN by host');
  await console.press('jj\r');
  expect(console.session().place).toMatchObject({ kind: 'detail', view: 'vlans' });
});

test('c copies the name of what is selected', async () => {
  const console = await open();
  await console.press('2/gitea\rc');
  expect(console.copied).toEqual(['store1/gitea']);
});

test('q asks for a second q on the overview only; elsewhere it goes back', async () => {
  const console = await open();
  await console.put(go(initialSession, { kind: 'problems' }));
  await console.press('q');
  expect(console.session().place.kind).toBe('overview');
  expect(console.quits()).toBe(0);
  await console.press('q');
  expect(console.quits()).toBe(0);
  await console.press('q');
  expect(console.quits()).toBe(1);
});

test('the second q counts for as long as its question stands', async () => {
  const console = await open();
  await console.press('q');
  expect(console.session().message?.text).toContain('q once more quits');
  await console.put({ ...console.session(), message: null });
  await console.press('q');
  expect(console.quits()).toBe(0);
  await console.press('q');
  expect(console.quits()).toBe(1);
});

test('tab goes round the panes, and enter on a pane without a selection opens it', async () => {
  const console = await open();
  await console.press('\t\t');
  expect(console.session().focus).toBe('vms');
  await console.press('\r');
  expect(console.session().place).toEqual({ kind: 'pane', pane: 'vms', tab: 0 });
});

const detail = (view: string, ref: Extract<Place, { kind: 'detail' }>['ref']) =>
  go(initialSession, { kind: 'detail', view, ref });
/** Bottom right corners tell which lines of a panel are in sight. */
const positions = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => [...line.matchAll(/ (\d+–\d+ of \d+) /g)].map(([, text]) => text ?? ''));

test('left and right go round the panels of a detail view, j and k move in the focused one', async () => {
  const console = await open();
  await console.put(detail('hosts', 'host:omni1'));
  expect(positions(await console.lines())).toEqual(['1–12 of 18']);
  // Unless told, in the first panel in which something can be selected.
  await console.key('j', 'j');
  expect((await console.lines()).join('\n')).toContain('>● zones');
  for (const name of ['depends', 'network', 'zones']) {
    await console.key('right');
    expect(Object.values(console.session().panels)).toEqual([name]);
  }
  await console.key('j', 'j');
  expect((await console.lines()).join('\n')).toContain('>● pfsense1');
  await console.key('pagedown');
  expect(positions(await console.lines())).toEqual(['7–18 of 18']);
  for (const name of ['cpu', 'memory', 'pools', 'depends', 'network', 'zones']) {
    await console.key('right');
    expect(Object.values(console.session().panels)).toEqual([name]);
  }
  await console.key('left');
  expect(Object.values(console.session().panels)).toEqual(['network']);
  await console.key('G');
  // What was scrolled stays so when the focus is elsewhere.
  expect(positions(await console.lines())).toEqual(['7–18 of 18']);
});

test('tab goes on to the next tab where there are tabs, else to the next panel', async () => {
  const console = await open();
  await console.put(detail('hosts', 'host:omni1'));
  await console.key('tab');
  expect(console.session().place).toMatchObject({ tab: 1 });
  await console.key('shift-tab');
  expect(console.session().place).toMatchObject({ tab: 0 });
  await console.put(detail('vlans', 'vlan:48'));
  await console.key('tab');
  expect(Object.keys(console.session().panels)).toContain('detail.vlan:48.0');
});

test('in one long list right jumps to its next part, and at the end back to the first', async () => {
  const console = await open('calm', 60, 16);
  await console.put(detail('hosts', 'host:omni1'));
  await console.key('right');
  expect((await console.lines())[4]).toMatch(/^. Memory/);
  await console.key('right');
  expect((await console.lines())[4]).toMatch(/^. Pools/);
  await console.key('left');
  expect((await console.lines())[4]).toMatch(/^. Memory/);
  for (let count = 0; count < 9; count += 1) {
    if ((await console.lines())[4]?.includes('CPU')) break;
    await console.key('right');
  }
  expect((await console.lines())[4]).toMatch(/^. CPU/);
});

test('an action and the related things are for what is selected in the focused panel', async () => {
  const console = await open();
  await console.put(detail('hosts', 'host:omni1'));
  await console.key('J');
  expect(await console.screen()).toContain('Related to host omni1');
  await console.key('esc', 'right', 'right', 'right', 'j', 'J');
  expect(await console.screen()).toContain('Related to VM homeassistant on omni1');
});

test('+ gives a panel the whole place and says so, right goes on to the next, _ and esc lead back', async () => {
  const console = await open();
  await console.put(detail('hosts', 'host:omni1'));
  await console.key('left', 'left', '+');
  expect(await console.screen()).toMatch(/┏━ CPU(.|\n)*zoomed, _ back/);
  expect(await console.screen()).not.toContain('Pools');
  await console.key('right');
  expect(await console.screen()).toMatch(/┏━ Memory/);
  await console.key('_');
  expect(await console.screen()).toContain('╭─ Pools');
  await console.key('+', 'esc');
  expect(console.session().place.kind).toBe('detail');
  expect(await console.screen()).toContain('╭─ Pools');
});

test('+ on the overview opens the pane alone, _ leads back there; in a table the preview gives way', async () => {
  const console = await open();
  await console.key('+');
  expect(await console.screen()).toContain('zoomed, _ back');
  await console.key('_');
  expect(console.session().place.kind).toBe('overview');
  await console.key('2', '+');
  expect(await console.screen()).toContain('zoomed, _ back');
  await console.key('_');
  expect(console.session().place.kind).toBe('pane');
  await console.key('_');
  expect(console.session().place.kind).toBe('overview');
});

test('< and > choose how far charts look back, and it is told', async () => {
  const console = await open();
  await console.put(detail('hosts', 'host:omni1'));
  for (const span of ['1h', '6h', '24h', '24h']) {
    await console.key('>');
    expect((await console.lines())[3]).toContain(` ${span}  min `);
  }
  await console.key('<');
  expect((await console.lines())[3]).toContain(' 6h  min ');
});

test('on a screen that is too small for several, tab shows one panel of the problems after the other', async () => {
  const console = await open('host-down', 44, 12);
  await console.key('p');
  const titles = ['What is wrong right now', 'Cause tree', 'Why, what, next'];
  for (const title of [...titles, titles[0]]) {
    expect(await console.screen()).toContain(title);
    await console.key('tab');
  }
});

test('in the tree of causes a line is selected, and enter opens it', async () => {
  const console = await open('host-down');
  await console.key('p', 'l', 'j', 'j');
  expect(await console.screen()).toContain('>├─');
  await console.key('enter');
  expect(console.session().place).toMatchObject({ kind: 'detail' });
});

test('enter on a service in maintenance opens its zone, or its host', async () => {
  const console = await open('smf-maintenance');
  await console.press('p');
  expect(await console.screen()).toMatch(/>✗ CRIT .* service store1\/postgres\/…\/postgresql17 /);
  await console.press('\r');
  expect(console.session().place).toMatchObject({ kind: 'detail', ref: 'zone:store1/postgres' });
  await console.press('pj\r');
  expect(console.session().place).toMatchObject({ kind: 'detail', ref: 'host:omni1' });
});

test('enter on a redundancy group opens the groups with its members', async () => {
  const console = await open('host-down');
  await console.press('pjjj');
  expect(await console.screen()).toMatch(/>▲ WARN .*─group ad blockers/);
  await console.press('\r');
  expect(await console.screen()).toMatch(/MEMBER[^]*ad blockers +pihole1 /);
  expect(await console.screen()).not.toContain('nothing to open');
});

test('enter on a link of a host opens the page of the link', async () => {
  const console = await open();
  await console.put(
    go(initialSession, { kind: 'detail', view: 'hosts', ref: 'host:omni1', tab: 3 }),
  );
  await console.press('j\r');
  expect(console.session().place).toMatchObject({ kind: 'detail', ref: 'link:omni1/aggr0' });
  expect(await console.screen()).toMatch(/hosts > omni1\/aggr0[^]*held by +the global zone/);
});

test('enter on a page with nothing selected says what leads on', async () => {
  const console = await open();
  await console.put(detail('zones', 'zone:omni1/etcd1'));
  await console.key('enter');
  expect(await console.screen()).toContain('j and k select');
});

test('@ marks what the own session runs through, and tells it with how that is known', async () => {
  const console = await open();
  expect(await console.screen()).toContain('@ you > jump');
  await console.press('3');
  const table = await console.screen();
  expect(table).toMatch(/@ jump /);
  expect(table).toMatch(/@ pfsense1 /);
  expect(table).toMatch(/● homeassistant /);
  await console.press('@');
  const told = (await console.screen()).replaceAll(/\s*[┃│]\s*/g, ' ').replaceAll(/ +/g, ' ');
  expect(told).toContain('Your own path');
  expect(told).toMatch(/omni1 sees your session come from.*10\.0\.45\.15, which it has/s);
  expect(told).toContain('host omni1: jump runs on it');
  await console.key('esc');
  expect(console.session().dialog).toBeNull();
});

test('a machine on the own path takes its consequence typed and counts down', async () => {
  const console = await open();
  await console.press('L3/jump\r');
  await console.press('r');
  const asked = await console.screen();
  expect(asked).toContain('guard 3 of 3');
  expect(asked).toContain('your own session runs through this: you > jump (VM on omni1)');
  await console.press('jump breaks your session\r');
  expect(console.ran).toEqual([]);
  await console.settle(5000);
  expect(console.ran).toHaveLength(1);
});
