import type { ClusterInventory } from '../../domain/inventory.ts';
import { isGone, webhookConfigurations, webhookTarget } from '../../domain/network.ts';
import type { Webhook, WebhookConfiguration, WebhookTarget } from '../../domain/network.ts';
import type { ClusterRule, Finding } from '../../domain/problem.ts';
import { objectRef } from '../../domain/ref.ts';

type Feeds =
  | 'validatingWebhooks'
  | 'mutatingWebhooks'
  | 'services'
  | 'endpointSlices'
  | 'webhookTargets';

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
  needs: ['validatingWebhooks', 'mutatingWebhooks', 'services', 'endpointSlices', 'webhookTargets'],
  check: (_fresh, cluster) =>
    webhookConfigurations(cluster).flatMap((configuration) => judge(configuration, cluster) ?? []),
};

/** One finding for a configuration: of several webhooks that are gone, one that blocks comes first. */
function judge(configuration: WebhookConfiguration, cluster: ClusterInventory): Finding | null {
  const gone = configuration.webhooks
    .map((webhook) => ({ webhook, target: webhookTarget(webhook, cluster) }))
    .filter(({ target }) => isGone(target))
    .toSorted((a, b) => rank(a) - rank(b));
  const [first] = gone;
  if (!first) return null;
  const { webhook, target } = first;
  const { kind, name } = configuration;
  const blocks = webhook.failurePolicy === 'Fail';
  const judges = webhook.rules.join('; ');
  return {
    subject: objectRef(cluster.name, kind, null, name),
    // An API server may reach over its own network what the console does not.
    severity: blocks && target.state !== 'no-answer' ? 'critical' : 'warning',
    title: `${reason(target)}${blocks ? `, so the API ${target.state === 'no-answer' ? 'may refuse' : 'refuses'} ${judges}` : ', so nobody judges what it should'}`,
    evidence: {
      webhook: webhook.name,
      webhooksGone: gone.length,
      webhooksTotal: configuration.webhooks.length,
      failurePolicy: webhook.failurePolicy,
      target: target.name,
      serviceExists: webhook.service === null ? null : target.state !== 'no-service',
      readyEndpoints: target.endpoints?.ready ?? null,
      endpoints: target.endpoints?.total ?? null,
      judges,
      timeoutSeconds: webhook.timeoutSeconds,
      error: target.error?.message ?? null,
      from: `${target.state === 'no-answer' ? 'a TLS handshake from here, ' : ''}GET /apis/admissionregistration.k8s.io/v1/${kind.toLowerCase()}s, GET /apis/discovery.k8s.io/v1/endpointslices`,
    },
    hint: blocks
      ? `bring back what serves ${target.name}; until then writes pass after: kubectl delete ${kind.toLowerCase()} ${name}`
      : `bring back what serves ${target.name}, or delete its configuration`,
  };
}

/** What surely blocks, what may block, what does not. */
function rank({
  webhook,
  target,
}: {
  readonly webhook: Webhook;
  readonly target: WebhookTarget;
}): number {
  if (webhook.failurePolicy === 'Ignore') return 2;
  return target.state === 'no-answer' ? 1 : 0;
}

const reason = ({ state, name, endpoints }: WebhookTarget): string =>
  state === 'no-answer'
    ? `${name} does not answer from here`
    : state === 'no-service'
      ? `its service ${name} does not exist`
      : (endpoints?.total ?? 0) === 0
        ? `its service ${name} has no endpoints`
        : `none of the endpoints of ${name} is ready`;
