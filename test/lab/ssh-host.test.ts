import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClientChannel } from 'ssh2';
import { expect, onTestFinished, test } from 'vitest';
import { createKeyPair } from '../../src/lab/key-pair.ts';
import type { SshHost } from '../../src/lab/ssh-host.ts';
import { collect, connect, key, open, startHost, waitFor } from './ssh-client.ts';

test('a command gives its output, its errors and its exit code', async () => {
  const client = await connect(await startHost());
  const [zones, unknown] = await Promise.all([
    open(client, 'zoneadm list -cp').then(collect),
    open(client, 'echo out; frob; exit 7').then(collect),
  ]);
  expect(zones.code).toBe(0);
  expect(zones.stdout).toMatch(/^0:global:running:\/::ipkg:shared:0\n1:/);
  expect(unknown).toStrictEqual({ stdout: 'out\n', stderr: 'sh: frob: not found\n', code: 7 });
});

test('the sampler frames its answers over the wire and ends with its input', async () => {
  const client = await connect(await startHost());
  const channel = await open(client, 'exec /bin/sh');
  const outcome = collect(channel);
  channel.write(
    `LC_ALL=C; export LC_ALL\ntrap : TERM\nzr() {\n  printf '\\n\\036%s B %s\\n' "$N" "$1" || exit 1\n  (trap - TERM; eval "$2") </dev/null; zrc=$?\n  printf '\\n\\036%s E %s %s\\n' "$N" "$1" "$zrc" || exit 1\n  printf '\\n\\036%s E %s %s\\n' "$N" "$1" "$zrc" >&2\n}\nN=00ff00ff00ff00ff\nzr 1 'exec zonename'\n`,
  );
  channel.end(`zr 2 'echo '\\''it'\\''\\'\\'''\\''s'\\'''\n`);
  const mark = '\n\u001e00ff00ff00ff00ff';
  expect(await outcome).toStrictEqual({
    stdout: `${mark} B 1\nglobal\n${mark} E 1 0\n${mark} B 2\nit's\n${mark} E 2 0\n`,
    stderr: `${mark} E 1 0\n${mark} E 2 0\n`,
    code: 0,
  });
});

test('the signal TERM ends a hanging command of the sampler with 271', async () => {
  const host = await startHost();
  host.hang('zpool', true);
  const client = await connect(host);
  const channel = await open(client, '/bin/sh');
  const begun = waitFor(channel, (text) => text.includes('begun'));
  channel.stderr.resume();
  channel.write('trap : TERM\necho begun; (trap - TERM; zpool list); echo "rc=$?"\n');
  await begun;
  const ended = waitFor(channel, (text) => text.includes('rc='));
  channel.signal('TERM');
  expect(await ended).toBe('rc=271\n');
  channel.end();
});

test('kill by the process group from a second channel ends the sampler', async () => {
  const host = await startHost();
  host.hang('zpool', true);
  const client = await connect(host);
  const channel = await open(client, 'exec /bin/sh');
  const outcome = collect(channel);
  const begun = waitFor(channel, (text) => text.includes('\n'));
  channel.write('trap : TERM\necho $$; zpool list\n');
  const pid = (await begun).trim();
  const killer = await collect(await open(client, `kill -KILL -${pid}`));
  expect(killer.code).toBe(0);
  expect((await outcome).signal).toBe('SIGKILL');
});

test('a hanging command dies with its channel', async () => {
  const host = await startHost();
  const client = await connect(host);
  const channel = await open(client, 'sleep 100000');
  expect(host.machine.processes.size).toBe(1);
  const outcome = collect(channel);
  channel.close();
  await outcome;
  await expect.poll(() => host.machine.processes.size).toBe(0);
});

test('a pty gives a prompt, an echo and CR LF; ^D ends it', async () => {
  const client = await connect(await startHost());
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    client.shell({ term: 'xterm', cols: 80, rows: 24 }, (error, opened) =>
      error ? reject(error) : resolve(opened),
    );
  });
  channel.setWindow(30, 100, 0, 0);
  const outcome = collect(channel);
  channel.write('zonenamX\u007fe\r\u0004');
  expect(await outcome).toStrictEqual({
    stdout: 'labtop@omni1:~$ zonenamX\b \be\r\nglobal\r\nlabtop@omni1:~$ ',
    stderr: '',
    code: 0,
  });
});

