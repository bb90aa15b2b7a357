import { linksOf } from '../../domain/joined.ts';
import type { Link } from '../../domain/joined.ts';
import type { Finding, HostRule } from '../../domain/problem.ts';
import { linkRef } from '../../domain/ref.ts';

const SHOWN_USERS = 5;

/**
 * A physical link that something is built on, or an aggregation, is down. A port is reported by itself only while
 * its aggregation is up: otherwise the aggregation names it.
 */
export const linkDown: HostRule<'links'> = {
  id: 'link.down',
  scope: 'host',
  severity: 'critical',
  holdSeconds: 0,
  needs: ['links'],
  check: (_fresh, host) => {
    const links = linksOf(host);
    const byName = new Map(links.map((link) => [link.name, link]));
    return links
      .filter(({ state }) => state === 'down')
      .flatMap((link): readonly Finding[] => {
        const users = links.filter(({ over }) => over.includes(link.name));
        if (link.class === 'aggr') return [downAggr(link, users, byName)];
        if (link.class !== 'phys' || users.length === 0) return [];
        const aggrs = users.filter((user) => user.class === 'aggr');
        const direct = users.filter((user) => user.class !== 'aggr');
        if (direct.length > 0) return [downPhys(link, users)];
        const alive = aggrs.filter(({ state }) => state !== 'down');
        return alive.length > 0 ? [downPort(link, alive)] : [];
      });
  },
};

function downAggr(link: Link, users: readonly Link[], byName: ReadonlyMap<string, Link>): Finding {
  const ports = link.over.map((name) => `${name} ${byName.get(name)?.state ?? 'unknown'}`);
  return {
    subject: linkRef(link.host, link.name),
    title: ports.length > 0 ? `down, ports: ${ports.join(', ')}` : 'down, no ports',
    evidence: {
      class: link.class,
      state: link.state,
      ports: ports.join(', ') || null,
      used: users.length,
      over: names(users),
      from: 'dladm show-link',
    },
    hint: 'see the cables and the LACP state of the ports: dladm show-aggr -L',
  };
}

const downPhys = (link: Link, users: readonly Link[]): Finding => ({
  subject: linkRef(link.host, link.name),
  title: `down, under ${names(users) ?? 'nothing'}`,
  evidence: {
    class: link.class,
    state: link.state,
    used: users.length,
    over: names(users),
    from: 'dladm show-link',
  },
  hint: `see the cable and the switch port: dladm show-phys ${link.name}`,
});

const downPort = (link: Link, aggrs: readonly Link[]): Finding => ({
  ...downPhys(link, aggrs),
  title: `down, port of ${names(aggrs) ?? 'an aggregation'}, which is up`,
  severity: 'warning',
});

/** The links over this one, as far as they can be read at a glance. */
function names(links: readonly Link[]): string | null {
  if (links.length === 0) return null;
  const shown = links.slice(0, SHOWN_USERS).map(({ name }) => name);
  const more = links.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
