import type { EtcdPort, EtcdTarget } from '../../domain/control-plane.ts';
import type { EpochMs } from '../../domain/time.ts';
import { networkError } from './kube-error.ts';
import { lookAtPeer } from './peer-certificate.ts';

/** Looks at the ports of members of etcd for their clients. */
export type EtcdPorts = {
  /**
   * Looks at each of the present targets once when it is time, or there is another one; by `proxy-url` of the kubeconfig
   * where there is one. Whether it did.
   */
  readonly look: (proxyUrl: string | null) => Promise<boolean>;
  /** As the last look found them. */
  readonly present: () => readonly EtcdPort[];
};

export type EtcdPortsOptions = {
  readonly targets: () => readonly EtcdTarget[];
  readonly limitMs: number;
  readonly intervalMs: number;
  readonly clock: () => EpochMs;
  /** Ends it: what is under way is let go of. */
  readonly signal: AbortSignal;
};

/** See {@link EtcdPorts}. The members of a cluster are few: all are looked at at once. */
export function createEtcdPorts(options: EtcdPortsOptions): EtcdPorts {
  const { targets, limitMs, intervalMs, clock, signal } = options;
  let ports: readonly EtcdPort[] = [];
  let looked = '';
  let lookedAt = Number.NEGATIVE_INFINITY;

  async function lookAt(target: EtcdTarget, proxyUrl: string | null): Promise<readonly EtcdPort[]> {
    const url = URL.parse(target.url);
    // Without TLS there is nothing to be seen before something is sent.
    if (url?.protocol !== 'https:') return [];
    const address = `${url.hostname}:${url.port || '2379'}`;
    const to = { hostname: url.hostname, port: url.port || '2379' };
    const { seen, error } = await lookAtPeer(to, undefined, clock(), limitMs, proxyUrl);
    const isProxied = proxyUrl !== null;
    const state = seen
      ? 'answers'
      : stateOf(
          networkError(error ?? new Error('no certificate'), { address, isProxied }).failure.code,
        );
    const before = ports.find((port) => port.address === address && port.member === target.member);
    const at = clock();
    return [
      {
        member: target.member,
        address,
        state,
        since: before?.state === state ? before.since : at,
        at,
        answeredAt: seen ? at : (before?.answeredAt ?? null),
        certificate: seen ?? before?.certificate ?? null,
      },
    ];
  }

  return {
    look: async (proxyUrl) => {
      const wanted = targets();
      const names = wanted.map(({ member, url }) => `${member} ${url}`).join('\n');
      if (names === looked && performance.now() - lookedAt < intervalMs) return false;
      looked = names;
      lookedAt = performance.now();
      const found = await Promise.all(wanted.map((target) => lookAt(target, proxyUrl)));
      if (!signal.aborted) ports = found.flat();
      return !signal.aborted;
    },
    present: () => ports,
  };
}

const stateOf = (code: string): EtcdPort['state'] =>
  code === 'refused'
    ? 'refused'
    : code === 'timeout' || code === 'unreachable' || code === 'dns'
      ? 'timeout'
      : 'error';
