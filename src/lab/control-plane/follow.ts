import type { LabClock } from '../clock.ts';
import type { KubeApi } from '../kube/api.ts';
import { resourceOf } from '../kube/kinds/kind.ts';
import { BYTES_PER_OBJECT } from '../kube/metrics.ts';
import { listProcesses } from '../model/processes.ts';
import type { ClusterName, ZonePlan } from '../plan.ts';
import type { LabControlPlane } from '../scenario.ts';
import type { World } from '../world.ts';
import { daemonsOf, PORTS, zonesOfCluster, zonesWith } from './daemon.ts';
import type { EtcdServers } from './etcd-servers.ts';
import type { Vip } from './vip.ts';

/** Where the daemons of the cluster are looked for in the lab. */
const LOOK_MS = 250;
/** The virtual machine that carries the load balancer, and the BGP router of the nodes. */
const ROUTER = { host: 'omni1', name: 'frr1' } as const;

/** The control plane while it is followed. */
export type ControlPlane = LabControlPlane & { readonly close: () => void };

const HOUR_MS = 3_600_000;

/**
 * Keeps the cluster's processes in their zones: an API server listens while its zone's daemon runs, leases are
 * renewed by those that run and can write, and writes need a quorum of etcd.
 */
export function followControlPlane(
  world: World,
  cluster: ClusterName,
  kube: KubeApi,
  parts: { readonly vip: Vip; readonly etcdServers: EtcdServers; readonly clock: LabClock },
): ControlPlane {
  const { vip, etcdServers, clock } = parts;
  const zones = zonesOfCluster(world.plan, cluster);
  const apiServers = zonesWith(world.plan, cluster, 'kube-apiserver');
  // The one that holds what is no event stands first.
  const etcd = world.etcdOf(zonesWith(world.plan, cluster, 'etcd')[0]?.name ?? '');
  let isVipBroken = false;
  let isBgpBroken = false;
  let hasSessions = true;
  let cancel = (): void => {};

  for (const instance of kube.instances())
    world.listeners.set(`${instance.name}:${PORTS['kube-apiserver']}`, instance.health);

  // What the agents of the nodes see of their sessions they can write only while anything can be written.
  const followBgp = (isUp: boolean): void => {
    if (isUp === hasSessions || !etcd.hasQuorum()) return;
    hasSessions = isUp;
    kube.setBgpSessions(isUp);
  };

  const look = (): void => {
    const runs = new Map(
      zones.flatMap((zone) =>
        daemonsOf(zone).map(
          (kind) => [`${kind}/${zone.name}`, world.daemonRuns(zone.host, zone.name, kind)] as const,
        ),
      ),
    );
    for (const instance of kube.instances()) {
      const rss = rssOf(world, clock.now(), apiServers, instance.name);
      if (rss !== undefined) instance.faults.setMetric('process_resident_memory_bytes', rss);
      void instance
        .setListening(runs.get(`kube-apiserver/${instance.name}`) ?? true)
        .catch(() => undefined);
    }
    for (const { member, setListening } of etcdServers.servers)
      void setListening(runs.get(`etcd/${member}`) ?? true).catch(() => undefined);
    const isRouterUp = world.zone(ROUTER.host, ROUTER.name).state === 'running';
    void vip.setListening(isRouterUp && !isVipBroken).catch(() => undefined);
    const held = objectsOf(kube) * BYTES_PER_OBJECT;
    for (const zone of apiServers) world.setHeld(zone.host, zone.name, held);
    kube.setQuorum(etcd.hasQuorum());
    for (const [name, isRunning] of runs) kube.setRunning(name, isRunning);
    followBgp(isRouterUp && !isBgpBroken);
    cancel = clock.after(LOOK_MS, look);
  };
  look();
  return {
    setVipFault: (broken) => {
      isVipBroken = broken;
    },
    setBgpFault: (broken) => {
      isBgpBroken = broken;
    },
    setCutOff: (component, cutOff) => kube.setLeaseRenewing('kube-system', component, !cutOff),
    setCertificate: (instance, sinceHours, leftHours) =>
      kube
        .instances()
        .find(({ name }) => name === instance)
        ?.renewCertificate({
          notBeforeMs: Date.now() - sinceHours * HOUR_MS,
          notAfterMs: Date.now() + leftHours * HOUR_MS,
        }),
    close: () => cancel(),
  };
}

/** What ps(1) in the zone of an API server tells of its process. */
function rssOf(
  world: World,
  now: number,
  zones: readonly ZonePlan[],
  instance: string,
): number | undefined {
  const zone = zones.find(({ name }) => name === instance);
  return zone === undefined
    ? undefined
    : listProcesses(world.host(zone.host), now).find(
        ({ zone: name, command }) => name === instance && command.includes('kube-apiserver'),
      )?.rssBytes;
}

const objectsOf = ({ store }: KubeApi): number =>
  store.kinds.reduce(
    (sum, kind) => sum + (kind.sameObjectsAs ? 0 : store.count(resourceOf(kind))),
    0,
  );
