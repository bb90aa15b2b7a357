import { expect, test } from 'vitest';
import { createManualClock } from '../../src/lab/clock.ts';
import { createMachine } from '../../src/lab/create-machine.ts';
import { createKeyPair } from '../../src/lab/key-pair.ts';
import { playScenario } from '../../src/lab/play.ts';
import type { ScenarioLab } from '../../src/lab/scenario.ts';
import { findScenario, SCENARIOS } from '../../src/lab/scenarios/scenarios.ts';
import { startSshHost } from '../../src/lab/ssh-host.ts';
import { createWorld } from '../../src/lab/world.ts';
import { START } from './shell-harness.ts';

function createStage() {
  const clock = createManualClock(START);
  const world = createWorld({ seed: 1, clock });
  const nodes: string[][] = [];
  const lab: ScenarioLab = {
    world,
    kube: { setNodeReady: (...change) => nodes.push(change) },
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
    "no scenario 'clam'; there are calm, host-down, node-notready, zone-crash",
  );
  for (const { steps } of SCENARIOS) {
    const times = steps.map((step) => step.atSeconds);
    expect(times).toStrictEqual(times.toSorted((a, b) => a - b));
  }
});
