import { isPortLost, portFaults } from '../../domain/aggr-ports.ts';
import type { Finding, HostRule } from '../../domain/problem.ts';
import { linkRef } from '../../domain/ref.ts';
import { aggregationsOf, aggrSource, portsText } from './aggregations.ts';
import type { Aggregation } from './aggregations.ts';

/** An aggregation that carries traffic, but not over all of its ports: one is down, or LACP does not use it. */
export const aggrDegraded: HostRule<'links'> = {
  id: 'aggr.degraded',
  scope: 'host',
  severity: 'warning',
  holdSeconds: 0,
  needs: ['links'],
  check: (_fresh, host, now) =>
    aggregationsOf(host, now)
      .filter((aggr) => aggr.link.state !== 'down')
      .flatMap((aggr) => judge(aggr)),
};

function judge(aggr: Aggregation): readonly Finding[] {
  const { link, ports } = aggr;
  const faulty = ports.filter((port) => portFaults(aggr, port).length > 0);
  const lost = ports.filter((port) => isPortLost(aggr, port));
  const [worst] = faulty;
  // Without any port that works it is down, which another rule tells.
  if (worst === undefined || lost.length === ports.length) return [];
  const words = faulty.map((port) => `${port.name} ${portFaults(aggr, port).join(', ')}`);
  return [
    {
      subject: linkRef(link.host, link.name),
      title: `${words.join('; ')}: ${ports.length - lost.length} of ${ports.length} ports carry traffic`,
      evidence: {
        ports: portsText(aggr),
        portsInUse: ports.length - lost.length,
        portsTotal: ports.length,
        lacp: aggr.lacpActivity,
        speedMbps: link.speedMbps,
        from: aggrSource(aggr),
      },
      hint:
        worst.state === 'down'
          ? `see the cable of ${worst.name} and its switch port: dladm show-phys ${worst.name}`
          : `see whether the switch has ${worst.name} in the same LACP group: dladm show-aggr -L`,
    },
  ];
}
