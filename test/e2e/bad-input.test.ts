import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeLabConfig } from '../../src/lab/lab-config.ts';
import { startLab } from '../../src/lab/lab.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { privateHome } from '../support/console-driver.ts';
import { takeSnapshot } from '../support/stage.ts';

const home = privateHome();
const config = join(home.folder, 'lab/config.yaml');
let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ seed: 3 });
  await writeLabConfig(lab, config);
});
afterAll(async () => {
  await lab.close();
  home.remove();
});

type Snapshot = {
  readonly sources: readonly { name: string; state: string; error: string | null }[];
  readonly zones: readonly { host: string; name: string; state: string }[];
  readonly pools: readonly { host: string; name: string; state: string }[];
  readonly problems: readonly { rule: string; subject: string; title: string; severity: string }[];
};
const snapshot = (): Promise<Snapshot> => takeSnapshot<Snapshot>({ config, env: home.env });
const at = (snap: Snapshot, name: string) => snap.sources.find((source) => source.name === name);

test('garbage from a command is told line by line, and the other commands work on', async () => {
  lab.host('omni1')?.garbage('zpool', '\u001B[2J\u001B]0;owned\u0007 no pool here\n\u0000\u0001\n');
  const snap = await snapshot();
  lab.host('omni1')?.garbage('zpool', null);
  expect(at(snap, 'omni1')?.state).toBe('up');
  const told = snap.problems.filter(({ rule }) => rule === 'source.complaints');
  expect(told.map(({ subject }) => subject)).toContain('source:omni1/pools');
  expect(JSON.stringify(snap)).not.toContain('\\u001b');
  expect(snap.zones.filter(({ host }) => host === 'omni1').length).toBeGreaterThan(10);
  expect(snap.pools.some(({ host }) => host === 'omni2')).toBe(true);
});

test('a server that takes passwords only is told so, and is not asked again and again', async () => {
  lab.host('omni2')?.passwordOnly('secret');
  const snap = await snapshot();
  lab.host('omni2')?.passwordOnly(null);
  expect(at(snap, 'omni2')).toMatchObject({
    state: 'auth-failed',
    error: expect.stringContaining('password') as string,
  });
  expect(snap.problems).toContainEqual(
    expect.objectContaining({ rule: 'host.auth', subject: 'host:omni2', severity: 'critical' }),
  );
  expect(at(snap, 'store1')?.state).toBe('up');
});

test('a command that is missing hides what it would tell, and nothing else', async () => {
  lab.host('store1')?.remove('zpool', true);
  const snap = await snapshot();
  lab.host('store1')?.remove('zpool', false);
  expect(snap.pools.some(({ host }) => host === 'store1')).toBe(false);
  expect(snap.zones.some(({ host }) => host === 'store1')).toBe(true);
});
