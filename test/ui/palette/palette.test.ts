import { expect, test } from 'vitest';
import { textWidth } from '../../../src/term/width.ts';
import type { Model } from '../../../src/ui/model.ts';
import { paletteEntries } from '../../../src/ui/palette/entries.ts';
import type { ActionCheck } from '../../../src/ui/palette/intent.ts';
import { matchPalette } from '../../../src/ui/palette/match.ts';
import {
  entriesOf,
  openPalette,
  paletteContent,
  paletteKey,
  typeIntoPalette,
} from '../../../src/ui/palette/palette.ts';
import type { PaletteResult, PaletteState } from '../../../src/ui/palette/palette.ts';
import type { Guard } from '../../../src/ui/session.ts';
import { cluster, host, lab, node, pod, zone } from '../../support/inventory.ts';
import { model, smallLab } from '../../support/model.ts';

const THEMES = ['ember', 'midnight'];
const guard: Guard = { level: 1, reasons: [], kept: [], phrase: null };
const check: ActionCheck = () => ({ guard });
const unlocked: Model['lock'] = { locked: false, readOnly: false, until: 1 };

const texts = (text: string, history: readonly string[] = []) =>
  matchPalette(paletteEntries(model(), THEMES), text, history).map(({ entry }) => entry.text);

/** Presses keys one after another; a key of one character types it. */
function press(keys: readonly string[], state: PaletteState = openPalette(model())): PaletteResult {
  let result: PaletteResult = { state };
  for (const key of keys) {
    if (!('state' in result)) throw new Error(`${key} after the palette was closed`);
    const entries = entriesOf(model(), result.state, THEMES);
    result = paletteKey(result.state, key, key.length === 1 ? key : '', entries);
  }
  return result;
}
const type = (text: string, state?: PaletteState) => press(Array.from(text), state);
function stateOf(result: PaletteResult): PaletteState {
  if (!('state' in result)) throw new Error('the palette is closed');
  return result.state;
}
const runOf = (result: PaletteResult) => ('run' in result ? result.run.run : null);

test.for([
  ['po', 'pods'],
  ['no', 'nodes'],
  ['zo', 'zones'],
  ['vl', 'vlans'],
  ['vm', 'vms'],
  ['ho', 'hosts'],
  ['pulse', 'overview'],
  ['doctor', 'doctor'],
  ['feed', 'feeds'],
  ['pr', 'problems'],
  ['q', 'quit, pressed twice'],
  ['exit', 'quit, pressed twice'],
])('the word %s means %s', ([word = '', text]) => {
  expect(texts(word)[0]).toBe(text);
});

test('every thing can be reached by its name, with its kind or without', () => {
  for (const name of ['host omni1', 'zone etcd1', 'vm jump', 'vlan 20 core', 'node worker1'])
    expect(texts(name)[0]).toBe(name);
  expect(texts('squid')[0]).toBe('zone squid');
  expect(texts('worker2')[0]).toBe('node worker2');
});

test('pods come after everything else that matches', () => {
  const inventory = lab(
    [host('omni1', { zones: [zone('web')] })],
    [cluster('k', [node('web')], [pod('web')])],
  );
  const found = matchPalette(paletteEntries(model({ inventory })), 'web', []);
  const things = found.filter(({ section }) => section === 'things');
  expect(things.map(({ entry }) => entry.text)).toEqual([
    'node web',
    'zone web',
    'pod default/web',
  ]);
});

test('verbs and objects are matched together, the host too', () => {
  expect(texts('rest etc')[0]).toBe('restart zone etcd1');
  expect(texts('restart omni2')[0]).toMatch(/^restart zone (?:etcd2|imap)$/);
  expect(runOf(press(['enter'], stateOf(type('restart etcd2'))))).toEqual({
    kind: 'action',
    id: 'zone.restart',
    ref: 'zone:omni2/etcd2',
  });
});

test('two things of one name are told apart by where they are', () => {
  const zones = [zone('dns')];
  const inventory = lab([host('omni1', { zones }), host('omni2', { zones })]);
  const all = paletteEntries(model({ inventory })).map(({ text }) => text);
  expect(all.filter((text) => text.startsWith('restart'))).toEqual([
    'restart zone dns on omni1',
    'restart zone dns on omni2',
  ]);
  expect(new Set(all).size).toBe(all.length);
});

