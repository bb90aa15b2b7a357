import { createHmac, randomBytes } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { dirname } from 'node:path';
import { keyTypeOf } from './key-blob.ts';

export type NotedKey = {
  readonly file: string;
  /** `name`, or `[name]:port`. */
  readonly name: string;
  readonly key: Buffer;
  /** HashKnownHosts: the file tells nobody which hosts there are. */
  readonly isHashed: boolean;
};

/**
 * Appends one line to a known_hosts file and touches nothing else in it. The file is made with mode 600, its
 * folder with 700. false when the file keeps nothing, as /dev/null.
 * @throws the error of the file system.
 */
export async function noteHostKey({ file, name, key, isHashed }: NotedKey): Promise<boolean> {
  await fs.mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await fs.open(file, 'a+', 0o600);
  try {
    if (!(await handle.stat()).isFile()) return false;
    const line = `${isHashed ? hashedName(name) : name} ${keyTypeOf(key)} ${key.toString('base64')}\n`;
    // One write with O_APPEND: a line that somebody else writes meanwhile stays whole.
    await handle.appendFile((await endsInLine(handle)) ? line : `\n${line}`);
    await handle.sync();
    return true;
  } finally {
    await handle.close();
  }
}

async function endsInLine(handle: fs.FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return true;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
}

/** sshd(8), SSH_KNOWN_HOSTS: `|1|salt|hmac-sha1 of the name`. */
function hashedName(name: string): string {
  const salt = randomBytes(20);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}
