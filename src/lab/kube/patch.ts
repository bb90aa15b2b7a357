import { isDeepStrictEqual } from 'node:util';
import { ApiError, badRequest } from './api-error.ts';
import { isJsonObject, type JsonObject } from './object.ts';

/**
 * RFC 7386 JSON merge patch. Strategic merge patches are applied the same way, without their `$` directives: lists
 * are replaced, which is what the patches of cordon, taint, label, scale and rollout restart need.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch;
  const result: Record<string, unknown> = isJsonObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith('$')) continue;
    if (value === null) delete result[name];
    else result[name] = mergePatch(result[name], value);
  }
  return result;
}

/**
 * RFC 6902 JSON patch.
 * @throws {ApiError} 400 when the patch is no list of operations, 422 when an operation cannot be applied.
 */
export function jsonPatch(target: JsonObject, operations: unknown): unknown {
  if (!Array.isArray(operations))
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch',
    );
  let root: unknown = structuredClone(target);
  for (const operation of operations) {
    if (!isJsonObject(operation))
      throw badRequest('error decoding patch: an operation is no object');
    root = applyOperation(root, operation);
  }
  return root;
}

function applyOperation(root: unknown, operation: JsonObject): unknown {
  const path = pointer(operation['path']);
  switch (operation['op']) {
    case 'add':
      return add(root, path, operation['value']);
    case 'remove':
      return remove(root, path);
    case 'replace':
      return add(remove(root, path), path, operation['value']);
    case 'move': {
      const from = pointer(operation['from']);
      const value = read(root, from);
      return add(remove(root, from), path, value);
    }
    case 'copy':
      return add(root, path, structuredClone(read(root, pointer(operation['from']))));
    case 'test':
      if (!isDeepStrictEqual(read(root, path), operation['value']))
        throw unprocessable(`testing value ${String(operation['path'])} failed`);
      return root;
    default:
      throw badRequest(`unexpected kind: ${String(operation['op'])}`);
  }
}

const unprocessable = (message: string): ApiError =>
  new ApiError(
    422,
    'Invalid',
    `the server rejected our request due to an error in our request: ${message}`,
  );

function pointer(text: unknown): readonly string[] {
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/')))
    throw badRequest(`not a JSON pointer: ${String(text)}`);
  return text
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function read(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const step of path) {
    if (Array.isArray(value)) value = (value as readonly unknown[])[Number(step)];
    else if (isJsonObject(value) && step in value) value = value[step];
    else throw unprocessable(`doc is missing path: /${path.join('/')}`);
  }
  return value;
}

function add(root: unknown, path: readonly string[], value: unknown): unknown {
  const last = path.at(-1);
  if (last === undefined) return value;
  const parent = read(root, path.slice(0, -1));
  if (Array.isArray(parent))
    parent.splice(last === '-' ? parent.length : index(parent, last, true), 0, value);
  else if (isJsonObject(parent)) (parent as Record<string, unknown>)[last] = value;
  else throw unprocessable(`add operation does not apply: doc is missing path: /${path.join('/')}`);
  return root;
}

function remove(root: unknown, path: readonly string[]): unknown {
  const last = path.at(-1);
  if (last === undefined) return undefined;
  const parent = read(root, path.slice(0, -1));
  if (Array.isArray(parent)) parent.splice(index(parent, last, false), 1);
  else if (isJsonObject(parent) && last in parent) delete (parent as Record<string, unknown>)[last];
  else
    throw unprocessable(`remove operation does not apply: doc is missing path: /${path.join('/')}`);
  return root;
}

function index(list: readonly unknown[], step: string, end: boolean): number {
  const position = Number(step);
  if (!Number.isInteger(position) || position < 0 || position > list.length - (end ? 0 : 1)) {
    throw unprocessable(`invalid index: ${step}`);
  }
  return position;
}
