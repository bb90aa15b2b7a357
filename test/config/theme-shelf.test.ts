import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { builtinThemesDir } from '../../src/config/theme-files.ts';
import { createThemeShelf, watchThemes } from '../../src/config/theme-shelf.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'labtop-shelf-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});
const midnight = readFileSync(join(builtinThemesDir(), 'midnight.json'), 'utf8');
const write = (name: string, text = midnight.replace('"midnight"', `"${name}"`)): void =>
  writeFileSync(join(dir, `${name}.json`), text);

test('a theme that is broken now stays as it was, and it is said why', () => {
  write('mine');
  const shelf = createThemeShelf([builtinThemesDir(), dir]);
  expect(shelf.names()).toContain('mine');
  expect(shelf.trouble()).toBeNull();
  const before = shelf.named('mine');
  write('mine', midnight.replace('"midnight"', '"mine"').replace('#c6cddb', 'red'));
  write('new', '{');
  shelf.read();
  expect(shelf.named('mine')).toBe(before);
  expect(shelf.named('new')).toBeUndefined();
  expect(shelf.trouble()).toMatch(/^mine\.json: tones\.plain\.fg: not a colour.*, and 1 more$/);
  rmSync(join(dir, 'new.json'));
  write('mine', midnight.replace('"midnight"', '"mine"').replace('#c6cddb', '#ffffff'));
  shelf.read();
  expect(shelf.named('mine')?.tones.plain.fg).toBe('#ffffff');
  expect(shelf.trouble()).toBeNull();
  rmSync(join(dir, 'mine.json'));
  shelf.read();
  expect(shelf.names()).not.toContain('mine');
});

test("the program's own theme stands in for one of the same name that cannot be read", () => {
  write('midnight', '{');
  const shelf = createThemeShelf([builtinThemesDir(), dir]);
  expect(shelf.named('midnight')?.name).toBe('midnight');
  expect(shelf.trouble()).toMatch(/^midnight\.json: not JSON/);
});

test('files that are new are watched too, until the end', () => {
  write('a');
  const watched = new Map<string, () => void>();
  let changes = 0;
  const stop = watchThemes(
    dir,
    () => {
      changes += 1;
    },
    (file, onChange) => {
      watched.set(basename(file), onChange);
      return () => watched.delete(basename(file));
    },
  );
  expect([...watched.keys()]).toEqual([basename(dir), 'a.json']);
  write('b');
  watched.get(basename(dir))?.();
  expect([...watched.keys()]).toEqual([basename(dir), 'a.json', 'b.json']);
  watched.get('b.json')?.();
  expect(changes).toBe(2);
  stop();
  expect(watched.size).toBe(0);
});
