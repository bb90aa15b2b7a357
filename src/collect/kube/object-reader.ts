import type { WantedList } from '../../domain/described.ts';
import type { CollectError } from '../../domain/feed.ts';
import type { ApiResource } from './api-resources.ts';
import { collectError } from './kube-error.ts';
import type { KubeReply, RequestOptions } from './kube-request.ts';
import { asRecord, asText, parseJson } from './status-error.ts';

/** An object by its kind, as the API spells it, and its name, behind its namespace where it has one. */
export type ObjectName = {
  readonly kind: string;
  /** Where several groups have that kind; without it the server's first one. */
  readonly group?: string;
  readonly path: readonly string[];
};

export type ReadObject =
  | { readonly object: Readonly<Record<string, unknown>> }
  | { readonly error: CollectError };

/** Reads single objects as the API gives them now. */
export type ObjectReader = {
  /** Of a Secret only its metadata is asked for. */
  readonly read: (name: ObjectName) => Promise<ReadObject>;
  /** What is told about an object; null when it cannot be read. */
  readonly events: (object: unknown) => Promise<readonly unknown[] | null>;
  /** The objects of a list, all of its pages; null when it cannot be read. */
  readonly list: (wanted: WantedList) => Promise<readonly unknown[] | null>;
  /** The controllers above an object, the nearest first: `ReplicaSet/web-5d8`. */
  readonly owners: (object: unknown) => Promise<readonly string[]>;
};

export type ObjectReaderDeps = {
  readonly request: (options: RequestOptions) => Promise<KubeReply>;
  /** What the cluster serves; undefined while that is not known. */
  readonly resources: () => readonly ApiResource[] | undefined;
};

const TIMEOUT_SECONDS = 15;
const METADATA_ONLY = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
/** Holds the whole object as it was applied, for a Secret with its data. */
const APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const MOST_EVENTS = 500;
/** Objects of a list that are asked for at once, and how often that goes on. */
const PAGE = 250;
const MOST_PAGES = 20;
/** A chain of controllers has at most three links in practice. */
const MOST_OWNERS = 5;

/** See {@link ObjectReader}. */
export function createObjectReader({ request, resources }: ObjectReaderDeps): ObjectReader {
  async function get(path: string, needs: string, accept?: string): Promise<ReadObject> {
    const reply = await request({
      method: 'GET',
      path,
      timeoutSeconds: TIMEOUT_SECONDS,
      ...(accept === undefined ? {} : { accept }),
    });
    if (reply.kind !== 'done') return { error: errorOf(reply, needs) };
    const object = parseJson(reply.body);
    return typeof object === 'object' && object !== null
      ? { object: asRecord(object) }
      : { error: collectError('bad-json', 'the answer is not JSON', '') };
  }

  async function read({ kind, group: wanted, path }: ObjectName): Promise<ReadObject> {
    const served = resources();
    if (served === undefined)
      return {
        error: collectError(
          'not-connected',
          'it is not known yet what the cluster serves',
          'read again when it answers',
        ),
      };
    const found = served.find(
      (each) =>
        each.kind === kind &&
        each.verbs.includes('get') &&
        (wanted === undefined || each.group === wanted),
    );
    if (!found) return { error: collectError('absent', `the cluster serves no ${kind}`, '') };
    const { group, resource, namespaced } = found;
    const [namespace = ''] = namespaced ? path : [];
    const name = path.slice(namespaced ? 1 : 0).join('/');
    const where = namespaced ? ` in ${namespace}` : '';
    const full = group === '' ? resource : `${resource}.${group}`;
    const isSecret = group === '' && kind === 'Secret';
    const answer = await get(
      `${pathOf(found, namespace)}/${encodeURIComponent(name)}`,
      `get on ${full}${where}`,
      isSecret ? METADATA_ONLY : undefined,
    );
    return isSecret && 'object' in answer ? { object: metadataOf(answer.object) } : answer;
  }

  return {
    read,
    events: async (object) => {
      const { kind, metadata } = asRecord(object);
      const { name, namespace, uid } = asRecord(metadata);
      // The kubelet tells of its node under the node's name in place of its uid.
      const about =
        kind === 'Node'
          ? `involvedObject.kind=Node,involvedObject.name=${asText(name)}`
          : `involvedObject.uid=${asText(uid)}`;
      const query = new URLSearchParams({ fieldSelector: about, limit: String(MOST_EVENTS) });
      const base =
        asText(namespace) === ''
          ? '/api/v1/events'
          : `/api/v1/namespaces/${encodeURIComponent(asText(namespace))}/events`;
      const answer = await get(`${base}?${query.toString()}`, 'list on events');
      if ('error' in answer) return null;
      const { items } = answer.object;
      return Array.isArray(items) ? items : [];
    },
    list: async ({ path, fieldSelector }) => {
      const all: unknown[] = [];
      let next = '';
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const query = new URLSearchParams({
          fieldSelector,
          limit: String(PAGE),
          ...(next !== '' && { continue: next }),
        });
        const answer = await get(`${path}?${query.toString()}`, `list on ${path}`);
        if ('error' in answer) return null;
        const { items, metadata } = answer.object;
        for (const item of Array.isArray(items) ? items : []) all.push(item);
        next = asText(asRecord(metadata)['continue']);
        if (next === '') break;
      }
      return all;
    },
    owners: async (object) => {
      const owners: string[] = [];
      let current: unknown = object;
      while (owners.length < MOST_OWNERS) {
        const { metadata } = asRecord(current);
        const { namespace, ownerReferences } = asRecord(metadata);
        const references = Array.isArray(ownerReferences) ? ownerReferences.map(asRecord) : [];
        const owner = references.find(({ controller }) => controller === true);
        if (!owner) break;
        const [kind, name] = [asText(owner['kind']), asText(owner['name'])];
        owners.push(`${kind}/${name}`);
        const path = asText(namespace) === '' ? [name] : [asText(namespace), name];
        const above = await read({ kind, path });
        if ('error' in above) break;
        current = above.object;
      }
      return owners;
    },
  };
}

function pathOf({ group, version, resource, namespaced }: ApiResource, namespace: string): string {
  const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return namespaced
    ? `${base}/namespaces/${encodeURIComponent(namespace)}/${resource}`
    : `${base}/${resource}`;
}

/** What may be shown of a Secret: that it is there, whose it is and how old. */
function metadataOf({
  metadata,
}: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const known = asRecord(metadata);
  const annotations = Object.fromEntries(
    Object.entries(asRecord(known['annotations'])).filter(([name]) => name !== APPLIED),
  );
  return { apiVersion: 'v1', kind: 'Secret', metadata: { ...known, annotations } };
}

function errorOf(reply: Exclude<KubeReply, { kind: 'done' }>, needs: string): CollectError {
  switch (reply.kind) {
    case 'refused': {
      const { error, status } = reply;
      const text = error.message.replace(/^[A-Z]+ \S+: /u, '');
      if (status === 403)
        return collectError('forbidden', text, `grant the user of the kubeconfig ${needs}`);
      return status === 404
        ? collectError('absent', text, 'it is gone, or it was given another name')
        : { ...error, message: text };
    }
    case 'lost':
      return reply.error;
    case 'timeout':
      return collectError(
        'timeout',
        `no answer within ${reply.afterSeconds} s`,
        'is the API server overloaded?',
      );
    case 'too-large':
      return collectError('too-large', `larger than ${reply.bytes} bytes`, '');
    case 'aborted':
      return collectError('closed', 'the connection was closed', 'read again');
  }
}
