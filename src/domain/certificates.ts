import { identityOf } from './authorities.ts';
import { componentsOf, isToldElsewhere } from './components.ts';
import type { Component } from './components.ts';
import { controlPlaneOf } from './control-plane.ts';
import type { SeenCertificate } from './control-plane.ts';
import { lastKnown, lastValue } from './feed.ts';
import type { ClusterInventory, Inventory } from './inventory.ts';
import { findHost, zonesByAddress } from './joined.ts';
import { membershipOf } from './membership.ts';
import { certificateRef } from './ref.ts';
import type { CertificateRef } from './ref.ts';
import { limitsOf } from './thresholds.ts';
import type { Limits } from './thresholds.ts';
import type { EpochMs } from './time.ts';

/** A certificate of a cluster, and who showed it. */
export type PlacedCertificate = {
  readonly ref: CertificateRef;
  readonly cluster: string;
  /** `kube-apiserver apisrv1`, `kubelet worker1`, `kubeconfig`, `etcd1:/etc/etcd/pki/peer.crt`. */
  readonly where: string;
  /** `host:port` of the handshake that it was seen in, or what else told it. */
  readonly from: string;
  readonly certificate: SeenCertificate;
  /** What cert-manager says of one that it should have renewed; null where it has nothing to say, or is not asked. */
  readonly trouble: string | null;
};

/** All certificates that were seen of a cluster, the one that ends first before the others. */
export function certificatesOf(
  inventory: Inventory,
  cluster: ClusterInventory,
  now: EpochMs,
): readonly PlacedCertificate[] {
  const components = componentsOf(inventory, cluster, now).filter((each) => !isToldElsewhere(each));
  const served = components.flatMap(
    ({ kind, name, direct, port, certificate }): readonly PlacedCertificate[] =>
      certificate === null
        ? []
        : [
            {
              ref: certificateRef(cluster.name, `${kind}/${name}`),
              cluster: cluster.name,
              where: kind === 'vip' ? 'vip' : `${kind} ${name}`,
              from: `TLS handshake with ${(direct ?? port)?.address ?? name}`,
              certificate,
              trouble: null,
            },
          ],
  );
  const others = (controlPlaneOf(cluster)?.value.certificates ?? []).map(
    ({ node, address, certificate }): PlacedCertificate => ({
      ref: certificateRef(cluster.name, node === null ? 'kubeconfig' : `kubelet/${node}`),
      cluster: cluster.name,
      where: node === null ? 'kubeconfig' : `kubelet ${node}`,
      from: address === null ? 'the kubeconfig' : `TLS handshake with ${address}`,
      certificate,
      trouble: null,
    }),
  );
  const seen = [...served, ...others, ...managedBy(cluster)];
  return [...seen, ...inFiles(inventory, cluster, seen, components)].toSorted(
    (a, b) => a.certificate.notAfter - b.certificate.notAfter,
  );
}

/** All that `certificatesOf` goes by but the time: while each is the same object there are the same certificates. */
export const certificateParts = (inventory: Inventory): readonly unknown[] => [
  membershipOf(inventory),
  zonesByAddress(inventory),
  ...inventory.hosts.flatMap(({ feeds }) => [
    feeds.zoneCertificates,
    lastValue(feeds.zones),
    lastValue(feeds.zoneComponents),
  ]),
  ...inventory.clusters.flatMap(({ name, feeds }) => [
    name,
    feeds.controlPlane,
    feeds.managedCertificates,
    lastValue(feeds.nodes),
    lastValue(feeds.pods),
  ]),
];

/**
 * The certificates in files of the zones of a cluster's components, each once, however many files hold it. One that its
 * process shows is told by the handshake alone; one that was renewed, and that the process has still to take, is not.
 */
