import type { SeenCertificate } from './control-plane.ts';
import type { ZoneCertificates } from './zone-certificates.ts';

/** What tells a certificate from others as far as it is known of each. */
export const identityOf = ({
  subject,
  issuer,
  names,
  notBefore,
  notAfter,
}: Omit<SeenCertificate, 'at'>): string =>
  JSON.stringify([subject, issuer, names, notBefore, notAfter]);

/** Where the certificate lies that a component shows, besides what its arguments name: kubeadm's, and that of k3s. */
const OWN_PATH = /\/(?:serving-kube-)?apiserver\.crt$/;
/** Authorities of others than the API: of etcd, and of aggregated API servers. */
const OTHER_AUTHORITY = /etcd|front-proxy|requestheader/;

/**
 * Whether the files of a zone are those of the cluster of `authorities`, a bundle of two while a CA is rotated: one of
 * these lies there or is what it verifies the API by; or only another one is, or issued what its process shows. null:
 * neither can be told.
 */
export function caOf(
  { kind, arguments: args, certificates, authorities: verifying = [] }: ZoneCertificates,
  authorities: readonly Omit<SeenCertificate, 'at'>[],
): 'own' | 'foreign' | null {
  if (authorities.length === 0) return null;
  const known = new Set(authorities.map(identityOf));
  const files = certificates.filter(({ path }) => !OTHER_AUTHORITY.test(path));
  const own = [...files.map(({ certificate }) => certificate), ...verifying];
  if (own.some((certificate) => known.has(identityOf(certificate)))) return 'own';
  // An API server has kubeconfigs of webhooks too, which lead elsewhere.
  if (kind !== 'kube-apiserver' && verifying.length > 0) return 'foreign';
  const shown = args.get('tls-cert-file');
  const leaf = files.find(({ path }) =>
    shown === undefined ? OWN_PATH.test(path) : path === shown,
  );
  const issuer = leaf?.certificate.issuer;
  return files.some(
    ({ certificate: { subject, issuer: by } }) => subject === by && subject === issuer,
  )
    ? 'foreign'
    : null;
}
