import { promises as fs } from 'node:fs';

/**
 * The text of a file; one that does not exist is empty, as for ssh.
 * @throws the error of the file system when it exists but cannot be read.
 */
export async function readOrEmpty(file: string): Promise<string> {
  try {
    return await fs.readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return '';
    throw error;
  }
}
