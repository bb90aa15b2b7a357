import { ApiError, badRequest } from './api-error.ts';
import { apiVersionOf, type Kind } from './kinds/kind.ts';
import type { KubeObject } from './object.ts';
import { columnDefinitions, partialOf, rowOf, type IncludeObject } from './table.ts';

/** In which form the client wants objects. */
export type Representation =
  | { readonly as: 'object' }
  | { readonly as: 'partial'; readonly list: boolean }
  | { readonly as: 'table'; readonly include: IncludeObject; readonly headers: boolean };

type MediaType = { readonly type: string; readonly parameters: ReadonlyMap<string, string> };

/** The clauses of an Accept header, in order. */
export function parseAccept(header: string | undefined): readonly MediaType[] {
  return (header ?? '*/*').split(',').map((clause) => {
    const [type = '', ...parameters] = clause.split(';').map((part) => part.trim());
    return {
      type,
      parameters: new Map(
        parameters.map((parameter) => {
          const equal = parameter.indexOf('=');
          return [parameter.slice(0, equal).trim(), parameter.slice(equal + 1).trim()] as const;
        }),
      ),
    };
  });
}

const JSON_TYPES = new Set(['application/json', 'application/*', '*/*']);

/**
 * The first acceptable clause. Conversions are `as=Table` and `as=PartialObjectMetadata[List]` with `g=meta.k8s.io`
 * and `v=v1` (`v1beta1` is served too): any other group or version is not acceptable, as on a real API server.
 * @throws {ApiError} 406 when no clause is acceptable, 400 for a wrong `includeObject`.
 */
export function negotiate(accept: string | undefined, query: URLSearchParams): Representation {
  for (const { type, parameters } of parseAccept(accept)) {
    if (!JSON_TYPES.has(type)) continue;
    const as = parameters.get('as');
    if (as === undefined) return { as: 'object' };
    if (
      parameters.get('g') !== 'meta.k8s.io' ||
      !['v1', 'v1beta1'].includes(parameters.get('v') ?? '')
    )
      continue;
    if (as === 'Table') return { as: 'table', include: includeObject(query), headers: true };
    if (as === 'PartialObjectMetadata') return { as: 'partial', list: false };
    if (as === 'PartialObjectMetadataList') return { as: 'partial', list: true };
  }
  throw notAcceptable(
    'only the following media types are accepted: application/json, application/json;stream=watch',
  );
}

export const notAcceptable = (message: string): ApiError =>
  new ApiError(406, 'NotAcceptable', message);

function includeObject(query: URLSearchParams): IncludeObject {
  const include = query.get('includeObject') ?? '';
  if (include === '') return 'Metadata';
  if (include === 'None' || include === 'Metadata' || include === 'Object') return include;
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: "${include}": must be 'Metadata', 'Object', 'None', or empty`,
  );
}

/** The object in the API version of the kind through which it was asked for. */
export function shown(kind: Kind, stored: KubeObject): KubeObject {
  return kind.sameObjectsAs ? kind.sameObjectsAs.show(stored) : stored;
}

/** One object, as the body of a GET or of a watch event. */
export function renderOne(
  kind: Kind,
  object: KubeObject,
  representation: Representation,
  nowMs: number,
): unknown {
  switch (representation.as) {
    case 'object':
      return object;
    case 'partial':
      return partialOf(object);
    case 'table':
      return {
        kind: 'Table',
        apiVersion: 'meta.k8s.io/v1',
        metadata: { resourceVersion: object.metadata.resourceVersion },
        columnDefinitions: representation.headers ? columnDefinitions(kind) : null,
        rows: [rowOf(kind, object, representation.include, nowMs)],
      };
  }
}

/** `metadata` of a list. */
export type ListMeta = {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
};

/** A list in pieces, so that a long one need not be one string: what goes before, each element, what goes after. */
export type ListParts = {
  readonly before: string;
  readonly element: (object: KubeObject) => string;
  readonly after: string;
};

/** @throws {ApiError} 406 when the form is one of single objects. */
export function renderList(
  kind: Kind,
  metadata: ListMeta,
  representation: Representation,
  nowMs: number,
): ListParts {
  switch (representation.as) {
    case 'object':
      return {
        before: opening(
          { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata },
          'items',
        ),
        // Elements of a built-in list carry neither kind nor apiVersion; those of custom resources do.
        element: kind.custom
          ? (object) => JSON.stringify(object)
          : ({ apiVersion: _apiVersion, kind: _kind, ...rest }) => JSON.stringify(rest),
        after: ']}\n',
      };
    case 'partial':
      if (!representation.list)
        throw notAcceptable(
          `you requested PartialObjectMetadata, but the requested object is a list (*${kind.group || 'core'}.${kind.kind}List)`,
        );
      return {
        before: opening(
          { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata },
          'items',
        ),
        element: (object) => JSON.stringify(partialOf(object)),
        after: ']}\n',
      };
    case 'table':
      return {
        before: opening(
          {
            kind: 'Table',
            apiVersion: 'meta.k8s.io/v1',
            metadata,
            columnDefinitions: columnDefinitions(kind),
          },
          'rows',
        ),
        element: (object) => JSON.stringify(rowOf(kind, object, representation.include, nowMs)),
        after: ']}\n',
      };
  }
}

function opening(head: { readonly [field: string]: unknown }, listField: string): string {
  return `${JSON.stringify(head).slice(0, -1)},"${listField}":[`;
}

/** The object of a BOOKMARK event in the wanted form: nothing but the kind and a version. */
export function renderBookmark(
  kind: Kind,
  version: number,
  initialEventsEnd: boolean,
  representation: Representation,
): unknown {
  const metadata = {
    resourceVersion: String(version),
    creationTimestamp: null,
    ...(initialEventsEnd && { annotations: { 'k8s.io/initial-events-end': 'true' } }),
  };
  const partial = { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
  switch (representation.as) {
    case 'object':
      return { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata };
    case 'partial':
      return partial;
    case 'table':
      return {
        kind: 'Table',
        apiVersion: 'meta.k8s.io/v1',
        metadata: { resourceVersion: String(version) },
        columnDefinitions: representation.headers ? columnDefinitions(kind) : null,
        rows: [
          {
            cells: kind.columns.map(() => ''),
            object: representation.include === 'None' ? null : partial,
          },
        ],
      };
  }
}
