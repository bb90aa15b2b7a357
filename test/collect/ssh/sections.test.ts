import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { forksOf } from '../../../src/collect/forks.ts';
import { requestLine } from '../../../src/collect/ssh/framing.ts';
import { sectionsOf } from '../../../src/collect/ssh/sections.ts';
import type { Argv } from '../../../src/domain/command.ts';

test('a single program takes the place of the shell that starts it', () => {
  expect(sectionsOf([['zoneadm', 'list', '-cp']])).toEqual(["exec 'zoneadm' 'list' '-cp'"]);
});

test('several programs run one after another in one section', () => {
  expect(sectionsOf([['uname', '-a'], ['id']])).toEqual(["'uname' '-a'; exec 'id'"]);
});

test('the shell between programs becomes the last of them, unless that is a builtin', () => {
  const [uname, id, mark]: readonly [Argv, Argv, Argv] = [['uname'], ['id'], ['echo', 'x']];
  expect(sectionsOf([mark, uname, mark])).toEqual(["'echo' 'x'; 'uname'; 'echo' 'x'"]);
  expect([[uname], [uname, id], [mark, uname, mark, id], [uname, mark], []].map(forksOf)).toEqual([
    1, 2, 2, 2, 0,
  ]);
});

test('nothing asked is no section', () => {
  expect(sectionsOf([])).toEqual([]);
});

test('a question that is too long for a line becomes several, with nothing lost', () => {
  const question = Array.from({ length: 300 }, (_, index): Argv => [
    'printf',
    '%s,',
    `it's zone ${index}`,
  ]);
  const sections = sectionsOf(question);
  expect(sections.length).toBeGreaterThan(3);
  for (const section of sections)
    expect(Buffer.byteLength(requestLine(1, section))).toBeLessThanOrEqual(3_900);
  const joined = sections.map(
    (section) => spawnSync('sh', ['-c', section], { encoding: 'utf8' }).stdout,
  );
  expect(joined.join('')).toBe(question.map(([, , text]) => `${text},`).join(''));
});

test('one program is never cut, however long', () => {
  const long = 'x'.repeat(5_000);
  expect(sectionsOf([['echo', long], ['id']])).toEqual([`'echo' '${long}'`, "exec 'id'"]);
});
