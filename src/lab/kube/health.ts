/** The checks of `/readyz` and `/livez` of an API server, in the order in which it prints them. */
const POST_START = [
  'start-apiserver-admission-initializer',
  'generic-apiserver-start-informers',
  'priority-and-fairness-config-consumer',
  'priority-and-fairness-filter',
  'storage-object-count-tracker-hook',
  'start-apiextensions-informers',
  'start-apiextensions-controllers',
  'crd-informer-synced',
  'start-system-namespaces-controller',
  'start-cluster-authentication-info-controller',
  'start-kube-apiserver-identity-lease-controller',
  'start-kube-apiserver-identity-lease-garbage-collector',
  'start-legacy-token-tracking-controller',
  'start-service-ip-repair-controllers',
  'rbac/bootstrap-roles',
  'scheduling/bootstrap-system-priority-classes',
  'priority-and-fairness-config-producer',
  'bootstrap-controller',
  'start-kubernetes-service-cidr-controller',
  'aggregator-reload-proxy-client-cert',
  'start-kube-aggregator-informers',
  'apiservice-status-local-available-controller',
  'apiservice-status-remote-available-controller',
  'apiservice-registration-controller',
  'apiservice-discovery-controller',
  'kube-apiserver-autoregistration',
].map((hook) => `poststarthook/${hook}`);

const CHECKS: { readonly [endpoint: string]: readonly string[] } = {
  readyz: ['ping', 'log', 'etcd', 'etcd-readiness', 'informer-sync', ...POST_START, 'shutdown'],
  livez: ['ping', 'log', 'etcd', ...POST_START, 'autoregister-completion'],
  healthz: ['ping', 'log', 'etcd', ...POST_START, 'autoregister-completion'],
};

/** The answer of a health path; undefined when the path is none. */
export function health(
  pathname: string,
  query: URLSearchParams,
  failing: ReadonlySet<string>,
): { readonly code: number; readonly text: string } | undefined {
  const [, endpoint = '', ...rest] = pathname.split('/');
  const checks = CHECKS[endpoint];
  if (!checks) return undefined;
  const one = rest.join('/');
  if (one !== '') {
    if (!checks.includes(one)) return undefined;
    return failing.has(one)
      ? { code: 500, text: `internal server error: ${one} failed: reason withheld\n` }
      : { code: 200, text: 'ok' };
  }
  const excluded = new Set(query.getAll('exclude'));
  const lines = checks.map((check) => {
    if (excluded.has(check)) return `[+]${check} excluded: ok`;
    return failing.has(check) ? `[-]${check} failed: reason withheld` : `[+]${check} ok`;
  });
  const failed = checks.some((check) => failing.has(check) && !excluded.has(check));
  if (failed) return { code: 500, text: `${lines.join('\n')}\n${endpoint} check failed\n` };
  return {
    code: 200,
    text: query.has('verbose') ? `${lines.join('\n')}\n${endpoint} check passed\n` : 'ok',
  };
}