function inFiles(
  inventory: Inventory,
  cluster: ClusterInventory,
  seen: readonly PlacedCertificate[],
  components: readonly Component[],
): readonly PlacedCertificate[] {
  const taken = new Set(seen.map(({ certificate }) => identityOf(certificate)));
  const zones = new Set(components.flatMap(({ zone }) => zone ?? []));
  const files = new Map<string, { readonly first: PlacedCertificate; readonly places: string[] }>();
  for (const { name, host } of zones) {
    const owner = findHost(inventory, host);
    const told = owner && lastKnown(owner.feeds.zoneCertificates);
    const own = told?.value.filter(({ zone }) => zone === name) ?? [];
    for (const { path, certificate } of own.flatMap(({ certificates }) => certificates)) {
      const identity = identityOf(certificate);
      if (told === undefined || taken.has(identity)) continue;
      const place = `${name}:${path}`;
      const known = files.get(identity);
      // What lies where kubeadm lays it is read for each component of a zone.
      if (known?.places.includes(place)) continue;
      if (known) known.places.push(place);
      else
        files.set(identity, {
          places: [place],
          first: {
            ref: certificateRef(cluster.name, `file/${host}/${name}${path}#${certificate.subject}`),
            cluster: cluster.name,
            where: place,
            from: '',
            certificate: { ...certificate, at: told.at },
            trouble: null,
          },
        });
    }
  }
  return [...files.values()].map(({ first, places }) => ({
    ...first,
    where: places.length > 1 ? `${first.where} +${places.length - 1}` : first.where,
    from: `files ${places.join(', ')}`,
  }));
}

/** The certificates that cert-manager renews, of those that were issued. */
function managedBy(cluster: ClusterInventory): readonly PlacedCertificate[] {
  const table = lastKnown(cluster.feeds.managedCertificates);
  return [...(table?.value.byKey.values() ?? [])].flatMap(
    ({
      namespace,
      name,
      names,
      issuer,
      notBefore,
      notAfter,
      trouble,
    }): readonly PlacedCertificate[] =>
      table === undefined || notAfter === null || notBefore === null
        ? []
        : [
            {
              ref: certificateRef(cluster.name, `cert-manager/${namespace}/${name}`),
              cluster: cluster.name,
              where: `cert-manager ${namespace}/${name}`,
              from: 'GET certificates.cert-manager.io',
              certificate: {
                subject: names[0] ?? name,
                issuer: issuer ?? 'unknown',
                names,
                notBefore,
                notAfter,
                at: table.at,
              },
              trouble,
            },
          ],
  );
}

/** How near a certificate is to its end, by the configured limits. */
export function expiryLevel(
  certificate: Pick<SeenCertificate, 'notBefore' | 'notAfter'>,
  now: EpochMs,
  limits: Limits,
): 'ok' | 'warning' | 'critical' {
  const left = certificate.notAfter - now;
  const { warningMs, criticalMs } = expiryLimits(certificate, limitsOf(limits, 'cert.expiry'));
  if (left <= criticalMs) return 'critical';
  return left <= warningMs ? 'warning' : 'ok';
}

/** How long before its end a certificate is worth a word, and a louder one, in milliseconds. */
export type ExpiryLimits = { readonly warningMs: number; readonly criticalMs: number };

const HOUR_MS = 3_600_000;
/** A certificate is meant to be renewed well before it has so little of its lifetime left. */
const LEAST_SHARE = 0.2;

/**
 * The limits of a certificate: the configured hours, but not sooner than in the last fifth of its lifetime, so that
 * one that is made for a week is not told of from its first day on.
 */
export function expiryLimits(
  { notBefore, notAfter }: Pick<SeenCertificate, 'notBefore' | 'notAfter'>,
  hours: { readonly warning: number; readonly critical: number },
): ExpiryLimits {
  const share = Math.max(0, notAfter - notBefore) * LEAST_SHARE;
  const warningMs = Math.min(hours.warning * HOUR_MS, share);
  const criticalMs = hours.critical * HOUR_MS;
  return { warningMs, criticalMs: criticalMs < warningMs ? criticalMs : warningMs / 2 };
}
