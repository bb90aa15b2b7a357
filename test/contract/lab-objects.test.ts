import { expect, test } from 'vitest';
import { startKubeApi } from '../../src/lab/kube/api.ts';
import type { KubeObject } from '../../src/lab/kube/object.ts';
import { connect } from './client.ts';
import { controlPlaneBinaries, startRealApi } from './real-api.ts';

const binaries = controlPlaneBinaries();
/** What every API server serves; the others of the lab are custom resources. */
const BUILT_IN: ReadonlySet<string> = new Set([
  '',
  'admissionregistration.k8s.io',
  'apps',
  'batch',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'networking.k8s.io',
  'policy',
  'storage.k8s.io',
]);
const LIMIT_MS = 180_000;

/** What a client sends to make such an object: nothing that a server fills in. */
function toCreate({ metadata, status: _status, ...rest }: KubeObject): unknown {
  const { name, namespace, labels, annotations, ownerReferences } = metadata;
  return { ...rest, metadata: { name, namespace, labels, annotations, ownerReferences } };
}

test.skipIf(typeof binaries === 'string')(
  'a real API server would take the objects of the lab',
  async () => {
    if (typeof binaries === 'string') return;
    const lab = await startKubeApi({ seed: 1 });
    const subject = await startRealApi(binaries);
    const api = await connect(subject.kubeconfig);
    const refused = new Set<string>();
    let taken = 0;
    try {
      const isNew = new Set(lab.store.list('namespaces').map(({ metadata }) => metadata.name));
      for (const name of ['default', 'kube-node-lease', 'kube-public', 'kube-system'])
        isNew.delete(name);
      for (const name of isNew)
        await api.ask('POST', '/api/v1/namespaces', {
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name },
        });
      for (const kind of lab.store.kinds.filter(({ group }) => BUILT_IN.has(group))) {
        const resource = kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
        for (const object of lab.store.list(resource)) {
          const { namespace, name } = object.metadata;
          // The lab's API servers are on the loopback, where no real endpoint may be.
          if (resource.startsWith('endpointslices') && name.startsWith('kubernetes-')) continue;
          const root = kind.group === '' ? '/api/v1' : `/apis/${object.apiVersion}`;
          const place = namespace === undefined ? '' : `/namespaces/${namespace}`;
          const reply = await api.send(
            'POST',
            `${root}${place}/${kind.plural}?dryRun=All`,
            toCreate(object),
          );
          const isThere = reply.kind === 'refused' && reply.status === 409;
          if (reply.kind === 'done' || isThere) taken += 1;
          else
            refused.add(
              `${resource} ${name}: ${reply.kind === 'refused' ? reply.error.message : reply.kind}`,
            );
        }
      }
    } finally {
      await api.close();
      await subject.close();
      await lab.close();
    }
    expect([...refused]).toEqual([]);
    expect(taken).toBeGreaterThan(100);
  },
  LIMIT_MS,
);
