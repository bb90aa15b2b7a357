import { ApiError } from './api-error.ts';
import { authorizePath, userOf } from './authentication.ts';
import type { Authority } from './certificates.ts';
import type { ResourceRequest, ServerContext } from './context.ts';
import type { createDiscovery } from './discovery.ts';
import { hold, takeRule, type ResponseRule } from './faults.ts';
import { health } from './health.ts';
import { resourceOf, type Kind } from './kinds/kind.ts';
import { answerMetrics, isMetricsPath, servesMetrics } from './metrics-api.ts';
import { renderMetrics, type RequestCounts } from './metrics.ts';
import { KUBERNETES_VERSION } from './model.ts';
import type { Random } from './random.ts';
import {
  isClosed,
  parseResourcePath,
  readObject,
  type HttpRequest,
  type HttpResponse,
} from './request.ts';
import { serveResource, verbOf } from './resource-handler.ts';
import { begin, sendError, sendJson, sendText } from './respond.ts';
import { answerReview, REVIEWS } from './reviews.ts';
import type { Rights } from './rights.ts';
import type { Store } from './store.ts';

/** What the instances of a cluster share. */
export type Cluster = {
  readonly store: Store;
  readonly clock: () => number;
  readonly random: Random;
  readonly authority: Authority;
  readonly discover: ReturnType<typeof createDiscovery>;
  readonly bookmarkSeconds: number;
  readonly rights: Rights;
};

/** A function that answers every request of an instance. */
export function createHandler(
  cluster: Cluster,
  context: ServerContext,
): (request: HttpRequest, response: HttpResponse) => Promise<void> {
  const { faults, clock } = context;
  const counts: RequestCounts = new Map();
  const startedAtMs = clock();

  return async (request, response) => {
    response.on('error', () => response.destroy());
    request.on('error', () => response.destroy());
    try {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'https://kubernetes');
      await hold(faults);
      if (isClosed(response)) return;
      response.setHeader('date', new Date(clock()).toUTCString());
      const rule = takeRule(faults, request.method ?? 'GET', pathname);
      if (rule) sendRule(response, rule);
      else await route(request, response, pathname, searchParams);
    } catch (error) {
      if (response.headersSent) response.destroy();
      else sendError(response, error);
    }
  };

  async function route(
    request: HttpRequest,
    response: HttpResponse,
    pathname: string,
    query: URLSearchParams,
  ): Promise<void> {
    const user = userOf(request, faults);
    const checked = health(pathname, query, faults.failingChecks);
    if (checked)
      return sendText(response, checked.code, checked.text, {
        'x-content-type-options': 'nosniff',
      });
    if (pathname === '/version') return sendJson(response, 200, version());
    const path = parseResourcePath(pathname);
    const kind = context.store.kinds.find(
      ({ group, version, plural }) =>
        plural === path?.plural && group === path.group && version === path.version,
    );
    if (path && kind && isPlaced(kind, path)) {
      const resource = kind.sameObjectsAs?.resource ?? resourceOf(kind);
      const asked: ResourceRequest = { kind, resource, path, pathname, query, user };
      response.once('finish', () =>
        countRequest(counts, kind, verbOf(request.method ?? 'GET', asked), response.statusCode),
      );
      return serveResource(context, asked, { request, response });
    }
    authorizePath(pathname, user);
    if (isMetricsPath(pathname)) {
      if (!servesMetrics(context)) return sendText(response, 503, 'service unavailable\n');
      const answer = path && answerMetrics(context, path, query, user);
      if (answer !== undefined) return sendJson(response, 200, answer);
    }
    const document = cluster.discover(pathname, request.headers.accept);
    if (document) {
      if (request.headers['if-none-match'] === document.etag) {
        // Neither type nor length: caches put the headers of a 304 over those of the answer that they keep.
        begin(response, 304, { etag: document.etag, vary: 'Accept' });
        response.end();
        return undefined;
      }
      return sendText(response, 200, document.body, {
        'content-type': document.contentType,
        etag: document.etag,
        vary: 'Accept',
      });
    }
    const review =
      path && REVIEWS.find(({ group, plural }) => group === path.group && plural === path.plural);
    if (review && request.method === 'POST')
      return sendJson(
        response,
        201,
        answerReview(review, await readObject(request), context, user),
      );
    if (pathname === '/metrics') {
      const text = renderMetrics({
        store: context.store,
        requests: counts,
        watches: faults.watches.size,
        startedAtMs,
        nowMs: clock(),
        set: faults.metrics,
      });
      return sendText(response, 200, text, {
        'content-type': 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
      });
    }
    return sendText(response, 404, '404 page not found\n');
  }
}

/** Whether a path has a namespace where the kind needs one: `/api/v1/pods/NAME` is no path of an object. */
function isPlaced(
  kind: Kind,
  {
    namespace,
    name,
  }: { readonly namespace: string | undefined; readonly name: string | undefined },
): boolean {
  return kind.namespaced ? namespace !== undefined || name === undefined : namespace === undefined;
}

function countRequest(
  counts: RequestCounts,
  { group, version, plural }: Kind,
  verb: string,
  code: number,
): void {
  const labels = `code="${code}",component="apiserver",dry_run="",group="${group}",resource="${plural}",scope="",subresource="",verb="${verb.toUpperCase()}",version="${version}"`;
  counts.set(labels, (counts.get(labels) ?? 0) + 1);
}

function sendRule(
  response: HttpResponse,
  { status, retryAfterSeconds, message, html }: ResponseRule,
): void {
  if (html !== undefined) return sendText(response, status, html, { 'content-type': 'text/html' });
  const reason = REASONS[status] ?? 'InternalError';
  const details = retryAfterSeconds === undefined ? undefined : { retryAfterSeconds };
  sendError(
    response,
    new ApiError(status, reason, message ?? `the server answers ${status} (${reason})`, details),
  );
}

const REASONS: { readonly [status: number]: string } = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Expired',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

function version(): unknown {
  const [major = '1', minor = '34'] = KUBERNETES_VERSION.slice(1).split('.');
  return {
    major,
    minor,
    emulationMajor: major,
    emulationMinor: minor,
    minCompatibilityMajor: major,
    minCompatibilityMinor: String(Number(minor) - 1),
    gitVersion: KUBERNETES_VERSION,
    gitCommit: '93248f9ae092f571eb870b7664c534bfc7d00f03',
    gitTreeState: 'clean',
    buildDate: '2025-09-09T19:38:25Z',
    goVersion: 'go1.24.6',
    compiler: 'gc',
    platform: 'illumos/amd64',
  };
}