test('a view with words behind it is that view with a filter', () => {
  expect(texts('po media')[0]).toBe('pods /media');
  expect(runOf(press(['enter'], stateOf(type('zones /host:omni1 !etcd'))))).toEqual({
    kind: 'go',
    place: { kind: 'pane', pane: 'zones', tab: 0 },
    filter: 'host:omni1 !etcd',
  });
});

test('letters that are only scattered in a text are not what was meant', () => {
  expect(texts('lock')).toEqual(['unlock actions for ten minutes, or lock']);
});

test('themes and commands run as such', () => {
  expect(runOf(press(['enter'], stateOf(type('theme em'))))).toEqual({
    kind: 'theme',
    name: 'ember',
  });
  expect(runOf(press(['enter'], stateOf(type('unlock'))))).toEqual({
    kind: 'command',
    id: 'unlock',
  });
});

test('every text is an entry of its own, and moving about is not offered', () => {
  const all = paletteEntries(model(), THEMES);
  expect(new Set(all.map(({ text }) => text)).size).toBe(all.length);
  expect(all.flatMap(({ run }) => (run.kind === 'command' ? run.id : []))).not.toContain('down');
});

test('the entries are made once for an inventory', () => {
  const now = model();
  expect(paletteEntries(now, THEMES)).toBe(paletteEntries({ ...now }, THEMES));
  expect(paletteEntries(now, THEMES)).not.toBe(paletteEntries(now, ['other']));
});

test('a cluster of more pods than a person reads is found by its view and a filter', () => {
  const many = Array.from({ length: 20_001 }, (_, index) => pod(`p${index}`));
  const inventory = lab([], [cluster('big', [], many)]);
  const all = paletteEntries(model({ inventory }));
  expect(all.some(({ text }) => text.startsWith('pod '))).toBe(false);
  expect(matchPalette(all, 'po p7', [])[0]?.entry.text).toBe('pods /p7');
});

test('the list does not change while the palette is open', () => {
  const state = openPalette(model());
  const later = model({ inventory: lab([]) });
  expect(entriesOf(later, state, THEMES)).toBe(entriesOf(model(), state, THEMES));
});

test('up and down select, and stay within the list', () => {
  expect(stateOf(press(['down', 'down', 'up'])).selected).toBe(0);
  const end = stateOf(press([...Array.from({ length: 20 }, () => 'pagedown'), 'down']));
  expect(end.selected).toBe(texts('').length - 1);
});

test('tab completes what is selected', () => {
  expect(stateOf(press(['tab'], stateOf(type('rest etc')))).text).toBe('restart zone etcd1');
});

test('enter on an empty line closes, and runs nothing', () => {
  expect(press(['enter'])).toEqual({ close: true });
  expect(press(['esc'])).toEqual({ close: true });
  expect(press(['backspace'])).toEqual({ close: true });
});

test('enter stays when nothing matches', () => {
  const state = stateOf(type('xyzzy'));
  expect(press(['enter'], state)).toEqual({ state });
});

test('what was run comes back with up on an empty line, newest first', () => {
  const ran = press(['enter'], stateOf(type('squid')));
  const history = 'history' in ran ? ran.history : [];
  expect(history).toEqual(['zone squid']);
  const open = openPalette(model(), [...history, 'zones', 'gone']);
  expect(stateOf(press(['up'], open)).text).toBe('zone squid');
  expect(stateOf(press(['up', 'up'], open)).text).toBe('zones');
  expect(stateOf(press(['up', 'up', 'up', 'up'], open)).text).toBe('gone');
  expect(stateOf(press(['up', 'up', 'down'], open)).text).toBe('zone squid');
  expect(stateOf(press(['up', 'down'], open)).text).toBe('');
  expect(runOf(press(['up', 'enter'], open))).toEqual({ kind: 'open', ref: 'zone:omni1/squid' });
});

test('what was run stands first at the next opening, and what is gone does not', () => {
  expect(texts('', ['zones /etcd', 'zone gone', 'zone squid']).slice(0, 2)).toEqual([
    'zones /etcd',
    'zone squid',
  ]);
});

test('running again moves to the front of the history and is kept once', () => {
  const open = openPalette(model(), ['zones', 'zone squid']);
  const ran = press(['enter'], stateOf(type('squid', open)));
  expect('history' in ran && ran.history).toEqual(['zone squid', 'zones']);
});

