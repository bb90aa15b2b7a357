import { resourceName } from '../../domain/watch.ts';
import type { WatchedResource } from '../../domain/watch.ts';
import { badJson, chunksOf, readList } from './body.ts';
import { countObjects } from './count.ts';
import type { Counted } from './count.ts';
import type { KindStore } from './kind-store.ts';
import { collectError, KubeError, networkError } from './kube-error.ts';
import type { KubeTransport } from './kube-transport.ts';
import { createLineSplitter } from './line-splitter.ts';
import { withoutManagedFields } from './managed-fields.ts';
import { asRecord, asText, eventError, parseJson } from './status-error.ts';
import type { KubeTiming } from './timing.ts';

/** The protocol of one kind: counting, listing in pages, watching. */
export type KindReader = {
  /** How many objects there are, without listing them: two kilobytes even for 200,000. */
  readonly count: () => Promise<Counted>;
  /** Whether a list can come on the watch itself, with this version of the server. */
  readonly streamsLists: () => boolean;
  /** Reads the whole list in pages and replaces the store's. */
  readonly list: () => Promise<void>;
  /**
   * Watches from the store's position until the server ends the stream; without a position the list comes first,
   * on the same stream. `refused`: the server cannot do that; `list` must be used.
   */
  readonly follow: () => Promise<'ended' | 'refused'>;
};

export type KindReaderOptions = {
  readonly watch: WatchedResource;
  /** Where its objects are, as discovery says. */
  readonly path: () => string;
  readonly store: KindStore;
  readonly listStreams: ListStreams;
  readonly transport: KubeTransport;
  readonly timing: KubeTiming;
  readonly random: () => number;
  /** Ends the present round. */
  readonly signal: () => AbortSignal;
  /** A stream was opened: its headers came. */
  readonly onOpened: () => void;
  /** Any byte came. */
  readonly onBytes: () => void;
  /** A line of a stream was understood, past its first list. */
  readonly onLine: () => void;
  /** An object has come, changed or gone, past the first list. */
  readonly onObject?: () => void;
  /**
   * A piece of a stream was taken, past its first list; the time is that of parsing.
   * @throws {KubeError} to end the stream
   */
  readonly onSpent: (bytes: number, milliseconds: number) => void;
  /** An object is kept, of a list or of a stream. */
  readonly onKept: () => void;
  /** A page of a list was read. */
  readonly onPage: () => void;
  /** A list is complete. */
  readonly onReplaced: () => void;
};

const PAGE_SIZE = 500;
/** etcd takes 1.5 MiB in a request; as JSON an object may be larger. */
const OBJECT_LIMIT = 8 * 1024 * 1024;
const PAGE_LIMIT = 256 * 1024 * 1024;
/** Of the objects of a resource that is watched for its metadata only. */
export const METADATA =
  'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';
export const METADATA_LIST =
  'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

/** Whether lists can come on watches; servers without the feature WatchList refuse them for every kind. */
export type ListStreams = {
  readonly usable: () => boolean;
  /** The server does not do it, in the version that it has now. */
  readonly refuse: () => void;
};

/** @param serverVersion the version of the server, as far as it is known */
export function createListStreams(serverVersion: () => string | null): ListStreams {
  let refusedBy: string | null | undefined;
  return {
    usable: () => refusedBy === undefined || refusedBy !== serverVersion(),
    refuse: () => {
      refusedBy = serverVersion();
    },
  };
}

type Pause = { readonly isDue: () => boolean; readonly take: () => Promise<void> };

