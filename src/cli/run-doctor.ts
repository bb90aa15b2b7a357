import { defaultConfigPath } from '../config/paths.ts';
import { clusterWatches, hostCommands } from '../registry.ts';
import { startSources } from '../sources.ts';
import { version } from '../version.ts';
import { clusterRole } from './cluster-role.ts';
import { checkMachine } from './doctor-machine.ts';
import { examine, isWell } from './doctor-report.ts';
import type { DoctorReport } from './doctor-report.ts';
import { renderDoctor } from './doctor-text.ts';
import { settle } from './settle.ts';
import { readSettings, usesLab } from './with-lab.ts';

/** Some questions take long, and are asked of all hosts at once. */
const DEFAULT_WAIT_SECONDS = 30;

/** 0: all is well; 1: something is missing, denied, not reached or not understood. */
const CODES = { well: 0, unwell: 1 } as const;

export type DoctorOptions = {
  readonly config: string | null;
  readonly waitSeconds: number | null;
  readonly json: boolean;
  /** Only the manifest is printed. */
  readonly clusterRole: boolean;
};

/**
 * `labtop doctor`: what is reached, granted, installed and understood, and what hides where it is not.
 * @throws {ConfigError}
 */
export async function runDoctor(
  { config, waitSeconds, json, clusterRole: wantsRole }: DoctorOptions,
  out: (text: string) => void,
): Promise<number> {
  if (wantsRole) {
    out(clusterRole(clusterWatches));
    return CODES.well;
  }
  const file = usesLab(config) ? null : (config ?? defaultConfigPath(process.env));
  const settings = file === null ? null : readSettings(file);
  const machine = await checkMachine(settings, file, process.env, process.stdout.isTTY);
  let sources: Pick<DoctorReport, 'hosts' | 'clusters'> = { hosts: [], clusters: [] };
  if (settings !== null) {
    const running = startSources(settings);
    try {
      await settle(running, waitSeconds ?? DEFAULT_WAIT_SECONDS);
      sources = examine(running.inventory(), hostCommands, clusterWatches);
    } finally {
      await running.close();
    }
  }
  const report = {
    schema: 'labtop-doctor/1',
    version,
    at: new Date().toISOString(),
    machine,
    ...sources,
  } as const;
  const whole: DoctorReport = { ...report, isWell: isWell(report) };
  out(json ? `${JSON.stringify(whole, null, 2)}\n` : renderDoctor(whole));
  return whole.isWell ? CODES.well : CODES.unwell;
}
