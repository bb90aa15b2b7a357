import type { KubeTable } from '../../domain/kube.ts';
import { complaint } from '../../domain/parsed.ts';
import type { Complaint } from '../../domain/parsed.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { WatchedResource } from '../../domain/watch.ts';
import { bytesOf } from './heap-budget.ts';
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
  /** @param wasThere whether the server has had it before */
  readonly put: (object: unknown, wasThere: boolean) => void;
  readonly remove: (object: unknown) => void;
  /** Where a watch goes on; empty when it must begin with a list. */
  readonly position: () => string;
  readonly moveTo: (version: string) => void;
  /** The objects are what the server has, as of now. */
  readonly confirm: (at: EpochMs) => void;
  readonly confirmedAt: () => EpochMs;
  readonly size: () => number;
  readonly staged: () => number;
  /** About so much memory the objects take, those of a new list included. */
  readonly bytes: () => number;
  readonly complaints: () => readonly Complaint[];
  /** Objects that the server has and that are not kept, because only the newest are. */
  readonly hidden: () => number;
  /** So many are on the server that were not listed. */
  readonly hide: (count: number) => void;
  readonly publish: () => KubeTable<unknown> | undefined;
  /** Forgets everything. */
  readonly clear: () => void;
};

const COMPLAINTS_LIMIT = 20;
/** Of a kind of which the newest objects are kept, so many more come before the oldest are dropped. */
const SLACK = 0.1;

/** So many objects are measured at first, and then one of so many. */
const MEASURED_FIRST = 16;
const MEASURED_EACH = 64;
/** An entry of a map. */
const ENTRY_BYTES = 48;

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
  let hidden = 0;
  let stagedHidden = 0;
  let seen = 0;
  let measured = 0;
  let measuredBytes = 0;
  const rank = (object: unknown): number => Number(asRecord(object)[watch.newestBy ?? '']) || 0;
  const slack = Math.ceil(watch.maxObjects * (1 + SLACK));
  const isTooMuch = (count: number): boolean => watch.newestBy !== undefined && count > slack;

  /** The mean of some tells of all. */
  function measure(key: string, projection: unknown): void {
    seen += 1;
    if (seen > MEASURED_FIRST && seen % MEASURED_EACH !== 0) return;
    measured += 1;
    measuredBytes += ENTRY_BYTES + bytesOf(key) + bytesOf(projection);
  }

  function read(object: unknown, into: Complaint[]): readonly [string, unknown] | undefined {
    try {
      const key = objectKey(watch, object);
      const projection = key === undefined ? undefined : watch.project(object);
      if (key !== undefined && projection !== undefined) {
        interner.intern(projection);
        measure(key, projection);
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
      stagedHidden = 0;
      table.begin();
    },
    add: (object) => {
      const entry = read(object, stagedComplaints);
      if (entry) table.add(...entry);
      if (isTooMuch(table.staged())) stagedHidden += table.trimStaged(watch.maxObjects, rank);
    },
    replace: (version) => {
      if (watch.newestBy !== undefined) stagedHidden += table.trimStaged(watch.maxObjects, rank);
      table.replace();
      hidden = stagedHidden;
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
    put: (object, wasThere) => {
      const entry = read(object, complaints);
      const before = table.size();
      // An object that can no longer be read must not go on being shown as it was.
      if (entry) table.put(...entry);
      else removeByName(object);
      // One that was hidden until now.
      if (wasThere && table.size() > before) hidden = Math.max(0, hidden - 1);
      if (isTooMuch(table.size())) hidden += table.trim(watch.maxObjects, rank);
    },
    remove: (object) => {
      const before = table.size();
      const isNamed = removeByName(object);
      if (isNamed && table.size() === before) hidden = Math.max(0, hidden - 1);
      if (!isNamed) complain(complaints, nameOf(object), 'the object has no name');
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
    bytes: () =>
      measured === 0 ? 0 : Math.round(((table.size() + table.staged()) * measuredBytes) / measured),
    complaints: () => complaints,
    hidden: () => hidden,
    hide: (count) => {
      hidden = count;
    },
    publish: table.publish,
    clear: () => {
      hidden = 0;
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
    ? // One text of its own: what is put together otherwise keeps its parts beside itself.
      [oneLine(namespace), oneLine(name)].join('/')
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
