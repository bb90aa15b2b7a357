import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { privateHome, startConsole } from '../support/console-driver.ts';
import type { Driver, DriverOptions } from '../support/console-driver.ts';
import { childrenOf, isRunning } from '../support/processes.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

function open(options: DriverOptions): Driver & { readonly home: string } {
  const home = privateHome();
  const driver = startConsole({ ...options, env: { ...home.env, ...options.env } });
  cleanups.push(() => {
    driver.dispose();
    home.remove();
  });
  return { ...driver, home: home.folder };
}

const PANES = [' 1 Hosts', ' 2 Zones', ' 3 VMs', ' 4 VLANs', ' 5 Cluster'] as const;
const isLive = (screen: string): boolean =>
  screen.includes('3/3 up') && screen.includes('● live') && /worker1/.test(screen);

test.for([
  [80, 24],
  [120, 40],
  [200, 50],
] as const)('shows the live lab in all five panes at %ix%i', async ([cols, rows]) => {
  const driver = open({ cols, rows, args: ['demo'] });
  const screen = await driver.waitFor(
    'the live lab in all panes',
    (now) => isLive(now) && PANES.every((pane) => now.includes(pane)) && now.includes('store1'),
  );
  expect(screen).toContain('omni1');
  expect(screen).toContain('store1');
  for (const line of screen.split('\n')) expect(line.length).toBeLessThanOrEqual(cols);
});

test('a crashed zone is a problem, is started by keys, and comes back', async () => {
  const driver = open({ cols: 120, rows: 40, args: ['demo', '--scenario', 'zone-crash'] });
  await driver.waitFor('the problem', (screen) => /CRIT.*zone omni\d\/vaultwarden/.test(screen));
  driver.press('2');
  await driver.waitFor('the zone on top of the table', (screen) => />✗ vaultwarden/.test(screen));
  driver.press('r');
  await driver.waitFor('the lock', (screen) => screen.includes('locked: '));
  driver.press('L');
  await driver.waitFor('the unlocked header', (screen) => screen.includes('UNLOCKED'));
  driver.press('r');
  await driver.waitFor('the exact command', (screen) =>
    screen.includes('pfexec zoneadm -z vaultwarden boot'),
  );
  await confirm(driver, 'y');
  await driver.waitFor('the zone running again', (screen) =>
    /● vaultwarden\s+running/.test(screen),
  );
  await driver.waitFor('the calm strip', (screen) => screen.includes('nothing wrong'));
  const ledger = await ledgerOf(driver, 2);
  expect(ledger.map(({ phase }) => phase)).toEqual(['before', 'after']);
  expect(ledger[1]).toMatchObject({
    verified: true,
    exitCode: 0,
    subject: expect.stringContaining('vaultwarden'),
  });
});

test('a running zone is restarted cleanly, which is done when it is seen to run anew', async () => {
  const driver = open({ cols: 120, rows: 40, args: ['demo'] });
  await driver.waitFor('the live lab', isLive);
  driver.press('2');
  driver.press('/');
  await driver.waitFor('the filter line', (screen) => screen.includes('enter keeps it'));
  driver.press('squid\r');
  await driver.waitFor(
    'the one zone',
    (screen) => screen.includes('1 of ') && />● squid/.test(screen),
  );
  driver.press('L');
  await driver.waitFor('the unlocked header', (screen) => screen.includes('UNLOCKED'));
  driver.press('r');
  await driver.waitFor('the exact command', (screen) =>
    screen.includes('pfexec zoneadm -z squid shutdown -r'),
  );
  await driver.waitFor('the host asked again', (screen) => screen.includes('dry run: ok'));
  await confirm(driver, 'y');
  await driver.waitFor('the verified result', (screen) =>
    /Restart.*squid.*done after/.test(screen),
  );
  const ledger = await ledgerOf(driver, 2);
  expect(ledger[0]).toMatchObject({
    phase: 'before',
    argv: ['pfexec', 'zoneadm', '-z', 'squid', 'shutdown', '-r'],
  });
  expect(ledger[1]).toMatchObject({ phase: 'after', verified: true });
});

/** Filters the zones, unlocks, and asks for a restart of the selected or marked ones. */
async function askRestart(driver: Driver, filter: string, keys = ''): Promise<void> {
  driver.press('2');
  driver.press('/');
  await driver.waitFor('the filter line', (screen) => screen.includes('enter keeps it'));
  driver.press(`${filter}\r`);
  await driver.waitFor('the filtered zones', (screen) => />● etcd1/.test(screen));
  driver.press('L');
  await driver.waitFor('the unlocked header', (screen) => screen.includes('UNLOCKED'));
  driver.press(`${keys}r`);
}

