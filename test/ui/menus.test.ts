import { expect, test } from 'vitest';
import type { HandOverPlan } from '../../src/domain/hand-over.ts';
import { bindView } from '../../src/domain/view.ts';
import { zoneView } from '../../src/resources/zone/zone.view.ts';
import { actionMenu, relatedMenu, sortMenu, themeMenu } from '../../src/ui/menus.ts';
import type { ActionCheck } from '../../src/ui/palette/intent.ts';
import { menuKey } from '../../src/ui/palette/menu.ts';
import type { MenuState } from '../../src/ui/palette/menu.ts';
import { model } from '../support/model.ts';

const SHELL: HandOverPlan = {
  handOver: 'zone.shell',
  subject: 'zone:omni1/etcd1',
  place: 'etcd1',
  host: 'omni1',
  argv: null,
  ends: 'exit',
  fingerprint: '',
};
const zones = bindView(zoneView);
const check: ActionCheck = (id) =>
  id === 'zone.shell' || id === 'zone.console'
    ? { handOver: SHELL }
    : id === 'zone.reboot'
      ? { unavailable: 'etcd1 is installed' }
      : { guard: { level: 2, reasons: [], kept: [], phrase: 'etcd1' } };

const notes = ({ entries }: MenuState): readonly string[] => entries.map(({ note }) => note);

test('the sort menu has the usual letters, says what is sorted, and reverses with o', () => {
  const menu = sortMenu(zones, [{ column: 'cpu', descending: true }]);
  const letterOf = (column: string) =>
    menu.entries.find(({ run }) => run.kind === 'sort' && run.column === column)?.letter;
  expect(['name', 'state', 'cpu', 'mem', 'age'].map(letterOf)).toEqual(['n', 's', 'c', 'm', 'a']);
  expect(notes(menu).filter((note) => note.includes('▾'))).toHaveLength(1);
  expect(menuKey(menu, 'm')).toEqual({ run: { kind: 'sort', column: 'mem' }, state: null });
  expect(menuKey(menu, 'o')).toEqual({ run: { kind: 'sort-reverse' }, state: null });
  expect(menuKey(menu, '0')).toEqual({ run: { kind: 'sort-default' }, state: null });
});

test('there is nothing to reverse in the default order', () => {
  expect('run' in menuKey(sortMenu(zones, []), 'o')).toBe(false);
});

test('related things are one key away, each with its reason', () => {
  const { entries } = relatedMenu('zone:omni1/etcd1', model());
  expect(entries.map(({ label, detail }) => [label, detail])).toEqual([
    ['host omni1', 'its host'],
    ['vlan 20', 'core'],
  ]);
  expect(entries[0]?.run).toEqual({ kind: 'open', ref: 'host:omni1' });
});

test('the actions menu tells of each action whether it can be done, and why not', () => {
  const lock = { locked: false, readOnly: false, until: 1 };
  const menu = actionMenu('zone:omni1/etcd1', model({ lock, check }));
  expect(notes(menu)).toEqual(['', '', '▲ guard 2', 'etcd1 is installed', '▲ guard 2']);
  expect(menuKey(menu, 'r')).toEqual({
    run: { kind: 'action', id: 'zone.restart', ref: 'zone:omni1/etcd1' },
    state: null,
  });
  expect('run' in menuKey(menu, 'R')).toBe(false);
});

test('a locked console says so, and one that only reads has nothing to run', () => {
  const locked = actionMenu('zone:omni1/etcd1', model({ check }));
  // Shells and consoles are not behind the lock.
  expect(notes(locked).slice(0, 2)).toEqual(['', '']);
  expect(notes(locked)[2]).toMatch(/^locked \(L\)/);
  const lock = { locked: true, readOnly: true, until: null };
  const reading = actionMenu('zone:omni1/etcd1', model({ lock, check }));
  expect(reading.entries.every(({ isPossible }) => !isPossible)).toBe(true);
});

test('the theme picker shows while one moves, and puts the present theme back', () => {
  const menu = themeMenu({ themes: ['ember', 'frost'], theme: 'frost' });
  expect(menu.selected).toBe(1);
  expect(menuKey(menu, 'up')).toMatchObject({ preview: { kind: 'theme', name: 'ember' } });
  expect(menuKey(menu, 'esc')).toEqual({ close: true, undo: { kind: 'theme', name: 'frost' } });
});
