import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubeApi } from '../../../src/lab/kube/api.ts';
import { VIEWER } from '../../../src/lab/kube/rights.ts';
import { clientOf, credentialsOf, startQuickApi, type Client } from './client.ts';

let api: KubeApi;
let admin: Client;
let viewer: Client;

beforeAll(async () => {
  api = await startQuickApi();
  admin = clientOf(api);
  viewer = clientOf(api, credentialsOf(api.kubeconfig({ user: VIEWER.name, groups: [] })));
});

afterAll(async () => {
  admin.close();
  viewer.close();
  await api.close();
});

const review = (client: Client, kind: string, spec: unknown) =>
  client.request('POST', `/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`, {
    apiVersion: 'authorization.k8s.io/v1',
    kind,
    spec,
  });

test('the viewer reads two namespaces and the names of all, and nothing else', async () => {
  expect((await viewer.get('/api/v1/namespaces/media/pods')).status).toBe(200);
  expect((await viewer.get('/api/v1/namespaces/kube-system/pods')).status).toBe(403);
  expect((await viewer.get('/api/v1/nodes')).status).toBe(403);
  const { status, body } = await viewer.get('/api/v1/pods');
  expect([status, body.message]).toEqual([
    403,
    'pods is forbidden: User "viewer" cannot list resource "pods" in API group "" at the cluster scope',
  ]);
  const pods = await viewer.get('/api/v1/namespaces/media/pods');
  const [pod] = pods.body.items;
  const gone = await viewer.request('DELETE', `/api/v1/namespaces/media/pods/${pod.metadata.name}`);
  expect(gone.status).toBe(403);
});

test('reviews tell the same as requests', async () => {
  const rules = await review(viewer, 'SelfSubjectRulesReview', { namespace: 'media' });
  expect(rules.body.status).toMatchObject({
    incomplete: false,
    resourceRules: [
      { verbs: ['get', 'list', 'watch'], apiGroups: [''], resources: ['namespaces'] },
      { verbs: ['get', 'list', 'watch'], apiGroups: ['*'], resources: ['*'] },
    ],
  });
  const none = await review(viewer, 'SelfSubjectRulesReview', { namespace: 'kube-system' });
  expect(none.body.status.resourceRules).toHaveLength(1);
  const allowed = async (client: Client, resourceAttributes: unknown): Promise<boolean> =>
    (await review(client, 'SelfSubjectAccessReview', { resourceAttributes })).body.status.allowed;
  const list = { verb: 'list', resource: 'pods' };
  expect(await allowed(viewer, { ...list, namespace: 'apps' })).toBe(true);
  expect(await allowed(viewer, list)).toBe(false);
  expect(await allowed(viewer, { ...list, verb: 'delete', namespace: 'apps' })).toBe(false);
  expect(await allowed(admin, list)).toBe(true);
});