test('a member of etcd without which no quorum is left takes its consequence typed, and is back when it is well', async () => {
  const driver = open({ cols: 120, rows: 40, args: ['demo', '--scenario', 'etcd-member'] });
  await driver.waitFor('the problem', (screen) => /CRIT.*etcd2/.test(screen));
  await askRestart(driver, 'etcd1');
  const dialog = await driver.waitFor('the question', (screen) => screen.includes('guard 3 of 3'));
  const text = dialog.replaceAll(/\s*┃\s*/g, ' ').replaceAll(/\s+/g, ' ');
  expect(text).toMatch(
    /etcd of infrak8s: 2 of 3 voters are healthy now \(etcd2: (?:gone|refused)\); without etcd1 there would be 1, and a quorum needs 2: it is lost, and then nothing can be written/,
  );
  expect(text).toContain('type etcd1 breaks quorum');
  await typePhrase(driver, 'etcd1 breaks quorum');
  await confirm(driver, '\r');
  const ledger = await ledgerOf(driver, 2);
  expect(ledger[1]).toMatchObject({
    subject: 'zone:omni1/etcd1',
    verified: true,
    reason: expect.stringContaining('; etcd well'),
  });
});

test('what the own session runs through counts down, is stopped by esc, and that is in the ledger', async () => {
  const driver = open({ cols: 120, rows: 40, args: ['demo'] });
  await driver.waitFor('the own path', (screen) => screen.includes('@ you > jump'));
  driver.press('3');
  driver.press('/');
  await driver.waitFor('the filter line', (screen) => screen.includes('enter keeps it'));
  driver.press('jump\r');
  await driver.waitFor('the VM', (screen) => />@ jump/.test(screen));
  driver.press('L');
  await driver.waitFor('the unlocked header', (screen) => screen.includes('UNLOCKED'));
  driver.press('r');
  await driver.waitFor('the question', (screen) => screen.includes('guard 3 of 3'));
  await typePhrase(driver, 'jump breaks your session');
  await driver.pressUntil('\r', 'the countdown', (screen) => /restart in \d s/.test(screen));
  await driver.waitFor('its next second', (screen) => /restart in [1-4] s/.test(screen));
  driver.press('\u001B');
  await driver.waitFor('that it is stopped', (screen) =>
    screen.includes('stopped: nothing was run'),
  );
  const [line] = await ledgerOf(driver, 1);
  expect(line).toMatchObject({
    phase: 'after',
    subject: 'vm:omni1/jump',
    outcome: 'cancelled',
    reason: 'stopped while it counted down',
    argv: ['pfexec', 'zoneadm', '-z', 'jump', 'shutdown', '-r'],
    from: expect.any(String),
  });
});

test('marked members of etcd restart one after another, each when the one before is well again', async () => {
  const driver = open({ cols: 120, rows: 40, args: ['demo'] });
  await driver.waitFor('the live lab', isLive);
  // A mark goes on to the next row.
  await askRestart(driver, 'etcd', '  ');
  await driver.waitFor('the question', (screen) => screen.includes('Restart 2 marked'));
  await typePhrase(driver, 'restart 2');
  await confirm(driver, '\r');
  const ledger = await ledgerOf(driver, 4);
  expect(ledger.map(({ phase, subject }) => `${String(phase)} ${String(subject)}`)).toEqual([
    'before zone:omni1/etcd1',
    'after zone:omni1/etcd1',
    'before zone:omni2/etcd2',
    'after zone:omni2/etcd2',
  ]);
  for (const at of [1, 3])
    expect(ledger[at]).toMatchObject({
      verified: true,
      reason: expect.stringContaining('; etcd well'),
    });
});

test('a host that goes away folds its zones under one problem', async () => {
  const driver = open({ cols: 120, rows: 40, args: ['demo', '--scenario', 'host-down'] });
  await driver.waitFor('the live lab', isLive);
  const screen = await driver.waitFor(
    'the folded problem and nothing else',
    (now) =>
      /CRIT.*host omni2/.test(now) &&
      /folds \d+: .*zones/.test(now) &&
      now.includes('1 critical') &&
      now.includes('2/3 up'),
  );
  expect(screen).not.toMatch(/(CRIT|WARN).*zone omni2/);
});

