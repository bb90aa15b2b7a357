import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { privateHome, startConsole } from '../support/console-driver.ts';
import type { Driver, DriverOptions } from '../support/console-driver.ts';
import { childrenOf } from '../support/processes.ts';
import { startStage } from '../support/stage.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

function open(options: DriverOptions, home = privateHome()): Driver {
  const driver = startConsole({ ...options, env: { ...home.env, ...options.env } });
  cleanups.push(() => {
    driver.dispose();
    home.remove();
  });
  return driver;
}
const PANES_TURNED = 200;
/** What it takes at least to paint another pane. */
const LEAST_SCREEN_BYTES = 1500;
const isLive = (screen: string): boolean => screen.includes('3/3 up') && screen.includes('● live');

test('ctrl-z gives the terminal to the shell, fg takes it back as it was', async () => {
  const driver = open({
    cols: 100,
    rows: 30,
    shell: 'exec bash --norc --noprofile -i',
    env: { PS1: 'prompt> ' },
  });
  await driver.waitFor('the prompt', (screen) => screen.includes('prompt>'));
  driver.press('$LABTOP demo\r');
  await driver.waitFor('the live lab', isLive);
  driver.press('\u001A');
  await driver.waitFor('the shell', (screen) => /Stopped/.test(screen));
  await expect.poll(driver.isAlternate).toBe(false);
  await expect.poll(driver.modes).toEqual({
    mouse: 'none',
    bracketedPaste: expect.any(Boolean) as boolean,
    focus: false,
  });
  driver.press('fg\r');
  await driver.waitFor('the lab again', (screen) => isLive(screen) && screen.includes('5 Cluster'));
  expect(driver.isAlternate()).toBe(true);
  driver.press('q');
  await driver.waitFor('the question', (screen) => screen.includes('once more quits'));
  // Where this machine is slow, the question may be over before the second key is there, or a key too many be pressed.
  await driver.pressUntil('q', 'the prompt again', (screen) => /^q*prompt> ?q*$/m.test(screen));
  driver.press('\u0015exit\r');
  await driver.exited;
});

