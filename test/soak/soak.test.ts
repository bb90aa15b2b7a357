import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

type Ended = { readonly code: number | string | null; readonly output: string };
const soak = (args: readonly string[]): Promise<Ended> =>
  new Promise((done) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', join(ROOT, 'scripts/soak.ts'), ...args],
      { cwd: ROOT, env: { ...process.env, NODE_ENV: 'production' } },
      (error, stdout, stderr) => done({ code: error?.code ?? 0, output: stdout + stderr }),
    );
  });

test(
  'half a minute of random faults leaves no channel, process, file or timer behind',
  { timeout: 180_000 },
  async () => {
    const { code, output } = await soak(['--minutes', '0.5', '--every', '5', '--seed', '4']);
    expect(output).toContain('nothing grows, nothing is left behind');
    expect(code).toBe(0);
    const readings = output.split('\n').filter((line) => /^ +\d+\.\d /.test(line));
    expect(readings.length).toBeGreaterThan(3);
    // Each host has no more than the ten of MaxSessions.
    for (const line of readings) expect(Number(line.trim().split(/ +/)[4])).toBeLessThan(31);
  },
);
