import { X509Certificate } from 'node:crypto';
import type { SeenCertificate } from '../../domain/control-plane.ts';
import type { TlsMaterial } from './endpoint.ts';
import { oneLine } from './kube-error.ts';
import { alternativeNames } from './peer-certificate.ts';

/** The CAs that the API servers of a cluster are verified by. */
export type Authority = {
  /** PEM; undefined where none is given, or nothing is verified. */
  readonly ca: string | undefined;
  readonly certificates: readonly Omit<SeenCertificate, 'at'>[];
};

/** The CAs of a kubeconfig: a bundle has several, as while one takes the place of another. */
export function readAuthority({ ca, rejectUnauthorized }: TlsMaterial): Authority {
  const text = [ca ?? []].flat().map(String).join('\n');
  if (text.trim() === '' || rejectUnauthorized === false)
    return { ca: undefined, certificates: [] };
  const blocks = text.match(PEM) ?? [];
  return {
    ca: text,
    certificates: blocks.flatMap((block) => readCertificate(block) ?? []),
  };
}

const PEM = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** undefined for what is no certificate. */
export function readCertificate(pem: string | Buffer): Omit<SeenCertificate, 'at'> | undefined {
  try {
    const { subject, issuer, subjectAltName, validFrom, validTo } = new X509Certificate(pem);
    return {
      subject: nameIn(subject),
      issuer: nameIn(issuer),
      names: alternativeNames(subjectAltName),
      notBefore: Date.parse(validFrom),
      notAfter: Date.parse(validTo),
    };
  } catch {
    return undefined;
  }
}

/** Common name, or the organization without one. */
const nameIn = (text: string): string =>
  oneLine(/^CN=(.+)$/m.exec(text)?.[1] ?? /^O=(.+)$/m.exec(text)?.[1] ?? text);
