import type { ClusterInventory } from '../../domain/inventory.ts';
import { webhookConfigurations, webhookTarget } from '../../domain/network.ts';
import type { Webhook, WebhookConfiguration, WebhookTarget } from '../../domain/network.ts';
import type { ClusterRule, Finding } from '../../domain/problem.ts';
import { objectRef } from '../../domain/ref.ts';

type Feeds = 'validatingWebhooks' | 'mutatingWebhooks' | 'services' | 'endpointSlices';

/**
 * A webhook whose target cannot answer. With the policy Fail, the API refuses everything that the webhook would judge;
 * with Ignore, that passes unjudged, each time after a time-out.
 */
export const webhookUnreachable: ClusterRule<Feeds> = {
  id: 'webhook.unreachable',
  scope: 'cluster',
  severity: 'critical',
  // As long as an endpoint that is replaced may take.
  holdSeconds: 5,
  needs: ['validatingWebhooks', 'mutatingWebhooks', 'services', 'endpointSlices'],
  check: (_fresh, cluster) =>
    webhookConfigurations(cluster).flatMap((configuration) => judge(configuration, cluster) ?? []),
};

/** One finding for a configuration: of several webhooks that are gone, one that blocks comes first. */
function judge(configuration: WebhookConfiguration, cluster: ClusterInventory): Finding | null {
  const gone = configuration.webhooks
    .map((webhook) => ({ webhook, target: webhookTarget(webhook, cluster) }))
    .filter(({ target: { state } }) => state === 'no-service' || state === 'no-endpoints')
    .toSorted((a, b) => rank(a.webhook) - rank(b.webhook));
  const [first] = gone;
  if (!first) return null;
  const { webhook, target } = first;
  const { kind, name } = configuration;
  const blocks = webhook.failurePolicy === 'Fail';
  const judges = webhook.rules.join('; ');
  return {
    subject: objectRef(cluster.name, kind, null, name),
    severity: blocks ? 'critical' : 'warning',
    title: `${reason(target)}${blocks ? `, so the API refuses ${judges}` : ', so nobody judges what it should'}`,
    evidence: {
      webhook: webhook.name,
      webhooksGone: gone.length,
      webhooksTotal: configuration.webhooks.length,
      failurePolicy: webhook.failurePolicy,
      target: target.name,
      serviceExists: target.state !== 'no-service',
      readyEndpoints: target.endpoints?.ready ?? null,
      endpoints: target.endpoints?.total ?? null,
      judges,
      timeoutSeconds: webhook.timeoutSeconds,
      from: `GET /apis/admissionregistration.k8s.io/v1/${kind.toLowerCase()}s, GET /apis/discovery.k8s.io/v1/endpointslices`,
    },
    hint: blocks
      ? `bring back what serves ${target.name}; until then writes pass after: kubectl delete ${kind.toLowerCase()} ${name}`
      : `bring back what serves ${target.name}, or delete its configuration`,
  };
}

const rank = ({ failurePolicy }: Webhook): number => (failurePolicy === 'Fail' ? 0 : 1);

const reason = ({ state, name, endpoints }: WebhookTarget): string =>
  state === 'no-service'
    ? `its service ${name} does not exist`
    : (endpoints?.total ?? 0) === 0
      ? `its service ${name} has no endpoints`
      : `none of the endpoints of ${name} is ready`;
