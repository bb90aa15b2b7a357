import { badRequest, unsupportedMediaType } from './api-error.ts';
import type { JsonObject } from './object.ts';

/**
 * Reads the few request bodies that kubectl sends as protobuf, as its typed clients do: reviews and evictions.
 * The envelope is `k8s\0` and a `runtime.Unknown`; the field numbers are those of `generated.proto` of k8s.io/api.
 */
type Schema = {
  readonly [field: number]: readonly [name: string, type: 'text' | 'number' | Schema];
};

const METADATA: Schema = {
  1: ['name', 'text'],
  3: ['namespace', 'text'],
  5: ['uid', 'text'],
  6: ['resourceVersion', 'text'],
};

const DELETE_OPTIONS: Schema = {
  1: ['gracePeriodSeconds', 'number'],
  2: ['preconditions', { 1: ['uid', 'text'], 2: ['resourceVersion', 'text'] }],
  4: ['propagationPolicy', 'text'],
  5: ['dryRun', 'text'],
};

const BODIES: { readonly [kind: string]: Schema } = {
  DeleteOptions: DELETE_OPTIONS,
  Eviction: { 1: ['metadata', METADATA], 2: ['deleteOptions', DELETE_OPTIONS] },
  SelfSubjectAccessReview: {
    2: [
      'spec',
      {
        1: [
          'resourceAttributes',
          {
            1: ['namespace', 'text'],
            2: ['verb', 'text'],
            3: ['group', 'text'],
            4: ['version', 'text'],
            5: ['resource', 'text'],
            6: ['subresource', 'text'],
            7: ['name', 'text'],
          },
        ],
        2: ['nonResourceAttributes', { 1: ['path', 'text'], 2: ['verb', 'text'] }],
      },
    ],
  },
  SelfSubjectReview: {},
  SelfSubjectRulesReview: { 2: ['spec', { 1: ['namespace', 'text'] }] },
};

const MAGIC = Buffer.from('k8s\0');

/** @throws {ApiError} 400 for bytes that are no such message, 415 for a kind that the lab reads as JSON only. */
export function readProtobuf(body: Buffer): JsonObject {
  if (!body.subarray(0, 4).equals(MAGIC))
    throw badRequest('the body is no Kubernetes protobuf message');
  const raw = new Map(fieldsOf(body.subarray(4)));
  const type = message(bytesOf(raw.get(1)), { 1: ['apiVersion', 'text'], 2: ['kind', 'text'] });
  const schema = BODIES[String(type['kind'])];
  if (!schema)
    throw unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: application/json; ${String(type['kind'])} is not read as application/vnd.kubernetes.protobuf`,
    );
  return { ...type, ...message(bytesOf(raw.get(2)), schema) };
}

const bytesOf = (value: Buffer | number | undefined): Buffer =>
  Buffer.isBuffer(value) ? value : Buffer.alloc(0);

function message(bytes: Buffer, schema: Schema): JsonObject {
  const object: Record<string, unknown> = {};
  for (const [number, value] of fieldsOf(bytes)) {
    const known = schema[number];
    if (!known) continue;
    const [name, type] = known;
    if (type === 'number') object[name] = value;
    else
      object[name] =
        type === 'text' ? bytesOf(value).toString('utf8') : message(bytesOf(value), type);
  }
  return object;
}

/** The fields of a message: varints as numbers, the rest as bytes. */
function* fieldsOf(bytes: Buffer): Generator<readonly [number, Buffer | number]> {
  let at = 0;
  const varint = (): number => {
    for (let value = 0, factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw badRequest('the protobuf message ends within a field');
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const [number, wire] = [tag >>> 3, tag & 7];
    if (wire === 0) yield [number, varint()];
    else {
      const size = wire === 2 ? varint() : { 1: 8, 5: 4 }[wire];
      if (size === undefined || at + size > bytes.length)
        throw badRequest('the protobuf message ends within a field');
      yield [number, bytes.subarray(at, (at += size))];
    }
  }
}
