import { collectError, KubeError, oneLine } from './kube-error.ts';

/** `metav1.Status`, as far as it is read. */
type Status = {
  readonly code: number | null;
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly string[];
  readonly retryAfterSeconds: number;
};

/** What an answer that is not a 2xx tells. */
export type RefusedAnswer = {
  readonly status: number;
  readonly contentType: string;
  /** `Retry-After`: seconds, as API servers send it. */
  readonly retryAfter: string;
  readonly body: string;
  /** `GET /api/v1/nodes`. */
  readonly request: string;
};

/** The error of an HTTP answer that is not a 2xx. */
export function answerError(answer: RefusedAnswer): KubeError {
  const status = readStatus(parseJson(answer.body));
  const isHtml = looksLikeHtml(answer.contentType, answer.body);
  if (answer.status < 400 || (isHtml && answer.status < 500))
    return notKubernetes(answer.request, answer.status);
  const header = Number.parseInt(answer.retryAfter, 10);
  return statusError(
    answer.status,
    {
      ...status,
      message:
        status.message ||
        (isHtml ? 'a proxy answered in its place' : (failedChecks(answer.body) ?? answer.body)),
    },
    Number.isNaN(header) ? 0 : header * 1000,
    answer.request,
  );
}

/** `/readyz` tells in lines: `[+]ping ok`, `[-]etcd failed: reason withheld`. */
function failedChecks(body: string): string | undefined {
  const names = Array.from(body.matchAll(/^\[-\](\S+)/gm), ([, name]) => name);
  const text = names.join(', ');
  return text === '' ? undefined : `not ready: ${text}`;
}

/** The error of an ERROR event inside a watch: its object is a Status. */
export function eventError(object: unknown, request: string): KubeError {
  const status = readStatus(object);
  return statusError(status.code ?? 500, status, 0, request);
}

/** A web page came where an API was expected: a captive portal, a login page, another service on that port. */
export const notKubernetes = (request: string, status: number): KubeError =>
  new KubeError(
    collectError(
      'not-kubernetes',
      `${request} was answered with a web page (HTTP ${status}), not by a Kubernetes API server`,
      'check the server address in the kubeconfig, and any proxy in between',
    ),
    { status },
  );

/** By its type, or by its first character where the type says nothing. */
export const looksLikeHtml = (contentType: string, body: string): boolean =>
  contentType.startsWith('text/html') ||
  (!contentType.includes('json') && /^\s*<(?:!doctype|html|head|body)/i.test(body));

function statusError(code: number, status: Status, headerMs: number, request: string): KubeError {
  const isBehind = code === 504 && isTooLargeVersion(status);
  const [word, hint] = isBehind
    ? ['behind', 'this API server is behind another one; it catches up by itself']
    : wordOf(code);
  const said = status.message || status.reason || `HTTP ${code}`;
  return new KubeError(collectError(word, oneLine(`${request}: ${said} (${code})`), hint), {
    status: code,
    retryAfterMs: Math.max(headerMs, status.retryAfterSeconds * 1000),
    isBehind,
  });
}

function wordOf(code: number): readonly [code: string, hint: string] {
  switch (code) {
    case 401:
      return ['unauthorized', 'renew the credentials of the kubeconfig, then retry'];
    case 403:
      return ['forbidden', 'grant the user of the kubeconfig get, list and watch on it'];
    case 404:
      return ['absent', ''];
    case 410:
      return ['expired', 'the server no longer has that part of the history; it is listed again'];
    case 429:
      return ['overloaded', 'the API server sheds load; requests wait as long as it asks'];
    default:
      return code >= 500 ? ['unavailable', ''] : [`http-${code}`, ''];
  }
}

const isTooLargeVersion = (status: Status): boolean =>
  status.causes.includes('ResourceVersionTooLarge') ||
  /too large resource version/i.test(status.message);

function readStatus(value: unknown): Status {
  const status = asRecord(value);
  const details = asRecord(status['details']);
  const causes = Array.isArray(details['causes']) ? details['causes'] : [];
  return {
    code: typeof status['code'] === 'number' ? status['code'] : null,
    reason: asText(status['reason']),
    message: asText(status['message']),
    causes: causes.map((cause) => asText(asRecord(cause)['reason'])),
    retryAfterSeconds:
      typeof details['retryAfterSeconds'] === 'number' ? details['retryAfterSeconds'] : 0,
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const NOTHING: Readonly<Record<string, unknown>> = {};

/** The object, or an empty one for anything else. */
export const asRecord = (value: unknown): Readonly<Record<string, unknown>> =>
  isRecord(value) ? value : NOTHING;

/** The text, or an empty one for anything else. */
export const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

/** undefined when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
