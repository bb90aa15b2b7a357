import { expect, test } from 'vitest';
import { actionFor, bindings, createKeymap, wrongKind } from '../../src/ui/keymap.ts';

const restart = {
  id: 'zone.restart',
  key: 'r',
  verb: 'restart',
  label: 'Restart',
  isHandOver: false,
  kinds: ['zone', 'vm'],
};

test('the default keys do not collide', () => {
  expect(createKeymap([restart], {}).complaints).toEqual([]);
});

test('a remapped command answers to its new key only', () => {
  const { keymap, complaints } = createKeymap([restart], { problems: 'P', 'zone.restart': 'X' });
  expect(complaints).toEqual([]);
  expect(keymap.resolve('table', 'P')).toBe('problems');
  expect(keymap.resolve('table', 'p')).toBeUndefined();
  expect(keymap.resolve('table', 'X')).toBe('zone.restart');
});

test('a collision is reported and the first owner keeps the key', () => {
  const { keymap, complaints } = createKeymap([restart], { help: 'p' });
  expect(complaints).toEqual(['key p: help collides with problems, which keeps it']);
  expect(keymap.resolve('table', 'p')).toBe('problems');
});

test('a key that means something else in one place only is reported too', () => {
  const { keymap, complaints } = createKeymap([restart], { problems: 'r' });
  expect(complaints).toContain('key r: in table it is zone.restart, elsewhere problems');
  expect(keymap.resolve('map', 'r')).toBe('problems');
});

test('what confirms an action cannot start one', () => {
  const { keymap, complaints } = createKeymap([restart], { 'zone.restart': 'y', yaml: '' });
  expect(complaints).toEqual([
    'ui.keys.zone.restart: y confirms, and cannot start what it confirms',
  ]);
  expect(keymap.resolve('table', 'r')).toBe('zone.restart');
  expect(keymap.resolve('table', 'y')).toBeUndefined();
});

test('actions for different kinds share a key, the kind decides, and what has none says so', () => {
  const shell = (kind: string) => ({
    id: `${kind}.shell`,
    key: 's',
    verb: 'shell',
    label: 'Shell',
    isHandOver: true,
    kinds: [kind],
  });
  const consoles = { ...shell('vm'), id: 'zone.console', key: 'C', verb: 'console' };
  const { keymap, complaints } = createKeymap([shell('host'), shell('zone'), consoles], {});
  expect(complaints).toEqual([]);
  expect(keymap.resolve('table', 's')).toBe('host.shell');
  expect(actionFor(keymap, 'host.shell', 'zone')?.id).toBe('zone.shell');
  expect(actionFor(keymap, 'host.shell', 'host')?.id).toBe('host.shell');
  expect(wrongKind(keymap, 'host.shell', 'host')).toBeNull();
  expect(wrongKind(keymap, 'host.shell', 'vm')).toBe(
    'shell is for host and zone rows; a vm has C console',
  );
  expect(wrongKind(keymap, 'host.shell', 'pod')).toBe('shell is for host and zone rows');
});

test('an unknown command in the configuration is reported', () => {
  expect(createKeymap([], { 'no-such': 'x' }).complaints).toEqual([
    'ui.keys.no-such: no such command',
  ]);
});

test('no function depends on ctrl, alt or ~, and no key deletes an object', () => {
  for (const { id, keys, contexts } of bindings) {
    if (contexts.includes('typing')) continue;
    expect(
      keys.some((key) => !/^(ctrl|alt)-|^~$/.test(key)),
      id,
    ).toBe(true);
    expect(keys, id).not.toContain('delete');
  }
  const backspace = bindings.filter(({ keys }) => keys.includes('backspace')).map(({ id }) => id);
  expect(backspace).toEqual(['clear-filter']);
});
