import { runLab } from '../lab/main.ts';

export type LabCommand = {
  readonly scenario: string | null;
  readonly scale: number | null;
  readonly seed: number | null;
  readonly writeConfig: string | null;
};

/**
 * `labtop lab`: until a signal. Started by a console (with a channel to it) it tells where its configuration is and
 * ends with the console.
 */
export async function runLabCommand(
  { scenario, scale, seed, writeConfig }: LabCommand,
  out: (text: string) => void,
): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => stop.abort());
  const parent = process.send === undefined ? null : process.send.bind(process);
  if (parent !== null) process.once('disconnect', () => stop.abort());
  return await runLab({
    scenario: scenario ?? 'calm',
    scale: scale ?? 1,
    seed: seed ?? 1,
    ...(writeConfig === null ? {} : { writeConfig }),
    out: (line) => out(`${line}\n`),
    onReady: (config) => {
      parent?.({ config });
    },
    signal: stop.signal,
  });
}
