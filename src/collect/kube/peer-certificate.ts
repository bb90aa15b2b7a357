import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { Certificate, ConnectionOptions, PeerCertificate, TLSSocket } from 'node:tls';
import { unbracketed } from '../../domain/address.ts';
import type { SeenCertificate } from '../../domain/control-plane.ts';
import { oneLine } from './kube-error.ts';
import { dialThrough } from './proxy-dial.ts';

/**
 * Looks at the certificate that a server shows, trusted or not: Node's error of a refused handshake does not carry it.
 * Nothing is sent. By `proxy-url` of a kubeconfig where there is one. undefined when none is shown within `limitMs`.
 */
export const peerCertificate = async (
  ...look: Parameters<typeof lookAtPeer>
): Promise<SeenCertificate | undefined> => (await lookAtPeer(...look)).seen;

/** What a handshake showed, and why it did not end well, which it does not where a client certificate is wanted. */
export type PeerLook = {
  readonly seen: SeenCertificate | undefined;
  readonly error: unknown;
  /** Whether one of the given CAs signed it, be it out of date; null when that was not asked, or nothing was shown. */
  readonly isTrusted: boolean | null;
};

/** As {@link peerCertificate}, with the error. Never rejects. */
export function lookAtPeer(
  server: Pick<URL, 'hostname' | 'port'>,
  servername: string | undefined,
  now: number,
  limitMs: number,
  proxyUrl: string | null,
  ca?: ConnectionOptions['ca'],
): Promise<PeerLook> {
  const host = unbracketed(server.hostname);
  const port = Number(server.port || 443);
  const name = servername ?? (isIP(host) === 0 ? host : undefined);
  if (proxyUrl === null) return handshake({ host, port, ca }, name, now, limitMs);
  return dialThrough(proxyUrl, host, port, limitMs).then(
    (socket) => handshake({ socket, ca }, name, now, limitMs),
    (error: unknown) => ({ seen: undefined, error, isTrusted: null }),
  );
}

function handshake(
  to: Pick<ConnectionOptions, 'host' | 'port' | 'socket' | 'ca'>,
  name: string | undefined,
  now: number,
  limitMs: number,
): Promise<PeerLook> {
  return new Promise((resolve) => {
    const socket = connect({
      ...to,
      rejectUnauthorized: false,
      ...(name === undefined ? {} : { servername: name }),
    });
    const finish = (seen: SeenCertificate | undefined, error?: unknown) => {
      const isTrusted =
        to.ca === undefined || seen === undefined || error !== undefined
          ? null
          : socket.authorized || NAME_OR_TIME.has(String(socket.authorizationError));
      socket.destroy();
      resolve({ seen, error, isTrusted });
    };
    socket.setTimeout(limitMs, () =>
      finish(undefined, Object.assign(new Error('no handshake in time'), { code: 'ETIMEDOUT' })),
    );
    // With TLS 1.2 a server that wants a client certificate ends the handshake after it has shown its own.
    socket.once('error', (error) => finish(read(socket, now), error));
    socket.once('secureConnect', () => finish(read(socket, now)));
  });
}

/** What is wrong with a certificate that a known CA has signed; Node gives the code, or an error that begins with it. */
const NAME_OR_TIME: ReadonlySet<string> = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

function read(socket: TLSSocket, now: number): SeenCertificate | undefined {
  // null before the server has shown one, other than its type says.
  const shown = socket.getPeerCertificate() as PeerCertificate | null;
  if (shown === null) return undefined;
  const { subject, issuer, valid_from, valid_to, subjectaltname } = shown;
  const [notBefore, notAfter] = [Date.parse(valid_from), Date.parse(valid_to)];
  if (Number.isNaN(notBefore) || Number.isNaN(notAfter)) return undefined;
  return {
    subject: commonName(subject),
    issuer: commonName(issuer),
    names: alternativeNames(subjectaltname),
    notBefore,
    notAfter,
    at: now,
  };
}

const commonName = ({ CN, O }: Partial<Pick<Certificate, 'CN' | 'O'>>): string =>
  oneLine([CN ?? O ?? '(no name)'].flat().join(' '));

/** `DNS:kubernetes, IP Address:10.112.0.1`, as crypto.X509Certificate prints it. */
export const alternativeNames = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(', ')
    .flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? [])
    .map(oneLine);
