import { known } from '../../domain/feed.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import { hostFresh } from '../../domain/joined.ts';
import type { Finding, LabRule } from '../../domain/problem.ts';
import { linkRef } from '../../domain/ref.ts';
import { whileSame } from '../../domain/same-parts.ts';
import type { EpochMs } from '../../domain/time.ts';
import { addressOwners, ownerName, sharedAddresses } from './address-owners.ts';
import type { AddressOwner } from './address-owners.ts';

const findShared = whileSame<readonly Finding[]>();

/**
 * An IP or MAC address that two have, on the same VLAN; or an address that the kernel itself has found to be a duplicate.
 * IP addresses of zones are those that their links are held to or, where these are not known, that their configuration
 * allows, while they run: a net that allows several is no evidence, since some of them may be shared on purpose (VRRP, CARP). Loopback and link-local addresses, multicast, MAC
 * addresses of VRRP, CARP and HSRP, ports of one aggregation and networks that do not leave their host are left out.
 */
export const addressDuplicate: LabRule = {
  id: 'address.duplicate',
  scope: 'lab',
  severity: 'warning',
  holdSeconds: 0,
  check: (inventory, now) => {
    const hosts = inventory.hosts.filter((host) => hostFresh(host, 'links', now));
    const owners = hosts.flatMap((host) => {
      const { macs, zones, host: own } = addressOwners(host);
      return [
        macs,
        ...(hostFresh(host, 'zones', now) ? [zones] : []),
        ...(hostFresh(host, 'addresses', now) ? [own] : []),
      ];
    });
    const shared = findShared(owners, () => sharedAddresses(owners).flatMap(toFinding));
    const byKernel = hosts.flatMap((host) => foundByKernel(host, now));
    return [...Map.groupBy([...byKernel, ...shared], ({ subject }) => subject).values()].flatMap(
      mergeFindings,
    );
  },
};

/** One problem per subject: the first tells the others. */
function mergeFindings([first, ...others]: readonly Finding[]): readonly Finding[] {
  if (first === undefined || others.length === 0) return first ? [first] : [];
  return [
    {
      ...first,
      title: `${first.title}, and ${others.length} more`,
      evidence: { ...first.evidence, others: others.map(({ title }) => title).join('; ') },
    },
  ];
}

function toFinding(all: readonly AddressOwner[]): readonly Finding[] {
  const named = new Map(
    all.map((owner) => {
      const name = ownerName(owner);
      return [name, { ...owner, name }] as const;
    }),
  );
  const owners = [...named.values()].toSorted((a, b) =>
    a.name < b.name ? -1 : Number(a.name > b.name),
  );
  const [first, ...others] = owners;
  if (!first || others.length === 0) return [];
  const { kind, address } = first;
  const names = others.map(({ name }) => name).join(', ');
  return [
    {
      subject: first.ref,
      title: `${kind} address ${address} is that of ${names} too`,
      evidence: {
        address,
        kind,
        owners: owners.map(({ name }) => name).join(', '),
        from: [...new Set(owners.map(({ from }) => from))].join('; '),
      },
      hint:
        kind === 'IP'
          ? `give one of ${first.name}, ${names} another address: zonecfg info net, ipadm show-addr`
          : `give one of ${first.name}, ${names} another address: dladm set-linkprop -p mac-address`,
    },
  ];
}

/** Addresses that the kernel has taken out of use because somebody else answers for them. */
function foundByKernel(host: HostInventory, now: EpochMs): readonly Finding[] {
  if (!hostFresh(host, 'addresses', now)) return [];
  return known(host.feeds.addresses, [])
    .filter(({ state, link }) => state === 'duplicate' && link !== null)
    .map(({ link, object, address }) => ({
      subject: linkRef(host.name, link ?? ''),
      severity: 'critical' as const,
      title: `${address ?? object ?? ''} is a duplicate: another machine answers for it`,
      evidence: { address, object, state: 'duplicate', from: 'ipadm show-addr' },
      hint: `find the other machine by its MAC address: arp -an on ${host.name}, or a neighbour of it`,
    }));
}
