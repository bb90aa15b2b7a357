import { promises } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { asRecord } from './status-error.ts';

/**
 * The file that a user of a kubeconfig takes the token from (`tokenFile` of clientcmd/api/v1, which client-node does not
 * read); null when there is none. Relative to the kubeconfig, as kubectl takes it.
 */
export async function tokenFileOf(kubeconfig: string, user: string): Promise<string | null> {
  const { users } = asRecord(await readYaml(kubeconfig));
  const found = Array.isArray(users)
    ? users.map(asRecord).find(({ name }) => name === user)
    : undefined;
  const { tokenFile } = asRecord(found?.['user']);
  return typeof tokenFile === 'string' && tokenFile !== ''
    ? resolve(dirname(kubeconfig), tokenFile)
    : null;
}

/** undefined for what is no YAML: whoever else reads it tells what is wrong with it. */
async function readYaml(path: string): Promise<unknown> {
  const text = await promises.readFile(path, 'utf8');
  try {
    return parse(text, { logLevel: 'silent' });
  } catch {
    return undefined;
  }
}
