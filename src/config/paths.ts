import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** Environment variables, as in `process.env`. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The user's home: $HOME, else the password database. */
const homeDir = (env: Env): string => env['HOME'] || homedir();

/** XDG Base Directory Specification: a path that is not absolute is ignored. */
const baseDir = (env: Env, variable: string, fallback: string): string => {
  const value = env[variable];
  return value && isAbsolute(value) ? value : join(homeDir(env), fallback);
};

/** `$XDG_CONFIG_HOME/labtop`: config.yaml and the folder `themes`. */
export const configDir = (env: Env): string =>
  join(baseDir(env, 'XDG_CONFIG_HOME', '.config'), 'labtop');

/** Where the configuration is when `--config` does not say. */
export const defaultConfigPath = (env: Env): string => join(configDir(env), 'config.yaml');

/** `$XDG_STATE_HOME/labtop`: session state and the ledger. */
export const stateDir = (env: Env): string =>
  join(baseDir(env, 'XDG_STATE_HOME', join('.local', 'state')), 'labtop');

/** A path of the configuration made absolute: `~` is the home, anything else is relative to `folder`. */
export function expandPath(path: string, folder: string, env: Env): string {
  if (path === '~') return homeDir(env);
  if (path.startsWith('~/')) return join(homeDir(env), path.slice(2));
  return resolve(folder, path);
}

/** Where a cluster without `kubeconfig` is looked for: the first path in $KUBECONFIG, else `~/.kube/config`. */
export function defaultKubeconfig(env: Env, workingDir: string): string {
  const first = (env['KUBECONFIG'] ?? '').split(':').find((path) => path !== '');
  return first === undefined ? join(homeDir(env), '.kube', 'config') : resolve(workingDir, first);
}
