import type { ServerLook } from '../../domain/control-plane.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { Authority } from './authority.ts';
import { lookAtPeer } from './peer-certificate.ts';

/** Looks by a handshake whether API servers in zones are of the cluster, before anything is asked of them. */
export type ServerLooks = {
  /** Looks at those that are due. @returns those whose certificate the CA of the cluster signed */
  readonly look: (
    targets: readonly { readonly url: URL; readonly isOther: boolean }[],
    authority: Authority,
    proxyUrl: string | null,
  ) => Promise<readonly URL[]>;
  /** As the last looks found them. */
  readonly present: () => readonly ServerLook[];
};

export type ServerLooksOptions = {
  readonly limitMs: number;
  /** So long a look at one that is of another cluster counts. */
  readonly strangersMs: number;
  readonly clock: () => EpochMs;
  readonly signal: AbortSignal;
};

const AT_ONCE = 8;

/** See {@link ServerLooks}. */
export function createServerLooks(options: ServerLooksOptions): ServerLooks {
  const { limitMs, strangersMs, clock, signal } = options;
  const looks = new Map<string, { readonly isTrusted: boolean | null; readonly at: number }>();
  let ca: string | undefined;

  return {
    look: async (targets, authority, proxyUrl) => {
      // By another CA all is to be looked at anew.
      if (authority.ca !== ca) looks.clear();
      ({ ca } = authority);
      const present = new Set(targets.map(({ url }) => url.host));
      for (const host of looks.keys()) if (!present.has(host)) looks.delete(host);
      const due = targets.filter(({ url, isOther }) => {
        const last = looks.get(url.host);
        return !last || !isOther || performance.now() - last.at >= strangersMs;
      });
      const trusted: URL[] = [];
      const next = async (): Promise<void> => {
        for (let target = due.pop(); target && !signal.aborted; target = due.pop()) {
          const { url } = target;
          const to = { hostname: url.hostname, port: url.port };
          const { isTrusted } = await lookAtPeer(to, undefined, clock(), limitMs, proxyUrl, ca);
          looks.set(url.host, { isTrusted, at: performance.now() });
          if (isTrusted === true) trusted.push(url);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, next));
      return trusted;
    },
    present: () =>
      [...looks].flatMap(([address, { isTrusted }]) =>
        isTrusted === null ? [] : [{ address, isTrusted }],
      ),
  };
}
