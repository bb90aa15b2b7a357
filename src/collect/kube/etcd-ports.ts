import { isLostPort } from '../../domain/control-plane.ts';
import type { EtcdPort, EtcdTarget } from '../../domain/control-plane.ts';
import type { EpochMs } from '../../domain/time.ts';
import { networkError } from './kube-error.ts';
import { lookAtPeer } from './peer-certificate.ts';

/** Looks at the ports of members of etcd for their clients. */
export type EtcdPorts = {
  /**
   * Looks at each of the present targets once when it is time, or there is another one, and at one of which something
   * else is told than at its last look, or that answered once and does not now; by `proxy-url` of the kubeconfig where
   * there is one. Whether it did.
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
  /** What was told of each when it was looked at. */
  let told: ReadonlyMap<string, string | undefined> = new Map();
  let lookedAt = Number.NEGATIVE_INFINITY;

  const portsOf = (target: EtcdTarget): readonly EtcdPort[] =>
    ports.filter(
      ({ member, address }) => member === target.member && address === addressOf(target.url),
    );

  async function lookAt(target: EtcdTarget, proxyUrl: string | null): Promise<readonly EtcdPort[]> {
    const url = URL.parse(target.url);
    // Without TLS there is nothing to be seen before something is sent.
    if (url?.protocol !== 'https:') return [];
    const to = { hostname: url.hostname, port: url.port || DEFAULT_PORT };
    const address = `${to.hostname}:${to.port}`;
    const { seen, error } = await lookAtPeer(to, undefined, clock(), limitMs, proxyUrl);
    const isProxied = proxyUrl !== null;
    const state = seen
      ? 'answers'
      : stateOf(
          networkError(error ?? new Error('no certificate'), { address, isProxied }).failure.code,
        );
    const [before] = portsOf(target);
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
      const names = wanted.map(nameOf).join('\n');
      const isDue = names !== looked || performance.now() - lookedAt >= intervalMs;
      // What is lost may be back at any moment, and writes no line to a log for being asked.
      const outdated = wanted.filter(
        (target) =>
          isDue || told.get(nameOf(target)) !== target.told || portsOf(target).some(isLostPort),
      );
      if (outdated.length === 0) return false;
      if (isDue) lookedAt = performance.now();
      looked = names;
      told = new Map(wanted.map((target) => [nameOf(target), target.told]));
      const found = await Promise.all(
        wanted.map(async (target) =>
          outdated.includes(target) ? await lookAt(target, proxyUrl) : portsOf(target),
        ),
      );
      if (!signal.aborted) ports = found.flat();
      return !signal.aborted;
    },
    present: () => ports,
  };
}

const DEFAULT_PORT = '2379';
const nameOf = ({ member, url }: EtcdTarget): string => `${member} ${url}`;

function addressOf(text: string): string {
  const url = URL.parse(text);
  return url ? `${url.hostname}:${url.port || DEFAULT_PORT}` : '';
}

const stateOf = (code: string): EtcdPort['state'] =>
  code === 'refused'
    ? 'refused'
    : code === 'timeout' || code === 'unreachable' || code === 'dns'
      ? 'timeout'
      : 'error';
