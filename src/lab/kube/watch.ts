import { type ApiError, expired, invalid, resourceVersionTooLarge, statusOf } from './api-error.ts';
import { readEntry, type Entry, type StoredEvent } from './collection.ts';
import type { ResourceRequest, ServerContext } from './context.ts';
import { selectorOf } from './list.ts';
import type { KubeObject } from './object.ts';
import {
  notAcceptable,
  renderBookmark,
  renderOne,
  shown,
  type Representation,
} from './representation.ts';
import { flag, integerOf, versionOf, type HttpResponse } from './request.ts';
import type { Selects } from './selectors.ts';
import { openWatchStream, type WatchStream } from './watch-stream.ts';

/** What a watch asks for, after the defaults. */
type WatchPlan = {
  /** Where to start: undefined or 0 is "from the present state". */
  readonly version: number | undefined;
  readonly initialEvents: boolean;
  readonly endMarker: boolean;
  readonly bookmarks: boolean;
  readonly timeoutSeconds: number;
};

/** A watcher that has this many live events waiting is too slow: the server ends its stream. */
const SLOW_WATCHER_EVENTS = 10_000;

/** Seconds before the end of a watch at which the last bookmark comes. */
const LAST_BOOKMARK_SECONDS = 2;

/** GET of a collection with `watch=true`. Answers with errors before it starts to stream. */
export function serveWatch(
  context: ServerContext,
  request: ResourceRequest,
  response: HttpResponse,
  representation: Representation,
): void {
  const { store, faults } = context;
  const {
    resource,
    path: { namespace },
  } = request;
  if (representation.as === 'partial' && representation.list)
    throw notAcceptable(
      'you requested PartialObjectMetadataList, but the requested object is not a list',
    );
  const plan = planOf(context, request.query);
  const selects = selectorOf(request);
  const gone = goneError(context, request, plan);
  if (gone && faults.goneAs === 'status') throw gone;
  const encode = createEncoder(context, request, representation);
  const stream = openWatchStream(response, request.pathname, () => faults.splitBytes);
  faults.watches.add(stream);
  if (faults.watchesStalled) stream.stall(true);
  if (gone) {
    stream.push(() => errorLine(gone));
    stream.end();
  }
  if (plan.initialEvents) {
    const page = store.page(resource, { namespace, selects });
    for (const { entry } of page?.entries ?? []) stream.push(() => encode.event('ADDED', entry));
    const version = store.version();
    if (plan.endMarker) stream.push(() => encode.bookmark(version, true));
  } else if (!gone && plan.version) {
    for (const event of store.eventsSince(resource, plan.version)) deliver(event);
  }

  function deliver(event: StoredEvent): void {
    if (namespace && !event.key.startsWith(`${namespace}/`)) return;
    const seen = seenBy(event, selects);
    if (seen) stream.push(() => encode.event(seen.type, seen.object));
  }

  const unsubscribe = store.subscribe(
    resource,
    (event) => {
      deliver(event);
      if (stream.waiting() > SLOW_WATCHER_EVENTS && !faults.watchesStalled) stream.end();
    },
    () => stream.end(),
  );
  const sendBookmark = (): void => {
    const version = store.version();
    stream.push(() => encode.bookmark(version, false));
  };
  const timers = [setTimeout(() => stream.end(), plan.timeoutSeconds * 1000)];
  if (plan.bookmarks) {
    timers.push(setInterval(sendBookmark, context.bookmarkSeconds * 1000));
    const last = plan.timeoutSeconds - LAST_BOOKMARK_SECONDS;
    if (last > 0) timers.push(setTimeout(sendBookmark, last * 1000));
  }
  response.once('close', () => {
    unsubscribe();
    for (const timer of timers) clearTimeout(timer);
    faults.watches.delete(stream);
  });
}

/** A line with an ERROR event. */
export function errorLine(error: ApiError): string {
  return `${JSON.stringify({ type: 'ERROR', object: statusOf(error) })}\n`;
}

