import { promises, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from './connection.ts';
import { failure } from './failure.ts';
import type { LinkFailure } from './failure.ts';
import { connectOpenSsh } from './openssh-connection.ts';
import type { OpenSshOptions } from './openssh-connection.ts';
import { option } from './ssh-arguments.ts';

export type OpenSshLoginOptions = Omit<OpenSshOptions, 'args' | 'controlPath'> & {
  /** The options by which the host is found and entered, behind those of `inFront`, also for jump hosts. */
  readonly args: (inFront: readonly string[]) => readonly string[];
};

/** sockaddr_un(3SOCKET): the shortest path that a system allows for a socket, its end included. */
const SOCKET_PATH_BYTES = 104;
/** mux.c: the socket is made under a name with a point and 16 letters behind it. */
const MADE_BYTES = 17;
const FOLDER = 'labtop-';
const SOCKET = 's';
const LONGEST_TEMPORARY_FOLDER =
  SOCKET_PATH_BYTES - 1 - MADE_BYTES - `/${FOLDER}XXXXXX/${SOCKET}`.length;
/** Short, and there on every system. */
const SHORT_FOLDER = '/tmp';

/** Where the folder of a control socket is made: its path must leave room for that of the socket. */
export const socketFolder = (temporary: string): string =>
  Buffer.byteLength(temporary) <= LONGEST_TEMPORARY_FOLDER ? temporary : SHORT_FOLDER;

/**
 * What a jump host of the user's configuration takes over of us is this file alone (ssh.c: `-J` starts ssh with `-F`):
 * without it a jump host would be sent empty passwords, for nobody is there to be asked.
 */
const CONFIG = `BatchMode yes
Include ~/.ssh/config
Include /etc/ssh/ssh_config
`;

/**
 * Logs in by the ssh program, whose control socket lies in a folder of its own (mode 700) that goes with the
 * connection. Never rejects.
 */
export async function logInByOpenSsh(
  options: OpenSshLoginOptions,
): Promise<Connection | LinkFailure> {
  const folder = await makeFolder();
  if (typeof folder !== 'string') return folder;
  const inFront = ['-F', join(folder, 'config'), ...option('BatchMode', 'yes')];
  // At once: who ends the connection may end the process right after it.
  const tidy = (): void => {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // It stays: a folder of its own, empty or with a socket that nobody listens on.
    }
  };
  const connection = await connectOpenSsh({
    ...options,
    args: options.args(inFront),
    controlPath: join(folder, SOCKET),
    onLost: (reason) => {
      tidy();
      options.onLost(reason);
    },
  });
  if ('error' in connection) {
    tidy();
    return connection;
  }
  return {
    ...connection,
    end: () => connection.end().finally(tidy),
    destroy: () => {
      connection.destroy();
      tidy();
    },
  };
}

async function makeFolder(): Promise<string | LinkFailure> {
  const base = socketFolder(tmpdir());
  try {
    const folder = await promises.mkdtemp(join(base, FOLDER));
    await promises.writeFile(join(folder, 'config'), CONFIG, { mode: 0o600 });
    return folder;
  } catch (error) {
    return failure({
      code: 'local',
      message: `no folder for the control socket of ssh: ${String(error)}`,
      hint: `make room in ${base}, or set TMPDIR to a folder that can be written`,
    });
  }
}
