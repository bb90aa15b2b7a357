import { linksOf } from '../../domain/joined.ts';
import type { Link } from '../../domain/joined.ts';
import type { Finding, HostRule } from '../../domain/problem.ts';
import { linkRef } from '../../domain/ref.ts';
import { linkNames } from './link-names.ts';

/** A physical link that something is built on directly is down. A port of an aggregation is told with that. */
export const linkDown: HostRule<'links'> = {
  id: 'link.down',
  scope: 'host',
  severity: 'critical',
  holdSeconds: 0,
  needs: ['links'],
  check: (_fresh, host) => {
    const links = linksOf(host);
    return links
      .filter((link) => link.class === 'phys' && link.state === 'down')
      .flatMap((link): readonly Finding[] => {
        const users = links.filter(({ over }) => over.includes(link.name));
        return users.some((user) => user.class !== 'aggr') ? [downPhys(link, users)] : [];
      });
  },
};

const downPhys = (link: Link, users: readonly Link[]): Finding => ({
  subject: linkRef(link.host, link.name),
  title: `down, under ${linkNames(users) ?? 'nothing'}`,
  evidence: {
    class: link.class,
    state: link.state,
    used: users.length,
    over: linkNames(users),
    from: 'dladm show-link, kstat link:0:*:link_state',
  },
  hint: `see the cable and the switch port: dladm show-phys ${link.name}`,
});