test('help lists the keys, esc closes it, and q twice leaves the terminal as it was', async () => {
  const driver = open({
    cols: 100,
    rows: 30,
    shell:
      'stty -a > "$HOME/before"; echo here before; $LABTOP demo; echo "ended with $?"; stty -a > "$HOME/after"; read line',
  });
  await driver.waitFor('the live lab', isLive);
  expect(driver.isAlternate()).toBe(true);
  driver.press('?');
  await driver.waitFor(
    'the help',
    (screen) => screen.includes('Help') && screen.includes('next pane, tab or panel'),
  );
  driver.press('\u001B');
  await driver.waitFor('the overview', (screen) => !screen.includes('next pane, tab or panel'));
  driver.press('q');
  await driver.waitFor('the question', (screen) => screen.includes('once more quits'));
  // Where this machine is slow, the question may be over before the second key is there.
  const screen = await driver.pressUntil('q', 'the shell', (now) => now.includes('ended with 0'));
  expect(screen).toContain('here before');
  expect(screen).not.toContain('Hosts');
  await expect.poll(driver.isAlternate).toBe(false);
  await expect.poll(driver.modes).toEqual({ mouse: 'none', bracketedPaste: false, focus: false });
  driver.press('\r');
  await driver.exited;
  expect(readFileSync(join(driver.home, 'after'), 'utf8')).toBe(
    readFileSync(join(driver.home, 'before'), 'utf8'),
  );
});

test.for(['SIGTERM', 'SIGHUP'] as const)(
  '%s ends the console and its lab, and leaves no file behind',
  async (signal) => {
    const driver = open({ cols: 80, rows: 24, args: ['demo'] });
    await driver.waitFor('the live lab', isLive);
    const lab = childrenOf(driver.pid);
    expect(lab.length).toBeGreaterThan(0);
    driver.kill(signal);
    expect(await driver.exited).toBe(signal === 'SIGTERM' ? 143 : 129);
    await expect.poll(() => lab.filter(isRunning)).toEqual([]);
    await expect.poll(driver.isAlternate).toBe(false);
  },
);

test('a crash restores the terminal, says where the log is, and ends the lab', async () => {
  // A fault from outside, in the console only: the lab has no terminal.
  const fault =
    "data:text/javascript,import{existsSync}from'node:fs';if(process.stdout.isTTY)setInterval(()=>{if(existsSync(process.env.HOME+'/crash-now'))throw%20new%20Error('test-fault')},100)";
  const driver = open({
    cols: 100,
    rows: 30,
    shell: 'export NODE_OPTIONS="--import $FAULT"; $LABTOP demo; echo "ended with $?"; read line',
    env: { FAULT: fault },
  });
  await driver.waitFor('the live lab', isLive);
  writeFileSync(join(driver.home, 'crash-now'), '');
  const screen = await driver.waitFor('the shell', (now) => now.includes('ended with 1'));
  expect(screen).toContain('labtop: internal error: test-fault');
  await expect.poll(driver.isAlternate).toBe(false);
  await expect.poll(driver.modes).toEqual({ mouse: 'none', bracketedPaste: false, focus: false });
  expect(readFileSync(join(driver.home, 'state/labtop/crash.log'), 'utf8')).toContain('test-fault');
  driver.press('\r');
});

test('a console that is killed takes its lab with it', async () => {
  const driver = open({ cols: 80, rows: 24, args: ['demo'] });
  await driver.waitFor('the live lab', isLive);
  const lab = childrenOf(driver.pid);
  expect(lab.length).toBeGreaterThan(0);
  driver.kill('SIGKILL');
  await driver.exited;
  await expect.poll(() => lab.filter(isRunning)).toEqual([]);
});

test('keeps its shape when the terminal is resized again and again', async () => {
  const driver = open({ cols: 120, rows: 40, args: ['demo'] });
  await driver.waitFor('the live lab', isLive);
  for (const [cols, rows] of [
    [80, 24],
    [200, 50],
    [40, 10],
    [61, 17],
    [100, 30],
    [80, 24],
  ] as const) {
    driver.resize(cols, rows);
  }
  const screen = await driver.waitFor(
    'the last size',
    (now) => isLive(now) && now.split('\n')[23]?.includes('1-5') === true,
  );
  for (const pane of PANES) expect(screen.split(pane).length, pane).toBe(2);
});

/** The dialog takes no key in its first moment: what was typed then is taken back. */
const typePhrase = (driver: Driver, phrase: string): Promise<string> =>
  driver.pressUntil(`${'\x7f'.repeat(phrase.length)}${phrase}`, 'the phrase', (screen) =>
    screen.includes(`enter: ${phrase}_`),
  );

/** The dialog takes no key in its first moment; after it the same key confirms. */
const confirm = (driver: Driver, key: string): Promise<string> =>
  driver.pressUntil(key, 'no dialog', (screen) => !screen.includes('cancel is the default'));

async function ledgerOf(
  driver: Driver & { readonly home: string },
  lines: number,
): Promise<readonly Record<string, unknown>[]> {
  const file = join(driver.home, 'state/labtop/ledger.jsonl');
  const read = (): readonly string[] =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
      : [];
  // Where it stops, the screen says why.
  await expect.poll(() => (read().length === lines ? 'written' : driver.screen())).toBe('written');
  return read().map((line) => JSON.parse(line) as Record<string, unknown>);
}
