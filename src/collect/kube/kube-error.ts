import type { CollectError } from '../../domain/feed.ts';
import { sanitize } from '../../domain/text.ts';

/** What went wrong in words, and what the watch layer needs to know to go on. */
export class KubeError extends Error {
  readonly failure: CollectError;
  /** Status of the HTTP answer or of the Status object; null when there was no answer. */
  readonly status: number | null;
  /** The server's wish in milliseconds; 0 when it said nothing. */
  readonly retryAfterMs: number;
  /** The asked server is behind the one that gave the version: it must only catch up. */
  readonly isBehind: boolean;

  constructor(
    failure: CollectError,
    details: {
      readonly status?: number | null;
      readonly retryAfterMs?: number;
      readonly isBehind?: boolean;
      readonly cause?: unknown;
    } = {},
  ) {
    super(failure.message, { cause: details.cause });
    this.name = 'KubeError';
    this.failure = failure;
    this.status = details.status ?? null;
    this.retryAfterMs = details.retryAfterMs ?? 0;
    this.isBehind = details.isBehind ?? false;
  }
}

const MESSAGE_LIMIT = 300;

/** Remote text on one line, safe for a screen, at most 300 characters. */
export function oneLine(text: string): string {
  const line = sanitize(text).replaceAll(/\s+/g, ' ').trim();
  return line.length > MESSAGE_LIMIT ? `${line.slice(0, MESSAGE_LIMIT)}…` : line;
}

/** A failure in three words of code, message and hint. */
export const collectError = (code: string, message: string, hint = ''): CollectError => ({
  code,
  message,
  hint,
});

type Words = readonly [code: string, message: string, hint: string];

/** Where a request went, for messages. */
export type Target = {
  /** `host:port`. */
  readonly address: string;
  readonly isProxied: boolean;
};

const UNTRUSTED = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'CERT_SIGNATURE_FAILURE',
  'INVALID_CA',
  'INVALID_PURPOSE',
]);
const LOST = new Set([
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'UND_ERR_SOCKET',
  'UND_ERR_DESTROYED',
  'UND_ERR_CLOSED',
  'UND_ERR_INFO',
  'UND_ERR_ABORTED',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

/** RFC 9113, 7: of one stream; the connection and its other streams go on. */
const REFUSED_STREAM = /NGHTTP2_(?:REFUSED_STREAM|ENHANCE_YOUR_CALM)/;

/** A failed connection or a broken stream, by the codes of Node, OpenSSL and undici. */
export function networkError(error: unknown, target: Target): KubeError {
  if (error instanceof KubeError) return error;
  const [code, message, hint] = networkWords(error, target);
  return new KubeError(collectError(code, oneLine(message), hint), { cause: error });
}

function networkWords(error: unknown, { address, isProxied }: Target): Words {
  const text = errorText(error);
  const code = errorCode(error);
  if (/^Proxy response|Proxy Authentication/.test(text) || code.startsWith('UND_ERR_PRX'))
    return ['proxy', `the proxy refused the way to ${address}: ${text}`, PROXY_HINT];
  const words = tlsWords(code, text, address) ?? socketWords(code, text, address);
  return isProxied && (words[0] === 'refused' || words[0] === 'dns')
    ? ['proxy', `the proxy in front of ${address} cannot be reached: ${text}`, PROXY_HINT]
    : words;
}

const PROXY_HINT = 'check proxy-url of the cluster in the kubeconfig';

function tlsWords(code: string, text: string, address: string): Words | undefined {
  if (code === 'CERT_HAS_EXPIRED')
    return [
      'tls-expired',
      `the server certificate of ${address} has expired`,
      "renew the server's certificate, or correct the clock of this machine",
    ];
  if (code === 'CERT_NOT_YET_VALID')
    return [
      'tls-not-yet-valid',
      `the server certificate of ${address} is not valid yet`,
      'compare the clocks of this machine and of the server',
    ];
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return [
      'tls-name',
      `the server certificate of ${address} is for another name: ${text}`,
      "add the name to the server's certificate, or set tls-server-name in the kubeconfig",
    ];
  if (UNTRUSTED.has(code))
    return [
      'tls-untrusted',
      `the server certificate of ${address} is signed by an authority that the kubeconfig does not know (${code})`,
      'compare certificate-authority-data of the kubeconfig with the CA of the cluster',
    ];
  if (/ALERT_CERTIFICATE_EXPIRED/.test(code))
    return [
      'tls-expired',
      `${address} refuses the own client certificate: it has expired`,
      'renew the client certificate of the kubeconfig',
    ];
  if (
    /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE)|CERTIFICATE_(REQUIRED|UNKNOWN)/.test(
      code,
    )
  )
    return [
      'tls-untrusted',
      `${address} refuses the own client certificate (${code})`,
      'compare the client certificate of the kubeconfig with the CA of the cluster',
    ];
  if (/WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG|UNKNOWN_PROTOCOL/.test(code))
    return [
      'not-kubernetes',
      `${address} does not speak TLS`,
      'check the server address and port in the kubeconfig',
    ];
  return code.startsWith('ERR_SSL_') || code === 'EPROTO'
    ? ['tls', `the TLS handshake with ${address} failed: ${text}`, '']
    : undefined;
}

function socketWords(code: string, text: string, address: string): Words {
  switch (code) {
    case 'ECONNREFUSED':
      return [
        'refused',
        `${address} refuses connections`,
        'is the API server, or the load balancer in front of it, running?',
      ];
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return [
        'dns',
        `the name of ${address} cannot be resolved (${code})`,
        'check the name service, or use an address in the kubeconfig',
      ];
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
      return ['unreachable', `no route to ${address} (${code})`, 'check the network and the VLAN'];
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return [
        'timeout',
        `${address} did not accept a connection in time`,
        'is the machine on, and the port open in the firewall?',
      ];
    case 'UND_ERR_HEADERS_TIMEOUT':
      return ['timeout', `${address} did not answer in time`, 'is the API server overloaded?'];
    case 'UND_ERR_BODY_TIMEOUT':
      return [
        'silence',
        `no byte came from ${address} for too long, not even a bookmark`,
        'the connection is half open, or a load balancer holds it',
      ];
    default:
      if (/unresponsive/.test(text))
        return ['timeout', `the connection to ${address} does not answer`, ''];
      if (REFUSED_STREAM.test(text))
        return ['overloaded', `${address} refused a request: it has too many at a time`, ''];
      return LOST.has(code) || code.startsWith('ERR_HTTP2') || code.startsWith('HPE_')
        ? ['reset', `the connection to ${address} was lost: ${text}`, '']
        : ['network', `the request to ${address} failed: ${text}`, ''];
  }
}

/** The code of an error, of its cause, or of the first of an aggregate: the deepest that has one. */
function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  return errorCode(inner) || ('code' in error && typeof error.code === 'string' ? error.code : '');
}

/** What an error says; an aggregate of connection attempts has no words of its own. */
export const errorText = (error: unknown): string =>
  error instanceof AggregateError && error.message === ''
    ? errorText(error.errors[0])
    : error instanceof Error
      ? error.message
      : String(error);

/** A connection is there, but an answer on it did not come in time, or it takes no more requests for now. */
export function isMissedAnswer({ cause }: KubeError): boolean {
  const text = errorText(cause);
  return (
    errorCode(cause) === 'UND_ERR_HEADERS_TIMEOUT' ||
    /unresponsive/.test(text) ||
    REFUSED_STREAM.test(text)
  );
}
