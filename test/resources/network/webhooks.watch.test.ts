import { expect, test } from 'vitest';
import {
  mutatingWebhooksWatch,
  validatingWebhooksWatch,
} from '../../../src/resources/network/webhooks.watch.ts';

const metadata = { name: 'gate', uid: 'u1', creationTimestamp: '2026-01-01T00:00:00Z' };

test('keeps the target and the reach of each webhook, and never the path of a URL', () => {
  const webhooks = [
    {
      name: 'pods.gate.lab',
      clientConfig: { service: { namespace: 'gate', name: 'gate', path: '/validate' } },
      rules: [
        { apiGroups: [''], operations: ['CREATE', 'UPDATE'], resources: ['pods'] },
        { apiGroups: ['apps', 'batch'], operations: ['*'], resources: ['*/*'] },
      ],
      failurePolicy: 'Ignore',
      timeoutSeconds: 5,
    },
    {
      name: 'outside.gate.lab',
      clientConfig: { url: 'https://gate.example:8443/validate?token=s3cret' },
    },
    { clientConfig: { url: 'not a url s3cret' } },
  ];
  const project = validatingWebhooksWatch.project({ metadata, webhooks });
  expect(project).toEqual({
    kind: 'ValidatingWebhookConfiguration',
    name: 'gate',
    uid: 'u1',
    createdAt: Date.UTC(2026, 0, 1),
    webhooks: [
      {
        name: 'pods.gate.lab',
        failurePolicy: 'Ignore',
        service: { namespace: 'gate', name: 'gate', port: 443 },
        url: null,
        timeoutSeconds: 5,
        rules: ['CREATE,UPDATE pods', '* */*.apps,batch'],
      },
      {
        name: 'outside.gate.lab',
        failurePolicy: 'Fail',
        service: null,
        url: 'https://gate.example:8443',
        timeoutSeconds: null,
        rules: [],
      },
      {
        name: '',
        failurePolicy: 'Fail',
        service: null,
        url: 'a URL that cannot be read',
        timeoutSeconds: null,
        rules: [],
      },
    ],
  });
  expect(JSON.stringify(project)).not.toContain('s3cret');
});

test('those that change objects are of the other kind', () => {
  expect(mutatingWebhooksWatch.project({ metadata })).toMatchObject({
    kind: 'MutatingWebhookConfiguration',
    webhooks: [],
  });
  expect(mutatingWebhooksWatch.project({})).toBeUndefined();
});
