import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { renderIssues } from '../../src/config/issue.ts';
import { builtinThemesDir, loadThemes, parseTheme, themeNames } from '../../src/config/themes.ts';

let dir = '';
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'labtop-themes-')), 'themes');
  mkdirSync(dir);
});
afterEach(() => {
  rmSync(join(dir, '..'), { recursive: true });
});
const midnight = (): string => readFileSync(join(builtinThemesDir(), 'midnight.json'), 'utf8');

test("adds the user's themes, and lets them replace built-in ones by name", () => {
  const mine = midnight().replace('"midnight"', '"mine"');
  writeFileSync(join(dir, 'mine.json'), mine);
  writeFileSync(join(dir, 'midnight.json'), midnight().replace('#c6cddb', '#ffffff'));
  writeFileSync(join(dir, 'README'), 'not a theme');
  const folders = [builtinThemesDir(), dir];
  const { themes, issues } = loadThemes(folders);
  expect(issues).toEqual([]);
  expect(themes.get('mine')?.tones.bad).toEqual(themes.get('midnight')?.tones.bad);
  expect(themes.get('midnight')?.tones.plain.fg).toBe('#ffffff');
  expect([...themes.keys()].toSorted()).toEqual(themeNames(folders));
});

test('leaves out a broken theme and says what is wrong', () => {
  writeFileSync(join(dir, 'broken.json'), '{');
  writeFileSync(join(dir, 'other.json'), midnight());
  mkdirSync(join(dir, 'folder.json'));
  const { themes, issues } = loadThemes([dir]);
  expect(themes.size).toBe(0);
  expect(renderIssues(issues)).toContain('broken.json: not JSON:');
  expect(renderIssues(issues)).toContain('folder.json: EISDIR');
  expect(renderIssues(issues)).toContain(
    'other.json: name: must be the file\'s name without .json, found "midnight"',
  );
});

test.each([
  ['a colour', midnight().replace('#c6cddb', 'red'), 'tones.plain.fg: not a colour such as'],
  ['a kind', midnight().replace('"dark"', '"grey"'), 'kind: '],
  ['an unknown tone', midnight().replace('"plain"', '"plane"'), 'plane'],
  ['a missing tone', midnight().replace(/"stale": .*\n/, ''), 'stale'],
  ['an unknown attribute', midnight().replace('"bold"', '"blink"'), 'blink'],
])('refuses a theme with a wrong part: %s', (_, text, message) => {
  const result = parseTheme(text, 'x.json');
  expect('issues' in result && renderIssues(result.issues)).toContain(message);
});

test('needs no folder of the user', () => {
  expect(loadThemes([join(dir, 'none')])).toEqual({ themes: new Map(), issues: [] });
});
