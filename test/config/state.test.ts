import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createState } from '../../src/config/state.ts';

let root = '';
let dir = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'labtop-state-'));
  dir = join(root, 'labtop');
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

test('remembers from one session to the next, for its owner only', () => {
  const state = createState(dir);
  expect([state.warning, state.get('view'), state.get('theme')]).toEqual([undefined, null, null]);
  expect(state.set('view', 'zones')).toBeUndefined();
  expect(state.get('view')).toBe('zones');
  expect(createState(dir).get('view')).toBe('zones');
  expect(statSync(join(dir, 'state.json')).mode & 0o777).toBe(0o600);
});

test.each(['{ "view": ', '[]', 'null', '\u0000\u0001'])(
  'keeps a corrupt file aside and starts anew: %j',
  (text) => {
    createState(dir).set('view', 'zones');
    const file = join(dir, 'state.json');
    writeFileSync(file, text);
    const state = createState(dir);
    expect(state.warning).toContain('state.json.corrupt');
    expect(readFileSync(`${file}.corrupt`, 'utf8')).toBe(text);
    expect(state.get('view')).toBeNull();
    expect(state.set('view', 'vms')).toBeUndefined();
    expect(createState(dir).get('view')).toBe('vms');
  },
);

test('takes a value of another type for none', () => {
  createState(dir).set('view', 'zones');
  writeFileSync(join(dir, 'state.json'), '{ "view": 7, "theme": "ember" }');
  const state = createState(dir);
  expect([state.get('view'), state.get('theme')]).toEqual([null, 'ember']);
});

test('lives in memory where nothing can be written, and says so', () => {
  writeFileSync(dir, 'a file where the folder should be');
  const state = createState(dir);
  expect(state.set('theme', 'ember')).toMatch(/cannot be kept/);
  expect(state.get('theme')).toBe('ember');
  expect(existsSync(join(dir, 'state.json'))).toBe(false);
});
