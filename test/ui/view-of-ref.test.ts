import { expect, test } from 'vitest';
import { checkRef } from '../../src/domain/ref.ts';
import { paneViews } from '../../src/registry.ts';
import { viewOfRef } from '../../src/ui/model.ts';

test.for([
  ['object:k/Event/Pod/shop/web-1/BackOff', 'events'],
  ['object:k/Gateway/apps/public', 'network'],
  ['object:k/BGPPeer/worker1/10.127.0.1', 'network'],
  ['object:k/ValidatingWebhookConfiguration/gate', 'network'],
  ['object:k/WebhookTarget/gate.example:8443', 'network'],
  ['object:k/Certificate/apps/tls', undefined],
  ['object:k/APIService/v1beta1.metrics.k8s.io', 'network'],
  ['resource:k/replicas.longhorn.io', 'objects'],
  ['pod:k/shop/web-1', 'pods'],
  ['source:omni1/zones', 'feeds'],
  [checkRef('omni1', 'fmadm-faulty'), 'doctor'],
] as const)('%s is opened in the view %s', ([ref, view]) => {
  expect(viewOfRef(paneViews, ref)?.id).toBe(view);
});
