import { certificateParts, certificatesOf, expiryLimits } from '../../domain/certificates.ts';
import type { PlacedCertificate } from '../../domain/certificates.ts';
import { duration } from '../../domain/format.ts';
import { inTenths, spanUntil } from '../../domain/lasting.ts';
import type { LabRule } from '../../domain/problem.ts';
import { refPath } from '../../domain/ref.ts';
import type { CertificateRef } from '../../domain/ref.ts';
import type { Threshold } from '../../domain/settings.ts';
import { THRESHOLDS } from '../../domain/thresholds.ts';
import type { EpochMs } from '../../domain/time.ts';

const HOUR_MS = 3_600_000;

/** A certificate of a cluster that ends soon, measured by its own lifetime, or has ended. */
export const certExpiry: LabRule = {
  id: 'cert.expiry',
  scope: 'lab',
  severity: 'warning',
  holdSeconds: 0,
  limits: THRESHOLDS['cert.expiry'],
  parts: certificateParts,
  check: (inventory, now, { limits }) =>
    inventory.clusters.flatMap((cluster) =>
      once(ending(certificatesOf(inventory, cluster, now), now, limits)).map(
        ({ ref, where, from, certificate, trouble }) => {
          const { notBefore, notAfter } = certificate;
          const left = notAfter - now;
          const { criticalMs } = expiryLimits(certificate, limits);
          return {
            subject: ref,
            severity: left <= criticalMs ? ('critical' as const) : ('warning' as const),
            title:
              left <= 0
                ? `certificate has ended ${duration(-left)} ago`
                : `certificate ends in ${duration(left)}`,
            evidence: {
              certificate: certificate.subject,
              issuer: certificate.issuer,
              where,
              notAfter: new Date(notAfter).toISOString(),
              hoursLeft: inTenths(left, HOUR_MS),
              lifetimeHours: Math.round((notAfter - notBefore) / HOUR_MS),
              ...(trouble === null ? {} : { certManager: trouble }),
              from,
            },
            hint: hintOf(ref, where),
          };
        },
      ),
    ),
};

/** Those that have no more left than the first of their limits. */
const ending = (
  certificates: readonly PlacedCertificate[],
  now: EpochMs,
  limits: Threshold,
): readonly PlacedCertificate[] =>
  certificates.filter(({ certificate }) => {
    const { warningMs, criticalMs } = expiryLimits(certificate, limits);
    return spanUntil(certificate.notAfter, now, [warningMs, criticalMs, 0]) <= warningMs;
  });

/** Of cert-manager's own it is known where to look. */
function hintOf(ref: CertificateRef, where: string): string {
  const [, owner, namespace, name] = refPath(ref);
  return owner === 'cert-manager'
    ? `see why it was not renewed: kubectl -n ${namespace ?? ''} describe certificate ${name ?? ''}; then its issuer`
    : `renew the certificate of ${where}, and see why it was not renewed by itself`;
}

/** Behind a balancer one and the same certificate is seen twice. */
function once(certificates: readonly PlacedCertificate[]): readonly PlacedCertificate[] {
  const key = ({
    certificate: { subject, notBefore, notAfter, names },
  }: PlacedCertificate): string => JSON.stringify([subject, notBefore, notAfter, names]);
  const own = new Set(certificates.filter(({ where }) => where !== 'vip').map(key));
  return certificates.filter((each) => each.where !== 'vip' || !own.has(key(each)));
}
