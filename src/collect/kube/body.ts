import type { Dispatcher } from 'undici';
import { collectError, KubeError, networkError } from './kube-error.ts';
import type { Target } from './kube-error.ts';
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
      if (size > limit)
        throw new KubeError(
          collectError('too-large', `an answer is larger than the limit of ${limit} bytes`),
        );
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

/** Something that should be JSON is not, or only its first half came. */
export const badJson = (address: string): KubeError =>
  new KubeError(
    collectError('bad-json', `${address} sent something that is not JSON, or only a part of it`),
  );
