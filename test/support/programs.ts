import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Small shell programs in a folder of their own. */
export function writePrograms(folder: string, programs: Readonly<Record<string, string>>): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  for (const [name, body] of Object.entries(programs)) {
    const path = join(bin, name);
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
  }
  return bin;
}

/** What programs have left of the processes that they ran in. */
export type ForkLog = {
  readonly bin: string;
  /** The processes so far: those of the programs, and of the shells that started them. Linux only. */
  readonly processes: () => ReadonlySet<string>;
  /** How often each program was started. */
  readonly starts: () => ReadonlyMap<string, number>;
};

/**
 * The same, each of which notes its own process and the one that has started it, unless that is sshd, by builtins only:
 * a shell that starts a program in its own place is one process with it.
 */
export function writeCountedPrograms(
  folder: string,
  programs: Readonly<Record<string, string>>,
): ForkLog {
  const log = join(folder, 'forks');
  writeFileSync(log, '');
  const noted = (name: string, body: string): string =>
    `parent=; read parent </proc/$PPID/comm; echo "${name} $$ $PPID $parent" >>'${log}'\n${body}`;
  const bin = writePrograms(
    folder,
    Object.fromEntries(Object.entries(programs).map(([name, body]) => [name, noted(name, body)])),
  );
  const lines = (): readonly (readonly string[])[] =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(' '));
  return {
    bin,
    processes: () =>
      new Set(
        lines().flatMap(([, own = '', parent = '', program = '']) =>
          program.startsWith('sshd') ? [own] : [own, parent],
        ),
      ),
    starts: () => {
      const starts = new Map<string, number>();
      for (const [name = ''] of lines()) starts.set(name, (starts.get(name) ?? 0) + 1);
      return starts;
    },
  };
}
