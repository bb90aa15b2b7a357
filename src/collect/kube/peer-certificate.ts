import { connect } from 'node:tls';
import type { Certificate } from 'node:tls';
import { oneLine } from './kube-error.ts';

/** Whose certificate a server shows, and until when it is valid. */
export type PeerCertificate = {
  readonly subject: string;
  readonly issuer: string;
  /** ISO 8601. */
  readonly validTo: string;
  readonly hasExpired: boolean;
};

/**
 * Looks at the certificate of a server that the handshake refused: Node's error does not carry it. Nothing is sent.
 * undefined when there is no answer within `limitMs`.
 */
export function peerCertificate(
  server: URL,
  servername: string | undefined,
  now: number,
  limitMs: number,
): Promise<PeerCertificate | undefined> {
  return new Promise((resolve) => {
    const socket = connect({
      host: server.hostname,
      port: Number(server.port || 443),
      rejectUnauthorized: false,
      ...(servername === undefined ? {} : { servername }),
    });
    const finish = (seen: PeerCertificate | undefined) => {
      socket.destroy();
      resolve(seen);
    };
    socket.setTimeout(limitMs, () => finish(undefined));
    socket.once('error', () => finish(undefined));
    socket.once('secureConnect', () => {
      const { subject, issuer, valid_to } = socket.getPeerCertificate();
      const end = new Date(valid_to);
      finish(
        Number.isNaN(end.getTime())
          ? undefined
          : {
              subject: commonName(subject),
              issuer: commonName(issuer),
              validTo: end.toISOString(),
              hasExpired: end.getTime() < now,
            },
      );
    });
  });
}

const commonName = ({ CN, O }: Partial<Pick<Certificate, 'CN' | 'O'>>): string =>
  oneLine([CN ?? O ?? '(no name)'].flat().join(' '));
