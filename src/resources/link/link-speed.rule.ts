import { linksOf } from '../../domain/joined.ts';
import type { Link } from '../../domain/joined.ts';
import type { AggrPort } from '../../domain/link.ts';
import type { Finding, HostRule } from '../../domain/problem.ts';
import { linkRef } from '../../domain/ref.ts';
import { aggregationsOf } from './aggregations.ts';

/**
 * A card that has negotiated less than it should: a port of an aggregation that is slower than the others, or a card in
 * use with half duplex. The peers of a port are the ports of its aggregation only, since other cards may be slower on
 * purpose.
 */
export const linkSpeed: HostRule<'links'> = {
  id: 'link.speed',
  scope: 'host',
  severity: 'warning',
  holdSeconds: 0,
  needs: ['links'],
  check: (_fresh, host, now) => {
    const links = linksOf(host);
    const slow = aggregationsOf(host, now).flatMap(({ link, ports }) =>
      slowPorts(ports).map(([port, peers]): Finding => ({
        ...finding(link.host, port.name),
        title: `negotiated ${port.speedMbps} Mb/s, the other ports of ${link.name} ${peers} Mb/s`,
        evidence: {
          speedMbps: port.speedMbps,
          peersMbps: peers,
          aggregation: link.name,
          duplex: port.duplex,
          from: 'dladm show-aggr -x, kstat link:0:*:ifspeed',
        },
      })),
    );
    const half = links
      .filter((link) => isHalf(link) && links.some(({ over }) => over.includes(link.name)))
      .map((link): Finding => ({
        ...finding(link.host, link.name),
        title: 'negotiated half duplex',
        evidence: { speedMbps: link.speedMbps, duplex: link.duplex, from: 'dladm show-phys' },
      }));
    const told = new Set(slow.map(({ subject }) => subject));
    return [...slow, ...half.filter(({ subject }) => !told.has(subject))];
  },
};

const isHalf = (link: Link): boolean =>
  link.class === 'phys' && link.state === 'up' && link.duplex === 'half';

const finding = (host: string, name: string): Pick<Finding, 'subject' | 'hint'> => ({
  subject: linkRef(host, name),
  hint: `see the cable, the transceiver and what the switch port offers: dladm show-linkprop -p speed,duplex,adv_autoneg_cap ${name}`,
});

/** Ports that are up and slower than the fastest of their aggregation, with that speed. */
function slowPorts(ports: readonly AggrPort[]): readonly (readonly [AggrPort, number])[] {
  const speeds = ports.flatMap((port) =>
    port.state === 'up' && port.speedMbps ? [[port, port.speedMbps] as const] : [],
  );
  const best = Math.max(0, ...speeds.map(([, speed]) => speed));
  return speeds.flatMap(([port, speed]) => (speed < best ? [[port, best] as const] : []));
}
