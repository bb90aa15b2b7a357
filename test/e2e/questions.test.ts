import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { findProgram } from '../../src/hand-over-child.ts';
import { writeLabConfig } from '../../src/lab/lab-config.ts';
import { startLab } from '../../src/lab/lab.ts';
import { privateHome, startConsole } from '../support/console-driver.ts';
import type { Driver } from '../support/console-driver.ts';
import { labtop } from '../support/labtop.ts';

const PASSPHRASE = 'correct-horse-battery';
const PASSWORD = 'staple-of-the-house';
const hasKeygen = findProgram('ssh-keygen', process.env) !== null;
const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** A lab whose first host is not known, whose second wants a password, and whose third an encrypted key. */
async function startAskingLab() {
  const home = privateHome();
  const lab = await startLab({ seed: 5 });
  cleanups.push(home.remove, lab.close);
  const folder = join(home.folder, 'lab');
  const { config, identity, knownHosts } = await writeLabConfig(lab, join(folder, 'config.yaml'));
  const locked = join(folder, 'locked');
  copyFileSync(identity, locked);
  execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', PASSPHRASE, '-f', locked], {
    stdio: 'ignore',
  });
  const name = `[127.0.0.1]:${lab.host('omni1').port}`;
  const known = readFileSync(knownHosts, 'utf8').split('\n');
  writeFileSync(knownHosts, known.filter((line) => !line.startsWith(name)).join('\n'));
  const [head = '', ...hosts] = readFileSync(config, 'utf8').split('  - name: ');
  writeFileSync(
    config,
    [
      head,
      ...hosts.map((host) =>
        host.startsWith('store1') ? host.replace('./id_ed25519', './locked') : host,
      ),
    ].join('  - name: '),
  );
  lab.host('omni2').passwordOnly(PASSWORD);
  return { config, home, knownHosts, lab, name };
}

async function select(driver: Driver, host: string): Promise<void> {
  driver.press('1');
  await driver.waitFor('the hosts', (screen) => /^ hosts/m.test(screen));
  driver.press('\u007F/');
  await driver.waitFor('the filter line', (screen) => screen.includes('enter keeps it'));
  driver.press(`${host}\r`);
  await driver.waitFor('the one row', (screen) => new RegExp(`>. ${host}`).test(screen));
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));

test.skipIf(!hasKeygen)(
  'an unknown host key, a password and a passphrase are answered in the console, and kept nowhere',
  async () => {
    const { config, home, knownHosts, name } = await startAskingLab();
    const driver = startConsole({
      cols: 120,
      rows: 40,
      args: ['--config', config, '--log', join(home.folder, 'labtop.log')],
      env: home.env,
    });
    cleanups.push(driver.dispose);
    await driver.waitFor('three hosts that ask', (screen) =>
      ['asks: unknown host key · i', 'asks: passphrase of locked · i'].every((text) =>
        screen.includes(text),
      ),
    );

    await select(driver, 'omni1');
    driver.press('s');
    await driver.waitFor('no shell before the key is known', (screen) =>
      screen.includes('the host key of omni1 is not known yet'),
    );
    driver.press('i');
    const shown = await driver.waitFor('the dialog', (screen) =>
      screen.includes('+--[ED25519 256]--+'),
    );
    expect(shown).toContain(knownHosts);
    // The dialog takes no key in its first moment. Enter is pressed once: the console would take what comes after it.
    await driver.pressUntil('\u0015yes', 'the answer', (screen) =>
      screen.includes('yes or fingerprint: yes'),
    );
    driver.press('\r');
    await driver.waitFor('the host up', (screen) => /> ?. omni1\s+up/.test(screen));
    const line = execFileSync('ssh-keygen', ['-F', name, '-f', knownHosts], { encoding: 'utf8' });
    expect(line).toContain('ssh-ed25519');

    await select(driver, 'omni2');
    driver.press('i');
    await driver.waitFor('the field', (screen) => /password: _/.test(screen));
    driver.press(PASSWORD);
    await driver.waitFor('dots', (screen) =>
      screen.includes(`password: ${'•'.repeat(PASSWORD.length)}_`),
    );
    driver.press('\r');
    await driver.waitFor('the host up', (screen) => /> ?. omni2\s+up/.test(screen));

    await select(driver, 'store1');
    driver.press('i');
    await driver.waitFor('the field', (screen) => screen.includes('passphrase: _'));
    driver.press('not-the-one\r');
    await driver.waitFor('the refusal', (screen) =>
      screen.includes('that passphrase does not open the key'),
    );
    driver.press(`${PASSPHRASE}\r`);
    await driver.waitFor('the host up', (screen) => /> ?. store1\s+up/.test(screen));

    driver.press(':quit\r');
    expect(await driver.exited).toBe(0);
    for (const text of filesIn(home.folder))
      for (const secret of [PASSPHRASE, PASSWORD, 'not-the-one'])
        expect(text).not.toContain(secret);
  },
);

test.skipIf(!hasKeygen)('a check cannot ask: it says what is wrong and what to do', async () => {
  const { config, home } = await startAskingLab();
  const { code, stdout } = await labtop(['check', '--wait', '120', '--config', config], home.env);
  expect(code).toBe(2);
  expect(stdout).toMatch(
    /^warning: host:omni1 host key is not in known_hosts: .*SHA256:\S+\n {2}next: compare it/m,
  );
  expect(stdout).toMatch(
    /^critical: host:store1 authentication refused: .*has a passphrase.*\n {2}next: .*ssh-add/m,
  );
  expect(stdout).toMatch(/^critical: host:omni2 authentication refused: .*\n {2}next: \S/m);
  expect(stdout.split('\n').slice(1).join('\n')).not.toContain('|');
});
