import { subnetOf } from './address.ts';

/** Something with addresses, with the lengths of their prefixes where these are known, on VLANs. */
type Networked = {
  readonly addresses: readonly string[];
  readonly vlans: readonly number[];
};

/** `unknown`: of one of both sides neither networks nor VLANs are known. */
type Distance = 'near' | 'far' | 'unknown';

/**
 * Whether any of some zones shares a network with one of others: by the networks of their addresses, or by VLANs where
 * these are not known. Those that are among both are passed over.
 */
export function distanceTo(zones: readonly Networked[], others: readonly Networked[]): Distance {
  let distance: Distance = 'unknown';
  for (const zone of zones)
    for (const other of others) {
      const between = zone === other ? 'unknown' : distanceOf(zone, other);
      if (between === 'near') return 'near';
      if (between === 'far') distance = 'far';
    }
  return distance;
}

function distanceOf(zone: Networked, other: Networked): Distance {
  const [own, networks] = [networksOf(zone), networksOf(other)];
  if (own.length > 0 && networks.length > 0)
    return own.some((each) => networks.includes(each)) ? 'near' : 'far';
  if (zone.vlans.length === 0 || other.vlans.length === 0) return 'unknown';
  return zone.vlans.some((id) => other.vlans.includes(id)) ? 'near' : 'far';
}

const networksCache = new WeakMap<Networked, readonly string[]>();
function networksOf(zone: Networked): readonly string[] {
  const before = networksCache.get(zone);
  if (before) return before;
  const networks = zone.addresses.flatMap((address) => subnetOf(address) ?? []);
  networksCache.set(zone, networks);
  return networks;
}
