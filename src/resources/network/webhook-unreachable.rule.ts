import type { ClusterInventory } from '../../domain/inventory.ts';
import {
  isGone,
  webhookConfigurations,
  webhookTarget,
  webhookTargetRef,
} from '../../domain/network.ts';
import type { Webhook, WebhookConfiguration, WebhookTarget } from '../../domain/network.ts';
import type { ClusterRule, Finding } from '../../domain/problem.ts';
import { objectRef } from '../../domain/ref.ts';
import type { ObjectRef } from '../../domain/ref.ts';

type Feeds =
  | 'validatingWebhooks'
  | 'mutatingWebhooks'
  | 'services'
  | 'endpointSlices'
  | 'webhookTargets';

/** A webhook that nobody answers, with the configuration that it is of. */
type Gone = {
  readonly configuration: WebhookConfiguration;
  readonly webhook: Webhook;
  readonly target: WebhookTarget;
};

/**
 * Webhooks whose target cannot answer: one problem for each target, as several configurations may share it, and one for
 * each of these. With the policy Fail, the API refuses everything that the webhook would judge; with Ignore, that
 * passes unjudged, each time after a time-out.
 */
export const webhookUnreachable: ClusterRule<Feeds> = {
  id: 'webhook.unreachable',
  scope: 'cluster',
  severity: 'critical',
  // As long as an endpoint that is replaced may take.
  holdSeconds: 5,
  needs: ['validatingWebhooks', 'mutatingWebhooks', 'services', 'endpointSlices', 'webhookTargets'],
  check: (_fresh, cluster) => {
    const gone = goneIn(cluster);
    const byTarget = Map.groupBy(gone, ({ webhook }) => webhookTargetRef(cluster.name, webhook));
    const byConfiguration = Map.groupBy(gone, ({ configuration }) => configuration);
    return [
      ...[...byTarget].flatMap(([ref, own]) => (ref === null ? [] : judgeTarget(ref, own))),
      ...[...byConfiguration.values()].flatMap((own) => judgeConfiguration(cluster.name, own)),
    ];
  },
};

/** Those that surely block come first, those that never do last. */
const goneIn = (cluster: ClusterInventory): readonly Gone[] =>
  webhookConfigurations(cluster)
    .flatMap((configuration) =>
      configuration.webhooks.map((webhook) => ({
        configuration,
        webhook,
        target: webhookTarget(webhook, cluster),
      })),
    )
    .filter(({ target }) => isGone(target))
    .toSorted((a, b) => rank(a) - rank(b));

function judgeTarget(subject: ObjectRef, gone: readonly Gone[]): readonly Finding[] {
  const [first] = gone;
  if (!first) return [];
  const { target } = first;
  const judges = judgedBy(gone.filter((each) => rank(each) === rank(first)));
  const of = [
    ...new Set(gone.map(({ configuration: { kind, name } }) => `${kind.toLowerCase()}/${name}`)),
  ];
  return [
    {
      subject,
      severity: severityOf(first),
      title: `${reason(target)}${effect(first, judges)}`,
      evidence: {
        target: target.name,
        serviceExists: first.webhook.service === null ? null : target.state !== 'no-service',
        readyEndpoints: target.endpoints?.ready ?? null,
        endpoints: target.endpoints?.total ?? null,
        failurePolicy: first.webhook.failurePolicy,
        judges,
        configurations: of.join(', '),
        webhooksGone: gone.length,
        error: target.error?.message ?? null,
        from: sourceOf(first),
      },
      hint:
        first.webhook.failurePolicy === 'Fail'
          ? `bring back what serves ${target.name}; until then writes pass after: kubectl delete ${of.join(' ')}`
          : `bring back what serves ${target.name}, or delete what names it: ${of.join(', ')}`,
    },
  ];
}

function judgeConfiguration(cluster: string, gone: readonly Gone[]): readonly Finding[] {
  const [first] = gone;
  if (!first) return [];
  const { webhook, target, configuration } = first;
  const { kind, name } = configuration;
  const blocks = webhook.failurePolicy === 'Fail';
  const judges = judgedBy([first]);
  return [
    {
      subject: objectRef(cluster, kind, null, name),
      severity: severityOf(first),
      title: `${target.name} ${reason(target)}${effect(first, judges)}`,
      evidence: {
        webhook: webhook.name,
        webhooksGone: gone.length,
        webhooksTotal: configuration.webhooks.length,
        failurePolicy: webhook.failurePolicy,
        target: target.name,
        judges,
        timeoutSeconds: webhook.timeoutSeconds,
        error: target.error?.message ?? null,
        from: sourceOf(first),
      },
      hint: blocks
        ? `bring back what serves ${target.name}; until then writes pass after: kubectl delete ${kind.toLowerCase()} ${name}`
        : `bring back what serves ${target.name}, or delete its configuration`,
    },
  ];
}

/** An API server may reach over its own network what the console does not. */
const severityOf = (gone: Gone): 'critical' | 'warning' =>
  rank(gone) === 0 ? 'critical' : 'warning';

/** What surely blocks, what may block, what does not. */
function rank({ webhook, target }: Gone): number {
  if (webhook.failurePolicy === 'Ignore') return 2;
  return target.state === 'no-answer' ? 1 : 0;
}

const judgedBy = (gone: readonly Gone[]): string =>
  [...new Set(gone.flatMap(({ webhook }) => webhook.rules))].join('; ');

const effect = ({ webhook, target }: Gone, judges: string): string =>
  webhook.failurePolicy === 'Fail'
    ? `, so the API ${target.state === 'no-answer' ? 'may refuse' : 'refuses'} ${judges}`
    : ', so nobody judges what it should';

const sourceOf = ({ target, configuration }: Gone): string =>
  `${target.state === 'no-answer' ? 'a TLS handshake from here, ' : ''}GET /apis/admissionregistration.k8s.io/v1/${configuration.kind.toLowerCase()}s, GET /apis/discovery.k8s.io/v1/endpointslices`;

const reason = ({ state, endpoints }: WebhookTarget): string =>
  state === 'no-answer'
    ? 'does not answer from here'
    : state === 'no-service'
      ? 'does not exist'
      : (endpoints?.total ?? 0) === 0
        ? 'has no endpoints'
        : 'has no endpoint that is ready';
