import type { Dispatcher } from 'undici';
import { collectError, KubeError, networkError } from './kube-error.ts';
import type { Target } from './kube-error.ts';
import { createListSplitter } from './list-splitter.ts';
import { withoutManagedFields } from './managed-fields.ts';
import { parseJson } from './status-error.ts';

type Body = Dispatcher.ResponseData['body'];

/** A body, and how long it may be silent. */
export type TimedBody = { readonly body: Body; readonly silenceMs: number };

/** How much later than undici's own limits the limits of this layer come: they are for what those miss. */
export const LATE_MS = 1000;

/**
 * The chunks of a body; leaving the loop early destroys it, and with it its stream.
 * The silence is watched here too: undici loses sight of streams whose HTTP/2 session is being replaced.
 */
export async function* chunksOf({
  body,
  silenceMs,
}: TimedBody): AsyncGenerator<Buffer, void, undefined> {
  let heardAt = performance.now();
  // Not one timer for each chunk: a list comes in thousands of them.
  let watchdog = setTimeout(function watch() {
    const leftMs = heardAt + silenceMs + LATE_MS - performance.now();
    if (leftMs > 0) watchdog = setTimeout(watch, leftMs);
    else body.destroy(Object.assign(new Error('body timeout'), { code: 'UND_ERR_BODY_TIMEOUT' }));
  }, silenceMs + LATE_MS);
  try {
    for await (const chunk of body) {
      const bytes: Buffer = chunk;
      yield bytes;
      heardAt = performance.now();
    }
  } finally {
    clearTimeout(watchdog);
  }
}

/** The start of the body as text, at most `limit` bytes; empty when the connection breaks before. */
export async function readStart(body: TimedBody, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of chunksOf(body)) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= limit) break;
    }
  } catch {
    return '';
  }
  return Buffer.concat(chunks).subarray(0, limit).toString('utf8');
}

/**
 * The whole body as text.
 * @throws {KubeError} `too-large` above the limit, or how the connection broke
 */
export const readAll = async (body: TimedBody, limit: number, target: Target): Promise<string> =>
  (await readBytes(body, limit, target)).toString('utf8');

async function readBytes(
  body: TimedBody,
  limit: number,
  target: Target,
  onBytes: () => void = () => {},
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of chunksOf(body)) {
      onBytes();
      chunks.push(chunk);
      size += chunk.length;
      if (size > limit) throw tooLarge(limit);
    }
  } catch (error) {
    throw networkError(error, target);
  }
  return Buffer.concat(chunks);
}

/**
 * The whole body as JSON, {@link withoutManagedFields}.
 * @throws {KubeError} `bad-json` for anything else, and what {@link readAll} throws
 */
export async function readJson(
  body: TimedBody,
  limit: number,
  target: Target,
  onBytes?: () => void,
): Promise<unknown> {
  const value = parseJson(withoutManagedFields(await readBytes(body, limit, target, onBytes)));
  if (value === undefined) throw badJson(target.address);
  return value;
}

export type ListOptions = {
  /** Bytes of the whole body, and of one object. */
  readonly limit: number;
  readonly itemLimit: number;
  readonly target: Target;
  readonly onBytes?: () => void;
  /** Takes each object as soon as its last byte has come; while it waits, nothing more is read. */
  readonly onItem: (item: unknown) => Promise<void> | void;
};

/**
 * Reads a list of the API, {@link withoutManagedFields}, object by object: the whole of it is never in memory. Gives what
 * is around them, where `items` is an empty list if it was a list.
 * @throws {KubeError} `bad-json` for anything but one whole JSON object, after some objects perhaps; `too-large`; how the
 * connection broke; what `onItem` throws
 */
export async function readList(
  body: TimedBody,
  { limit, itemLimit, target, onBytes, onItem }: ListOptions,
): Promise<Readonly<Record<string, unknown>>> {
  const splitter = createListSplitter(itemLimit);
  let size = 0;
  try {
    for await (const chunk of chunksOf(body)) {
      onBytes?.();
      size += chunk.length;
      if (size > limit) throw tooLarge(limit);
      for (const json of splitter.push(chunk)) {
        const item = parseJson(withoutManagedFields(json));
        if (item === undefined) throw badJson(target.address);
        const waiting = onItem(item);
        if (waiting) await waiting;
      }
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw badJson(target.address);
    if (error instanceof RangeError) throw new KubeError(collectError('too-large', error.message));
    throw networkError(error, target);
  }
  const list = splitter.end();
  if (list === undefined) throw badJson(target.address);
  return list;
}

const tooLarge = (limit: number): KubeError =>
  new KubeError(collectError('too-large', `an answer is larger than the limit of ${limit} bytes`));

/** Something that should be JSON is not, or only its first half came. */
export const badJson = (address: string): KubeError =>
  new KubeError(
    collectError('bad-json', `${address} sent something that is not JSON, or only a part of it`),
  );
