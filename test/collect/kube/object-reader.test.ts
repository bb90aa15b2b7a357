import { expect, test } from 'vitest';
import type { ApiResource } from '../../../src/collect/kube/api-resources.ts';
import type { KubeReply, RequestOptions } from '../../../src/collect/kube/kube-request.ts';
import { createObjectReader } from '../../../src/collect/kube/object-reader.ts';
import { objectYaml } from '../../../src/collect/kube/object-yaml.ts';

const served = (kind: string, resource: string, group = ''): ApiResource => ({
  group,
  version: 'v1',
  resource,
  kind,
  namespaced: true,
  verbs: ['get', 'list'],
});
const SERVED = [served('Secret', 'secrets'), served('Deployment', 'deployments', 'apps')];

/** A reader whose requests are answered with one thing. */
function reader(reply: unknown, resources: readonly ApiResource[] | undefined = SERVED) {
  const asked: RequestOptions[] = [];
  const request = async (options: RequestOptions): Promise<KubeReply> => {
    asked.push(options);
    return reply as KubeReply;
  };
  return { asked, ...createObjectReader({ request, resources: () => resources }) };
}
const done = (object: unknown) => ({
  kind: 'done',
  status: 200,
  contentType: 'application/json',
  body: JSON.stringify(object),
  durationMs: 1,
});

test('of a Secret only the metadata is asked for, and nothing of its data is shown', async () => {
  const applied = 'kubectl.kubernetes.io/last-applied-configuration';
  const { asked, read } = reader(
    done({
      kind: 'PartialObjectMetadata',
      metadata: { name: 'db', annotations: { [applied]: '{"data":{"a":"c2VjcmV0"}}', note: 'x' } },
      data: { a: 'c2VjcmV0' },
    }),
  );
  const answer = await read({ kind: 'Secret', path: ['apps', 'db'] });
  expect(asked[0]?.accept).toContain('as=PartialObjectMetadata');
  expect(answer).toEqual({
    object: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'db', annotations: { note: 'x' } },
    },
  });
});

test.for([
  [403, 'forbidden', 'grant the user of the kubeconfig get on deployments.apps in apps'],
  [404, 'absent', 'it is gone, or it was given another name'],
] as const)('%i says what to do', async ([status, code, hint]) => {
  const { read } = reader({
    kind: 'refused',
    status,
    error: { code: 'x', message: `GET /apis/x: no (${status})`, hint: '' },
  });
  expect(await read({ kind: 'Deployment', path: ['apps', 'web'] })).toEqual({
    error: { code, message: `no (${status})`, hint },
  });
});

test('a kind that is not served is not asked for', async () => {
  const { asked, read } = reader(done({}), []);
  expect(await read({ kind: 'Pod', path: ['a', 'b'] })).toMatchObject({
    error: { code: 'absent' },
  });
  expect(asked).toEqual([]);
});

test('a loop of controllers ends', async () => {
  const { owners } = reader(
    done({
      metadata: {
        namespace: 'apps',
        ownerReferences: [{ kind: 'Deployment', name: 'a', controller: true }],
      },
    }),
  );
  const loop = {
    metadata: { ownerReferences: [{ kind: 'Deployment', name: 'a', controller: true }] },
  };
  expect(await owners(loop)).toHaveLength(5);
});

test('YAML has sorted keys, quotes what looks like something else, and moves no cursor', () => {
  const object = {
    kind: 'X',
    apiVersion: 'v1',
    metadata: { name: 'on', managedFields: [{ manager: 'm' }] },
    spec: { text: 'a\u001B[31mb\u202Ec', list: [{ b: 1, a: 'yes' }] },
  };
  expect(objectYaml(object, false)).toEqual([
    'apiVersion: v1',
    'kind: X',
    'metadata:',
    '  name: "on"',
    'spec:',
    '  list:',
    '  - a: "yes"',
    '    b: 1',
    expect.stringMatching(/^ {2}text: /),
  ]);
  expect(objectYaml(object, false).join('\n')).not.toMatch(/[\u001B\u202E]/u);
  expect(objectYaml(object, true)).toContain('  - manager: m');
});

test('a list is read page by page, and what one page refuses is not known', async () => {
  const pages: readonly unknown[] = [
    done({ items: [1, 2], metadata: { continue: 'more' } }),
    done({ items: [3], metadata: {} }),
  ];
  const asked: string[] = [];
  const request = async ({ path }: RequestOptions): Promise<KubeReply> => {
    asked.push(path);
    return pages[asked.length - 1] as KubeReply;
  };
  const { list } = createObjectReader({ request, resources: () => SERVED });
  expect(await list({ path: '/api/v1/pods', fieldSelector: 'spec.nodeName=w1' })).toEqual([
    1, 2, 3,
  ]);
  expect(asked).toEqual([
    '/api/v1/pods?fieldSelector=spec.nodeName%3Dw1&limit=250',
    '/api/v1/pods?fieldSelector=spec.nodeName%3Dw1&limit=250&continue=more',
  ]);
  const refused = reader({ kind: 'timeout', afterSeconds: 15 });
  expect(await refused.list({ path: '/api/v1/pods', fieldSelector: '' })).toBeNull();
});
