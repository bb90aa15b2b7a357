import type { SeenCertificate } from './control-plane.ts';
import type { ComponentKind } from './zone-component.ts';

/** A certificate that lies in a file of a zone. */
export type FileCertificate = {
  /** Within the zone. */
  readonly path: string;
  readonly certificate: Omit<SeenCertificate, 'at'>;
};

/** The files with certificates of a component of a control plane, as they lie in its zone. */
export type ZoneCertificates = {
  readonly zone: string;
  readonly kind: ComponentKind;
  /**
   * Arguments of its process that name files or the addresses where it listens, by their names without hyphens before
   * them; of etcd those of its environment too. Other arguments are not asked for: there may be secrets among them.
   */
  readonly arguments: ReadonlyMap<string, string>;
  readonly certificates: readonly FileCertificate[];
  /** URLs of API servers in the kubeconfigs that it names. */
  readonly servers?: readonly string[];
  /** The CAs in these by which those are verified. */
  readonly authorities?: readonly Omit<SeenCertificate, 'at'>[];
};
