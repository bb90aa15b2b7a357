import type { CollectError } from '../../domain/feed.ts';
import { readAll } from './body.ts';
import { networkError } from './kube-error.ts';
import type { KubeRequest, KubeTransport } from './kube-transport.ts';

/** One request of a view or an action. */
export type RequestOptions = Pick<KubeRequest, 'method' | 'path' | 'accept' | 'body'> & {
  /** `application/merge-patch+json` and its like; `application/json` when not given. */
  readonly contentType?: string;
  /** For the whole request, its body included. */
  readonly timeoutSeconds: number;
  readonly signal?: AbortSignal;
};

/** What became of a request. Never a rejection for the cluster's fault. */
export type KubeReply =
  | {
      readonly kind: 'done';
      readonly status: number;
      readonly contentType: string;
      readonly body: string;
      readonly durationMs: number;
    }
  /** The server said no; 429 on an eviction is a PodDisruptionBudget, 409 an outdated version. */
  | { readonly kind: 'refused'; readonly status: number; readonly error: CollectError }
  | { readonly kind: 'timeout'; readonly afterSeconds: number }
  | { readonly kind: 'too-large'; readonly bytes: number }
  | { readonly kind: 'lost'; readonly error: CollectError }
  | { readonly kind: 'aborted' };

const REPLY_LIMIT = 16 * 1024 * 1024;

/** Sends one request and reads its whole answer, at most 16 MiB. `closing` ends it with the source. */
export async function sendRequest(
  transport: KubeTransport,
  options: RequestOptions,
  closing: AbortSignal,
): Promise<KubeReply> {
  const { method, path, timeoutSeconds } = options;
  const limit = AbortSignal.timeout(timeoutSeconds * 1000);
  const started = performance.now();
  try {
    const answer = await transport.open({
      method,
      path,
      ...(options.accept === undefined ? {} : { accept: options.accept }),
      ...(options.body === undefined ? {} : { body: options.body }),
      ...(options.contentType === undefined ? {} : { contentType: options.contentType }),
      signal: AbortSignal.any([closing, limit, ...(options.signal ? [options.signal] : [])]),
      headersMs: timeoutSeconds * 1000,
      silenceMs: timeoutSeconds * 1000,
    });
    const text = await readAll(answer, REPLY_LIMIT, transport.target());
    const durationMs = Math.round(performance.now() - started);
    const { status, contentType } = answer;
    return { kind: 'done', status, contentType, body: text, durationMs };
  } catch (error) {
    if (closing.aborted || options.signal?.aborted) return { kind: 'aborted' };
    if (limit.aborted) return { kind: 'timeout', afterSeconds: timeoutSeconds };
    const { failure, status } = networkError(error, transport.target());
    if (failure.code === 'too-large') return { kind: 'too-large', bytes: REPLY_LIMIT };
    if (
      failure.code === 'timeout' &&
      status === null &&
      performance.now() - started >= timeoutSeconds * 1000
    )
      return { kind: 'timeout', afterSeconds: timeoutSeconds };
    return status === null
      ? { kind: 'lost', error: failure }
      : { kind: 'refused', status, error: failure };
  }
}
