import { badRequest, expired, invalid, resourceVersionTooLarge } from './api-error.ts';
import { readEntry, type Page } from './collection.ts';
import type { ResourceRequest, ServerContext } from './context.ts';
import { selectableFields } from './kinds/kind.ts';
import type { KubeObject } from './object.ts';
import { renderList, shown, type ListMeta, type Representation } from './representation.ts';
import { integerOf, versionOf, type HttpRequest, type HttpResponse } from './request.ts';
import { sendPieces } from './respond.ts';
import { parseFieldSelector, parseLabelSelector, type Selects } from './selectors.ts';

/** Where a continued list goes on. A version of -1 means: as the objects are now, consistent or not. */
type Continue = { readonly v: 'meta.k8s.io/v1'; readonly rv: number; readonly start: string };

const TOO_OLD_TO_CONTINUE =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

/** GET of a collection. */
export async function serveList(
  context: ServerContext,
  request: ResourceRequest,
  http: { readonly request: HttpRequest; readonly response: HttpResponse },
  representation: Representation,
): Promise<void> {
  const { kind } = request;
  const selects = selectorOf(request);
  const { page, version } = readPage(context, request, selects);
  const last = page.entries.at(-1)?.key;
  const more = page.remaining > 0 && last !== undefined;
  const metadata: ListMeta = {
    resourceVersion: String(version),
    ...(more && { continue: encodeToken({ v: 'meta.k8s.io/v1', rv: version, start: last }) }),
    // The server counts keys, so it cannot say how many of them a selector would leave.
    ...(more && !selects && { remainingItemCount: page.remaining }),
  };
  const { before, element, after } = renderList(kind, metadata, representation, context.clock());
  function* pieces(): Generator<string> {
    yield before;
    let separator = '';
    for (const { entry } of page.entries) {
      yield separator + element(shown(kind, readEntry(entry)));
      separator = ',';
    }
    yield after;
  }
  await sendPieces(http.request, http.response, pieces());
}

/** The objects that both selectors of a request leave; undefined when there is none. */
export function selectorOf({ kind, query }: ResourceRequest): Selects | undefined {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '');
  const resource = `${kind.group ? `${kind.group}/` : '/'}${kind.version}, Resource=${kind.plural}`;
  const fields = parseFieldSelector(
    query.get('fieldSelector') ?? '',
    selectableFields(kind),
    resource,
  );
  if (!labels && !fields) return undefined;
  const view = kind.sameObjectsAs
    ? (object: KubeObject): KubeObject => shown(kind, object)
    : undefined;
  return (stored) => {
    const object = view ? view(stored) : stored;
    return (labels?.(object) ?? true) && (fields?.(object) ?? true);
  };
}

function readPage(
  context: ServerContext,
  request: ResourceRequest,
  selects: Selects | undefined,
): { readonly page: Page; readonly version: number } {
  const { store } = context;
  const {
    resource,
    path: { namespace },
    query,
  } = request;
  const current = store.version();
  const version = versionOf(query);
  const match = query.get('resourceVersionMatch');
  const token = query.get('continue');
  validate(query, version, match);
  // The watch cache answers version 0 and has no pages: it gives everything, whatever the limit.
  const limit = version === 0 && !token ? undefined : integerOf(query, 'limit') || undefined;
  const read = (after?: string, at?: number): Page | undefined =>
    store.page(resource, { namespace, limit, after, at, selects });
  if (token) {
    const { rv, start } = decodeToken(token);
    const page = rv < 0 ? read(start) : read(start, rv);
    if (!page)
      throw expired(TOO_OLD_TO_CONTINUE, encodeToken({ v: 'meta.k8s.io/v1', rv: -1, start }));
    return { page, version: rv < 0 ? current : rv };
  }
  if (version !== undefined && version > current) throw resourceVersionTooLarge(version, current);
  const exact = match === 'Exact' ? version : undefined;
  const page = read(undefined, exact);
  if (!page) throw expired('The resourceVersion for the provided list is too old.');
  return { page, version: exact ?? current };
}

function validate(query: URLSearchParams, version: number | undefined, match: string | null): void {
  const forbid = (field: string, message: string): never => {
    throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [
      { reason: 'FieldValueForbidden', field, message: `Forbidden: ${message}` },
    ]);
  };
  if (query.has('sendInitialEvents'))
    forbid('sendInitialEvents', 'sendInitialEvents is forbidden for list');
  if (match !== null && version === undefined)
    forbid(
      'resourceVersionMatch',
      'resourceVersionMatch is forbidden unless resourceVersion is provided',
    );
  if (match !== null && query.has('continue'))
    forbid('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided');
  if (match === 'Exact' && version === 0)
    forbid(
      'resourceVersionMatch',
      'resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
    );
  if (version !== undefined && version > 0 && query.get('continue'))
    throw badRequest('specifying resource version is not allowed when using continue');
}

const encodeToken = (token: Continue): string =>
  Buffer.from(JSON.stringify(token)).toString('base64url');

function decodeToken(text: string): Continue {
  try {
    const token = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Continue;
    if (
      token.v === 'meta.k8s.io/v1' &&
      Number.isSafeInteger(token.rv) &&
      typeof token.start === 'string'
    )
      return token;
  } catch {
    // Falls through to the same answer as a token of another shape.
  }
  throw badRequest(`continue key is not valid: ${text}`);
}
