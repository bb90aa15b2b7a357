import type { HostInventory } from '../../domain/inventory.ts';
import { hostFresh, linksOf } from '../../domain/joined.ts';
import type { Link } from '../../domain/joined.ts';
import type { Finding, LabRule, RuleContext } from '../../domain/problem.ts';
import { vlanRef } from '../../domain/ref.ts';
import { whileSameOf } from '../../domain/same-parts.ts';
import { levelOf, THRESHOLDS } from '../../domain/thresholds.ts';

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
    const hosts = inventory.hosts.filter(
      (host) => hostFresh(host, 'links', now) && hostFresh(host, 'kstats', now),
    );
    const suspects = new Set(hosts.flatMap((host) => linksByVlan(host).suspects));
    return [...suspects].flatMap((id) => {
      const links = hosts.flatMap((host) => linksByVlan(host).tagged.get(id) ?? []);
      return links.every(({ state }) => state === 'down')
        ? [allDown(id, links)]
        : silentOn(id, links, context);
    });
  },
};

type HostVlans = {
  /** The links of a host by their VLAN. */
  readonly tagged: ReadonlyMap<number, readonly Link[]>;
  /** VLANs none of whose links there receives anything now: only these are looked at. */
  readonly suspects: readonly number[];
};
const kept = whileSameOf<HostVlans>();

const linksByVlan = (host: HostInventory): HostVlans =>
  kept(host, [], () => {
    const links = linksOf(host).filter(({ vlanId }) => vlanId !== null);
    const tagged = Map.groupBy(links, ({ vlanId }) => vlanId ?? 0);
    const suspects = [...tagged].flatMap(([id, own]) =>
      own.every(({ state, silence }) => state === 'down' || (silence?.seconds ?? 0) > 0)
        ? [id]
        : [],
    );
    return { tagged, suspects };
  });

const allDown = (id: number, links: readonly Link[]): Finding => ({
  subject: vlanRef(id),
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

function silentOn(id: number, links: readonly Link[], context: RuleContext): readonly Finding[] {
  const { limits, raised } = context;
  const subject = vlanRef(id);
  const hosts = [...Map.groupBy(links, ({ host }) => host)];
  const silent = hosts.flatMap(([name, own]) => {
    const host = silence(name, own);
    return host && levelOf(host.seconds, worse, limits, raised(subject)) !== null ? [host] : [];
  });
  const [first] = silent.toSorted((a, b) => b.seconds - a.seconds);
  const severity = first && levelOf(first.seconds, worse, limits, raised(subject));
  if (!first || !severity) return [];
  const names = silent.map(({ name }) => name).join(', ');
  return [
    {
      subject,
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
      hint: `see whether the switch carries VLAN ${id} to ${names}: the tags of its trunk ports`,
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
