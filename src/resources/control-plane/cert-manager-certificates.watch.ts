import type { ManagedCertificate } from '../../domain/control-plane.ts';
import { sanitize } from '../../domain/text.ts';
import type { ClusterWatch } from '../../domain/watch.ts';
import { listAt, textAt, timeAt } from '../../parse/json-fields.ts';

/** The certificates that cert-manager renews; absent where it is not installed. Their Secrets are never read. */
export const certManagerCertificatesWatch: ClusterWatch<'managedCertificates'> = {
  feed: 'managedCertificates',
  group: 'cert-manager.io',
  versions: ['v1'],
  resource: 'certificates',
  namespaced: true,
  maxObjects: 5_000,
  shows: 'certificates of cert-manager',
  project: projectManagedCertificate,
};

/** What is shown of a cert-manager.io/v1 Certificate; undefined for an object without a name. */
export function projectManagedCertificate(object: unknown): ManagedCertificate | undefined {
  const name = textAt(object, 'metadata', 'name');
  const namespace = textAt(object, 'metadata', 'namespace');
  if (name === null || namespace === null) return undefined;
  const ready = listAt(object, 'status', 'conditions').find(
    (condition) => textAt(condition, 'type') === 'Ready',
  );
  return {
    namespace,
    name,
    issuer: textAt(object, 'spec', 'issuerRef', 'name'),
    names: listAt(object, 'spec', 'dnsNames').flatMap((each) =>
      typeof each === 'string' ? [sanitize(each)] : [],
    ),
    notBefore: timeAt(object, 'status', 'notBefore'),
    notAfter: timeAt(object, 'status', 'notAfter'),
    ready: textAt(ready, 'status'),
    reason: textAt(ready, 'reason'),
  };
}
