import type { ClusterWatch } from '../../domain/watch.ts';
import { badJson, chunksOf, readJson } from './body.ts';
import type { KindStore } from './kind-store.ts';
import { collectError, KubeError, networkError } from './kube-error.ts';
import type { KubeTransport } from './kube-transport.ts';
import { createLineSplitter } from './line-splitter.ts';
import { asRecord, asText, eventError, parseJson } from './status-error.ts';
import type { KubeTiming } from './timing.ts';

/** The protocol of one kind: counting, listing in pages, watching. */
export type KindReader = {
  /**
   * How many objects there are, without listing them: two kilobytes even for 200,000.
   * undefined where the server does not say it, as with selectors.
   */
  readonly count: () => Promise<number | undefined>;
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
  readonly watch: ClusterWatch;
  readonly store: KindStore;
  readonly transport: KubeTransport;
  readonly timing: KubeTiming;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Version of the server, as far as it is known. */
  readonly serverVersion: () => string | null;
  /** A stream was opened: its headers came. */
  readonly onOpened: () => void;
  /** Any byte came. */
  readonly onBytes: () => void;
  /** A line of a stream was understood, past its first list. */
  readonly onLine: () => void;
  /** A list is complete. */
  readonly onReplaced: () => void;
};

const PAGE_SIZE = 500;
/** etcd takes 1.5 MiB in a request; as JSON an object may be larger. */
const LINE_LIMIT = 8 * 1024 * 1024;
const PAGE_LIMIT = 256 * 1024 * 1024;
/** `limit=1` brings one object's metadata. */
const COUNT_LIMIT = 8 * 1024 * 1024;
const COUNT_ACCEPT =
  'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

/** See {@link KindReader}. */
export function createKindReader(options: KindReaderOptions): KindReader {
  const { watch, store, transport, timing, signal } = options;
  /** The server version that refused lists on a watch; undefined while none did. */
  let refusedBy: string | null | undefined;

  const refuse = () => {
    refusedBy = options.serverVersion();
  };

  /** A turn of the event loop after every few milliseconds of parsing; back-pressure then reaches the server. */
  function createPause() {
    let sliceEnd = performance.now() + timing.yieldMs;
    return async () => {
      if (performance.now() < sliceEnd) return;
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      sliceEnd = performance.now() + timing.yieldMs;
    };
  }

  const get = (query: Readonly<Record<string, string>>, accept: string, limit: number) =>
    transport
      .open({ method: 'GET', path: withQuery(watch.path, query), accept, signal })
      .then((answer) => readJson(answer, limit, transport.target(), options.onBytes));

  async function count(): Promise<number | undefined> {
    if (/[?&](?:field|label)Selector=/.test(watch.path)) return undefined;
    const list = asRecord(await get({ limit: '1' }, COUNT_ACCEPT, COUNT_LIMIT));
    const metadata = asRecord(list['metadata']);
    const items = Array.isArray(list['items']) ? list['items'].length : 0;
    const remaining = metadata['remainingItemCount'];
    if (typeof remaining === 'number') return items + remaining;
    return asText(metadata['continue']) === '' ? items : undefined;
  }

  async function list(): Promise<void> {
    const pause = createPause();
    store.begin();
    for (let token = ''; ;) {
      // Never with resourceVersion=0: the watch cache then ignores the limit.
      const query = { limit: String(PAGE_SIZE), ...(token === '' ? {} : { continue: token }) };
      const page = asRecord(await get(query, 'application/json', PAGE_LIMIT));
      const metadata = asRecord(page['metadata']);
      const version = asText(metadata['resourceVersion']);
      if (!Array.isArray(page['items']) || version === '') throw notAList(watch.path);
      for (const item of page['items']) {
        store.add(item);
        await pause();
      }
      checkCap(watch, store.staged());
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
    const event = asRecord(parseJson(line.toString('utf8')));
    const type = asText(event['type']);
    const { object } = event;
    if (type === '') throw badJson(transport.target().address);
    if (type === 'ERROR') throw streamError(eventError(object, `GET ${watch.path}`), isInitial);
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
      checkCap(watch, store.staged());
      return 'initial';
    }
    if (type === 'DELETED') store.remove(object);
    else if (type === 'ADDED' || type === 'MODIFIED') store.put(object);
    if (version !== '') store.moveTo(version);
    checkCap(watch, store.size());
    return 'live';
  }

  /** client-go falls back to a list after any error in a streamed list: progress is better than a deadlock. */
  function streamError(error: KubeError, isInitial: boolean): KubeError {
    if (isInitial && error.status !== 410 && error.status !== 429 && !error.isBehind) refuse();
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
    };
    return transport.open({ method: 'GET', path: withQuery(watch.path, query), signal });
  }

  async function follow(): Promise<'ended' | 'refused'> {
    const isInitial = store.position() === '';
    let state: 'initial' | 'live' = isInitial ? 'initial' : 'live';
    const answer = await openStream(isInitial).catch((error: unknown) => {
      const known = networkError(error, transport.target());
      if (!isInitial || (known.status !== 422 && known.status !== 400)) throw known;
      refuse();
      return undefined;
    });
    if (answer === undefined) return 'refused';
    options.onOpened();
    if (isInitial) store.begin();
    const splitter = createLineSplitter(LINE_LIMIT);
    const pause = createPause();
    try {
      for await (const chunk of chunksOf(answer)) {
        options.onBytes();
        for (const line of splitter.push(chunk)) {
          const next = take(line, state === 'initial');
          if (next === 'refused') {
            refuse();
            return 'refused';
          }
          state = next;
          if (state === 'live') options.onLine();
          await pause();
        }
      }
    } catch (error) {
      throw streamFailure(error);
    }
    if (splitter.rest() > 0) throw badJson(transport.target().address);
    if (state === 'initial')
      throw new KubeError(
        collectError('reset', `the list of ${watch.path} ended before it was complete`),
      );
    return 'ended';
  }

  const streamFailure = (error: unknown): KubeError =>
    error instanceof RangeError
      ? new KubeError(collectError('line-too-long', `watch of ${watch.path}: ${error.message}`))
      : networkError(error, transport.target());

  return {
    count,
    streamsLists: () => refusedBy === undefined || refusedBy !== options.serverVersion(),
    list,
    follow,
  };
}

/** @throws {KubeError} `over-cap` */
export function checkCap({ feed, maxObjects }: ClusterWatch, count: number | undefined): void {
  if (count !== undefined && count > maxObjects)
    throw new KubeError(
      collectError(
        'over-cap',
        `${count} ${feed}, more than the limit of ${maxObjects}: they are counted only`,
        `find out what makes so many ${feed}`,
      ),
    );
}

const notAList = (path: string): KubeError =>
  new KubeError(collectError('bad-json', `GET ${path}: the answer is not a list of objects`));

const isEndOfList = (metadata: Readonly<Record<string, unknown>>): boolean =>
  asRecord(metadata['annotations'])['k8s.io/initial-events-end'] === 'true';

const withQuery = (path: string, query: Readonly<Record<string, string>>): string =>
  `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams(query).toString()}`;
