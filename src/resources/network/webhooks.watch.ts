import type { Webhook, WebhookConfiguration, WebhookKind } from '../../domain/network.ts';
import type { ClusterWatch } from '../../domain/watch.ts';
import { listAt, numberAt, textAt, textsAt } from '../../parse/json-fields.ts';
import { readNamed } from './named.ts';

/** Port of a webhook's service that names none, as the API's description says. */
const DEFAULT_PORT = 443;

const webhookWatch = <K extends 'validatingWebhooks' | 'mutatingWebhooks'>(
  feed: K,
  kind: WebhookKind,
): ClusterWatch<K> => ({
  feed,
  group: 'admissionregistration.k8s.io',
  versions: ['v1'],
  resource: `${kind.toLowerCase()}s`,
  namespaced: false,
  maxObjects: 20_000,
  shows: feed === 'validatingWebhooks' ? 'the validating webhooks' : 'the mutating webhooks',
  // Both feeds hold the same type.
  project: ((object: unknown) => projectWebhooks(object, kind)) as ClusterWatch<K>['project'],
});

/** The configurations of webhooks: `admissionregistration.k8s.io/v1`. */
export const validatingWebhooksWatch = webhookWatch(
  'validatingWebhooks',
  'ValidatingWebhookConfiguration',
);
export const mutatingWebhooksWatch = webhookWatch(
  'mutatingWebhooks',
  'MutatingWebhookConfiguration',
);

function projectWebhooks(object: unknown, kind: WebhookKind): WebhookConfiguration | undefined {
  const named = readNamed(object);
  return named && { kind, ...named, webhooks: listAt(object, 'webhooks').map(readWebhook) };
}

function readWebhook(webhook: unknown): Webhook {
  const namespace = textAt(webhook, 'clientConfig', 'service', 'namespace');
  const service = textAt(webhook, 'clientConfig', 'service', 'name');
  return {
    name: textAt(webhook, 'name') ?? '',
    failurePolicy: textAt(webhook, 'failurePolicy') === 'Ignore' ? 'Ignore' : 'Fail',
    service:
      namespace === null || service === null
        ? null
        : {
            namespace,
            name: service,
            port: numberAt(webhook, 'clientConfig', 'service', 'port') ?? DEFAULT_PORT,
          },
    url: readOrigin(textAt(webhook, 'clientConfig', 'url')),
    timeoutSeconds: numberAt(webhook, 'timeoutSeconds'),
    rules: listAt(webhook, 'rules').map(readRule),
  };
}

/** Without its path and query, which may hold a secret. */
function readOrigin(url: string | null): string | null {
  return url === null ? null : (URL.parse(url)?.origin ?? 'a URL that cannot be read');
}

function readRule(rule: unknown): string {
  const groups = textsAt(rule, 'apiGroups').filter((group) => group !== '*');
  return `${textsAt(rule, 'operations').join(',')} ${textsAt(rule, 'resources').join(',')}${
    groups.length > 0 ? `.${groups.join(',')}` : ''
  }`;
}
