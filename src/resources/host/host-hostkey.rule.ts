import type { LabRule } from '../../domain/problem.ts';
import { hostRef } from '../../domain/ref.ts';

/** The host's key is not the one in known_hosts, or is in none; the connection is refused by the console. */
export const hostHostkey: LabRule = {
  id: 'host.hostkey',
  scope: 'lab',
  severity: 'critical',
  holdSeconds: 0,
  check: ({ hosts }) =>
    hosts
      .filter(
        ({ source }) => source.state === 'hostkey-changed' || source.state === 'hostkey-unknown',
      )
      .map(({ name, source }) => {
        const isChanged = source.state === 'hostkey-changed';
        return {
          subject: hostRef(name),
          title: isChanged ? 'host key changed' : unknownTitle(source.error?.message),
          severity: isChanged ? 'critical' : 'warning',
          evidence: {
            error: source.error?.code ?? null,
            says: source.error?.message ?? null,
            from: 'ssh',
          },
          hint:
            source.error?.hint ||
            (isChanged
              ? `compare the key on the host's console, then ssh-keygen -R ${name}`
              : `compare the fingerprint on the host's console, then connect once with ssh ${name}`),
        };
      }),
};

/** The fingerprint that is to be compared stands in it. */
const unknownTitle = (message: string | undefined): string =>
  `host key is not in known_hosts${message === undefined ? '' : `: ${message}`}`;
