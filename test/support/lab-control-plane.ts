import { NO_EVIDENCE } from '../../src/domain/control-plane.ts';
import type {
  ApiServer,
  ControlPlane,
  LeaderLease,
  SeenCertificate,
} from '../../src/domain/control-plane.ts';
import type { EpochMs } from '../../src/domain/time.ts';
import { zonesWith } from '../../src/lab/control-plane/daemon.ts';
import type { DaemonKind } from '../../src/lab/control-plane/daemon.ts';
import type { ZonePlan } from '../../src/lab/plan.ts';
import type { World } from '../../src/lab/world.ts';

const HOUR = 3_600_000;

/** What the API servers and leases of a lab without sockets would answer, since that time. */
export function labControlPlane(world: World, since: EpochMs): ControlPlane {
  const at = world.clock.now();
  const runs = (kind: DaemonKind) => (zone: ZonePlan) =>
    world.daemonRuns(zone.host, zone.name, kind);
  const servers = zonesWith(world.plan, 'infrak8s', 'kube-apiserver');
  const serves = runs('kube-apiserver');
  const apiServers = servers.map((zone, index) =>
    answer(`10.128.0.${index + 7}:6443`, `${zone.host}/${zone.name}`, serves(zone), { since, at }),
  );
  return {
    apiServers,
    vip: answer('10.128.0.60:6443', null, servers.some(serves), { since, at }),
    leases: servers.some(serves)
      ? (['kube-scheduler', 'kube-controller-manager'] as const).map((kind): LeaderLease => {
          const holder = zonesWith(world.plan, 'infrak8s', kind).find(runs(kind));
          return {
            kind,
            holder: holder ? `${holder.name}_704c191b` : null,
            renewedAt: at - 1000,
            durationSeconds: 15,
            transitions: 14,
            readAt: at,
          };
        })
      : [],
    leasesAt: servers.some(serves) ? at : null,
    etcdPorts: [],
    certificates: [
      { node: null, address: null, certificate: certificate('labtop', [], since, at) },
    ],
    evidence: { ...NO_EVIDENCE, endpointsAt: servers.some(serves) ? at : null },
  };
}

const certificate = (
  subject: string,
  names: readonly string[],
  since: EpochMs,
  at: EpochMs,
): SeenCertificate => ({
  subject,
  issuer: 'kubernetes',
  names,
  notBefore: since - HOUR,
  notAfter: since + 167 * HOUR,
  at,
});

function answer(
  address: string,
  place: string | null,
  isReady: boolean,
  { since, at }: { readonly since: EpochMs; readonly at: EpochMs },
): ApiServer {
  return {
    address,
    url: `https://${address}`,
    place,
    from: 'configuration',
    state: isReady ? 'ok' : 'refused',
    since: isReady ? since : at,
    at,
    readyAt: isReady ? at : since,
    failedChecks: [],
    live: isReady ? true : null,
    latencyMs: isReady ? 3 : null,
    version: 'v1.34.1',
    error: isReady
      ? null
      : { code: 'refused', message: `${address} refuses connections`, hint: '' },
    certificate: certificate('kube-apiserver', ['kubernetes', place ?? 'vip'], since, at),
    metrics: null,
  };
}
