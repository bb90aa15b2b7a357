import { spawnSync } from 'node:child_process';

/**
 * The modes of the terminal on standard input as stty(1) keeps them; returns what puts them back. A program that is
 * killed leaves raw mode behind, and Node, which knows only its own changes, would take that for the usual one.
 */
export function keepTtyModes(): () => void {
  const kept = stty(['-g']);
  return () => {
    if (kept !== null && kept !== '') stty([kept]);
  };
}

function stty(args: readonly string[]): string | null {
  const { status, stdout } = spawnSync('stty', [...args], {
    stdio: ['inherit', 'pipe', 'ignore'],
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : null;
}