/** See {@link KindReader}. */
export function createKindReader(options: KindReaderOptions): KindReader {
  const { watch, path, store, transport, timing, signal, listStreams } = options;
  const selectors = {
    ...(watch.fieldSelector === undefined ? {} : { fieldSelector: watch.fieldSelector }),
    ...(watch.labelSelector === undefined ? {} : { labelSelector: watch.labelSelector }),
  };
  const hasSelectors = Object.keys(selectors).length > 0;
  /** An error in a streamed list of this kind; another kind may well have its list on a watch. */
  let hasFailedStream = false;

  /** A turn of the event loop after every few milliseconds of parsing; back-pressure then reaches the server. */
  function createPause(): Pause {
    let sliceEnd = performance.now() + timing.yieldMs;
    return {
      isDue: () => performance.now() >= sliceEnd,
      take: async () => {
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
        sliceEnd = performance.now() + timing.yieldMs;
      },
    };
  }

  async function count(): Promise<Counted> {
    const counted = await countObjects(transport, path(), signal(), options.onBytes);
    // It counts without the selectors, so it says nothing of what they leave.
    return hasSelectors ? { ...counted, count: undefined } : counted;
  }

  /** Puts the objects of a page into the store as they come; gives what is around them. */
  async function readPage(token: string, pause: Pause): Promise<Readonly<Record<string, unknown>>> {
    const query = {
      // Never with resourceVersion=0: the watch cache then ignores the limit.
      limit: String(PAGE_SIZE),
      ...(token === '' ? {} : { continue: token }),
      ...selectors,
    };
    const answer = await transport.open({
      method: 'GET',
      path: withQuery(path(), query),
      accept: watch.only === 'metadata' ? METADATA_LIST : 'application/json',
      signal: signal(),
    });
    return readList(answer, {
      limit: PAGE_LIMIT,
      itemLimit: OBJECT_LIMIT,
      target: transport.target(),
      onBytes: options.onBytes,
      onItem: (item) => {
        store.add(item);
        options.onKept();
        checkCap(watch, store.staged(), 'so far');
        return pause.isDue() ? pause.take() : undefined;
      },
    });
  }

  async function list(): Promise<void> {
    const pause = createPause();
    store.begin();
    for (let token = ''; ;) {
      const page = await readPage(token, pause);
      const metadata = asRecord(page['metadata']);
      const version = asText(metadata['resourceVersion']);
      // What is measured when it is asked for has no version.
      const isVersioned = version !== '' || watch.pollSeconds !== undefined;
      const { items } = page;
      // A list of nothing may come as null: that is an empty slice of Go.
      if (!(items === null || Array.isArray(items)) || !isVersioned) throw notAList(path());
      options.onPage();
      token = asText(metadata['continue']);
      if (token === '') {
        store.replace(version);
        options.onReplaced();
        return;
      }
    }
  }

  /** Takes one line of a stream. */
  function take(line: Buffer, isInitial: boolean): 'initial' | 'live' | 'refused' {
    const event = asRecord(parseJson(withoutManagedFields(line)));
    const type = asText(event['type']);
    const { object } = event;
    if (type === '') throw badJson(transport.target().address);
    if (type === 'ERROR') throw streamError(eventError(object, `GET ${path()}`), isInitial);
    const metadata = asRecord(asRecord(object)['metadata']);
    const version = asText(metadata['resourceVersion']);
    if (type === 'BOOKMARK') {
      if (isInitial && !isEndOfList(metadata)) return 'refused';
      if (isInitial) {
        store.replace(version);
        options.onReplaced();
      } else store.moveTo(version);
      return 'live';
    }
    if (isInitial) {
      // These do not come in the order of their versions: none of them is a position.
      store.add(object);
      options.onKept();
      checkCap(watch, store.staged(), 'so far');
      return 'initial';
    }
    if (type === 'DELETED') store.remove(object);
    else if (type === 'ADDED' || type === 'MODIFIED') store.put(object, type === 'MODIFIED');
    options.onKept();
    options.onObject?.();
    if (version !== '') store.moveTo(version);
    checkCap(watch, store.size());
    return 'live';
  }

  /** client-go falls back to a list after any error in a streamed list: progress is better than a deadlock. */
  function streamError(error: KubeError, isInitial: boolean): KubeError {
    if (isInitial && error.status !== 410 && error.status !== 429 && !error.isBehind)
      hasFailedStream = true;
    return error;
  }

  async function openStream(isInitial: boolean) {
    const [from, to] = timing.watchSeconds;
    const query = {
      watch: 'true',
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(from + Math.floor(options.random() * (to - from))),
      ...(isInitial
        ? { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' }
        : { resourceVersion: store.position() }),
      ...selectors,
    };
    return transport.open({
      method: 'GET',
      path: withQuery(path(), query),
      accept: watch.only === 'metadata' ? METADATA : 'application/json',
      signal: signal(),
    });
  }

  async function follow(): Promise<'ended' | 'refused'> {
    const isInitial = store.position() === '';
    let state: 'initial' | 'live' = isInitial ? 'initial' : 'live';
    const answer = await openStream(isInitial).catch((error: unknown) => {
      const known = networkError(error, transport.target());
      if (!isInitial || (known.status !== 422 && known.status !== 400)) throw known;
      listStreams.refuse();
      return undefined;
    });
    if (answer === undefined) return 'refused';
    options.onOpened();
    if (isInitial) store.begin();
    const splitter = createLineSplitter(OBJECT_LIMIT);
    const pause = createPause();
    try {
      for await (const chunk of chunksOf(answer)) {
        options.onBytes();
        const wasLive = state === 'live';
        let spentMs = 0;
        for (const line of splitter.push(chunk)) {
          const began = wasLive ? performance.now() : 0;
          const next = take(line, state === 'initial');
          if (wasLive) spentMs += performance.now() - began;
          if (next === 'refused') {
            listStreams.refuse();
            return 'refused';
          }
          state = next;
          if (state === 'live') options.onLine();
          if (pause.isDue()) await pause.take();
        }
        if (wasLive) options.onSpent(chunk.length, spentMs);
      }
    } catch (error) {
      throw streamFailure(error);
    }
    if (splitter.rest() > 0) throw badJson(transport.target().address);
    if (state === 'initial')
      throw new KubeError(
        collectError('reset', `the list of ${path()} ended before it was complete`),
      );
    return 'ended';
  }

  const streamFailure = (error: unknown): KubeError =>
    error instanceof RangeError
      ? new KubeError(collectError('line-too-long', `watch of ${path()}: ${error.message}`))
      : networkError(error, transport.target());

  return {
    count,
    streamsLists: () => !hasFailedStream && listStreams.usable(),
    list,
    follow,
  };
}

/**
 * @param counted whether these are all, or those that have come so far
 * @throws {KubeError} `over-cap`
 */
export function checkCap(
  watch: Pick<WatchedResource, 'group' | 'resource' | 'maxObjects' | 'newestBy'>,
  count: number | undefined,
  counted: 'all' | 'so far' = 'all',
): void {
  const { maxObjects, newestBy } = watch;
  const least = counted === 'all' ? '' : 'at least ';
  if (count !== undefined && count > maxObjects && newestBy === undefined)
    throw new KubeError({
      ...collectError(
        'over-cap',
        `${least}${count} ${resourceName(watch)}, more than the limit of ${maxObjects}: they are counted only`,
        `find out what makes so many ${resourceName(watch)}`,
      ),
      resource: resourceName(watch),
    });
}

const notAList = (path: string): KubeError =>
  new KubeError(collectError('bad-json', `GET ${path}: the answer is not a list of objects`));

const isEndOfList = (metadata: Readonly<Record<string, unknown>>): boolean =>
  asRecord(metadata['annotations'])['k8s.io/initial-events-end'] === 'true';

const withQuery = (path: string, query: Readonly<Record<string, string>>): string =>
  `${path}?${new URLSearchParams(query).toString()}`;
