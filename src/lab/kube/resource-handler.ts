import { methodNotAllowed, notFound } from './api-error.ts';
import { authorize } from './authentication.ts';
import type { ResourceRequest, ServerContext } from './context.ts';
import { evict, remove, removeAll } from './deletion.ts';
import { apiVersionOf } from './kinds/kind.ts';
import { serveList } from './list.ts';
import { serveLog } from './logs.ts';
import type { KubeObject } from './object.ts';
import { negotiate, renderOne, shown } from './representation.ts';
import { flag, readObject, type HttpRequest, type HttpResponse } from './request.ts';
import { sendJson, sendText } from './respond.ts';
import { scaleOf, setScale } from './scale.ts';
import { serveWatch } from './watch.ts';
import { create, current, patch, readPatch, replace, writerOf } from './write.ts';

type Http = { readonly request: HttpRequest; readonly response: HttpResponse };

/** The verb of a request, as RBAC names it. */
export function verbOf(method: string, { path, query }: ResourceRequest): string {
  const named = path.name !== undefined;
  switch (method) {
    case 'GET':
      if (named) return 'get';
      return flag(query, 'watch') ? 'watch' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return named ? 'delete' : 'deletecollection';
    default:
      return method.toLowerCase();
  }
}

/** Serves a request for a resource whose kind is known. */
export async function serveResource(
  context: ServerContext,
  request: ResourceRequest,
  http: Http,
): Promise<void> {
  const { kind, path, query } = request;
  const verb = verbOf(http.request.method ?? 'GET', request);
  authorize(request, verb, context);
  const { subresource } = path;
  if (subresource !== undefined) {
    const known = kind.subresources.find((name) => name === subresource);
    if (!known) return sendText(http.response, 404, '404 page not found\n');
    if (known !== 'status') return serveSubresource(context, request, http, known);
  }
  const representation = negotiate(http.request.headers.accept, query);
  const answer = (object: KubeObject, code = 200): void => {
    // A single object has no list form; the server says so before it would write anything.
    sendJson(
      http.response,
      code,
      renderOne(kind, shown(kind, object), representation, context.clock()),
    );
  };
  switch (verb) {
    case 'get':
      return answer(current(context, request));
    case 'list':
      return serveList(context, request, http, representation);
    case 'watch':
      return serveWatch(context, request, http.response, representation);
    case 'create': {
      if (path.name !== undefined) throw methodNotAllowed();
      return answer(
        create(context, request, await readObject(http.request), writerOf(request, http.request)),
        201,
      );
    }
    case 'update': {
      if (path.name === undefined) throw methodNotAllowed();
      return answer(
        replace(context, request, await readObject(http.request), writerOf(request, http.request)),
      );
    }
    case 'patch': {
      if (path.name === undefined) throw methodNotAllowed();
      const change = await readPatch(kind, http.request);
      return answer(patch(context, request, change, writerOf(request, http.request)));
    }
    case 'delete':
      return sendJson(http.response, 200, remove(context, request, await readObject(http.request)));
    case 'deletecollection': {
      const items = removeAll(context, request, await readObject(http.request)).map((object) =>
        shown(kind, object),
      );
      const metadata = { resourceVersion: String(context.store.version()) };
      return sendJson(http.response, 200, {
        kind: `${kind.kind}List`,
        apiVersion: apiVersionOf(kind),
        metadata,
        items,
      });
    }
    default:
      throw methodNotAllowed();
  }
}

async function serveSubresource(
  context: ServerContext,
  request: ResourceRequest,
  http: Http,
  subresource: 'scale' | 'eviction' | 'log',
): Promise<void> {
  const method = http.request.method ?? 'GET';
  if (request.path.name === undefined) throw notFound(request.kind, '');
  if (subresource === 'log') {
    if (method !== 'GET') throw methodNotAllowed();
    return serveLog(context, request, http.response);
  }
  if (subresource === 'eviction') {
    if (method !== 'POST') throw methodNotAllowed();
    return sendJson(http.response, 201, evict(context, request, await readObject(http.request)));
  }
  const writer = writerOf(request, http.request);
  if (method === 'GET') return sendJson(http.response, 200, scaleOf(current(context, request)));
  if (method !== 'PUT' && method !== 'PATCH') throw methodNotAllowed();
  const body = method === 'PUT' ? await readObject(http.request) : undefined;
  const change = body ? () => body : await readPatch(request.kind, http.request);
  return sendJson(http.response, 200, setScale(context, request, change, writer));
}
