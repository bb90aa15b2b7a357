import { expect, test } from 'vitest';
import type { DocumentView } from '../../src/ui/model.ts';
import { readingOf } from '../../src/ui/reading.ts';
import { documentView } from '../support/document-view.ts';
import { openConsole } from '../support/opened.ts';

const open = (change: Partial<DocumentView> = {}) =>
  openConsole('calm', 120, 24, 220, (now) => ({ ...documentView(now), ...change }));

test('d describes and y shows the YAML of what is selected; esc leads back to it', async () => {
  const console = await open();
  await console.press(':pods\rd');
  expect(console.session().place).toMatchObject({ kind: 'document', what: 'describe' });
  const screen = await console.screen();
  expect(screen).toMatch(/Describe pod .*resourceVersion 48213228 {2}read 4\ds ago/);
  expect(screen).toMatch(/┃ Name: +web-7d9f8-abcde/);
  await console.press('y');
  expect(console.session().place).toMatchObject({ kind: 'document', what: 'yaml' });
  await console.press('l');
  expect(console.session().place.kind).toBe('log');
  for (const kind of ['document', 'document', 'pane']) {
    await console.key('esc');
    expect(console.session().place.kind).toBe(kind);
  }
});

test('what is no object of a cluster says for what the keys are', async () => {
  const console = await open();
  await console.press('2d');
  expect(console.session().place.kind).toBe('pane');
  expect(await console.screen()).toContain('describe is for objects of a cluster');
});

test('/ finds in all of it, n goes to the next, m asks for managedFields, c copies everything', async () => {
  const console = await open();
  await console.press(':pods\ry');
  await console.press('/crash\rn');
  expect(await console.screen()).toMatch(
    /▸ +State: +Waiting, CrashLoopBackOff|▸Status: +CrashLoopBackOff/,
  );
  expect(await console.screen()).toContain('Name:');
  await console.press('m');
  expect(readingOf(console.session()).managed).toBe(true);
  await console.press('c');
  expect(console.copied[0]).toMatch(/^Name:(.|\n)*Back-off restarting failed container web$/);
});

test('a failure stands beneath what was read before', async () => {
  const console = await open({
    error: { code: 'absent', message: 'pods "x" not found (404)', hint: 'it is gone' },
  });
  await console.press(':pods\ry');
  const screen = await console.screen();
  expect(screen).toContain('web-7d9f8-abcde');
  expect(screen).toContain('✗ pods "x" not found (404) · it is gone');
});
