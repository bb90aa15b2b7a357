import type { KubeTable } from '../../domain/kube.ts';
import { complaint } from '../../domain/parsed.ts';
import type { Complaint } from '../../domain/parsed.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { WatchedResource } from '../../domain/watch.ts';
import { createInterner } from './interner.ts';
import { createKindTable } from './kind-table.ts';
import { errorText, oneLine } from './kube-error.ts';
import { asRecord, asText } from './status-error.ts';

/** What is known of one kind: the projections, the version they stand at, and when that was last confirmed. */
export type KindStore = {
  /** Begins a new list beside the present objects. */
  readonly begin: () => void;
  readonly add: (object: unknown) => void;
  /** The list is complete and stands at `version`. */
  readonly replace: (version: string) => void;
  readonly put: (object: unknown) => void;
  readonly remove: (object: unknown) => void;
  /** Where a watch goes on; empty when it must begin with a list. */
  readonly position: () => string;
  readonly moveTo: (version: string) => void;
  /** The objects are what the server has, as of now. */
  readonly confirm: (at: EpochMs) => void;
  readonly confirmedAt: () => EpochMs;
  readonly size: () => number;
  readonly staged: () => number;
  readonly complaints: () => readonly Complaint[];
  readonly publish: () => KubeTable<unknown> | undefined;
  /** Forgets everything. */
  readonly clear: () => void;
};

const COMPLAINTS_LIMIT = 20;

/** What is watched, and what is kept of each object. */
export type KindWatch = WatchedResource & { readonly project: (object: unknown) => unknown };

/** See {@link KindStore}. Only what `project` gives is kept, never the object itself. */
export function createKindStore(watch: KindWatch): KindStore {
  const table = createKindTable<unknown>();
  const interner = createInterner();
  let position = '';
  let lastVersion = '';
  let confirmedAt: EpochMs = 0;
  let complaints: Complaint[] = [];
  let stagedComplaints: Complaint[] = [];

  function read(object: unknown, into: Complaint[]): readonly [string, unknown] | undefined {
    try {
      const key = objectKey(watch, object);
      const projection = key === undefined ? undefined : watch.project(object);
      if (key !== undefined && projection !== undefined) {
        interner.intern(projection);
        return [key, projection];
      }
      complain(into, nameOf(object), 'the object has no name, or fields of unexpected types');
    } catch (error) {
      complain(into, nameOf(object), `the object cannot be read: ${errorText(error)}`);
    }
    return undefined;
  }

  function removeByName(object: unknown): boolean {
    const key = objectKey(watch, object);
    if (key !== undefined) table.remove(key);
    return key !== undefined;
  }

  return {
    begin: () => {
      stagedComplaints = [];
      table.begin();
    },
    add: (object) => {
      const entry = read(object, stagedComplaints);
      if (entry) table.add(...entry);
    },
    replace: (version) => {
      table.replace();
      complaints = stagedComplaints;
      if (isOlder(version, lastVersion))
        complain(
          complaints,
          `resourceVersion ${version} after ${lastVersion}`,
          'the versions of the server went backwards: its etcd was restored',
        );
      position = version;
      lastVersion = version;
    },
    put: (object) => {
      const entry = read(object, complaints);
      // An object that can no longer be read must not go on being shown as it was.
      if (entry) table.put(...entry);
      else removeByName(object);
    },
    remove: (object) => {
      if (!removeByName(object)) complain(complaints, nameOf(object), 'the object has no name');
    },
    position: () => position,
    moveTo: (version) => {
      position = version;
      if (version !== '') lastVersion = version;
    },
    confirm: (at) => {
      confirmedAt = at;
    },
    confirmedAt: () => confirmedAt,
    size: table.size,
    staged: table.staged,
    complaints: () => complaints,
    publish: table.publish,
    clear: () => {
      table.clear();
      position = '';
      lastVersion = '';
      complaints = [];
    },
  };
}

function complain(into: Complaint[], text: string, reason: string): void {
  if (into.length < COMPLAINTS_LIMIT) into.push(complaint(0, text, oneLine(reason)));
}

/** `namespace/name`, or `name` of what lies in no namespace; undefined for what has none. */
export function objectKey(
  { namespaced }: Pick<WatchedResource, 'namespaced'>,
  object: unknown,
): string | undefined {
  const { name, namespace } = asRecord(asRecord(object)['metadata']);
  if (typeof name !== 'string' || name === '') return undefined;
  if (!namespaced) return oneLine(name);
  return typeof namespace === 'string' && namespace !== ''
    ? `${oneLine(namespace)}/${oneLine(name)}`
    : undefined;
}

/** `namespace/name`; never more of the object, which may hold secrets. */
function nameOf(object: unknown): string {
  const { name, namespace } = asRecord(asRecord(object)['metadata']);
  return oneLine([asText(namespace), asText(name)].filter(Boolean).join('/')) || '(no name)';
}

/** Versions are opaque; that they are numbers today serves as a hint only. */
const isOlder = (version: string, before: string): boolean =>
  /^\d+$/.test(version) && /^\d+$/.test(before) && BigInt(version) < BigInt(before);
