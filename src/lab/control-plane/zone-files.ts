import type { KubeApi } from '../kube/api.ts';
import type { ClusterName } from '../plan.ts';
import type { World } from '../world.ts';
import { daemonsOf, zonesOfCluster, type DaemonKind } from './daemon.ts';
import type { EtcdServers } from './etcd-servers.ts';
import { PATHS } from './paths.ts';

type Files = ReadonlyMap<string, () => string>;

/** https://etcd.io/docs/v3.6/op-guide/configuration/ */
const ETCD_CONFIG = `data-dir: /var/lib/etcd
listen-client-urls: https://0.0.0.0:2379
listen-metrics-urls: http://127.0.0.1:2381
client-transport-security:
  client-cert-auth: true
  cert-file: ${PATHS.etcdServer}
  key-file: ${PATHS.etcdKey}
  trusted-ca-file: ${PATHS.etcdCa}
peer-transport-security:
  cert-file: ${PATHS.etcdPeer}
`;

const YEAR_MS = 8760 * 3_600_000;

/** Lays the certificates of the control plane, and the keys beside them, into the zones of its daemons. */
export function layZoneFiles(
  world: World,
  cluster: ClusterName,
  kube: KubeApi,
  etcd: EtcdServers,
): void {
  for (const zone of zonesOfCluster(world.plan, cluster)) {
    const files = daemonsOf(zone).flatMap((daemon) => [
      ...(filesOf(zone.name, daemon, kube, etcd) ?? []),
    ]);
    const config = zone.software.some(({ args }) =>
      args.includes(`--config-file=${PATHS.etcdConfig}`),
    );
    if (config) files.push([PATHS.etcdConfig, () => ETCD_CONFIG]);
    if (files.length > 0) world.zoneFiles.set(zone.name, new Map(files));
  }
}

function filesOf(
  name: string,
  daemon: DaemonKind,
  kube: KubeApi,
  etcd: EtcdServers,
): Files | undefined {
  const fixed = (text: string) => () => text;
  const validity = { notBeforeMs: Date.now() - 3_600_000, notAfterMs: Date.now() + YEAR_MS };
  if (daemon === 'etcd') {
    const own = etcd.servers.find(({ member }) => member === name);
    return (
      own &&
      new Map([
        [PATHS.etcdServer, fixed(own.server.certificate)],
        [PATHS.etcdKey, fixed(own.server.key)],
        // Certificate and key in one file, as some lay them.
        [PATHS.etcdPeer, fixed(`${own.peer.certificate}${own.peer.key}`)],
        [PATHS.etcdCa, fixed(etcd.authority)],
      ])
    );
  }
  if (daemon === 'kube-apiserver') {
    const own = kube.instances().find((instance) => instance.name === name);
    const client = etcd.issueClient('kube-apiserver-etcd-client', [], validity);
    return (
      own &&
      new Map([
        [PATHS.ca, fixed(kube.authority)],
        [PATHS.apiServer, own.certificate],
        [PATHS.etcdCa, fixed(etcd.authority)],
        [PATHS.etcdClient, fixed(client.certificate)],
      ])
    );
  }
  const path = daemon === 'kube-scheduler' ? PATHS.scheduler : PATHS.controllerManager;
  return new Map([
    [path, fixed(kube.kubeconfig({ user: `system:${daemon}`, groups: [], validity }))],
    [PATHS.ca, fixed(kube.authority)],
  ]);
}
