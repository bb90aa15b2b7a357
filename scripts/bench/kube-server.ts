/**
 * An API server whose answers are made beforehand, so that its own time is none of the client's: nodes and pods of the
 * lab, in lists, on watches, and as a stream of changes while `/bench/changes` is asked to send them.
 *
 *     tsx kube-server.ts FOLDER NODES PODS
 */
import { writeFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createAuthority } from '../../src/lab/kube/certificates.ts';
import { apiVersionOf, resourceOf } from '../../src/lab/kube/kinds/kind.ts';
import type { Kind } from '../../src/lab/kube/kinds/kind.ts';
import { KINDS } from '../../src/lab/kube/kinds/registry.ts';
import { renderKubeconfig } from '../../src/lab/kube/kubeconfig.ts';
import { createModel, KUBERNETES_VERSION } from '../../src/lab/kube/model.ts';
import type { KubeObject } from '../../src/lab/kube/object.ts';
import { createStore } from '../../src/lab/kube/store.ts';
import { give } from './measure.ts';

/** What the parent is told. */
export type KubeServer = {
  readonly kubeconfig: string;
  readonly nodes: number;
  readonly pods: number;
  readonly listBytes: number;
};

/** Nodes and pods of one copy of the lab's cluster. */
const NODES_PER_SCALE = 4;
const CHANGES_EVERY_MS = 50;
const HOUR_MS = 3_600_000;
/** Node refuses new streams of a session while more than this waits to be sent; an API server does not. */
const SESSION_MEMORY_MB = 1_000;

const [folder = '.', nodesText = '500', podsText = '10000'] = process.argv.slice(2);
const scale = Math.ceil(Number(nodesText) / NODES_PER_SCALE);
const model = createModel({ name: 'bench', seed: 1, scale, nowMs: Date.now() });
const store = createStore({ kinds: KINDS, seed: 1, clock: Date.now, startVersion: 1_000 });
// So many names of pods are not all different; who makes them would try again.
for (const kind of KINDS)
  for (const draft of kind.seed(model))
    if (!store.get(resourceOf(kind), draft.metadata.namespace, draft.metadata.name))
      store.create(resourceOf(kind), draft);

type Served = {
  readonly objects: readonly KubeObject[];
  readonly list: Buffer;
  readonly initial: Buffer;
};

function served(kind: Kind, most: number): Served {
  const objects = store.list(resourceOf(kind)).slice(0, most);
  const metadata = { resourceVersion: String(store.version()) };
  const list = {
    kind: `${kind.kind}List`,
    apiVersion: apiVersionOf(kind),
    metadata,
    items: objects,
  };
  const bookmark = {
    kind: kind.kind,
    apiVersion: apiVersionOf(kind),
    metadata: { ...metadata, annotations: { 'k8s.io/initial-events-end': 'true' } },
  };
  return {
    objects,
    list: Buffer.from(JSON.stringify(list)),
    initial: Buffer.from(
      [...objects.map((object) => line('ADDED', object)), line('BOOKMARK', bookmark)].join(''),
    ),
  };
}

function line(type: string, object: unknown): string {
  return `${JSON.stringify({ type, object })}\n`;
}

const kindOf = (plural: string): Kind => {
  const kind = KINDS.find((one) => one.plural === plural && one.group === '');
  if (!kind) throw new Error(`the lab has no ${plural}`);
  return kind;
};
const tables = {
  '/api/v1/nodes': served(kindOf('nodes'), Number(nodesText)),
  '/api/v1/pods': served(kindOf('pods'), Number(podsText)),
} as const;
const { objects: pods } = tables['/api/v1/pods'];

const podWatchers = new Set<Http2ServerResponse>();
let version = store.version();
let changing: NodeJS.Timeout | undefined;

/** Restarts a container of so many pods a second. */
function setChanges(perSecond: number): void {
  clearInterval(changing);
  if (perSecond === 0) return;
  const each = Math.max(1, Math.round((perSecond * CHANGES_EVERY_MS) / 1000));
  changing = setInterval(() => {
    let text = '';
    for (let count = 0; count < each; count += 1) {
      version += 1;
      const pod = pods[version % pods.length];
      if (!pod) return;
      const status = pod['status'] as { readonly containerStatuses?: readonly object[] };
      text += line('MODIFIED', {
        ...pod,
        metadata: { ...pod.metadata, resourceVersion: String(version) },
        status: {
          ...status,
          containerStatuses: status.containerStatuses?.map((container) => ({
            ...container,
            restartCount: version,
          })),
        },
      });
    }
    for (const response of podWatchers) response.write(text);
  }, CHANGES_EVERY_MS);
}

/** Missing in the types of the compatibility API, though it is there. */
function flushHeaders(response: object): void {
  if ('flushHeaders' in response && typeof response.flushHeaders === 'function')
    response.flushHeaders();
}

function answer(request: Http2ServerRequest, response: Http2ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url, 'https://bench');
  const json = (value: unknown): void => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(Buffer.isBuffer(value) ? value : JSON.stringify(value));
  };
  const table = Object.entries(tables).find(([path]) => path === pathname)?.[1];
  if (pathname === '/readyz') response.end('ok');
  else if (pathname === '/version') json({ gitVersion: KUBERNETES_VERSION });
  else if (pathname === '/bench/changes') {
    setChanges(Number(searchParams.get('perSecond')));
    json({});
  } else if (!table) {
    response.writeHead(404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ kind: 'Status', code: 404, message: 'not found' }));
  } else if (searchParams.get('watch') === 'true') {
    response.writeHead(200, { 'content-type': 'application/json' });
    if (searchParams.get('sendInitialEvents') === 'true') response.write(table.initial);
    else flushHeaders(response);
    if (table === tables['/api/v1/pods']) podWatchers.add(response);
    response.once('close', () => podWatchers.delete(response));
  } else if (searchParams.get('limit') === '1')
    json({
      kind: 'Table',
      metadata: {
        resourceVersion: String(store.version()),
        continue: 'more',
        remainingItemCount: table.objects.length - 1,
      },
      rows: [{}],
    });
  else json(table.list);
}

const validity = { notBeforeMs: Date.now() - HOUR_MS, notAfterMs: Date.now() + HOUR_MS };
const authority = createAuthority('bench', validity);
const { certificate: cert, key } = authority.issueServer('kube-apiserver', ['127.0.0.1'], validity);
const server = createSecureServer(
  { allowHTTP1: true, cert, key, maxSessionMemory: SESSION_MEMORY_MB },
  (request, response) => {
    request.on('error', () => {});
    response.on('error', () => {});
    answer(request, response);
  },
);
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(
    kubeconfig,
    renderKubeconfig({
      cluster: 'bench',
      user: 'bench',
      server: `https://127.0.0.1:${port}`,
      authority: authority.certificate,
      client: authority.issueClient('bench', ['system:masters'], validity),
    }),
  );
  give({
    kubeconfig,
    nodes: tables['/api/v1/nodes'].objects.length,
    pods: pods.length,
    listBytes: tables['/api/v1/pods'].list.length + tables['/api/v1/nodes'].list.length,
  } satisfies KubeServer);
});
process.stdin.once('end', () => process.exit()).resume();
