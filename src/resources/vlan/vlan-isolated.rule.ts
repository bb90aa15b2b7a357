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
    const suspects = new Set(hosts.flatMap((host) => vlansOn(host).suspects));
    return [...suspects].flatMap((id) => {
      const on = hosts.flatMap((host) => vlansOn(host).byId.get(id) ?? []);
      return on.every(({ isDown }) => isDown) ? [allDown(id, on)] : silentOn(id, on, context);
    });
  },
};

/** A VLAN on one host. */
type OnHost = {
  readonly name: string;
  readonly links: number;
  /** All of them. */
  readonly isDown: boolean;
  /** undefined: not all its links are known to be up and silent, or hardly anything was sent. */
  readonly silent: SilentHost | undefined;
};
type HostVlans = {
  readonly byId: ReadonlyMap<number, OnHost>;
  /** VLANs none of whose links there receives anything now: only these are looked at. */
  readonly suspects: readonly number[];
};
const kept = whileSameOf<HostVlans>();

/** Once for each frame of counters, however often the host answers. */
const vlansOn = (host: HostInventory): HostVlans =>
  kept(linksOf(host), [host.name], () => {
    const tagged = Map.groupBy(
      linksOf(host).filter(({ vlanId }) => vlanId !== null),
      ({ vlanId }) => vlanId ?? 0,
    );
    const byId = new Map<number, OnHost>();
    const suspects: number[] = [];
    for (const [id, links] of tagged) {
      byId.set(id, {
        name: host.name,
        links: links.length,
        isDown: links.every(({ state }) => state === 'down'),
        silent: silence(host.name, links),
      });
      if (links.every(({ state, silence: own }) => state === 'down' || (own?.seconds ?? 0) > 0))
        suspects.push(id);
    }
    return { byId, suspects };
  });

const allDown = (id: number, on: readonly OnHost[]): Finding => ({
  subject: vlanRef(id),
  severity: 'critical',
  title: `all ${sum(on, 'links')} links of it are down`,
  evidence: {
    links: sum(on, 'links'),
    linksDown: sum(on, 'links'),
    hosts: on.map(({ name }) => name).join(', '),
    from: 'dladm show-link, kstat link:0:*:link_state',
  },
  hint: 'see the aggregations and cards below them: dladm show-link',
});

function silentOn(id: number, on: readonly OnHost[], context: RuleContext): readonly Finding[] {
  const { limits, raised } = context;
  const subject = vlanRef(id);
  const silent = on.flatMap(({ silent: host }) =>
    host && levelOf(host.seconds, worse, limits, raised(subject)) !== null ? [host] : [],
  );
  const [first] = silent.toSorted((a, b) => b.seconds - a.seconds);
  const severity = first && levelOf(first.seconds, worse, limits, raised(subject));
  if (!first || !severity) return [];
  const names = silent.map(({ name }) => name).join(', ');
  return [
    {
      subject,
      severity,
      title: `nobody answers ${silent.length === on.length ? 'on it' : `on ${names}`}: ${sum(silent, 'sent')} packets sent, none received`,
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

function silence(name: string, links: readonly Link[]): SilentHost | undefined {
  const told = links.flatMap(({ state, silence }) => (state === 'up' && silence ? [silence] : []));
  if (told.length < links.length) return undefined;
  const sent = told.reduce((total, each) => total + each.sent, 0);
  const seconds = Math.min(...told.map((each) => each.seconds));
  return sent < LEAST_SENT ? undefined : { name, links: links.length, seconds, sent };
}

const sum = <Of extends string>(hosts: readonly Readonly<Record<Of, number>>[], of: Of): number =>
  hosts.reduce((total, host) => total + host[of], 0);
