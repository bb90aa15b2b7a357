import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createManualClock } from '../../src/lab/clock.ts';
import { listKstats } from '../../src/lab/model/kstats.ts';
import { memoryPages } from '../../src/lab/model/memory.ts';
import { splitSum } from '../../src/lab/model/meter.ts';
import { createWorld, type World } from '../../src/lab/world.ts';
import { createBench, START } from './shell-harness.ts';

type Counters = ReadonlyMap<string, bigint>;
const RUNNING_SUMS =
  /:(cpu_nsec_(idle|user|kernel)|nsec_(user|sys|waitrq)|[ro]bytes64|[io]packets64|nread|nwritten|reads|writes|swap_(free|avail|alloc|resv)|updates|hits|misses|time_(run|idle))$/;

function counters(world: World, hostName: string): Counters {
  const found = new Map<string, bigint>();
  for (const kstat of listKstats(world.host(hostName), world.clock.now())) {
    for (const [name, value] of Object.entries(kstat.read())) {
      const key = `${kstat.module}:${kstat.instance}:${kstat.name}:${kstat.crtime}:${name}`;
      if (RUNNING_SUMS.test(key)) found.set(key, BigInt(value));
    }
  }
  return found;
}

const sumOf = (all: Counters, pattern: RegExp): bigint =>
  [...all].reduce((sum, [key, value]) => (pattern.test(key) ? sum + value : sum), 0n);

test('counters only rise, however the time is cut and whatever zones do', () => {
  const act = fc.record({
    milliseconds: fc.integer({ min: 1, max: 90_000 }),
    verb: fc.constantFrom('none', 'restart', 'reboot', 'halt', 'boot', 'crash', 'unplug', 'plug'),
    zone: fc.constantFrom('etcd1', 'jump', 'vaultwarden'),
  });
  fc.assert(
    fc.property(fc.array(act, { minLength: 1, maxLength: 12 }), (acts) => {
      const clock = createManualClock(START);
      const world = createWorld({ seed: 3, clock });
      let before = counters(world, 'omni1');
      for (const { milliseconds, verb, zone } of acts) {
        const { state, busyUntil } = world.zone('omni1', zone);
        const isFree = busyUntil <= clock.now();
        if (verb === 'crash') world.crashZone('omni1', zone);
        else if (verb === 'unplug' || verb === 'plug')
          world.setPort('omni1', 'ixgbe1', verb === 'plug');
        else if (verb === 'boot' && isFree && state === 'installed') world.act('omni1', zone, verb);
        else if (verb !== 'none' && verb !== 'boot' && isFree && state === 'running')
          world.act('omni1', zone, verb);
        clock.advance(milliseconds);
        const after = counters(world, 'omni1');
        const fallen = [...before].filter(([key, value]) => (after.get(key) ?? value) < value);
        expect(fallen).toStrictEqual([]);
        before = after;
      }
    }),
    { numRuns: 25 },
  );
});

test('the CPU time of a host is its elapsed time, and its busy part that of its zones', () => {
  const { world, clock } = createBench();
  const before = counters(world, 'omni2');
  const start = clock.now();
  clock.advance(61_234);
  const after = counters(world, 'omni2');
  const host = world.host('omni2');
  const total = sumOf(after, /^cpu:\d+:sys:/);
  const elapsedNs = BigInt(clock.now() - host.bootedAt) * 1_000_000n;
  expect(total).toBe(elapsedNs * 12n);
  const busy = (all: Counters) => sumOf(all, /cpu_nsec_user$/) + sumOf(all, /cpu_nsec_kernel$/);
  const zones = (all: Counters) => sumOf(all, /^zones:.*:nsec_(user|sys)$/);
  expect(busy(after) - busy(before)).toBe(zones(after) - zones(before));
  expect(busy(after) - busy(before)).toBeGreaterThan(0n);
  expect(busy(after) - busy(before)).toBeLessThan(BigInt(clock.now() - start) * 12_000_000n);
});

test('the CPU time of a zone that is gone stays in the sums of its host', () => {
  const { world, clock } = createBench();
  const before = sumOf(counters(world, 'omni1'), /cpu_nsec_user$/);
  world.crashZone('omni1', 'homeassistant');
  const after = counters(world, 'omni1');
  expect(sumOf(after, /cpu_nsec_user$/)).toBe(before);
  expect(clock.now()).toBe(START);
});

test('the ports of an aggregation carry what its links carry', () => {
  const { world, clock } = createBench();
  const read = () => {
    const all = counters(world, 'omni1');
    return {
      aggr: sumOf(all, /:aggr0:.*:rbytes64$/),
      ports: sumOf(all, /:ixgbe\d:.*:rbytes64$/),
      above: sumOf(all, /:(core20|lab\d+|\w+_\d+):[\d.]+:rbytes64$/),
    };
  };
  const before = read();
  expect(before.ports).toBe(before.aggr);
  world.setPort('omni1', 'ixgbe0', false);
  clock.advance(10_000);
  const after = read();
  expect(after.ports - before.ports).toBe(after.aggr - before.aggr);
  expect(after.above - before.above).toBe(after.aggr - before.aggr);
  expect(after.aggr).toBeGreaterThan(before.aggr);
});

