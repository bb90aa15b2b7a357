import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Sources } from '../../src/sources.ts';
import {
  isFreshSince,
  LIMIT,
  rootsOf,
  snapshotRoots,
  startStage,
  watchStage,
} from '../support/stage.ts';

const stateOf = (sources: Sources, name: string): string | undefined =>
  sources.inventory().hosts.find((host) => host.name === name)?.source.state;

test.for([
  ['host-freeze', 'host.frozen host:omni2'],
  ['host-key-change', 'host.hostkey host:omni2'],
] as const)('%s: the snapshot names %s first', async ([scenario, expected]) => {
  const stage = await startStage();
  stage.lab.play(scenario);
  expect((await snapshotRoots(stage)).roots[0]).toBe(expected);
  stage.lab.host('omni2').freeze(false);
  stage.lab.host('omni2').restoreHostKey();
  expect((await snapshotRoots(stage)).roots).toEqual([]);
});

test('a host that freezes is told as frozen, and all rows are fresh again when it thaws', async () => {
  const stage = await startStage();
  const sources = watchStage(stage);
  await expect.poll(() => isFreshSince(sources.inventory(), 0), LIMIT).toBe(true);
  stage.lab.play('host-freeze');
  await expect.poll(() => rootsOf(sources)[0], LIMIT).toBe('host.frozen host:omni2');
  await expect.poll(() => stateOf(sources, 'omni1'), LIMIT).toBe('up');
  const thawedAt = Date.now();
  stage.lab.host('omni2').freeze(false);
  await expect.poll(() => isFreshSince(sources.inventory(), thawedAt, 'omni2'), LIMIT).toBe(true);
  await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
});

test('a changed host key blocks until a person has dealt with it, then all rows are fresh again', async () => {
  const stage = await startStage();
  const sources = watchStage(stage);
  const omni2 = stage.lab.host('omni2');
  await expect.poll(() => isFreshSince(sources.inventory(), 0), LIMIT).toBe(true);
  const oldKey = omni2.hostKey();
  stage.lab.play('host-key-change');
  await expect.poll(() => rootsOf(sources)[0], LIMIT).toBe('host.hostkey host:omni2');
  await expect.poll(() => stateOf(sources, 'omni2'), LIMIT).toBe('hostkey-changed');
  const acceptedAt = Date.now();
  const known = readFileSync(stage.knownHosts, 'utf8');
  writeFileSync(stage.knownHosts, known.replace(oldKey, omni2.hostKey()));
  sources.retryNow();
  await expect.poll(() => isFreshSince(sources.inventory(), acceptedAt, 'omni2'), LIMIT).toBe(true);
  await expect.poll(() => rootsOf(sources), LIMIT).toEqual([]);
});