test('words are taken away with ctrl-w, the line with ctrl-u, letters with backspace', () => {
  const state = stateOf(type('rest etc'));
  expect(stateOf(press(['backspace'], state)).text).toBe('rest et');
  expect(stateOf(press(['ctrl-w'], state)).text).toBe('rest ');
  expect(stateOf(press(['ctrl-u'], state)).text).toBe('');
});

test('pasted text becomes one line, and no line grows without end', () => {
  const state = typeIntoPalette(openPalette(model()), 'zones\n\t/etcd');
  expect(state.text).toBe('zones /etcd');
  expect(typeIntoPalette(state, 'x'.repeat(500)).text).toHaveLength(120);
});

const linesOf = (state: PaletteState, change: Partial<Model> = {}, by = check, width = 72) =>
  paletteContent(
    model({ lock: unlocked, ...change }),
    state,
    { width, height: 18 },
    { themes: THEMES, check: by },
  ).lines.map((runs) => runs.map(({ text }) => text).join(''));

test('the palette keeps its size while one types, and no line is too wide', () => {
  for (const width of [30, 47, 72, 120])
    for (const text of ['', 'e', 'etc', 'rest etc', 'xyzzy', 'restart', 'x'.repeat(60)]) {
      const lines = linesOf(stateOf(type(text)), {}, check, width);
      expect(lines).toHaveLength(18);
      for (const line of lines.slice(1, -1)) expect(textWidth(line)).toBeLessThanOrEqual(width);
    }
});

test('the selected line is in view and marked', () => {
  const state = { ...openPalette(model()), selected: texts('').length - 1 };
  expect(linesOf(state).filter((line) => line.startsWith('>'))).toHaveLength(1);
  expect(linesOf(stateOf(type('etcd2')))[2]).toMatch(/^>zone etcd2 +omni2/);
});

test('an action shows its key, and what it takes', () => {
  const line = (by: ActionCheck, change: Partial<Model> = {}) =>
    linesOf(stateOf(type('restart etcd1')), change, by)[2];
  expect(line(check)).toMatch(/^>restart zone etcd1 +omni1 +r +guard 1/);
  expect(
    line(() => ({ guard: { level: 3, reasons: ['breaks etcd'], kept: [], phrase: 'x' } })),
  ).toMatch(/✗ guard 3: breaks etcd/);
  expect(line(() => ({ unavailable: 'omni1 is down' }))).toMatch(/omni1 is down/);
  expect(line(check, { lock: { locked: true, readOnly: false, until: null } })).toMatch(
    /locked \(L\)/,
  );
  expect(line(check, { lock: { locked: true, readOnly: true, until: null } })).toMatch(/read-only/);
});

test('a view says how many rows it has, under a filter too', () => {
  const line = (text: string) => linesOf(stateOf(type(text)))[2];
  expect(line('zo')).toMatch(/^>zones +6 rows +2 /);
  expect(line('zones /etcd')).toMatch(/^>zones \/etcd +2 rows/);
  expect(line('zones /host:omni1 etcd')).toMatch(/^>zones \/host:omni1 etcd +1 row /);
  expect(line('zones /=[')).not.toMatch(/row/);
});

test('several things of a kind that are called alike are offered as their view with a filter', () => {
  expect(texts('rest etc')).toContain('zones /etc');
  expect(texts('etcd')).toContain('zones /etcd');
  expect(texts('squid').filter((text) => text.includes('/'))).toEqual([]);
});

test('only what is seen is asked whether it can be done', () => {
  const zones = Array.from({ length: 300 }, (_, index) => zone(`zone${index}`));
  const big = model({ inventory: lab([host('omni1', { zones })]), lock: unlocked });
  const entries = entriesOf(big, openPalette(big), THEMES);
  const state = stateOf(paletteKey(openPalette(big), 'r', 'restart', entries));
  let asked = 0;
  paletteContent(
    big,
    state,
    { width: 72, height: 18 },
    {
      themes: THEMES,
      check: (...subject) => {
        asked += 1;
        return check(...subject);
      },
    },
  );
  expect(asked).toBeGreaterThan(0);
  expect(asked).toBeLessThanOrEqual(15);
});

test('what was typed is seen in the entries that it matched', () => {
  const { lines } = paletteContent(
    model({ inventory: smallLab }),
    stateOf(type('squ')),
    { width: 72, height: 18 },
    { themes: THEMES, check },
  );
  const other = lines.find(
    (runs) => runs[0]?.text === ' ' && runs.some(({ text }) => text === 'squ'),
  );
  expect(other?.find(({ text }) => text === 'squ')?.tone).toBe('accent');
});