test.for([
  [{ FORCE_COLOR: '1' }, /\u001B\[[\d;]*[345]8[;:]/, /\u001B\[[\d;]*(?:3[0-7]|9[0-7])[;m]/],
  [{ COLORTERM: '' }, /\u001B\[(?:\d+;)*38;2;/, /\u001B\[(?:\d+;)*38;5;/],
] as const)('with %j a terminal gets no more colours than it has', async ([env, never, some]) => {
  const driver = open({ cols: 100, rows: 30, args: ['demo'], env });
  await driver.waitFor('the live lab', isLive);
  expect(driver.written()).toMatch(some);
  expect(driver.written()).not.toMatch(never);
});

test('a terminal that stops reading gets the newest screen, not the ones between', async () => {
  const stage = await startStage();
  const driver = open({ cols: 120, rows: 40, args: ['--config', stage.config], env: stage.env });
  await driver.waitFor('the live lab', isLive);
  driver.pause();
  const before = driver.bytes();
  // Each of them is a screen of its own.
  for (let turn = 0; turn < PANES_TURNED; turn += 1) driver.press(turn % 2 === 0 ? '2' : '3');
  stage.lab.world.crashZone('omni1', 'vaultwarden');
  await expect.poll(() => stage.lab.world.zone('omni1', 'vaultwarden').runtime ?? null).toBeNull();
  expect(driver.bytes()).toBe(before);
  driver.resume();
  await driver.waitFor(
    'what happened meanwhile',
    (screen) => /zone omni1\/vaultwarden/.test(screen) && screen.includes('● live'),
  );
  expect(driver.bytes() - before).toBeLessThan(PANES_TURNED * LEAST_SCREEN_BYTES);
});

test.skipIf(!existsSync('/proc/self/stat'))(
  'a terminal that stops reading stops nothing else: the console ends its lab when it is told to',
  async () => {
    const driver = open({ cols: 120, rows: 40, args: ['demo'] });
    await driver.waitFor('the live lab', isLive);
    expect(childrenOf(driver.pid)).not.toEqual([]);
    driver.pause();
    let painted = 0;
    // Each of them paints all anew: more than fits on the way to it.
    const paint = (): number => {
      driver.press('\f');
      painted += 1;
      return painted;
    };
    await expect.poll(paint).toBeGreaterThan(PANES_TURNED);
    driver.kill('SIGTERM');
    await expect.poll(() => childrenOf(driver.pid)).toEqual([]);
  },
);

test('without colour, in ASCII and in a plain locale every cell is ASCII', async () => {
  const driver = open({ cols: 100, rows: 30, args: ['demo', '--ascii'], env: { NO_COLOR: '1' } });
  const screen = await driver.waitFor(
    'the live lab',
    (now) => now.includes('3/3 up') && now.includes('* live'),
  );
  expect(Array.from(screen).filter((character) => character > '~')).toEqual([]);
});

test('the next start is where the last one ended', async () => {
  const home = privateHome();
  const first = open({ cols: 100, rows: 30, args: ['demo'] }, home);
  await first.waitFor('the live lab', isLive);
  first.press('2');
  // The overview names zones too.
  await first.waitFor('the zones', (screen) => /^ zones/m.test(screen) && screen.includes('dhcp'));
  first.kill('SIGTERM');
  await first.exited;
  const second = open({ cols: 100, rows: 30, args: ['demo'] }, home);
  const screen = await second.waitFor(
    'the zones at once',
    (screen) => /^ zones/m.test(screen) && screen.includes('dhcp'),
  );
  expect(screen).toContain('ZONE');
});

test('where the configuration wants a reason, actions are unlocked by one only', async () => {
  const home = privateHome();
  const folder = join(home.folder, 'config/labtop');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'config.yaml'),
    'hosts:\n  - { name: alpha, address: 127.0.0.1, port: 1, agent: none }\nui: { unlockReason: true }\n',
  );
  const driver = open({ cols: 100, rows: 30 }, home);
  await driver.waitFor('the host that refuses', (screen) => /CRIT.*host alpha/.test(screen));
  driver.press('L');
  await driver.waitFor('the question', (screen) => screen.includes('Unlock actions'));
  driver.press('\retcd2 hangs\r');
  const unlocked = await driver.waitFor('the unlocked header', (screen) =>
    screen.includes('UNLOCKED'),
  );
  expect(unlocked).not.toContain('Unlock actions');
  driver.press('L');
  await driver.waitFor('the locked header', (screen) => screen.includes('SAFE'));
});

test('an edit of the configuration is taken over live; a broken one keeps the last good one and says so', async () => {
  const home = privateHome();
  const folder = join(home.folder, 'config/labtop');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'config.yaml');
  writeFileSync(file, 'hosts:\n  - { name: alpha, address: 127.0.0.1, port: 1, agent: none }\n');
  const driver = open({ cols: 120, rows: 40 }, home);
  await driver.waitFor('the host that refuses', (screen) => /CRIT.*host alpha/.test(screen));
  writeFileSync(file, 'hosts:\n  - { name: alpha, adress: nowhere }\n');
  await driver.waitFor(
    'the complaint',
    (screen) =>
      screen.includes('the last good configuration stays') &&
      screen.includes('adress') &&
      /CRIT.*host alpha/.test(screen),
  );
  await driver.waitFor('that it stays told', (screen) =>
    screen.includes('not in force: config.yaml:2:20: hosts[0].adress'),
  );
  writeFileSync(file, 'hosts:\n  - { name: beta, address: 127.0.0.1, port: 1, agent: none }\n');
  const screen = await driver.waitFor('the other host', (now) => /CRIT.*host beta/.test(now));
  expect(screen).not.toMatch(/alpha|not in force/);
});
