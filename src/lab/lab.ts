import { systemClock, type LabClock } from './clock.ts';
import { clustersOf, zonesWith } from './control-plane/daemon.ts';
import { startEtcdServers, type EtcdServers } from './control-plane/etcd-servers.ts';
import { followControlPlane, type ControlPlane } from './control-plane/follow.ts';
import { startVip, type Vip } from './control-plane/vip.ts';
import { layZoneFiles } from './control-plane/zone-files.ts';
import { createMachine } from './create-machine.ts';
import { createKeyPair, type KeyPair } from './key-pair.ts';
import { startKubeApi, type KubeApi } from './kube/api.ts';
import type { InstanceNames } from './kube/model.ts';
import { plainAddress, type ClusterName } from './plan.ts';
import { playScenario } from './play.ts';
import type { ScenarioLab, ScenarioStep } from './scenario.ts';
import { findScenario } from './scenarios/scenarios.ts';
import { startSshHost, type SshHost } from './ssh-host.ts';
import { createWorld, type World } from './world.ts';

export type LabOptions = {
  /** The same seed gives the same lab; default 1. */
  readonly seed?: number;
  /** Played from the start, its first fault after some seconds; default `calm`. */
  readonly scenario?: string;
  /** Copies of the hosts and zones; default 1. */
  readonly scale?: number;
  readonly clock?: LabClock;
  /** What takes time in the lab is divided by it; default 1. */
  readonly speed?: number;
  /** Called after each step of a scenario. */
  readonly onStep?: (step: ScenarioStep) => void;
};

/** A cluster of the lab, running on loopback. */
export type LabCluster = {
  readonly name: ClusterName;
  readonly kube: KubeApi;
  /** The load balancer in front of the API servers. */
  readonly vip: Vip;
  /** Where the members of etcd answer their clients. */
  readonly etcd: EtcdServers;
  readonly controlPlane: ControlPlane;
};

/** The lab, running on loopback; what it tells of a cluster is of the reference one. */
export type Lab = ScenarioLab & {
  readonly seed: number;
  readonly clock: LabClock;
  readonly hosts: readonly SshHost[];
  readonly kube: LabCluster['kube'];
  readonly vip: LabCluster['vip'];
  readonly etcd: LabCluster['etcd'];
  /** All of them, the reference one first. */
  readonly clusters: readonly LabCluster[];
  readonly world: World;
  /** The key that all hosts let in for the user `labtop`. */
  readonly clientKey: KeyPair;
  /** Starts a scenario, its first fault at once. @throws {RangeError} if there is none of the name. */
  readonly play: (scenario: string) => void;
  readonly close: () => Promise<void>;
};

/**
 * Starts the reference lab: an SSH server per host and the Kubernetes API, all on 127.0.0.1.
 * @throws {RangeError} if there is no scenario of the name
 */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const { seed = 1, scale = 1, clock = systemClock, speed = 1 } = options;
  const scenario = findScenario(options.scenario ?? 'calm');
  const { layout = 'apart' } = scenario;
  const world = createWorld({ seed, clock, scale, speed, layout });
  const clientKey = createKeyPair('labtop@lab');
  const clusters: LabCluster[] = [];
  for (const [index, name] of clustersOf(world.plan).entries())
    clusters.push(await startCluster(world, name, { index, scale, clock, paceMs: 1000 / speed }));
  const [reference] = clusters;
  if (!reference) throw new RangeError('no zone of the lab is a part of a cluster');
  const { kube, controlPlane } = reference;
  const hosts = await Promise.all(
    world.plan.hosts.map(({ name }) =>
      startSshHost({
        name,
        machine: createMachine(world, name),
        authorizedKey: clientKey.publicKey,
      }),
    ),
  );
  const byName = new Map(hosts.map((host) => [host.name, host]));
  const ends: (() => void)[] = [];
  const target: ScenarioLab = {
    world,
    kube,
    controlPlane,
    host: (name) => {
      const found = byName.get(name);
      if (!found) throw new RangeError(`no host ${name} in the lab`);
      return found;
    },
  };
  const play = (name: string, atOnce: boolean) => {
    if ((findScenario(name).layout ?? layout) !== layout)
      throw new RangeError(`scenario ${name} is a lab of its own: start it with that`);
    ends.push(
      playScenario(findScenario(name), target, clock, {
        atOnce,
        speed,
        ...(options.onStep ? { onStep: options.onStep } : {}),
        onError: (error) => {
          throw error;
        },
      }),
    );
  };
  play(scenario.name, false);
  return {
    ...target,
    seed,
    clock,
    hosts,
    kube,
    vip: reference.vip,
    etcd: reference.etcd,
    clusters,
    clientKey,
    play: (name) => play(name, true),
    close: async () => {
      for (const end of ends) end();
      for (const cluster of clusters) cluster.controlPlane.close();
      await Promise.all([
        ...hosts.map((host) => host.close()),
        ...clusters.flatMap(({ kube: api, vip, etcd }) => [vip.close(), etcd.close(), api.close()]),
      ]);
    },
  };
}

type ClusterOptions = {
  /** Its place among the clusters of the lab. */
  readonly index: number;
  readonly scale: number;
  readonly clock: LabClock;
  readonly paceMs: number;
};

/** Starts the API servers of a cluster, what is in front of them, and its etcd. */
async function startCluster(
  world: World,
  name: ClusterName,
  { index, scale, clock, paceMs }: ClusterOptions,
): Promise<LabCluster> {
  const names = instanceNames(world, name);
  const [firstServer = '', ...otherServers] = names['kube-apiserver'];
  const kube = await startKubeApi({
    seed: world.seed + index,
    cluster: name,
    scale,
    controlPlane: names,
    clock: clock.now,
    paceMs,
    names: addressesOf(world, firstServer),
    nodeNetwork: `10.${127 - index}`,
  });
  for (const server of otherServers)
    await kube.addInstance(server, { names: addressesOf(world, server) });
  const vip = await startVip(kube.instances);
  const etcd = await startEtcdServers(world, name);
  layZoneFiles(world, name, kube, etcd);
  const controlPlane = followControlPlane(world, name, kube, { vip, etcdServers: etcd, clock });
  return { name, kube, vip, etcd, controlPlane };
}

/** The zones of the first copy that hold each component of a cluster. */
function instanceNames({ plan }: World, cluster: ClusterName): InstanceNames {
  const having = (kind: keyof InstanceNames): readonly string[] =>
    zonesWith(plan, cluster, kind).map(({ name }) => name);
  return {
    'kube-apiserver': having('kube-apiserver'),
    'kube-scheduler': having('kube-scheduler'),
    'kube-controller-manager': having('kube-controller-manager'),
  };
}

/** The addresses of the zone of that name, which the certificate of its server is for too. */
const addressesOf = (world: World, name: string): readonly string[] =>
  world.plan.hosts
    .flatMap((host) => host.zones)
    .filter((zone) => zone.name === name)
    .flatMap(({ nics }) => nics.map(({ address }) => plainAddress(address)));
