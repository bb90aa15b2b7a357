import { checkName, record } from './admission.ts';
import {
  ApiError,
  badRequest,
  conflict,
  invalid,
  modifiedMeanwhile,
  notFound,
  unsupportedMediaType,
} from './api-error.ts';
import type { ResourceRequest, ServerContext } from './context.ts';
import { apiVersionOf, resourceOf, type Kind } from './kinds/kind.ts';
import { written, type Writer } from './managed-fields.ts';
import {
  isJsonObject,
  type Draft,
  type JsonObject,
  type KubeObject,
  type ObjectMeta,
  textOf,
} from './object.ts';
import { jsonPatch, mergePatch } from './patch.ts';
import { suffixOf, uuidOf } from './random.ts';
import { contentType, parseJson, readBody, type HttpRequest } from './request.ts';
import { rfc3339 } from './time.ts';

/** Whether the request only asks what would happen. @throws {ApiError} 400 for a value other than All. */
export function isDryRun(query: URLSearchParams): boolean {
  const values = query.getAll('dryRun');
  for (const value of values) {
    if (value !== 'All')
      throw badRequest(`dryRun: Unsupported value: "${value}": supported values: "All"`);
  }
  return values.length > 0;
}

/** Who writes: the fieldManager, else the program in the User-Agent, as the server does. */
export function writerOf(request: ResourceRequest, http: HttpRequest): Writer {
  const agent = (http.headers['user-agent'] ?? 'unknown').split('/')[0] ?? 'unknown';
  const { subresource } = request.path;
  return {
    manager: request.query.get('fieldManager') ?? agent,
    ...(subresource === 'status' && { subresource }),
  };
}

/** The object that a path names. @throws {ApiError} 404 when it is absent. */
export function current(
  { store }: ServerContext,
  { kind, resource, path }: ResourceRequest,
): KubeObject {
  const object = store.get(resource, path.namespace, path.name ?? '');
  if (!object) throw notFound(kind, path.name ?? '');
  return object;
}

