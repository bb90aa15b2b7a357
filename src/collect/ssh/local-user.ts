import { homedir, userInfo } from 'node:os';

/** The name of whoever runs labtop. */
export function localUserName(env: NodeJS.ProcessEnv): string {
  try {
    return userInfo().username;
  } catch {
    // The uid has no passwd entry, as in some containers.
    return env['LOGNAME'] ?? env['USER'] ?? 'root';
  }
}

export const homeFolder = (env: NodeJS.ProcessEnv): string => env['HOME'] ?? homedir();

/** The shell by which ssh runs ProxyCommand and Match exec. */
export const userShell = (env: NodeJS.ProcessEnv): string => env['SHELL'] || '/bin/sh';
