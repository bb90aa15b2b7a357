import type { IncomingMessage, ServerResponse } from 'node:http';
import { badRequest, unsupportedMediaType, ApiError } from './api-error.ts';
import { isJsonObject, type JsonObject } from './object.ts';
import { readProtobuf } from './protobuf.ts';

/**
 * A request and its answer over HTTP/1.1 or HTTP/2: the types of HTTP/1.1, whose interface the compatibility layer of
 * `node:http2` has too, except for `destroyed` and `statusMessage`: use {@link isClosed} for the first, and not the other.
 */
export type HttpRequest = IncomingMessage;
export type HttpResponse = ServerResponse;

/** Whether the client is gone, on either protocol. */
export function isClosed(response: HttpResponse): boolean {
  const { stream } = response as { readonly stream?: { readonly destroyed: boolean } };
  return stream ? stream.destroyed : response.destroyed;
}

/** The parts of a resource path. */
export type ResourcePath = {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
};

/** `/api/v1/…` and `/apis/GROUP/VERSION/…`; undefined when the path is none of a resource. */
export function parseResourcePath(pathname: string): ResourcePath | undefined {
  const parts = pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decode);
  const [root, ...rest] = parts;
  if (root !== 'api' && root !== 'apis') return undefined;
  const [group = '', version = '', ...path] = root === 'api' ? ['', ...rest] : rest;
  const [first, namespace, plural, ...named] = path;
  if (first === undefined) return undefined;
  if (first !== 'namespaces' || plural === undefined || ['status', 'finalize'].includes(plural)) {
    const [, name, subresource] = path;
    return { group, version, plural: first, namespace: undefined, name, subresource };
  }
  return { group, version, plural, namespace, name: named[0], subresource: named[1] };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw badRequest(`the path has an invalid escape: ${part}`);
  }
}

/** The limit of a request body, as in the API server: 3 MiB. */
const BODY_LIMIT = 3 * 1024 * 1024;

/** Reads the body. @throws {ApiError} 413 when it is over the limit. */
export async function readBody(request: HttpRequest): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > BODY_LIMIT)
      throw new ApiError(
        413,
        'RequestEntityTooLarge',
        `Request entity too large: limit is ${BODY_LIMIT}`,
      );
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** The media type of the body, without parameters. */
export function contentType(request: HttpRequest): string {
  return (request.headers['content-type'] ?? 'application/json').split(';')[0]?.trim() ?? '';
}

/**
 * The object in a body, JSON or the protobuf of reviews and evictions; empty when there is none.
 * @throws {ApiError} 415 for another media type, 400 for a body that cannot be read.
 */
export async function readObject(request: HttpRequest): Promise<JsonObject> {
  const body = await readBody(request);
  if (body.length === 0) return {};
  const type = contentType(request);
  if (type === 'application/vnd.kubernetes.protobuf') return readProtobuf(body);
  if (type !== 'application/json') {
    throw unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: application/json, application/vnd.kubernetes.protobuf; got ${type}`,
    );
  }
  const value = parseJson(body);
  if (!isJsonObject(value)) throw badRequest('the body of the request is JSON, but no object');
  return value;
}

export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (error) {
    throw badRequest(
      `couldn't get version/kind; json parse error: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** A boolean query parameter: present without a value, `true` and `1` are true. */
export function flag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && !['false', '0'].includes(value);
}

/** A whole number of the query; undefined when absent. @throws {ApiError} 400 when it is none. */
export function integerOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  const value = Number(text);
  if (!/^-?\d+$/u.test(text) || !Number.isSafeInteger(value))
    throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return value;
}

/** A resourceVersion of the query. @throws {ApiError} 400 when it is no number. */
export function versionOf(query: URLSearchParams): number | undefined {
  const text = query.get('resourceVersion');
  if (text === null || text === '') return undefined;
  if (!/^\d+$/u.test(text))
    throw badRequest(
      `Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`,
    );
  return Number(text);
}