test('another user, another key, a denied key and a wrong password are not let in', async () => {
  const host = await startHost();
  const refused = /authentication methods failed/;
  await expect(connect(host, { privateKey: key.privateKey, username: 'root' })).rejects.toThrow(
    refused,
  );
  await expect(connect(host, { privateKey: createKeyPair().privateKey })).rejects.toThrow(refused);
  host.denyAuthentication(true);
  await expect(connect(host)).rejects.toThrow(refused);
  host.denyAuthentication(false);
  host.passwordOnly('secret');
  await expect(connect(host)).rejects.toThrow(refused);
  await expect(connect(host, { password: 'wrong' })).rejects.toThrow(refused);
  await expect(connect(host, { password: 'secret' })).resolves.toBeDefined();
  host.passwordOnly(null);
  await expect(connect(host)).resolves.toBeDefined();
});

test('a host without power breaks its connections and refuses new ones until it is back', async () => {
  const host = await startHost();
  const client = await connect(host);
  const closed = new Promise<void>((resolve) => {
    client.on('close', () => resolve());
  });
  await host.power(false);
  await closed;
  await expect(connect(host)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await host.power(true);
  const outcome = await collect(
    await open(await connect(host), 'kstat -p unix:0:system_misc:boot_time'),
  );
  const bootTime = Number(outcome.stdout.split('\t')[1]);
  expect(Math.abs(Date.now() / 1000 - bootTime)).toBeLessThan(60);
});

test('a frozen host sends nothing until it thaws', async () => {
  const host = await startHost();
  const client = await connect(host);
  host.freeze(true);
  let answered = false;
  const asked = open(client, 'zonename').then(collect);
  const answer = asked.finally(() => {
    answered = true;
  });
  let greeted = false;
  const late = connect(host).then((second) => {
    greeted = true;
    return second;
  });
  await expect.poll(() => host.connectionCount()).toBe(2);
  // Another host of the same process answers meanwhile.
  const other = await startHost();
  await collect(await open(await connect(other), 'zonename'));
  expect([answered, greeted]).toStrictEqual([false, false]);
  host.freeze(false);
  expect((await answer).stdout).toBe('global\n');
  await expect(late).resolves.toBeDefined();
});

test('a changed host key is another key on the same port', async () => {
  const host = await startHost();
  const before = host.hostKey();
  const { port } = host;
  host.changeHostKey();
  expect(host.hostKey()).not.toBe(before);
  expect(host.port).toBe(port);
  await expect(connect(host)).resolves.toBeDefined();
  const old: SshHost = { ...host, hostKey: () => before };
  await expect(connect(old)).rejects.toThrow('Host denied');
});

test('garbage and missing programs can be set and taken back', async () => {
  const host = await startHost();
  const client = await connect(host);
  const run = async () => collect(await open(client, 'zpool list -Hpo name'));
  host.garbage('zpool', '\u001b[2J%%%');
  expect((await run()).stdout).toBe('\u001b[2J%%%');
  host.garbage('zpool', null);
  host.remove('zpool', true);
  expect(await run()).toMatchObject({ code: 127, stderr: 'sh: zpool: not found\n' });
  host.remove('zpool', false);
  expect((await run()).stdout).toBe('rpool\nzones\n');
});

const hasSsh = await new Promise<boolean>((resolve) => {
  execFile('ssh', ['-V'], (error) => resolve(error === null));
});

test.runIf(hasSsh)("the system's ssh logs in and runs commands", async () => {
  const host = await startHost();
  const directory = await mkdtemp(join(tmpdir(), 'lab-ssh-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const identity = join(directory, 'id_ed25519');
  const known = join(directory, 'known_hosts');
  await writeFile(identity, key.privateKey, { mode: 0o600 });
  await writeFile(known, `[127.0.0.1]:${host.port} ${host.hostKey()}\n`);
  const options = `-F none -i ${identity} -o IdentitiesOnly=yes -o UserKnownHostsFile=${known} -o StrictHostKeyChecking=yes -o BatchMode=yes -p ${host.port} labtop@127.0.0.1`;
  const run = (command: string) =>
    new Promise<{ code: number; stdout: string }>((resolve) => {
      execFile('ssh', [...options.split(' '), command], (error, stdout) =>
        resolve({ code: error ? Number(error.code) : 0, stdout }),
      );
    });
  const zones = await run('zoneadm list -cp');
  expect(zones.code).toBe(0);
  expect(zones.stdout).toMatch(/^0:global:running:\/::ipkg:shared:0\n/);
  expect((await run('exit 3')).code).toBe(3);
  const restart = await run('pfexec zoneadm -z etcd1 shutdown -r && zoneadm -z etcd1 list -p');
  expect(restart.stdout).toMatch(/^\d+:etcd1:running:/);
});
