import type { Inventory } from '../../domain/inventory.ts';
import { hostFresh, vlansOf } from '../../domain/joined.ts';
import type { Link, Vlan } from '../../domain/joined.ts';
import type { Finding, LabRule, RuleContext } from '../../domain/problem.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';
import type { EpochMs } from '../../domain/time.ts';

const { worse } = THRESHOLDS['vlan.isolated'];
/** So many packets went out without one coming in: fewer may just have nobody to talk to. */
const LEAST_SENT = 20;

/** The links of a VLAN on one host that have fallen silent. */
type SilentHost = {
  readonly name: string;
  readonly links: number;
  readonly seconds: number;
  readonly sent: number;
};

/**
 * A VLAN on which nobody answers. Measured are the packets of its links: on a host, all of them are up and have sent at
 * least 20 packets together, and none has received a single one, not even a broadcast, for as long as the limit says.
 * Links of one host that talk to each other only are not found. Or all links of the VLAN are down, on all hosts that
 * answer.
 */
export const vlanIsolated: LabRule = {
  id: 'vlan.isolated',
  scope: 'lab',
  severity: 'warning',
  holdSeconds: 0,
  limits: THRESHOLDS['vlan.isolated'],
  check: (inventory, now, context) => {
    const seen = seenHosts(inventory, now);
    return vlansOf(inventory).flatMap((vlan) => {
      const links = vlan.links.filter(({ host }) => seen.has(host));
      if (links.length === 0) return [];
      if (links.every(({ state }) => state === 'down')) return [allDown(vlan, links)];
      return silentOn(vlan, links, context);
    });
  },
};

const seenHosts = (inventory: Inventory, now: EpochMs): ReadonlySet<string> =>
  new Set(
    inventory.hosts
      .filter((host) => hostFresh(host, 'links', now) && hostFresh(host, 'kstats', now))
      .map(({ name }) => name),
  );

const allDown = (vlan: Vlan, links: readonly Link[]): Finding => ({
  subject: vlan.ref,
  severity: 'critical',
  title: `all ${links.length} links of it are down`,
  evidence: {
    links: links.length,
    linksDown: links.length,
    hosts: [...new Set(links.map(({ host }) => host))].join(', '),
    from: 'dladm show-link, kstat link:0:*:link_state',
  },
  hint: 'see the aggregations and cards below them: dladm show-link',
});

function silentOn(vlan: Vlan, links: readonly Link[], context: RuleContext): readonly Finding[] {
  const { limits, raised } = context;
  const hosts = [...Map.groupBy(links, ({ host }) => host)];
  const silent = hosts.flatMap(([name, own]) => {
    const host = silence(name, own);
    return host && levelOf(host.seconds, worse, limits, raised(vlan.ref)) !== null ? [host] : [];
  });
  const [first] = silent.toSorted((a, b) => b.seconds - a.seconds);
  const severity = first && levelOf(first.seconds, worse, limits, raised(vlan.ref));
  if (!first || !severity) return [];
  const names = silent.map(({ name }) => name).join(', ');
  return [
    {
      subject: vlan.ref,
      severity,
      title: `nobody answers ${silent.length === hosts.length ? 'on it' : `on ${names}`}: ${sum(silent, 'sent')} packets sent, none received`,
      evidence: {
        silentSeconds: Math.round(first.seconds),
        limit: limits[severity],
        sentPackets: sum(silent, 'sent'),
        receivedPackets: 0,
        links: sum(silent, 'links'),
        hosts: names,
        from: 'kstat link:0:*:ipackets64, opackets64',
      },
      hint: `see whether the switch carries VLAN ${vlan.id} to ${names}: the tags of its trunk ports`,
    },
  ];
}

/** undefined: not all links of the host are known to be up and silent. */
function silence(name: string, links: readonly Link[]): SilentHost | undefined {
  const told = links.flatMap(({ state, silence }) => (state === 'up' && silence ? [silence] : []));
  if (told.length < links.length) return undefined;
  const sent = told.reduce((total, each) => total + each.sent, 0);
  const seconds = Math.min(...told.map((each) => each.seconds));
  return sent < LEAST_SENT ? undefined : { name, links: links.length, seconds, sent };
}

const sum = (hosts: readonly SilentHost[], of: 'links' | 'sent'): number =>
  hosts.reduce((total, host) => total + host[of], 0);
