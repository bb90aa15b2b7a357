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
  const conditions = listAt(object, 'status', 'conditions');
  const conditionOf = (type: string) =>
    conditions.find((condition) => textAt(condition, 'type') === type);
  const [ready, issuing] = [conditionOf('Ready'), conditionOf('Issuing')];
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
    trouble: troubleOf(ready) ?? renewalOf(issuing),
  };
}

const wordsOf = (condition: unknown): string | null =>
  textAt(condition, 'message') ?? textAt(condition, 'reason');

const troubleOf = (ready: unknown): string | null =>
  textAt(ready, 'status') === 'False' ? (wordsOf(ready) ?? 'not ready') : null;

/** Of the condition Issuing: while it is true a new certificate is being had, and False says that this failed. */
function renewalOf(issuing: unknown): string | null {
  const words = wordsOf(issuing);
  const since = textAt(issuing, 'lastTransitionTime');
  return words === null ? null : `${words}${since === null ? '' : `, since ${since}`}`;
}
