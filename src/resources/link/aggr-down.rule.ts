import { isPortLost } from '../../domain/aggr-ports.ts';
import { linksOf } from '../../domain/joined.ts';
import type { HostRule } from '../../domain/problem.ts';
import { linkRef } from '../../domain/ref.ts';
import { aggregationsOf, aggrSource, portsText } from './aggregations.ts';
import { linkNames } from './link-names.ts';

/** An aggregation that is down, or whose LACP uses none of its ports: nothing over it has a network. */
export const aggrDown: HostRule<'links'> = {
  id: 'aggr.down',
  scope: 'host',
  severity: 'critical',
  holdSeconds: 0,
  needs: ['links'],
  check: (_fresh, host, now) =>
    aggregationsOf(host, now).flatMap((aggr) => {
      const { link, ports } = aggr;
      const isUnused = ports.length > 0 && ports.every((port) => isPortLost(aggr, port));
      if (link.state !== 'down' && !isUnused) return [];
      const users = linksOf(host).filter(({ over }) => over.includes(link.name));
      const text = portsText(aggr);
      return [
        {
          subject: linkRef(link.host, link.name),
          title: `${link.state === 'down' ? 'down' : 'no port carries traffic'}${text === null ? ', no ports' : `, ports: ${text}`}`,
          evidence: {
            state: link.state,
            ports: text,
            lacp: aggr.lacpActivity,
            used: users.length,
            over: linkNames(users),
            from: aggrSource(aggr),
          },
          hint: 'see the cables, the switch and the LACP state of the ports: dladm show-aggr -L',
        },
      ];
    }),
};
