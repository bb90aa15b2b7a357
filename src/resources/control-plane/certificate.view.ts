import { certificatesOf, expiryLevel } from '../../domain/certificates.ts';
import type { PlacedCertificate } from '../../domain/certificates.ts';
import { clusterColumn } from '../../domain/columns.ts';
import { age, duration, UNKNOWN } from '../../domain/format.ts';
import type { Inventory } from '../../domain/inventory.ts';
import type { Limits } from '../../domain/thresholds.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { Sign, Tone, View } from '../../domain/view.ts';

/** A handshake is looked at each minute, those with kubelets and the kubeconfig each ten, files each twenty. */
const FRESH_MS = 25 * 60_000;

const rows = (inventory: Inventory, now: EpochMs): readonly PlacedCertificate[] =>
  inventory.clusters
    .flatMap((cluster) => certificatesOf(inventory, cluster, now))
    .toSorted((a, b) => a.certificate.notAfter - b.certificate.notAfter);

function signOf({ certificate }: PlacedCertificate, now: EpochMs, limits: Limits): Sign {
  const level = expiryLevel(certificate, now, limits);
  return level === 'critical' ? 'down' : level;
}

const toneOf = (row: PlacedCertificate, now: EpochMs, limits: Limits): Tone =>
  ({ ok: 'plain', warning: 'warn', down: 'bad' } as const)[
    signOf(row, now, limits) as 'ok' | 'warning' | 'down'
  ];

const leftText = ({ certificate: { notAfter } }: PlacedCertificate, now: EpochMs): string =>
  notAfter <= now ? 'ended' : duration(notAfter - now);

/** `2026-11-26 14:09` of UTC. */
const dateText = (at: EpochMs): string =>
  Number.isFinite(at) && Math.abs(at) <= 8.64e15
    ? new Date(at).toISOString().slice(0, 16).replace('T', ' ')
    : UNKNOWN;

/** How much of its lifetime is over, in percent. */
const spentPercent = ({ certificate }: PlacedCertificate, now: EpochMs): number =>
  (100 * (now - certificate.notBefore)) / Math.max(1, certificate.notAfter - certificate.notBefore);

/** Cluster pane, tab certificates: all that were seen, the one that ends first on top. */
export const certificateView: View<PlacedCertificate> = {
  id: 'certificates',
  title: 'Certificates',
  rows,
  key: ({ ref }) => ref,
  sign: signOf,
  at: ({ certificate }) => certificate.at,
  identity: ({ certificate }) => certificate,
  parts: ({ hosts, clusters }) => [
    ...hosts.flatMap(({ feeds }) => [
      feeds.zones,
      feeds.zoneConfigs,
      feeds.processes,
      feeds.zoneCertificates,
    ]),
    ...clusters.flatMap(({ feeds }) => [feeds.controlPlane, feeds.managedCertificates]),
  ],
  stale: ({ certificate }, now) => now - certificate.at > FRESH_MS,
  columns: [
    { id: 'where', title: 'WHERE', width: 44, priority: 0, text: ({ where }) => where },
    {
      id: 'left',
      title: 'LEFT',
      width: 6,
      align: 'right',
      priority: 0,
      text: leftText,
      tone: toneOf,
      value: ({ certificate }) => certificate.notAfter,
      unit: 'until',
    },
    {
      id: 'spent',
      title: 'SPENT',
      width: 5,
      align: 'right',
      priority: 3,
      text: (row, now) => `${Math.min(100, Math.max(0, Math.floor(spentPercent(row, now))))}%`,
      tone: (row, now, limits) =>
        signOf(row, now, limits) === 'ok' ? 'muted' : toneOf(row, now, limits),
      value: spentPercent,
    },
    {
      id: 'notAfter',
      title: 'NOT AFTER',
      width: 16,
      priority: 2,
      text: ({ certificate }) => dateText(certificate.notAfter),
      value: ({ certificate }) => certificate.notAfter,
      unit: 'until',
    },
    {
      id: 'subject',
      title: 'SUBJECT',
      width: 20,
      priority: 1,
      text: ({ certificate }) => certificate.subject,
      tone: () => 'muted',
    },
    {
      id: 'issuer',
      title: 'ISSUER',
      width: 16,
      priority: 4,
      text: ({ certificate }) => certificate.issuer,
      tone: () => 'muted',
    },
    clusterColumn(),
    {
      id: 'names',
      title: 'NAMES',
      width: 'grow',
      priority: 5,
      text: ({ certificate }) => certificate.names.join(' ') || '-',
      tone: () => 'muted',
    },
    {
      id: 'age',
      title: 'AGE',
      width: 5,
      align: 'right',
      priority: 3,
      text: ({ certificate }, now) => age(certificate.at, now),
      value: ({ certificate }) => certificate.at,
      unit: 'since',
      tone: ({ certificate }, now) => (now - certificate.at > FRESH_MS ? 'warn' : 'muted'),
    },
  ],
  detail: (row, { thresholds }, now) => {
    const { certificate, where, from } = row;
    const { notBefore, notAfter } = certificate;
    return [
      {
        title: 'Certificate',
        lines: [
          { label: 'of', text: where },
          { label: 'subject', text: certificate.subject },
          { label: 'issuer', text: certificate.issuer },
          { label: 'not before', text: `${dateText(notBefore)} UTC` },
          {
            label: 'not after',
            text: `${dateText(notAfter)} UTC`,
            tone: toneOf(row, now, thresholds),
          },
          { label: 'left', text: leftText(row, now), tone: toneOf(row, now, thresholds) },
          { label: 'lifetime', text: duration(notAfter - notBefore) },
          ...(row.trouble === null
            ? []
            : [{ label: 'cert-manager', text: row.trouble, tone: 'warn' as const }]),
          { label: 'seen by', text: `${from}, ${age(certificate.at, now)} ago` },
        ],
      },
      {
        title: `Names ${certificate.names.length}`,
        lines: certificate.names.map((name) => ({ label: '', text: name })),
      },
    ];
  },
};
