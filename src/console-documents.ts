import type { ObjectName, ObjectReader } from './collect/kube/object-reader.ts';
import type { DescribedLine } from './domain/described.ts';
import type { CollectError } from './domain/feed.ts';
import { OUTSIDE_TARGET } from './domain/network.ts';
import { refKind, refPath } from './domain/ref.ts';
import type { Ref } from './domain/ref.ts';
import type { EpochMs } from './domain/time.ts';
import { textAt } from './parse/json-fields.ts';
import { describers } from './registry.ts';
import type { DocumentView } from './ui/model.ts';

/** What is wanted of an object. */
export type DocumentChoice = {
  readonly what: 'yaml' | 'describe';
  readonly ref: Ref;
  /** In YAML: with who set which field. */
  readonly hasManagedFields: boolean;
};

export const READING: DocumentView = {
  kind: 'document',
  lines: [],
  error: null,
  at: null,
  resourceVersion: null,
  isReading: true,
};

/** Which object of the API a reference names; null for what is none. */
function objectNameOf(ref: Ref): ObjectName | null {
  const [, ...path] = refPath(ref);
  const refersTo = refKind(ref);
  if (refersTo === 'pod') return { kind: 'Pod', path };
  if (refersTo === 'node') return { kind: 'Node', path };
  if (refersTo === 'kubevirt') return { kind: 'VirtualMachine', path };
  if (refersTo !== 'workload' && refersTo !== 'object' && refersTo !== 'storage') return null;
  const [kind = '', ...rest] = path;
  // Longhorn calls its kinds as others do.
  if (kind.startsWith('Longhorn'))
    return { kind: kind.slice('Longhorn'.length), group: 'longhorn.io', path: rest };
  // Events are told in groups, a BGP peer is a session, what a webhook's URL leads to is elsewhere.
  return kind === 'Event' || kind === 'BGPPeer' || kind === OUTSIDE_TARGET
    ? null
    : { kind, path: rest };
}

/** Reads an object as the API gives it now, and makes text of it. Never rejects. */
export async function readDocument(
  reader: ObjectReader,
  { what, ref, hasManagedFields }: DocumentChoice,
  clock: () => EpochMs,
): Promise<DocumentView> {
  const name = objectNameOf(ref);
  if (name === null) return failed(NO_OBJECT);
  const answer = await reader.read(name);
  if ('error' in answer) return failed(answer.error);
  const { object } = answer;
  const lines =
    what === 'yaml'
      ? await yamlLines(object, hasManagedFields)
      : await describedLinesOf(reader, name.kind, object, clock);
  return {
    kind: 'document',
    lines: lines.map(({ text, tone }, index) => ({ id: index + 1, text, tone, at: null })),
    error: null,
    at: clock(),
    resourceVersion: textAt(object, 'metadata', 'resourceVersion'),
    isReading: false,
  };
}

async function yamlLines(
  object: unknown,
  hasManagedFields: boolean,
): Promise<readonly DescribedLine[]> {
  // Loaded when it is wanted: most consoles never show YAML.
  const { objectYaml } = await import('./collect/kube/object-yaml.ts');
  return objectYaml(object, hasManagedFields).map((text) => ({ text, tone: 'plain' }));
}

async function describedLinesOf(
  reader: ObjectReader,
  kind: string,
  object: unknown,
  clock: () => EpochMs,
): Promise<readonly DescribedLine[]> {
  const describer = describers.find(({ kinds }) => kinds.includes(kind)) ?? describers.at(-1);
  const wanted = describer?.wants?.(object) ?? null;
  const [events, owners, others] = await Promise.all([
    reader.events(object),
    reader.owners(object),
    wanted === null ? [] : reader.list(wanted),
  ]);
  return describer?.describe(object, { now: clock(), events, owners, others }) ?? [];
}

const NO_OBJECT: CollectError = {
  code: 'no-object',
  message: 'it is no object of the API by itself',
  hint: 'its detail tells what is known of it',
};

const failed = (error: CollectError): DocumentView => ({ ...READING, error, isReading: false });
