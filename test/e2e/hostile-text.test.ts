import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { writeLabConfig } from '../../src/lab/lab-config.ts';
import { startLab } from '../../src/lab/lab.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { startTcpServer } from '../collect/ssh/support/fake-sshd.ts';
import { privateHome, startConsole } from '../support/console-driver.ts';
import { labtop } from '../support/labtop.ts';

/**
 * What a terminal would obey, each with a word in it that tells it from what the console itself writes: colours, the
 * cursor, the alternate screen, reports, titles, the clipboard, hyperlinks, strings of 7 and 8 bits, NUL, directions.
 */
const ATTACKS = [
  '\u001B[5;7;31mBLINK\u001B[0m',
  '\u001B[99;99HMOVED',
  '\u001B[?1049lLEFT',
  '\u001B[6n\u001B[21tREPORT',
  '\u001B]0;TITLE\u0007',
  '\u001B]52;c;SE9TVElMRQ==\u0007',
  '\u001B]8;;http://evil.example\u001B\\LINK\u001B]8;;\u001B\\',
  '\u001BPqSIXEL\u001B\\',
  '\u009B31mEIGHT\u009D0;EIGHTTITLE\u009C',
  'NUL\u0000NUL',
  '\u202EdesreveR\u202C\u2066iso\u2069\u200Bzero',
  '\r\u001B[2KERASED',
].join(' ');
/** What shows that the text itself came through. */
const SEEN = 'HOSTILE';
const HOSTILE = `${SEEN} ${ATTACKS}\n`;
/** Colour, position and modes are what the console writes itself; these are not. */
const OBEYED =
  // oxlint-disable-next-line no-control-regex
  /\u001B\[5;7;31m|\u001B\[99;99H|\u001B\[6n|\u001B\[21t|\u001B\]0;TITLE|\u001B\]52;[^\u0007]*SE9TVElMRQ|\u001B\]8;;http:\/\/evil|\u001BPqSIXEL|\u001B\[2KERASED|\u001B\[\?1049lLEFT/;
/** In no text of any kind, TAB and LF excepted. */
const CONTROLS =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200B-\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/;
/** The same without what the console needs to draw. */
const UNDRAWN =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0006\u000E-\u001A\u001C-\u001F\u007F-\u009F\u061C\u200B\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/;

const home = privateHome();
const config = join(home.folder, 'lab/config.yaml');
const log = join(home.folder, 'labtop.log');
const endings: (() => Promise<void>)[] = [];
let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ seed: 5 });
  endings.push(lab.close);
  const files = await writeLabConfig(lab, config);
  const web = await startTcpServer((socket) => socket.end(HOSTILE));
  endings.push(web.close);
  const written = parse(readFileSync(config, 'utf8')) as { hosts: object[] };
  const notSsh = {
    ...written.hosts[0],
    name: 'web1',
    port: web.port,
    knownHosts: files.knownHosts,
  };
  writeFileSync(config, stringify({ ...written, hosts: [...written.hosts, notSsh] }));

  const [omni1, omni2, store1] = ['omni1', 'omni2', 'store1'].map((name) => lab.host(name));
  // Names of zones, errors, tables, and lines without end.
  omni1?.garbage(
    'zoneadm',
    `1:${SEEN}\u0000z:running:/zones/a:a-b:lipkg:excl:1\n2:${ATTACKS.replaceAll(':', '')}:running:/z:c:lipkg:excl:1\n`,
  );
  omni1?.fail('zpool', HOSTILE);
  omni1?.garbage('dladm', `${HOSTILE.repeat(20)}${'x'.repeat(200_000)}${HOSTILE}`);
  omni1?.garbage('fmadm', HOSTILE);
  omni1?.fail('svcs', HOSTILE);
  omni1?.garbage('tail', HOSTILE);
  omni2?.banner(HOSTILE);
  omni2?.denyAuthentication(true);
  store1?.profileNoise(HOSTILE);
  store1?.fail('kstat', HOSTILE);
});
afterAll(async () => {
  for (const end of endings.reverse()) await end();
  home.remove();
});

/** Every text of a JSON value with where it stands. */
function textsOf(value: unknown, path = ''): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    [`${path}.${key} (name)`, key] as const,
    ...textsOf(inner, `${path}.${key}`),
  ]);
}

test('nothing that hosts say is obeyed by the terminal, on any screen, nor gets into a log', async () => {
  const driver = startConsole({
    cols: 160,
    rows: 50,
    args: ['--config', config, '--log', log],
    env: home.env,
  });
  try {
    await driver.waitFor('hostile text', (screen) => screen.includes(SEEN));
    const hasPalette = (screen: string): boolean => screen.includes('━ Command ━');
    /** A key right behind an escape may be read as one with Alt: letters must not come without their colon. */
    const command = async (text: string): Promise<void> => {
      await driver.pressUntil(':', 'the palette', hasPalette);
      driver.press(`\u0015${text}\r`);
      await driver.waitFor('the palette closed', (screen) => !hasPalette(screen));
    };
    for (const name of ['omni1', 'omni2', 'store1', 'web1']) {
      await command(name);
      await driver.waitFor(name, (screen) => screen.includes(name));
      for (const keys of ['\r', 'G', '\u001B', '\u001B']) driver.press(keys);
    }
    for (const pane of ['2', '3', '4', '5', '1']) driver.press(pane);
    await command('feeds');
    await driver.waitFor('the feeds', (screen) => screen.includes('FEED'));
    await expect.poll(() => readFileSync(log, 'utf8')).toContain(SEEN);
    await driver.pressUntil('?', 'the help', (screen) => screen.includes('Help'));
    const written = driver.written();
    expect(OBEYED.exec(written)).toBeNull();
    expect(UNDRAWN.exec(written)).toBeNull();
  } finally {
    driver.kill('SIGTERM');
    await driver.exited;
    driver.dispose();
  }
  const lines = readFileSync(log, 'utf8').split('\n');
  expect(lines.filter((line) => CONTROLS.test(line))).toEqual([]);
  const files = readdirSync(home.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('/lab'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  for (const file of files) expect(OBEYED.exec(file)).toBeNull();
});

test('the snapshot holds no control character, as text and as JSON', async () => {
  const snapshot = (...args: readonly string[]) =>
    labtop(['snapshot', '--config', config, '--wait', '30', ...args], home.env);
  const json = await snapshot('--json');
  expect(CONTROLS.exec(json.stderr)).toBeNull();
  const texts = textsOf(JSON.parse(json.stdout));
  expect(texts.some(([, text]) => text.includes(SEEN))).toBe(true);
  expect(texts.filter(([, text]) => CONTROLS.test(text))).toEqual([]);
  const plain = await snapshot();
  expect(plain.stdout).toContain(SEEN);
  expect(CONTROLS.exec(plain.stdout + plain.stderr)).toBeNull();
});
