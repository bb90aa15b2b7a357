import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createManualClock } from '../../src/lab/clock.ts';
import { createMachine } from '../../src/lab/create-machine.ts';
import { createKeyPair } from '../../src/lab/key-pair.ts';
import { noFaults } from '../../src/lab/machine.ts';
import { playScenario } from '../../src/lab/play.ts';
import type { Scenario, ScenarioLab, ScenarioStep } from '../../src/lab/scenario.ts';
import { findScenario, SCENARIOS } from '../../src/lab/scenarios/scenarios.ts';
import { startSshHost } from '../../src/lab/ssh-host.ts';
import { createWorld } from '../../src/lab/world.ts';
import { noControlPlane } from '../support/no-control-plane.ts';
import { START } from './shell-harness.ts';

const ENDINGS = / again|thaws/;
const PASSES_BY_ITSELF = /firewall|middle of a line/;

function createStage() {
  const clock = createManualClock(START);
  const world = createWorld({ seed: 1, clock });
  const nodes: string[][] = [];
  const lab: ScenarioLab = {
    world,
    kube: {
      setNodeReady: (...change) => nodes.push(change),
      startReplicaStorm: () => () => undefined,
      scaleDeployment: () => undefined,
      setIssuerFault: () => undefined,
      ageCertificate: () => undefined,
      setDeprecatedRequests: () => undefined,
      failReplica: () => undefined,
      rebuildReplica: () => undefined,
      migrate: () => '',
      setMigrationFault: () => undefined,
    },
    controlPlane: noControlPlane,
    host: (name) => {
      throw new RangeError(`no host ${name} here`);
    },
  };
  const errors: unknown[] = [];
  const play = (name: string, atOnce = false, speed = 1) =>
    playScenario(findScenario(name), lab, clock, {
      atOnce,
      speed,
      onError: (error) => errors.push(error),
    });
  return { clock, world, nodes, lab, errors, play };
}

test('the first fault comes after eight seconds, or at once when it is asked for', () => {
  const timed = createStage();
  timed.play('zone-crash');
  timed.clock.advance(7999);
  expect(timed.world.zone('omni1', 'vaultwarden').state).toBe('running');
  timed.clock.advance(1);
  expect(timed.world.zone('omni1', 'vaultwarden')).toMatchObject({
    state: 'installed',
    autoboot: true,
  });
  const atOnce = createStage();
  atOnce.play('zone-crash', true);
  expect(atOnce.world.zone('omni1', 'vaultwarden').state).toBe('installed');
});

test('speed divides the times of the steps, and the end of a play cancels them', () => {
  const { clock, nodes, play } = createStage();
  play('node-notready', false, 8);
  play('node-notready')();
  clock.advance(1000);
  expect(nodes).toStrictEqual([
    ['worker2', 'Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.'],
  ]);
  clock.advance(60_000);
  expect(nodes).toHaveLength(1);
});

test('a step that fails is reported', async () => {
  const { errors, play } = createStage();
  play('host-down', true);
  await expect.poll(() => errors).toHaveLength(1);
});

test('host-down takes omni2 and its zones away', async () => {
  const { world, lab, clock } = createStage();
  const host = await startSshHost({
    name: 'omni2',
    machine: createMachine(world, 'omni2'),
    authorizedKey: createKeyPair().publicKey,
  });
  playScenario(findScenario('host-down'), { ...lab, host: () => host }, clock, {
    atOnce: true,
    speed: 1,
    onError: (error) => {
      throw error;
    },
  });
  expect(world.host('omni2').powered).toBe(false);
  expect(world.zone('omni2', 'etcd2').state).toBe('installed');
  await host.close();
});

test('calm changes nothing, and an unknown scenario is an error that names the known ones', () => {
  expect(findScenario('calm').steps).toStrictEqual([]);
  expect(() => findScenario('clam')).toThrow(
    `no scenario 'clam'; there are calm, ${SCENARIOS.slice(1)
      .map(({ name }) => name)
      .join(', ')}`,
  );
  for (const { steps } of SCENARIOS) {
    const times = steps.map((step) => step.atSeconds);
    expect(times).toStrictEqual(times.toSorted((a, b) => a - b));
  }
});

