import { promises } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeLabConfig } from './lab-config.ts';
import { startLab } from './lab.ts';
import { findScenario } from './scenarios/scenarios.ts';

export type RunLabOptions = {
  readonly scenario: string;
  readonly seed: number;
  readonly scale: number;
  /** Where the configuration goes; without it a directory that is removed at the end. */
  readonly writeConfig?: string;
  readonly out: (line: string) => void;
  /** Called with the path of the configuration once everything listens. */
  readonly onReady?: (config: string) => void;
  /** Ends the lab. */
  readonly signal: AbortSignal;
};

/**
 * Runs the lab until the signal aborts; gives the exit code.
 * @throws {RangeError} if there is no scenario of the name
 */
export async function runLab(options: RunLabOptions): Promise<number> {
  const { scenario, seed, scale, out, signal } = options;
  const { summary } = findScenario(scenario);
  const lab = await startLab({
    scenario,
    seed,
    scale,
    onStep: (step) => out(`${new Date().toISOString()} ${step.describe}`),
  });
  const temporary =
    options.writeConfig === undefined
      ? await promises.mkdtemp(join(tmpdir(), 'labtop-lab-'))
      : null;
  try {
    const files = await writeLabConfig(
      lab,
      options.writeConfig ?? join(temporary ?? '.', 'config.yaml'),
    );
    const zones = lab.world.plan.hosts.reduce((sum, host) => sum + host.zones.length, 0);
    out(
      `lab with seed ${seed}: ${lab.hosts.length} hosts, ${zones} zones and VMs, ${lab.clusters.length === 1 ? 'cluster' : 'clusters'} ${lab.clusters.map(({ name }) => name).join(', ')}`,
    );
    out(`scenario ${scenario}: ${summary}`);
    out('');
    for (const host of lab.hosts) out(`  ${host.name.padEnd(12)} 127.0.0.1:${host.port}`);
    for (const { name, vip } of lab.clusters) out(`  ${name.padEnd(12)} ${vip.url}`);
    out('');
    out(`  labtop --config ${shellWord(files.config)}`);
    out(`  ssh -F ${shellWord(files.sshConfig)} ${lab.hosts[0]?.name ?? ''} zoneadm list -cp`);
    out(`  kubectl --kubeconfig ${shellWord(files.kubeconfig)} get nodes`);
    out(`  kubectl --kubeconfig ${shellWord(files.viewerKubeconfig)} -n media get pods`);
    options.onReady?.(files.config);
    await aborted(signal);
  } finally {
    await lab.close();
    if (temporary !== null) await promises.rm(temporary, { recursive: true, force: true });
  }
  return 0;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** A path as it can be pasted into a shell. */
const shellWord = (path: string): string =>
  /^[A-Za-z0-9_./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
