import type { HostModel, ZoneModel } from '../model/host.ts';
import { serviceRuns } from '../model/services.ts';
import type { ClusterName, LabPlan, ZonePlan } from '../plan.ts';

/** The daemons of a Kubernetes control plane, by the names of their programs. */
export type DaemonKind = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler';

const FMRI = /^svc:\/application\/(etcd|kube-apiserver|kube-controller-manager|kube-scheduler):/;

/** Milliseconds from the boot of a zone until its daemon listens, at the lab's usual speed. */
const START_MS = 1500;

type Installed = Pick<ZonePlan, 'software'>;

const kindOf = (fmri: string | null): DaemonKind | undefined =>
  FMRI.exec(fmri ?? '')?.[1] as DaemonKind | undefined;

/** The daemons of the control plane that a zone is there for, the first before the others. */
export const daemonsOf = ({ software }: Installed): readonly DaemonKind[] =>
  software.flatMap(({ fmri }) => kindOf(fmri) ?? []);

/**
 * The zones of the control plane of a cluster in the first copy of the lab: the others have numbers behind their names,
 * and no API.
 */
export const zonesOfCluster = ({ hosts }: LabPlan, cluster: ClusterName): readonly ZonePlan[] =>
  hosts
    .flatMap(({ zones }) => zones)
    .filter((zone) => zone.cluster === cluster && !zone.name.includes('-'));

/** Those with that daemon. */
export const zonesWith = (
  plan: LabPlan,
  cluster: ClusterName,
  kind: DaemonKind,
): readonly ZonePlan[] =>
  zonesOfCluster(plan, cluster).filter((zone) => daemonsOf(zone).includes(kind));

/** The clusters that the lab has. */
export const clustersOf = ({ hosts }: LabPlan): readonly ClusterName[] => [
  ...new Set(hosts.flatMap(({ zones }) => zones).flatMap(({ cluster }) => cluster ?? [])),
];

/** The service of a daemon of the control plane, without a kind of the first; undefined where there is none. */
export const controlPlaneFmri = (
  plan: Installed,
  kind: DaemonKind | undefined = daemonsOf(plan)[0],
): string | undefined =>
  plan.software.find(({ fmri }) => kind !== undefined && kindOf(fmri) === kind)?.fmri ?? undefined;

/** Whether that daemon of the zone runs: the zone does, had time to start it, and nothing keeps it. */
export function daemonRuns(
  host: HostModel,
  zone: ZoneModel,
  kind: DaemonKind,
  now: number,
): boolean {
  const fmri = controlPlaneFmri(zone.plan, kind);
  const { runtime, state, plan } = zone;
  return (
    host.powered &&
    state === 'running' &&
    runtime !== null &&
    fmri !== undefined &&
    serviceRuns(host, plan.name, fmri) &&
    now - runtime.bootedAt >= START_MS / host.speed
  );
}

/** Where a daemon answers on the loopback of its zone. */
export const PORTS = {
  etcd: 2381,
  'kube-apiserver': 6443,
  'kube-scheduler': 10_259,
  'kube-controller-manager': 10_257,
} as const satisfies Readonly<Record<DaemonKind, number>>;

/** Where members of etcd answer their clients, by mutual TLS. */
export const ETCD_CLIENT_PORT = 2379;

/** Whose port it is on the loopback of a zone. */
export const daemonAt = (port: number): DaemonKind | undefined =>
  port === ETCD_CLIENT_PORT
    ? 'etcd'
    : (Object.keys(PORTS) as DaemonKind[]).find((kind) => PORTS[kind] === port);

/** What a daemon that is well answers. */
export const healthz = (path: string): { readonly code: number; readonly body: string } =>
  /^\/(?:healthz|readyz|livez)/.test(path)
    ? { code: 200, body: 'ok' }
    : { code: 404, body: '404 page not found\n' };
