import { promises } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { asRecord, asText } from './status-error.ts';

/** What a user of a kubeconfig and its cluster say that client-node does not read (clientcmd/api/v1). */
export type UserFields = {
  /** Where its token is read from; null when there is no such file. */
  readonly tokenFile: string | null;
  /** The headers that let it act as somebody else, but for the name: `Impersonate-Uid`, `-Group`, `-Extra-*`. */
  readonly impersonation: Readonly<Record<string, readonly string[]>>;
  /** What the cluster says to credential plugins; undefined when it has nothing to say. */
  readonly pluginConfig: unknown;
};

/** The extension of a cluster that plugins are given, `spec.cluster.config` of an ExecCredential. */
const PLUGIN_EXTENSION = 'client.authentication.k8s.io/exec';

/** The fields of the user and the cluster of these names. A path is relative to the kubeconfig, as kubectl takes it. */
export async function readUserFields(
  kubeconfig: string,
  names: { readonly user: string; readonly cluster: string },
): Promise<UserFields> {
  const { users, clusters } = asRecord(await readYaml(kubeconfig));
  const user = asRecord(named(users, names.user)?.['user']);
  const { extensions } = asRecord(named(clusters, names.cluster)?.['cluster']);
  const tokenFile = asText(user['tokenFile']);
  const uid = asText(user['as-uid']);
  const groups = texts(user['as-groups']);
  const extra = Object.entries(asRecord(user['as-user-extra'])).map(
    ([key, values]) => [`impersonate-extra-${escapedKey(key)}`, texts(values)] as const,
  );
  return {
    pluginConfig: named(extensions, PLUGIN_EXTENSION)?.['extension'],
    tokenFile: tokenFile === '' ? null : resolve(dirname(kubeconfig), tokenFile),
    impersonation: Object.fromEntries(
      [
        ['impersonate-uid', uid === '' ? [] : [uid]] as const,
        ['impersonate-group', groups] as const,
        ...extra,
      ].filter(([, values]) => values.length > 0),
    ),
  };
}

const named = (list: unknown, name: string): Readonly<Record<string, unknown>> | undefined =>
  Array.isArray(list) ? list.map(asRecord).find((each) => each['name'] === name) : undefined;

/** What may not stand in the name of a header is escaped, and so is `%` (`headerKeyEscape` of client-go). */
const escapedKey = (key: string): string =>
  [...new TextEncoder().encode(key)]
    .map((byte) => {
      const text = String.fromCodePoint(byte);
      return /[A-Za-z0-9!#$&'*+.^_`|~-]/.test(text)
        ? text
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('')
    .toLowerCase();

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];

/** undefined for what is no YAML: whoever else reads it tells what is wrong with it. */
async function readYaml(path: string): Promise<unknown> {
  const text = await promises.readFile(path, 'utf8');
  try {
    return parse(text, { logLevel: 'silent' });
  } catch {
    return undefined;
  }
}
