import { expect, test } from 'vitest';
import { textWidth } from '../../../src/term/width.ts';
import { menuContent, menuKey } from '../../../src/ui/palette/menu.ts';
import type { MenuEntry, MenuState } from '../../../src/ui/palette/menu.ts';

const entry = (name: string, change: Partial<MenuEntry> = {}): MenuEntry => ({
  letter: name.slice(0, 1),
  label: name,
  detail: '',
  note: '',
  noteTone: 'muted',
  isPossible: true,
  run: { kind: 'theme', name },
  ...change,
});
const menu = (change: Partial<MenuState> = {}): MenuState => ({
  id: 'test',
  title: 'Test',
  right: '',
  entries: [entry('alpha'), entry('beta', { isPossible: false, note: 'not now' }), entry('gamma')],
  selected: 0,
  empty: 'nothing',
  isDirect: true,
  preview: null,
  staysOpen: false,
  ...change,
});
const run = (name: string) => ({ kind: 'theme', name }) as const;

test('a letter runs its entry at once', () => {
  expect(menuKey(menu(), 'g')).toEqual({ run: run('gamma'), state: null });
});

test('a letter of a menu that shows first only selects', () => {
  const undo = run('old');
  const state = menu({ isDirect: false, preview: { undo } });
  expect(menuKey(state, 'g')).toEqual({ state: { ...state, selected: 2 }, preview: run('gamma') });
});

test('what cannot be done is selected, so that its reason is seen, and not run', () => {
  expect(menuKey(menu(), 'b')).toEqual({ state: menu({ selected: 1 }) });
  expect(menuKey(menu({ selected: 1 }), 'enter')).toEqual({ state: menu({ selected: 1 }) });
});

test('keys move and stop at both ends', () => {
  expect(menuKey(menu(), 'k')).toEqual({ state: menu() });
  expect(menuKey(menu(), 'j')).toEqual({ state: menu({ selected: 1 }) });
  expect(menuKey(menu(), 'end')).toEqual({ state: menu({ selected: 2 }) });
  expect(menuKey(menu({ selected: 2 }), 'pagedown')).toEqual({ state: menu({ selected: 2 }) });
});

test('moving shows what would be, leaving takes it back, enter keeps it', () => {
  const state = menu({ preview: { undo: run('old') } });
  expect(menuKey(state, 'end')).toEqual({
    state: { ...state, selected: 2 },
    preview: run('gamma'),
  });
  expect(menuKey(state, 'home')).toEqual({ state });
  expect(menuKey(state, 'esc')).toEqual({ close: true, undo: run('old') });
  expect(menuKey(state, 'enter')).toEqual({ run: run('alpha'), state: null });
});

test('esc and q close a menu that shows nothing beforehand', () => {
  expect(menuKey(menu(), 'esc')).toEqual({ close: true, undo: null });
  expect(menuKey(menu(), 'q')).toEqual({ close: true, undo: null });
  expect(menuKey(menu(), 'x')).toEqual({ state: menu() });
});

test('a menu for choosing several stays open', () => {
  const state = menu({ staysOpen: true });
  expect(menuKey(state, 'enter')).toEqual({ run: run('alpha'), state });
});

test('an empty menu says so, and enter does nothing', () => {
  const state = menu({ entries: [] });
  expect(menuKey(state, 'enter')).toEqual({ state });
  expect(menuKey(state, 'down')).toEqual({ state });
  const { lines } = menuContent(state, { width: 40, height: 10 });
  expect(lines).toEqual([[{ text: ' nothing', tone: 'muted' }]]);
});

test('a long menu shows what is selected, says how much is hidden, and fits its width', () => {
  const entries = Array.from({ length: 50 }, (_, index) =>
    entry(`entry ${index}`, { detail: 'somewhere far away', note: 'because of a long reason' }),
  );
  for (const selected of [0, 7, 25, 49])
    for (const width of [20, 40, 90]) {
      const { lines, footer } = menuContent(menu({ entries, selected }), { width, height: 10 });
      expect(lines).toHaveLength(10);
      const shown = lines.map((runs) => runs.map(({ text }) => text).join(''));
      expect(shown.filter((line) => line.startsWith('>'))).toHaveLength(1);
      for (const line of shown) expect(textWidth(line)).toBeLessThanOrEqual(width);
      expect(footer).toMatch(/\d+–\d+ of 50 /);
    }
});

test('what cannot be done is dim, with its reason', () => {
  const { lines } = menuContent(menu({ selected: 0 }), { width: 60, height: 10 });
  const beta = lines[1] ?? [];
  expect(beta.map(({ text }) => text.trim())).toEqual(['', 'b', 'beta', '', 'not now']);
  expect(beta[2]?.tone).toBe('muted');
});
