import { expect, test } from 'vitest';
import { webhookTarget } from '../../../src/domain/network.ts';
import type {
  EndpointSlice,
  KubeService,
  OutsideTarget,
  Webhook,
} from '../../../src/domain/network.ts';
import { webhookUnreachable } from '../../../src/resources/network/webhook-unreachable.rule.ts';
import { cluster, NOW } from '../../support/inventory.ts';
import { service, slice, table, webhook, webhooks, withTables } from '../../support/network.ts';
import { plainContext } from '../../support/rule-context.ts';

const check = (
  list: readonly Webhook[],
  services: readonly KubeService[],
  slices: readonly EndpointSlice[],
  outside: readonly OutsideTarget[] = [],
) => {
  const tables = {
    validatingWebhooks: table([webhooks('gate', list)]),
    mutatingWebhooks: table<ReturnType<typeof webhooks>>([]),
    services: table(services),
    endpointSlices: table(slices),
    webhookTargets: table(outside),
  };
  return webhookUnreachable.check(
    tables,
    withTables(cluster('k', [], []), tables),
    NOW,
    plainContext,
  );
};
const gate = [service('gate')];
const ignore = webhook('soft', { failurePolicy: 'Ignore' });

test.for<
  [string, readonly Webhook[], readonly KubeService[], readonly EndpointSlice[], string | null]
>([
  ['answers', [webhook('a')], gate, [slice('gate', 1)], null],
  ['has one of two endpoints', [webhook('a')], gate, [slice('gate', 1, 2)], null],
  ['has no endpoint that is ready', [webhook('a')], gate, [slice('gate', 0, 2)], 'critical'],
  ['has no endpoints', [webhook('a')], gate, [], 'critical'],
  ['has no service', [webhook('a')], [], [], 'critical'],
  ['is gone and may be ignored', [ignore], gate, [], 'warning'],
  ['is gone, with one that may be ignored before it', [ignore, webhook('a')], gate, [], 'critical'],
  [
    'is outside, where nobody looks',
    [webhook('a', { service: null, url: 'https://gate.example' })],
    [],
    [],
    null,
  ],
  [
    'goes by an alias, where nobody looks',
    [webhook('a')],
    [service('gate', { type: 'ExternalName' })],
    [],
    null,
  ],
  [
    'is behind a service without a selector whose endpoints are there',
    [webhook('a')],
    [service('gate', { selector: {} })],
    [slice('gate', 1)],
    null,
  ],
])('a webhook that %s', ([, list, services, slices, expected]) => {
  expect(check(list, services, slices)[0]?.severity ?? null).toBe(expected);
});

test('names the target, what the API refuses and what lets writes pass', () => {
  expect(check([webhook('pods.gate.lab'), ignore], gate, [slice('gate', 0, 2)])).toEqual([
    {
      subject: 'object:k/Service/default/gate',
      severity: 'critical',
      title: 'has no endpoint that is ready, so the API refuses CREATE,UPDATE pods',
      evidence: {
        target: 'default/gate:443',
        serviceExists: true,
        readyEndpoints: 0,
        endpoints: 2,
        failurePolicy: 'Fail',
        judges: 'CREATE,UPDATE pods',
        configurations: 'validatingwebhookconfiguration/gate',
        webhooksGone: 2,
        error: null,
        from: 'GET /apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations, GET /apis/discovery.k8s.io/v1/endpointslices',
      },
      hint: 'bring back what serves default/gate:443; until then writes pass after: kubectl delete validatingwebhookconfiguration/gate',
    },
    {
      subject: 'object:k/ValidatingWebhookConfiguration/gate',
      severity: 'critical',
      title:
        'default/gate:443 has no endpoint that is ready, so the API refuses CREATE,UPDATE pods',
      evidence: {
        webhook: 'pods.gate.lab',
        webhooksGone: 2,
        webhooksTotal: 2,
        failurePolicy: 'Fail',
        target: 'default/gate:443',
        judges: 'CREATE,UPDATE pods',
        timeoutSeconds: 10,
        error: null,
        from: 'GET /apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations, GET /apis/discovery.k8s.io/v1/endpointslices',
      },
      hint: 'bring back what serves default/gate:443; until then writes pass after: kubectl delete validatingwebhookconfiguration gate',
    },
  ]);
});

const far = webhook('far.gate.lab', { service: null, url: 'https://gate.example:8443' });
const seen = (error: OutsideTarget['error']): OutsideTarget => ({
  name: 'https://gate.example:8443',
  error,
  since: NOW,
  at: NOW,
});

test('one outside that answers the console is well', () => {
  expect(check([far], [], [], [seen(null)])).toEqual([]);
});

test('one outside that does not answer the console may block: the API server may reach it', () => {
  const error = { code: 'refused', message: 'gate.example:8443 refuses the connection', hint: '' };
  expect(check([far], [], [], [seen(error)])).toMatchObject([
    {
      severity: 'warning',
      subject: 'object:k/WebhookTarget/gate.example:8443',
      title: 'does not answer from here, so the API may refuse CREATE,UPDATE pods',
      evidence: { serviceExists: null, endpoints: null, error: error.message },
    },
    { subject: 'object:k/ValidatingWebhookConfiguration/gate', severity: 'warning' },
  ]);
  // What surely blocks comes first.
  expect(
    check([far, webhook('a')], [], [], [seen(error)]).map(({ subject, severity }) => [
      subject,
      severity,
    ]),
  ).toEqual([
    ['object:k/Service/default/gate', 'critical'],
    ['object:k/WebhookTarget/gate.example:8443', 'warning'],
    ['object:k/ValidatingWebhookConfiguration/gate', 'critical'],
  ]);
});

test.for(['services', 'endpointSlices'] as const)(
  'a target that may be among the %s that are hidden is not known',
  (feed) => {
    const whole = withTables(cluster('k', [], []), {
      services: table(feed === 'services' ? [] : gate),
      endpointSlices: table<EndpointSlice>([]),
    });
    const answer = whole.feeds[feed];
    const gap = { reason: 'only in media', hides: 'those of 3 other namespaces' };
    const partly = {
      ...whole,
      feeds: { ...whole.feeds, [feed]: answer.status === 'ok' ? { ...answer, gap } : answer },
    };
    expect(webhookTarget(webhook('a'), whole).state).not.toBe('unknown');
    expect(webhookTarget(webhook('a'), partly).state).toBe('unknown');
  },
);
