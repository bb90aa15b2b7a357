import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from './client.ts';
import type { Client, Item } from './client.ts';
import { onEveryApi } from './subjects.ts';
import type { Subject } from './subjects.ts';

const PODS = '/api/v1/namespaces/default/pods';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const BY_US = 'fieldManager=labtop';

const spec = (item: Item): Readonly<Record<string, unknown>> =>
  item['spec'] as Readonly<Record<string, unknown>>;

/** What the actions on a cluster send, and what they are answered. */
onEveryApi((start) => {
  let subject: Subject;
  let api: Client;
  const closers: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    subject = await start();
    closers.push(subject.close);
    api = await connect(subject.kubeconfig);
    closers.push(api.close);
  });
  afterAll(async () => {
    for (const close of closers.toReversed()) await close();
  });

  const createPod = (name: string): Promise<Item> =>
    api.ask('POST', PODS, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels: { app: name } },
      spec: { containers: [{ name: 'main', image: 'example/main:1' }] },
    });
  const createDeployment = (name: string): Promise<Item> =>
    api.ask('POST', DEPLOYMENTS, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: { containers: [{ name: 'main', image: 'example/main:1' }] },
        },
      },
    });

  test('a node is cordoned and uncordoned; a dry run changes nothing', async () => {
    const path = '/api/v1/nodes/contract-node';
    await api.ask('POST', '/api/v1/nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'contract-node' },
    });
    const cordon = { spec: { unschedulable: true } };
    const tried = await api.ask('PATCH', `${path}?${BY_US}&dryRun=All`, cordon, MERGE);
    expect(spec(tried)['unschedulable']).toBe(true);
    expect(spec(await api.ask('GET', path))['unschedulable']).toBeUndefined();
    await api.ask('PATCH', `${path}?${BY_US}`, cordon, MERGE);
    expect(spec(await api.ask('GET', path))['unschedulable']).toBe(true);
    await api.ask('PATCH', `${path}?${BY_US}`, { spec: { unschedulable: null } }, MERGE);
    expect(spec(await api.ask('GET', path))['unschedulable']).toBeUndefined();
    await api.ask('DELETE', path);
    expect((await api.refusal('GET', path)).status).toBe(404);
  });

  test('a pod is evicted, one that a budget protects is not, one that is gone is 404', async () => {
    const eviction = (name: string) =>
      [
        'POST',
        `${PODS}/${name}/eviction?${BY_US}`,
        {
          apiVersion: 'policy/v1',
          kind: 'Eviction',
          metadata: { name, namespace: 'default' },
          deleteOptions: { gracePeriodSeconds: 0 },
        },
      ] as const;
    await createPod('evicted');
    const reply = await api.send(...eviction('evicted'));
    expect(reply).toMatchObject({ kind: 'done', status: 201 });
    expect((await api.refusal('GET', `${PODS}/evicted`)).status).toBe(404);
    expect((await api.refusal(...eviction('evicted'))).status).toBe(404);

    await createPod('protected');
    // A budget has no say about a pod that does not run.
    await api.ask('PATCH', `${PODS}/protected/status`, { status: { phase: 'Running' } }, MERGE);
    await subject.forbidEviction('protected');
    const refused = await api.refusal(...eviction('protected'));
    expect(refused.status).toBe(429);
    expect(refused.message).toContain(
      "Cannot evict pod as it would violate the pod's disruption budget.",
    );
    await api.ask('GET', `${PODS}/protected`);
  });

  test('a pod is deleted only if it is the one that was meant', async () => {
    const { metadata } = await createPod('meant');
    const options = (uid: string) => ({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      gracePeriodSeconds: 0,
      preconditions: { uid },
    });
    const other = '00000000-0000-4000-8000-000000000000';
    expect((await api.refusal('DELETE', `${PODS}/meant`, options(other))).status).toBe(409);
    await api.ask('GET', `${PODS}/meant`);
    const reply = await api.send('DELETE', `${PODS}/meant`, options(metadata.uid));
    expect(reply).toMatchObject({ kind: 'done', status: 200 });
    expect((await api.refusal('GET', `${PODS}/meant`)).status).toBe(404);
  });

  test.for([MERGE, STRATEGIC])(
    'a rollout is restarted by an annotation of its template (%s)',
    async (type) => {
      const name = type === MERGE ? 'restarted' : 'restarted-too';
      const before = await createDeployment(name);
      const at = '2026-01-02T03:04:05Z';
      const change = {
        spec: {
          template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': at } } },
        },
      };
      const after = await api.ask('PATCH', `${DEPLOYMENTS}/${name}?${BY_US}`, change, type);
      expect(after.metadata.generation).toBe((before.metadata.generation ?? 0) + 1);
      expect(spec(after)['template']).toMatchObject({
        metadata: {
          labels: { app: name },
          annotations: { 'kubectl.kubernetes.io/restartedAt': at },
        },
        spec: { containers: [{ name: 'main', image: 'example/main:1' }] },
      });
    },
  );

  test('a workload is scaled by its subresource', async () => {
    await createDeployment('scaled');
    const path = `${DEPLOYMENTS}/scaled/scale`;
    expect(spec(await api.ask('GET', path))).toEqual({ replicas: 1 });
    const scaled = await api.ask('PATCH', `${path}?${BY_US}`, { spec: { replicas: 3 } }, MERGE);
    expect(scaled).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      spec: { replicas: 3 },
    });
    expect(spec(await api.ask('GET', `${DEPLOYMENTS}/scaled`))['replicas']).toBe(3);
  });

  test('an edit of an object that someone changed meanwhile is 409', async () => {
    const before = await createDeployment('edited');
    await api.ask('PATCH', `${DEPLOYMENTS}/edited`, { spec: { replicas: 2 } }, MERGE);
    const edited = await api.refusal('PUT', `${DEPLOYMENTS}/edited`, {
      ...before,
      spec: { ...spec(before), replicas: 5 },
    });
    expect(edited.status).toBe(409);
    expect(edited.message).toContain('the object has been modified');
  });

  test('a patch of an unknown type is 415', async () => {
    await createDeployment('patched');
    const refused = await api.refusal('PATCH', `${DEPLOYMENTS}/patched`, {}, 'application/json');
    expect(refused.status).toBe(415);
  });

  test('rights are asked for by a review', async () => {
    const review = await api.ask('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb: 'patch', resource: 'nodes' } },
    });
    expect(review['status']).toMatchObject({ allowed: true });
  });
});
