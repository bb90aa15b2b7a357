import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { stateDir } from '../config/paths.ts';
import type { Env } from '../config/paths.ts';
import type { Settings } from '../domain/settings.ts';
import { isUtf8Locale } from '../term/glyphs.ts';
import { detectDepth } from '../term/style.ts';
import type { MachineCheck } from './doctor-report.ts';

const COLOURS = {
  none: 'no colours',
  '16': '16 colours',
  '256': '256 colours',
  truecolor: '24-bit colours',
} as const;

/** What labtop needs of the machine that it runs on. `config`: the configuration's path, null when there is none. */
export async function checkMachine(
  settings: Settings | null,
  config: string | null,
  env: Env,
  isTTY: boolean,
): Promise<readonly MachineCheck[]> {
  const checks = await Promise.all([
    checkSsh(),
    checkStateFolder(env),
    ...(settings?.clusters ?? []).map(({ name, kubeconfig }) => checkKubeconfig(name, kubeconfig)),
  ]);
  return [checkConfig(settings, config), ...checks, checkTerminal(env, isTTY), checkLocale(env)];
}

/** What a program prints with an option, on either stream; null when it cannot be run. */
const versionOf = (program: string, option: string): Promise<string | null> =>
  new Promise((resolve) => {
    execFile(program, [option], { timeout: 5000 }, (error, stdout, stderr) => {
      resolve(error ? null : (`${stdout}${stderr}`.trim().split('\n')[0] ?? ''));
    });
  });

async function checkSsh(): Promise<MachineCheck> {
  const version = await versionOf('ssh', '-V');
  return version === null
    ? {
        name: 'ssh',
        state: 'missing',
        text: 'no ssh program: shells and consoles (s, C) and hosts with via: openssh do not work',
      }
    : { name: 'ssh', state: 'ok', text: version };
}

async function checkStateFolder(env: Env): Promise<MachineCheck> {
  const folder = stateDir(env);
  try {
    await canWrite(folder);
    return { name: 'ledger', state: 'ok', text: `${folder} can be written` };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { name: 'ledger', state: 'missing', text: `no action can be run: ${reason}` };
  }
}

/** A folder that is not there yet is made in the nearest one that is. @throws {Error} when it cannot be written. */
async function canWrite(folder: string): Promise<void> {
  try {
    await access(folder, constants.W_OK);
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isMissing || dirname(folder) === folder) throw error;
    await canWrite(dirname(folder));
  }
}

async function checkKubeconfig(cluster: string, file: string): Promise<MachineCheck> {
  try {
    await access(file, constants.R_OK);
    return { name: 'kubeconfig', state: 'ok', text: `${cluster}: ${file}` };
  } catch {
    return { name: 'kubeconfig', state: 'missing', text: `${cluster}: ${file} cannot be read` };
  }
}

function checkConfig(settings: Settings | null, config: string | null): MachineCheck {
  return settings === null || config === null
    ? {
        name: 'configuration',
        state: 'note',
        text: 'there is none yet: labtop shows its embedded lab; labtop config path tells where it belongs',
      }
    : {
        name: 'configuration',
        state: 'ok',
        text: `${config}: ${settings.hosts.length} hosts, ${settings.clusters.length} clusters`,
      };
}

function checkTerminal(env: Env, isTTY: boolean): MachineCheck {
  const depth = detectDepth({ ...env }, isTTY);
  const term = env['TERM'] ?? '';
  if (!isTTY)
    return { name: 'terminal', state: 'note', text: 'the output is no terminal: no console here' };
  return { name: 'terminal', state: 'ok', text: `${term || 'unknown'}, ${COLOURS[depth]}` };
}

const checkLocale = (env: Env): MachineCheck =>
  isUtf8Locale({ ...env })
    ? { name: 'locale', state: 'ok', text: 'UTF-8' }
    : {
        name: 'locale',
        state: 'note',
        text: 'not UTF-8: drawn in ASCII; export LANG=en_US.UTF-8 or another of locale -a',
      };