/** POST to a collection. */
export function create(
  context: ServerContext,
  request: ResourceRequest,
  body: JsonObject,
  writer: Writer,
): KubeObject {
  const { store, clock } = context;
  const {
    kind,
    resource,
    path: { namespace },
    query,
  } = request;
  checkType(kind, body);
  const given = record(body['metadata']);
  if (
    namespace !== undefined &&
    given['namespace'] !== undefined &&
    given['namespace'] !== namespace
  ) {
    throw badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
  if (kind.namespaced && namespace === undefined)
    throw badRequest('an empty namespace may not be set during creation');
  const generateName = textOf(given['generateName']);
  const generated =
    generateName && generateName + suffixOf(`${store.version()} ${generateName}`, 5);
  const name = textOf(given['name']) || generated;
  checkName(kind, name);
  if (namespace !== undefined && !store.get('namespaces', undefined, namespace))
    throw notFound({ group: '', plural: 'namespaces' }, namespace);
  const {
    uid: _uid,
    resourceVersion: version,
    creationTimestamp: _created,
    managedFields: _fields,
    ...metadata
  } = given;
  if (version) throw badRequest('resourceVersion should not be set on objects to be created');
  const draft: Draft = {
    ...stored(kind, body),
    metadata: { ...metadata, name, ...(namespace !== undefined && { namespace }) },
  };
  const admitted = admit(kind, draft);
  if (!isDryRun(query)) return store.create(resource, admitted, writer);
  if (store.get(resource, namespace, name)) return store.create(resource, admitted, writer);
  const nowMs = clock();
  return {
    ...admitted,
    metadata: {
      ...admitted.metadata,
      uid: uuidOf(`${name} ${nowMs}`),
      resourceVersion: '',
      creationTimestamp: rfc3339(nowMs),
      managedFields: written(admitted, [], writer, nowMs),
    },
  };
}

/** PUT of an object or its status. */
export function replace(
  context: ServerContext,
  request: ResourceRequest,
  body: JsonObject,
  writer: Writer,
): KubeObject {
  const { kind, path } = request;
  checkType(kind, body);
  const now = current(context, request);
  const { name } = record(body['metadata']);
  if (name !== undefined && name !== path.name)
    throw badRequest(
      `the name of the object (${textOf(name)}) does not match the name on the URL (${path.name ?? ''})`,
    );
  return commit(context, request, now, stored(kind, body), writer);
}

const PATCHES: { readonly [type: string]: (target: KubeObject, patch: unknown) => unknown } = {
  'application/merge-patch+json': mergePatch,
  'application/strategic-merge-patch+json': mergePatch,
  'application/json-patch+json': jsonPatch,
};

/** The change that a PATCH body describes. @throws {ApiError} 415 for a patch type that the kind does not take. */
export async function readPatch(
  kind: Kind,
  http: HttpRequest,
): Promise<(target: KubeObject) => JsonObject> {
  const type = contentType(http);
  const apply = PATCHES[type];
  if (!apply || (kind.custom && type === 'application/strategic-merge-patch+json')) {
    const types = Object.keys(PATCHES).filter(
      (known) => !kind.custom || !known.includes('strategic'),
    );
    throw unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: ${types.join(', ')}`,
    );
  }
  const patch = parseJson(await readBody(http));
  if (type !== 'application/json-patch+json' && !isJsonObject(patch))
    throw badRequest(
      'error decoding patch: json: cannot unmarshal into Go value of type map[string]interface {}',
    );
  return (target) => {
    const result = apply(target, patch);
    if (!isJsonObject(result)) throw badRequest('the patch leaves no object');
    return result;
  };
}

/** PATCH of an object or its status. */
export function patch(
  context: ServerContext,
  request: ResourceRequest,
  change: (target: KubeObject) => JsonObject,
  writer: Writer,
): KubeObject {
  const { kind, path } = request;
  const now = current(context, request);
  const next = change(kind.sameObjectsAs ? kind.sameObjectsAs.show(now) : now);
  if (record(next['metadata'])['name'] !== path.name) {
    throw invalid(kind, path.name ?? '', [
      {
        reason: 'FieldValueInvalid',
        field: 'metadata.name',
        message: 'Invalid value: field is immutable',
      },
    ]);
  }
  return commit(context, request, now, stored(kind, next), writer);
}

/** Writes the next state over the present one: through a status path only the status, else all but the status. */
function commit(
  context: ServerContext,
  request: ResourceRequest,
  now: KubeObject,
  next: JsonObject,
  writer: Writer,
): KubeObject {
  const { store, clock } = context;
  const {
    kind,
    resource,
    path: { namespace, name = '', subresource },
    query,
  } = request;
  const given = record(next['metadata']);
  checkPreconditions(kind, now, { uid: given['uid'], resourceVersion: given['resourceVersion'] });
  const {
    deletionTimestamp,
    deletionGracePeriodSeconds,
    uid,
    creationTimestamp,
    resourceVersion,
    managedFields,
  } = now.metadata;
  const metadata: ObjectMeta = {
    ...given,
    name,
    ...(namespace !== undefined && { namespace }),
    uid,
    creationTimestamp,
    resourceVersion,
    ...(managedFields && { managedFields }),
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    ...(deletionGracePeriodSeconds !== undefined && { deletionGracePeriodSeconds }),
  };
  const onlyStatus = subresource === 'status';
  const keepsStatus = !onlyStatus && kind.subresources.includes('status');
  const object: KubeObject = onlyStatus
    ? { ...now, status: next['status'] }
    : {
        ...next,
        apiVersion: now.apiVersion,
        kind: now.kind,
        metadata,
        ...(keepsStatus && 'status' in now && { status: now['status'] }),
      };
  const admitted = {
    ...admit(kind, object),
    metadata: onlyStatus ? now.metadata : { ...metadata, ...admit(kind, object).metadata },
  } as KubeObject;
  if (isDryRun(query))
    return {
      ...admitted,
      metadata: {
        ...admitted.metadata,
        managedFields: written(admitted, managedFields ?? [], writer, clock()),
      },
    };
  const result = store.update(resource, admitted, writer);
  const released =
    deletionTimestamp !== undefined &&
    (now.metadata.finalizers ?? []).length > 0 &&
    (result.metadata.finalizers ?? []).length === 0;
  if (released && !deletionGracePeriodSeconds) store.remove(resource, namespace, name);
  return result;
}

/** @throws {ApiError} 409 when the object is not the one that the client means. */
export function checkPreconditions(
  kind: Kind,
  object: KubeObject,
  wanted: { readonly uid: unknown; readonly resourceVersion: unknown },
): void {
  const { name, uid, resourceVersion } = object.metadata;
  if (wanted.uid && wanted.uid !== uid)
    throw conflict(
      kind,
      name,
      `Precondition failed: UID in precondition: ${textOf(wanted.uid)}, UID in object meta: ${uid}`,
    );
  if (wanted.resourceVersion && wanted.resourceVersion !== resourceVersion)
    throw modifiedMeanwhile(kind, name);
}

function checkType(kind: Kind, body: JsonObject): void {
  const expected = apiVersionOf(kind);
  if (typeof body['kind'] !== 'string')
    throw badRequest(`Object 'Kind' is missing in '${JSON.stringify(body).slice(0, 200)}'`);
  if (body['apiVersion'] !== expected)
    throw badRequest(
      `the API version in the data (${String(body['apiVersion'])}) does not match the expected API version (${expected})`,
    );
  if (body['kind'] !== kind.kind)
    throw badRequest(
      `${body['kind']} in version "${kind.version}" cannot be handled as a ${kind.kind}`,
    );
}

/** The object in the form in which it is stored. */
function stored(kind: Kind, body: JsonObject): KubeObject {
  const object = body as KubeObject;
  return kind.sameObjectsAs ? kind.sameObjectsAs.keep(object) : object;
}

function admit(kind: Kind, draft: Draft): Draft {
  try {
    return kind.admit ? kind.admit(draft) : draft;
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw badRequest(
      `${kind.kind} "${draft.metadata.name}" cannot be understood: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** The kinds that are stored, with their resource. */
export function storedKinds({
  kinds,
}: {
  readonly kinds: readonly Kind[];
}): readonly { readonly kind: Kind; readonly resource: string }[] {
  return kinds
    .filter(({ sameObjectsAs }) => !sameObjectsAs)
    .map((kind) => ({ kind, resource: resourceOf(kind) }));
}
