import { promises } from 'node:dns';
import { isIP } from 'node:net';
import type { JumpHop } from '../../domain/ssh-session.ts';
import type { Target } from './target.ts';

/** The addresses of a name; none when it has none here. Never rejects. */
export type Lookup = (name: string) => Promise<readonly string[]>;

/** As ssh and the sockets of this machine look names up: getaddrinfo(3). */
export const systemLookup: Lookup = async (name) => {
  try {
    return (await promises.lookup(name, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
};

/**
 * The jump hosts on the way to a host, the first that is passed in front. What only the one before could look up has no
 * address. Never rejects.
 */
export async function hopsOf(target: Target, lookup: Lookup): Promise<readonly JumpHop[]> {
  const hops: Target[] = [];
  for (let at = target; at.reach.kind === 'jump'; at = at.reach.hop) hops.unshift(at.reach.hop);
  return await Promise.all(
    hops.map(async ({ name, host }) => ({
      name,
      addresses: isIP(host) > 0 ? [host] : await lookup(host),
    })),
  );
}