function planOf(context: ServerContext, query: URLSearchParams): WatchPlan {
  const version = versionOf(query);
  const match = query.get('resourceVersionMatch');
  const asked = query.has('sendInitialEvents') ? flag(query, 'sendInitialEvents') : undefined;
  const watchList = context.watchList();
  validate({ match, asked, watchList, continued: query.has('continue') });
  const bookmarks = flag(query, 'allowWatchBookmarks');
  const fromPresent = version === undefined || version === 0;
  // Since 1.34 a watch that names no version is one with initial events; before, it had them without the end marker.
  const streaming = asked ?? (fromPresent && match === null && watchList);
  if (version !== undefined && version > context.store.version() && asked)
    throw resourceVersionTooLarge(version, context.store.version());
  return {
    version,
    initialEvents: asked ?? fromPresent,
    endMarker: streaming && bookmarks,
    bookmarks,
    timeoutSeconds: integerOf(query, 'timeoutSeconds') || 1800 + context.random.integer(1800),
  };
}

/** `ValidateListOptions` of apimachinery, the part about watches. */
function validate({
  match,
  asked,
  watchList,
  continued,
}: {
  readonly match: string | null;
  readonly asked: boolean | undefined;
  readonly watchList: boolean;
  readonly continued: boolean;
}): void {
  const causes: { reason: string; field: string; message: string }[] = [];
  const forbid = (field: string, message: string): void => {
    causes.push({ reason: 'FieldValueForbidden', field, message: `Forbidden: ${message}` });
  };
  if (asked !== undefined && match !== 'NotOlderThan')
    forbid(
      'resourceVersionMatch',
      'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
    );
  if (asked !== undefined && !watchList)
    forbid(
      'sendInitialEvents',
      'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
    );
  if (match !== null && asked === undefined)
    forbid(
      'resourceVersionMatch',
      'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    );
  if (match !== null && match !== 'NotOlderThan')
    causes.push({
      reason: 'FieldValueNotSupported',
      field: 'resourceVersionMatch',
      message: `Unsupported value: "${match}": supported values: "NotOlderThan"`,
    });
  if (match !== null && continued)
    forbid('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided');
  if (causes.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', causes);
}

/** 410 when the events after the wanted version are no longer all there. */
function goneError(
  { store }: ServerContext,
  { resource }: ResourceRequest,
  plan: WatchPlan,
): ApiError | undefined {
  const { version } = plan;
  if (plan.initialEvents || version === undefined || version >= store.oldestVersion(resource))
    return undefined;
  return expired(`too old resource version: ${version} (${store.oldestVersion(resource)})`);
}

/** How an event looks to a watcher with a selector: an object that stops to match is deleted for it. */
function seenBy(
  event: StoredEvent,
  selects: Selects | undefined,
): { readonly type: string; readonly object: Entry } | undefined {
  if (!selects) return event;
  const matches = selects(readEntry(event.object));
  const matched = event.previous !== undefined && selects(readEntry(event.previous));
  if (event.type === 'DELETED') return matched ? event : undefined;
  if (matches) return { type: matched ? 'MODIFIED' : 'ADDED', object: event.object };
  if (!matched || event.previous === undefined) return undefined;
  const last = readEntry(event.previous);
  const object: KubeObject = {
    ...last,
    metadata: { ...last.metadata, resourceVersion: String(event.version) },
  };
  return { type: 'DELETED', object };
}

type Encoder = {
  readonly event: (type: string, entry: Entry) => string;
  readonly bookmark: (version: number, initialEventsEnd: boolean) => string;
};

/** Makes the lines of one watch; in the Table form only its first one carries the column definitions. */
function createEncoder(
  { clock }: ServerContext,
  { kind }: ResourceRequest,
  wanted: Representation,
): Encoder {
  let representation = wanted;
  const line = (type: string, object: unknown): string => {
    if (representation.as === 'table' && representation.headers)
      representation = { ...representation, headers: false };
    return `${JSON.stringify({ type, object })}\n`;
  };
  return {
    event: (type, entry) =>
      line(type, renderOne(kind, shown(kind, readEntry(entry)), representation, clock())),
    bookmark: (version, end) =>
      line('BOOKMARK', renderBookmark(kind, version, end, representation)),
  };
}

/** Puts an ERROR event into open watches and ends them, as a server does whose storage fails. */
export function failWatches(watches: Iterable<WatchStream>, error: ApiError): void {
  for (const stream of watches) {
    stream.push(() => errorLine(error));
    stream.end();
  }
}