/** The first steps of chaos on the hosts of a seed. */
function chaosOf(seed: number, count: number): readonly ScenarioStep[] {
  const world = createWorld({ seed, clock: createManualClock(START) });
  const steps: ScenarioStep[] = [];
  for (const step of findScenario('chaos').endless?.(world) ?? []) {
    if (steps.push(step) === count) break;
  }
  return steps;
}
const wordsOf = (steps: readonly ScenarioStep[]) =>
  steps.map(({ atSeconds, describe }) => `${atSeconds.toFixed(3)} ${describe}`);

test('chaos is the same for the same seed, in the order of time, and strikes every host', () => {
  const steps = chaosOf(5, 400);
  expect(wordsOf(steps)).toStrictEqual(wordsOf(chaosOf(5, 400)));
  expect(wordsOf(steps)).not.toStrictEqual(wordsOf(chaosOf(6, 400)));
  const times = steps.map(({ atSeconds }) => atSeconds);
  expect(times).toStrictEqual(times.toSorted((a, b) => a - b));
  expect(times[0]).toBeGreaterThanOrEqual(8);
  for (const host of ['omni1', 'omni2', 'store1'])
    expect(steps.filter(({ describe }) => describe.includes(host)).length).toBeGreaterThan(50);
  for (const fault of [
    'freezes',
    'power',
    'refuses',
    'firewall',
    'middle of a line',
    'kB/s',
    'loses each',
    'late',
    'hangs',
    'prints without end',
    'random bytes',
    'banner',
    'one session',
  ])
    expect(
      wordsOf(steps).some((words) => words.includes(fault)),
      fault,
    ).toBe(true);
});

test('chaos leaves a host as it was before the next mishap strikes it', async () => {
  const { world, lab, errors, clock } = createStage();
  const host = await startSshHost({
    name: 'omni1',
    machine: createMachine(world, 'omni1'),
    authorizedKey: createKeyPair().publicKey,
  });
  const steps = chaosOf(3, 600).filter(({ describe }) => describe.includes('omni1'));
  let lasting = 0;
  const between: unknown[] = [];
  for (const step of steps) {
    await step.apply({ ...lab, host: () => host });
    // Every mishap that lasts is ended by the step after it.
    if (ENDINGS.test(step.describe)) lasting -= 1;
    else if (!PASSES_BY_ITSELF.test(step.describe)) lasting += 1;
    expect([0, 1]).toContain(lasting);
    if (lasting === 0)
      between.push([world.host('omni1').powered, structuredClone(host.machine.faults)]);
  }
  expect(between).toEqual(between.map(() => [true, noFaults()]));
  expect(steps.length).toBeGreaterThan(100);
  expect(errors).toEqual([]);
  clock.advance(0);
  await host.close();
});

test('an endless play goes on until it is ended', () => {
  const { clock, world, lab } = createStage();
  const seen: string[] = [];
  const scenario: Scenario = {
    name: 'ticks',
    summary: '',
    steps: [],
    endless: function* () {
      for (let second = 1; ; second += 1)
        yield {
          atSeconds: second,
          describe: `${second}`,
          apply: () => void seen.push(`${second}`),
        };
    },
  };
  const end = playScenario(scenario, lab, clock, {
    atOnce: false,
    speed: 2,
    onError: () => undefined,
  });
  clock.advance(2600);
  expect(seen).toEqual(['1', '2', '3', '4', '5']);
  end();
  clock.advance(10_000);
  expect(seen).toHaveLength(5);
  expect(world.seed).toBe(1);
});

test('the readme names every scenario', () => {
  const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
  expect(
    SCENARIOS.map(({ name }) => name).filter((name) => !readme.includes(`\`${name}\``)),
  ).toEqual([]);
});
