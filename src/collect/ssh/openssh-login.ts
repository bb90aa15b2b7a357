import { promises } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from './connection.ts';
import type { LinkFailure } from './failure.ts';
import { connectOpenSsh } from './openssh-connection.ts';
import type { OpenSshOptions } from './openssh-connection.ts';

/**
 * Logs in by the ssh program, whose control socket lies in a folder of its own (mode 700) that goes with the
 * connection. Never rejects but for a folder that cannot be made.
 */
export async function logInByOpenSsh(
  options: Omit<OpenSshOptions, 'controlPath'>,
): Promise<Connection | LinkFailure> {
  // The path of a socket may have about a hundred characters.
  const folder = await promises.mkdtemp(join(tmpdir(), 'labtop-'));
  const tidy = (): void => void promises.rm(folder, { recursive: true, force: true });
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
