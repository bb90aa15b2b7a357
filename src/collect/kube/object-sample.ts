import type { ObjectSample, Share } from '../../domain/objects.ts';
import type { EpochMs } from '../../domain/time.ts';
import { chunksOf, readAll } from './body.ts';
import { METADATA, METADATA_LIST } from './kind-reader.ts';
import { oneLine } from './kube-error.ts';
import type { KubeTransport } from './kube-transport.ts';
import { createLineSplitter } from './line-splitter.ts';
import { asRecord, asText, parseJson } from './status-error.ts';

/** So many objects are looked at: some hundred kilobytes of metadata. */
const MOST = 50;
/** Those that come within so long are taken for the newest, if they are as many as this. */
const WATCH_SECONDS = 3;
const LEAST_NEWEST = 5;
const LINE_LIMIT = 8 * 2 ** 20;
const LIST_LIMIT = 64 * 2 ** 20;
const MOST_SHARES = 4;
const MOST_NAMES = 5;

/** What to look at, and with what. */
export type SampleOptions = {
  readonly transport: KubeTransport;
  readonly path: string;
  /** The version at which they were counted; what is newer comes on a watch. Empty: they do not become more. */
  readonly since: string;
  readonly clock: () => EpochMs;
  readonly signal: AbortSignal;
  readonly onBytes: () => void;
};

type Metadata = Readonly<Record<string, unknown>>;

/**
 * Looks at the metadata of a few objects of a resource: at those that come just now where they multiply, else at the first
 * by their names, since the API cannot sort by age.
 * @throws {KubeError} without an answer
 */
export async function sampleObjects(options: SampleOptions): Promise<ObjectSample | null> {
  const newest = options.since === '' ? [] : await arriving(options).catch(() => []);
  const isNewest = newest.length >= LEAST_NEWEST;
  const seen = isNewest ? newest : await first(options);
  return seen.length === 0 ? null : summarize(seen, isNewest, options.clock());
}

/** What is made while somebody looks; a few seconds at most. */
async function arriving(options: SampleOptions): Promise<readonly Metadata[]> {
  const { transport, path, since, signal, onBytes } = options;
  const enough = new AbortController();
  // Not every server keeps to the time that it is asked to.
  const late = AbortSignal.timeout((WATCH_SECONDS + 1) * 1000);
  const query = new URLSearchParams({
    watch: 'true',
    resourceVersion: since,
    timeoutSeconds: String(WATCH_SECONDS),
  });
  const seen: Metadata[] = [];
  try {
    const answer = await transport.open({
      method: 'GET',
      path: `${path}?${query.toString()}`,
      accept: METADATA,
      signal: AbortSignal.any([signal, enough.signal, late]),
    });
    const splitter = createLineSplitter(LINE_LIMIT);
    for await (const chunk of chunksOf(answer)) {
      onBytes();
      for (const line of splitter.push(chunk)) {
        const { type, object } = asRecord(parseJson(line.toString('utf8')));
        if (type === 'ADDED') seen.push(asRecord(asRecord(object)['metadata']));
        if (seen.length >= MOST) return seen;
      }
    }
    return seen;
  } catch (error) {
    if (late.aborted) return seen;
    throw error;
  } finally {
    enough.abort(new Error('enough was seen'));
  }
}

async function first(options: SampleOptions): Promise<readonly Metadata[]> {
  const { transport, path, signal, onBytes } = options;
  const answer = await transport.open({
    method: 'GET',
    path: `${path}?limit=${MOST}`,
    accept: METADATA_LIST,
    signal,
  });
  onBytes();
  const text = await readAll(answer, LIST_LIMIT, transport.target());
  const { items } = asRecord(parseJson(text));
  return Array.isArray(items) ? items.map((item) => asRecord(asRecord(item)['metadata'])) : [];
}

/** Who wrote each first, what owns it, and where it is. */
function summarize(seen: readonly Metadata[], isNewest: boolean, at: EpochMs): ObjectSample {
  const created = seen.map(({ creationTimestamp }) => Date.parse(asText(creationTimestamp)));
  const byAge = seen
    .map((metadata, index) => ({ metadata, at: created[index] ?? Number.NaN }))
    .toSorted((a, b) => (b.at || 0) - (a.at || 0));
  const newestAt = byAge[0]?.at ?? Number.NaN;
  return {
    at,
    size: seen.length,
    isNewest,
    managers: sharesOf(seen.map(creatorOf)),
    owners: sharesOf(seen.map(ownerOf)),
    namespaces: sharesOf(seen.map(({ namespace }) => asText(namespace) || null)),
    newestAt: Number.isNaN(newestAt) ? null : newestAt,
    names: byAge.slice(0, MOST_NAMES).map(({ metadata }) => oneLine(asText(metadata['name']))),
  };
}

/** The manager of the oldest entry of `managedFields`: who created it, unless that is no longer told. */
function creatorOf({ managedFields }: Metadata): string | null {
  if (!Array.isArray(managedFields)) return null;
  const entries = managedFields.map(asRecord).filter(({ subresource }) => !subresource);
  const [oldest] = entries.toSorted((a, b) =>
    asText(a['time']) < asText(b['time']) ? -1 : Number(asText(a['time']) > asText(b['time'])),
  );
  return asText(oldest?.['manager']) || null;
}

/** Its controller, else its first owner, as `Kind/name`. */
function ownerOf({ ownerReferences }: Metadata): string | null {
  if (!Array.isArray(ownerReferences)) return null;
  const owners = ownerReferences.map(asRecord);
  const owner = owners.find(({ controller }) => controller === true) ?? owners[0];
  return owner === undefined ? null : `${asText(owner['kind'])}/${asText(owner['name'])}`;
}

/** The most frequent first; what nothing is told of is left out. */
function sharesOf(values: readonly (string | null)[]): readonly Share[] {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([name, count]) => ({ name: oneLine(name), count }))
    .toSorted((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
    .slice(0, MOST_SHARES);
}
