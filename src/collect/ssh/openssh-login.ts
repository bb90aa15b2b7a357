import { promises } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from './connection.ts';
import { failure } from './failure.ts';
import type { LinkFailure } from './failure.ts';
import { connectOpenSsh } from './openssh-connection.ts';
import type { OpenSshOptions } from './openssh-connection.ts';

/**
 * Logs in by the ssh program, whose control socket lies in a folder of its own (mode 700) that goes with the
 * connection. Never rejects.
 */
export async function logInByOpenSsh(
  options: Omit<OpenSshOptions, 'controlPath'>,
): Promise<Connection | LinkFailure> {
  // The path of a socket may have about a hundred characters.
  const folder = await promises.mkdtemp(join(tmpdir(), 'labtop-')).catch((error: unknown) =>
    failure({
      code: 'local',
      message: `no folder for the control socket of ssh: ${String(error)}`,
      hint: `make room in ${tmpdir()}, or set TMPDIR to a folder that can be written`,
    }),
  );
  if (typeof folder !== 'string') return folder;
  // What cannot be removed stays: a folder of its own, empty or with a socket that nobody listens on.
  const tidy = (): void => void promises.rm(folder, { recursive: true }).catch(() => {});
  const connection = await connectOpenSsh({
    ...options,
    controlPath: join(folder, 's'),
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
