import { spawnSync } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { askAgent } from '../../../src/collect/ssh/agent.ts';
import { writeStrings } from '../../../src/collect/ssh/wire-strings.ts';
import { writePrograms } from '../../support/programs.ts';
import { startAgent, startListingAgent, startRawAgent } from './support/agent.ts';
import type { FakeAgent } from './support/agent.ts';
import { newKey, temporaryFolder } from './support/keys.ts';

const endings: (() => void)[] = [];
afterEach(() => {
  for (const end of endings.splice(0)) end();
});
const ending = (agent: FakeAgent): string => {
  endings.push(agent.close);
  return agent.path;
};
const ask = (path: string | null, isOfSession = false, env: NodeJS.ProcessEnv = {}) =>
  askAgent({ path, isOfSession }, env);

test('lists keys with their types and comments, also those that ssh2 does not know', async () => {
  const pair = newKey();
  const sk = writeStrings(['sk-ssh-ed25519@openssh.com', 'x']);
  const path = ending(
    await startListingAgent([
      { blob: pair.blob, comment: 'me@here' },
      { blob: sk, comment: '' },
    ]),
  );
  expect(await ask(path)).toEqual({
    kind: 'keys',
    path,
    keys: [
      { blob: pair.blob, type: 'ssh-ed25519', comment: 'me@here' },
      { blob: sk, type: 'sk-ssh-ed25519@openssh.com', comment: '' },
    ],
  });
});

test('an agent without keys is no dead one', async () => {
  const path = ending(await startAgent([]));
  expect(await ask(path)).toEqual({ kind: 'keys', path, keys: [] });
});

test('the real agent of this machine is understood', async ({ skip }) => {
  skip(spawnSync('ssh-agent', ['-h']).error !== undefined, 'ssh-agent is not installed');
  const folder = temporaryFolder();
  const path = `${folder}/agent`;
  const started = spawnSync('ssh-agent', ['-s', '-a', path], { encoding: 'utf8' });
  const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(started.stdout)?.[1]);
  endings.push(() => process.kill(pid));
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'a key', '-f', `${folder}/id`]);
  spawnSync('ssh-add', ['-q', `${folder}/id`], { env: { ...process.env, SSH_AUTH_SOCK: path } });
  expect(await ask(path)).toMatchObject({
    kind: 'keys',
    keys: [{ type: 'ssh-ed25519', comment: 'a key' }],
  });
});

test.for<[string, Buffer, string]>([
  ['refuses', writeStrings([Buffer.from([5])]), 'it refuses to list its keys'],
  ['talks nonsense', Buffer.from('HTTP/1.1 400 Bad Request\r\n'), 'it is no ssh agent'],
])('a socket that %s is named with what is wrong', async ([, reply, why]) => {
  const path = ending(await startRawAgent(reply));
  expect(await ask(path)).toEqual({ kind: 'dead', why: `${path}: ${why}` });
});

test('a socket that is gone is named; without any there is nothing to name', async () => {
  expect(await ask('/nonexistent/agent')).toEqual({
    kind: 'dead',
    why: '/nonexistent/agent: the socket does not exist',
  });
  expect(await ask(null, true)).toEqual({ kind: 'none' });
});

test('in tmux the socket of the newest login takes the place of a dead one', async () => {
  const pair = newKey();
  const newer = ending(await startAgent([pair]));
  const bin = writePrograms(temporaryFolder(), {
    tmux: `[ "$*" = 'show-environment SSH_AUTH_SOCK' ] && echo SSH_AUTH_SOCK=${newer}`,
  });
  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, TMUX: '/tmp/tmux,1,0' };
  expect(await ask('/nonexistent/agent', true, env)).toMatchObject({ kind: 'keys', path: newer });
  expect(await ask(null, true, env)).toMatchObject({ kind: 'keys', path: newer });
  // Not outside of tmux, and not for a socket that the configuration names.
  expect(await ask('/nonexistent/agent', true, { ...env, TMUX: '' })).toMatchObject({
    kind: 'dead',
  });
  expect(await ask('/nonexistent/agent', false, env)).toMatchObject({ kind: 'dead' });
});

test('both sockets are named when both are dead', async () => {
  const bin = writePrograms(temporaryFolder(), { tmux: 'echo SSH_AUTH_SOCK=/nonexistent/newer' });
  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, TMUX: 'x' };
  expect(await ask('/nonexistent/agent', true, env)).toEqual({
    kind: 'dead',
    why: '/nonexistent/agent: the socket does not exist; /nonexistent/newer of tmux: the socket does not exist',
  });
});
