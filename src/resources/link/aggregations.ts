import { portFaults, speaksLacp } from '../../domain/aggr-ports.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import { aggrsOf, hostFresh, linksOf } from '../../domain/joined.ts';
import type { Link } from '../../domain/joined.ts';
import type { AggrPort } from '../../domain/link.ts';
import type { EpochMs } from '../../domain/time.ts';

/** An aggregation as all answers together tell it. */
export type Aggregation = {
  readonly link: Link;
  readonly lacpActivity: string | null;
  readonly ports: readonly AggrPort[];
};

/** The aggregations of a host; nothing is said of LACP while show-aggr is not fresh. */
export function aggregationsOf(host: HostInventory, now: EpochMs): readonly Aggregation[] {
  const links = linksOf(host);
  const joined = links.filter((link) => link.class === 'aggr');
  if (joined.length === 0) return [];
  const linkNamed = (name: string): Link | undefined => links.find((link) => link.name === name);
  const told = new Map(
    hostFresh(host, 'aggrs', now) ? aggrsOf(host).map((aggr) => [aggr.name, aggr]) : [],
  );
  return joined.map((link) => {
    const aggr = told.get(link.name);
    return {
      link,
      lacpActivity: aggr?.lacpActivity ?? null,
      ports: aggr?.ports ?? link.over.map((name) => plainPort(name, linkNamed(name))),
    };
  });
}

const plainPort = (name: string, link: Link | undefined): AggrPort => ({
  name,
  state: link?.state ?? 'unknown',
  speedMbps: link?.speedMbps ?? null,
  duplex: link?.duplex ?? null,
  portState: 'unknown',
  lacp: null,
});

/** The ports and how each is, in words: `ixgbe0 up, ixgbe1 up not in sync`. */
export const portsText = (aggr: Aggregation): string | null =>
  aggr.ports
    .map((port) => {
      const faults = portFaults(aggr, port).filter((fault) => fault !== 'down');
      return [port.name, port.state, ...faults].join(' ');
    })
    .join(', ') || null;

/** What was asked to judge it. */
export const aggrSource = (aggr: Aggregation): string =>
  speaksLacp(aggr) ? 'dladm show-aggr -x, -L' : 'dladm show-link';
