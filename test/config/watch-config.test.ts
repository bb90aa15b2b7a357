import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultSettings } from '../../src/config/load-config.ts';
import {
  type ConfigChange,
  type WatchFile,
  pollFile,
  watchConfig,
} from '../../src/config/watch-config.ts';

let dir = '';
let file = '';
let changes: ConfigChange[] = [];
const settings = defaultSettings({ HOME: '/h' });
const TEXT = 'hosts: [{ name: a }]\n';

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'labtop-watch-'));
  file = join(dir, 'config.yaml');
  changes = [];
  writeFileSync(file, TEXT);
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

/** Starts a watch whose file events the test makes. */
function watched(): { readonly touch: () => void; readonly stop: () => void } {
  let touch = (): void => undefined;
  const watch: WatchFile = (_, onChange) => {
    touch = onChange;
    return () => {
      touch = () => undefined;
    };
  };
  const stop = watchConfig(file, (change) => changes.push(change), { settings, text: TEXT, watch });
  return { touch: () => touch(), stop };
}
const hostsOf = (change: ConfigChange | undefined): readonly string[] | undefined =>
  change?.settings.hosts.map(({ name }) => name);

test('hands over new settings, and only when the content changed', () => {
  const { touch } = watched();
  touch();
  expect(changes).toEqual([]);
  writeFileSync(file, 'hosts: [{ name: b }]\n');
  touch();
  touch();
  expect(changes.map(hostsOf)).toEqual([['b']]);
  expect(changes[0]?.issues).toEqual([]);
});

test('what was edited between the reading and the watch is told at once, good or broken', () => {
  writeFileSync(file, 'hosts: [{ name: b }]\n');
  watched();
  expect(changes.map(hostsOf)).toEqual([['b']]);
  writeFileSync(file, 'hosts: [{ nam: c }]\n');
  watched();
  expect(changes[1]?.issues.map(({ key }) => key)).toContain('hosts[0].nam');
  rmSync(file);
  watched();
  expect(changes[2]?.issues.map(({ message }) => message)).toEqual(['no such file']);
});

test('keeps the last good settings over a broken edit, and takes the repaired one', () => {
  const { touch } = watched();
  writeFileSync(file, 'hosts: [{ name: b }]\n');
  touch();
  writeFileSync(file, 'hosts: [{ nam: c }]\n');
  touch();
  expect(hostsOf(changes[1])).toEqual(['b']);
  expect(changes[1]?.issues.map(({ key }) => key)).toContain('hosts[0].nam');
  writeFileSync(file, 'hosts: [{ name: c }]\n');
  touch();
  expect(hostsOf(changes[2])).toEqual(['c']);
  expect(changes[2]?.issues).toEqual([]);
});

test.each([
  ['removed', () => rmSync(file), 'no such file'],
  ['emptied', () => writeFileSync(file, '\n'), 'is empty'],
] as const)('keeps the last good settings when the file is %s', (_, damage, message) => {
  const { touch } = watched();
  writeFileSync(file, 'hosts: [{ name: b }]\n');
  touch();
  damage();
  touch();
  expect(hostsOf(changes[1])).toEqual(['b']);
  expect(changes[1]?.issues).toEqual([{ file, line: 0, column: 0, key: '', message }]);
});

test('sees a file that an editor replaced', async () => {
  const stop = watchConfig(file, (change) => changes.push(change), {
    settings,
    text: TEXT,
    watch: pollFile(20, 5),
  });
  writeFileSync(`${file}.new`, 'hosts: [{ name: longer-name }]\n');
  renameSync(`${file}.new`, file);
  await expect.poll(() => changes.map(hostsOf)).toEqual([['longer-name']]);
  stop();
});

test('sees a file that goes and comes back, and nothing after its end', async () => {
  let calls = 0;
  const stop = pollFile(5, 5)(file, () => {
    calls += 1;
  });
  const seen = async (count: number): Promise<void> => {
    await expect.poll(() => calls).toBe(count);
  };
  rmSync(file);
  await seen(1);
  writeFileSync(file, 'ui: {}\n');
  await seen(2);
  stop();
  writeFileSync(file, 'hosts: []\n');
  let after = 0;
  const stopOther = pollFile(5, 5)(file, () => {
    after += 1;
  });
  writeFileSync(file, 'clusters: []\n');
  await expect.poll(() => after).toBe(1);
  stopOther();
  expect(calls).toBe(2);
});
