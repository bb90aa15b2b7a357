import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { keyTypeOf } from './key-blob.ts';
import type { AgentPlace } from './target.ts';
import { readStrings } from './wire-strings.ts';

/** A key that the agent holds. */
export type AgentKey = {
  readonly blob: Buffer;
  readonly type: string;
  /** As the agent gives it: not safe for a screen. */
  readonly comment: string;
};

export type AgentAnswer =
  | { readonly kind: 'keys'; readonly path: string; readonly keys: readonly AgentKey[] }
  /** `why` names every socket that was tried. */
  | { readonly kind: 'dead'; readonly why: string }
  /** There is no socket to try. */
  | { readonly kind: 'none' };

const AGENT_LIMIT_MS = 5_000;
const TMUX_LIMIT_MS = 2_000;
/** The agent protocol allows no more than 256 kB in one message (OpenSSH authfd.c). */
const MAX_REPLY_BYTES = 262_144;
const REQUEST_IDENTITIES = Buffer.from([0, 0, 0, 1, 11]);
const IDENTITIES_ANSWER = 12;

/**
 * Asks the agent for its keys. The environment of a console that runs for weeks in tmux names the socket of a
 * login that has long ended; then tmux knows that of the newest login. Never rejects.
 */
export async function askAgent(place: AgentPlace, env: NodeJS.ProcessEnv): Promise<AgentAnswer> {
  const failures: string[] = [];
  if (place.path !== null) {
    const keys = await listKeys(place.path);
    if (!(keys instanceof Error)) return { kind: 'keys', path: place.path, keys };
    failures.push(`${place.path}: ${keys.message}`);
  }
  const newer = place.isOfSession ? await tmuxSocket(env) : undefined;
  if (newer !== undefined && newer !== place.path) {
    const keys = await listKeys(newer);
    if (!(keys instanceof Error)) return { kind: 'keys', path: newer, keys };
    failures.push(`${newer} of tmux: ${keys.message}`);
  }
  return failures.length === 0 ? { kind: 'none' } : { kind: 'dead', why: failures.join('; ') };
}

/** draft-ietf-sshm-ssh-agent, 3.5: a count, then key and comment of each. ssh2 hides keys that it cannot use. */
function listKeys(path: string): Promise<readonly AgentKey[] | Error> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let reply = Buffer.alloc(0);
    const timer = setTimeout(
      () => end(new Error(`no answer within ${AGENT_LIMIT_MS / 1000} s`)),
      AGENT_LIMIT_MS,
    );
    const end = (result: readonly AgentKey[] | Error): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => socket.write(REQUEST_IDENTITIES));
    socket.on('data', (chunk: Buffer) => {
      reply = Buffer.concat([reply, chunk]);
      const length = reply.length < 4 ? 0 : reply.readUInt32BE(0);
      if (length > MAX_REPLY_BYTES) end(new Error('it is no ssh agent'));
      else if (reply.length >= 9 && reply.length >= 4 + length) end(keysIn(reply));
      else if (reply.length >= 5 && length < 5) end(new Error('it refuses to list its keys'));
    });
    socket.on('error', (error: NodeJS.ErrnoException) => end(new Error(reasonOf(error))));
    socket.on('close', () => end(new Error('it closes the connection')));
  });
}

function keysIn(reply: Buffer): readonly AgentKey[] | Error {
  if (reply[4] !== IDENTITIES_ANSWER) return new Error('it refuses to list its keys');
  const strings = readStrings(reply, 9);
  return strings.flatMap((blob, index) =>
    index % 2 === 0
      ? [{ blob, type: keyTypeOf(blob), comment: strings[index + 1]?.toString('utf8') ?? '' }]
      : [],
  );
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  switch (code ?? '') {
    case 'ENOENT':
      return 'the socket does not exist';
    case 'ECONNREFUSED':
      return 'nobody listens';
    case 'EACCES':
      return 'no permission';
    default:
      return code ?? message;
  }
}

/** tmux(1), show-environment: the value that the newest client brought (update-environment). */
function tmuxSocket(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  if ((env['TMUX'] ?? '') === '') return Promise.resolve(undefined);
  return new Promise((resolve) => {
    execFile(
      'tmux',
      ['show-environment', 'SSH_AUTH_SOCK'],
      { env, timeout: TMUX_LIMIT_MS, killSignal: 'SIGKILL' },
      (error, stdout) =>
        resolve(error === null ? /^SSH_AUTH_SOCK=(.+)$/m.exec(stdout)?.[1] : undefined),
    );
  });
}