test('a restart goes through the states in order and gives a new id, boot time and counters', () => {
  const { world, clock } = createBench();
  const first = world.zone('omni1', 'etcd1').runtime;
  const end = world.act('omni1', 'etcd1', 'restart');
  const states: string[] = [];
  const links: number[] = [];
  while (clock.now() < end) {
    const zone = world.zone('omni1', 'etcd1');
    if (states.at(-1) !== zone.state) {
      states.push(zone.state);
      links.push(zone.runtime?.nics.length ?? 0);
    }
    clock.advance(20);
  }
  const zone = world.zone('omni1', 'etcd1');
  expect([...states, zone.state]).toStrictEqual([
    'shutting_down',
    'down',
    'installed',
    'ready',
    'running',
  ]);
  expect(links).toStrictEqual([1, 1, 0, 1]);
  expect(zone.runtime?.id).toBeGreaterThan(first?.id ?? 0);
  expect(zone.runtime?.bootedAt).toBeGreaterThan(first?.bootedAt ?? 0);
  expect(end - START).toBeGreaterThan(2000);
  expect(end - START).toBeLessThan(10_000);
});

test('a reboot takes less time than a clean restart, and speed divides both', () => {
  const duration = (verb: 'reboot' | 'restart', speed: number) => {
    const world = createWorld({ seed: 1, clock: createManualClock(START), speed });
    return world.act('omni1', 'etcd1', verb) - START;
  };
  expect(duration('reboot', 1)).toBeLessThan(duration('restart', 1));
  expect(duration('restart', 10)).toBeCloseTo(duration('restart', 1) / 10, 6);
});

test('the same seed gives the same lab, another seed another one', () => {
  const lab = (seed: number) => {
    const { world, clock } = createBench(seed);
    clock.advance(5000);
    return {
      plan: world.plan,
      counters: ['omni1', 'omni2', 'store1'].map((name) => [...counters(world, name)]),
    };
  };
  expect(lab(5)).toStrictEqual(lab(5));
  expect(lab(5).counters).not.toStrictEqual(lab(6).counters);
});

test('a host that gets its power back boots anew, with its autoboot zones', () => {
  const { world, clock } = createBench();
  const bootedAt = world.host('store1').bootedAt;
  world.setPower('store1', false);
  expect(world.zone('store1', 'etcd3').state).toBe('installed');
  clock.advance(5000);
  world.setPower('store1', true);
  expect(world.host('store1').bootedAt).toBeGreaterThan(bootedAt);
  expect(world.zone('store1', 'etcd3').state).toBe('installed');
  clock.advance(120_000);
  expect(world.zone('store1', 'etcd3').state).toBe('running');
  expect(world.zone('store1', 'gobuilder').state).toBe('installed');
  const idle = sumOf(counters(world, 'store1'), /cpu_nsec_idle$/);
  expect(idle).toBeLessThanOrEqual(120_000n * 16_000_000n);
});

test('the reference lab has three hosts and the members of the control plane on each', () => {
  const { world } = createBench();
  expect([...world.hosts.keys()]).toStrictEqual(['omni1', 'omni2', 'store1']);
  for (const [index, host] of ['omni1', 'omni2', 'store1'].entries()) {
    for (const role of ['etcd', 'apisrv', 'ctrlmgr', 'k8sched'])
      expect(world.zone(host, `${role}${index + 1}`).state).toBe('running');
  }
  expect(world.zone('store1', 'gobuilder')).toMatchObject({ state: 'installed', autoboot: false });
});

test('addresses and link names are unique in a lab of several copies', () => {
  const { world } = createBench(1, 4);
  const zones = world.plan.hosts.flatMap((host) => host.zones);
  expect(world.plan.hosts).toHaveLength(12);
  const addresses = [
    ...zones.flatMap((zone) => zone.nics.map((nic) => nic.address)),
    ...world.plan.hosts.flatMap((host) => [
      host.oobAddress,
      ...host.vlanLinks.flatMap((link) => link.address ?? []),
    ]),
  ];
  expect(new Set(addresses).size).toBe(addresses.length);
  const macs = zones.flatMap((zone) => zone.nics.map((nic) => nic.macAddress));
  expect(new Set(macs).size).toBe(macs.length);
  const links = zones.flatMap((zone) => zone.nics.map((nic) => nic.link));
  expect(new Set(links).size).toBe(links.length);
  for (const link of links) expect(link).toMatch(/^[a-z][a-z0-9_]{0,29}[0-9]$/);
  expect(new Set(zones.map((zone) => `${zone.host}/${zone.name}`)).size).toBe(zones.length);
});

test('memory adds up and leaves some free on every host', () => {
  const { world, clock } = createBench();
  for (const name of world.hosts.keys()) {
    const memory = memoryPages(world.host(name), clock.now());
    expect(memory.kernel + memory.resident + memory.arc + memory.freemem).toBe(memory.physmem);
    expect(memory.freemem).toBeGreaterThan(memory.physmem / 50);
    expect(memory.arc).toBeGreaterThan(memory.physmem / 20);
  }
});

test('parts of a sum add up to it and never fall while it rises', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 16 }),
      fc.nat({ max: 10 ** 13 }),
      fc.nat({ max: 1000 }),
      (weights, sum, more) => {
        fc.pre(weights.some((weight) => weight > 0));
        const parts = splitSum(sum, weights);
        const later = splitSum(sum + more, weights);
        expect(parts.reduce((total, part) => total + part, 0)).toBe(sum);
        for (const [index, part] of parts.entries())
          expect(later[index]).toBeGreaterThanOrEqual(part);
      },
    ),
  );
});
