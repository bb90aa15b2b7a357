import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/lab/clock.ts';
import { createMachine } from '../../../src/lab/create-machine.ts';
import type { Machine } from '../../../src/lab/machine.ts';
import { createShell } from '../../../src/lab/shell/shell.ts';
import type { ShellExit } from '../../../src/lab/shell/shell.ts';
import { createTerminal } from '../../../src/lab/terminal.ts';
import { createWorld } from '../../../src/lab/world.ts';
import { createBench, runOn } from '../shell-harness.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const createHost = (name = 'omni1'): Machine =>
  createMachine(createWorld({ seed: 1, clock: systemClock, speed: 20 }), name);

/** A person at a pty of the host. */
function sit(machine: Machine, command: string) {
  let seen = '';
  let size = { cols: 80, rows: 24 };
  const terminal = createTerminal({
    write: (chunk) => {
      seen += Buffer.from(chunk as Uint8Array).toString();
    },
    interrupt: () => shell.signal('INT'),
    size: () => size,
  });
  const { input, output } = terminal;
  const shell = createShell({
    machine,
    terminal,
    streams: { stdin: input, stdout: output, stderr: output },
  });
  const exit = shell.runCommand(command);
  ends.push(() => shell.signal('HUP'));
  return {
    type: (text: string) => terminal.type(Buffer.from(text)),
    see: async (text: string | RegExp) => {
      await expect.poll(() => seen).toMatch(text);
    },
    seen: () => seen,
    resize: (cols: number, rows: number) => {
      size = { cols, rows };
    },
    exit,
  };
}
const done = (code: number): ShellExit => ({ kind: 'code', code });

test.each([
  ['zlogin squid', 'You lack sufficient privilege to run this command (all privs required)'],
  ['pfexec zlogin nope', "zone 'nope' unknown"],
  ['pfexec zlogin global', "'zlogin' not applicable to the global zone"],
  ['pfexec zlogin -C squid id', 'Commands may not be specified for console login.'],
])('%s is refused', async (command, message) => {
  const { code, stderr } = await runOn(createBench(), 'omni1', command);
  expect(code).not.toBe(0);
  expect(stderr).toBe(`zlogin: ${message}\n`);
});

test('a zone that does not run has no login', async () => {
  const { code, stderr } = await runOn(createBench(), 'store1', 'pfexec zlogin gobuilder');
  expect(code).toBe(1);
  expect(stderr).toBe("zlogin: login allowed only to running zones (gobuilder is 'installed').\n");
});

test('a command runs as root inside the zone and gives its exit code', async () => {
  const bench = createBench();
  expect(await runOn(bench, 'omni1', "pfexec zlogin squid 'zonename; id; exit 3'")).toStrictEqual({
    code: 3,
    stdout: 'squid\nuid=0(root) gid=0(root)\n',
    stderr: '',
  });
});

test('a zone tells when its log was written to', async () => {
  const { stdout } = await runOn(
    createBench(),
    'omni1',
    'pfexec zlogin squid /usr/bin/ls -lE /var/adm/messages',
  );
  expect(stdout).toMatch(/ \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9} \+0000 \/var\/adm\/messages\n$/);
});

test('a login is a shell on a pty of its own: echo, the size, ^C, and 0 at its end', async () => {
  const person = sit(createHost(), 'pfexec /usr/sbin/zlogin etcd1');
  await person.see("[Connected to zone 'etcd1' pts/2]");
  await person.see('root@etcd1:~# ');
  person.type('hostname; stty size\r');
  await person.see(/hostname; stty size\r\netcd1\r\n24 80\r\n/);
  person.resize(120, 40);
  person.type('stty size\r');
  await person.see('40 120');
  person.type('sleep 100000\r');
  await person.see('sleep 100000\r\n');
  person.type('\u0003');
  await person.see('^C\r\nroot@etcd1:~# ');
  person.type('exit 9\r');
  expect(await person.exit).toEqual(done(0));
  expect(person.seen()).toContain("[Connection to zone 'etcd1' pts/2 closed]");
});

test('~. at the beginning of a line leaves, elsewhere it is text; -e takes another character', async () => {
  const machine = createHost();
  const person = sit(machine, 'pfexec zlogin etcd1');
  await person.see('# ');
  person.type('echo ~.\r');
  await person.see('~.\r\n');
  person.type('~~echo two\r');
  await person.see('~echo two');
  person.type('~.');
  expect(await person.exit).toEqual(done(0));
  const other = sit(machine, 'pfexec zlogin -e % etcd1');
  await other.see('# ');
  other.type('~.\r');
  await other.see('~.: not found');
  other.type('%.');
  expect(await other.exit).toEqual(done(0));
});

test('the console asks for a login, keeps it while nobody is connected, and takes one client', async () => {
  const machine = createHost();
  const first = sit(machine, 'pfexec zlogin -C squid');
  await first.see("[Connected to zone 'squid' console]");
  first.type('\r');
  await first.see('squid console login: ');
  first.type('root\r');
  await first.see('Password: ');
  first.type('secret\r');
  await first.see('root@squid:~# ');
  expect(first.seen()).not.toContain('secret');
  const second = sit(machine, 'pfexec zlogin -C squid');
  expect(await second.exit).toEqual(done(1));
  expect(second.seen()).toMatch(/Console is already in use by process ID \d+\./);
  first.type('~.');
  expect(await first.exit).toEqual(done(0));
  expect(first.seen()).toContain("[Connection to zone 'squid' console closed]");
  const third = sit(machine, 'pfexec zlogin -C squid');
  await third.see('[Connected');
  third.type('hostname\r');
  await third.see('squid\r\nroot@squid:~# ');
});

test('the console of a virtual machine is its serial line', async () => {
  const person = sit(createHost(), 'pfexec zlogin -C homeassistant');
  await person.see('[Connected');
  person.type('\r');
  await person.see('homeassistant login: ');
  person.type('~.');
  expect(await person.exit).toEqual(done(0));
});

test('the console sees a restart through; a login ends with its zone', async () => {
  const machine = createHost();
  const console = sit(machine, 'pfexec zlogin -C squid');
  const login = sit(machine, 'pfexec zlogin squid');
  await console.see('[Connected');
  await login.see('# ');
  const restart = sit(machine, 'pfexec zoneadm -z squid shutdown -r');
  expect(await restart.exit).toEqual(done(0));
  expect(await login.exit).toEqual(done(0));
  await console.see('[NOTICE: Zone halted]');
  await console.see('[NOTICE: Zone booting up]');
  await console.see('squid console login: ');
});

test('a client whose line breaks frees the console', async () => {
  const machine = createHost();
  const shell = createShell({
    machine,
    streams: {
      stdin: { read: (signal) => waitFor(signal), readLine: (signal) => waitFor(signal) },
      stdout: { write: () => undefined },
      stderr: { write: () => undefined },
    },
  });
  const exit = shell.runCommand('pfexec zlogin -C squid');
  await expect.poll(() => machine.consoles.get('squid')?.client() ?? null).not.toBeNull();
  shell.signal('HUP');
  expect(await exit).toEqual({ kind: 'signal', name: 'HUP' });
  expect(machine.consoles.get('squid')?.client()).toBeNull();
});

const waitFor = (signal: AbortSignal): Promise<null> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(null), { once: true });
  });
