import { ownText } from '../../domain/own-text.ts';
import type { VmConfig, ZoneConfig, ZoneNet } from '../../domain/zone.ts';
import { isVmBrand } from '../../domain/zone.ts';
import { parseDecimal, parseWhole } from '../../parse/numbers.ts';
import { parseSizeBytes } from '../../parse/sizes.ts';
import { readVmAttributes } from './vm-attributes.ts';

/** A resource of zonecfg(8) as it is being read: its properties, of which some hold lists. */
type Resource = { readonly kind: string; readonly properties: Map<string, string[]> };

/** Takes the properties of one zone one after another, from an export script or from the text of `info`. */
export type ZoneConfigReader = {
  /** A resource begins: `net`, `attr`, … */
  readonly begin: (kind: string) => void;
  /** A property of the open resource, or of the zone when none is open. */
  readonly set: (property: string, value: string) => void;
  /** The open resource is complete; nothing happens when none is open. */
  readonly end: () => void;
  /** Drops the resource that is still open; false when none is. */
  readonly discard: () => boolean;
  readonly read: () => ZoneConfig;
};

/**
 * What is kept is a fixed choice: of attributes only those that describe the hardware of a virtual machine. An
 * attribute's value may be a password, a key or a script, so everything else is dropped as it is read.
 */
export function createZoneConfigReader(zone: string): ZoneConfigReader {
  const own = new Map<string, string>();
  const resources: Resource[] = [];
  let open: Resource | undefined;
  const end = () => {
    if (open) resources.push(open);
    open = undefined;
  };
  return {
    begin: (kind) => {
      end();
      open = { kind, properties: new Map() };
    },
    set: (property, value) => {
      const list = open?.properties.get(property);
      if (!open) own.set(property, value);
      else if (list) list.push(value);
      else open.properties.set(property, [value]);
    },
    end,
    discard: () => {
      const wasOpen = open !== undefined;
      open = undefined;
      return wasOpen;
    },
    read: () => {
      end();
      return toZoneConfig(zone, own, resources);
    },
  };
}

const first = (resource: Resource, property: string): string | null =>
  resource.properties.get(property)?.[0] || null;

/** A property that is kept: what is cut out of the script would keep all of it. */
function name(resource: Resource, property: string): string | null {
  const text = first(resource, property);
  return text === null ? null : ownText(text);
}

function toZoneConfig(
  zone: string,
  own: ReadonlyMap<string, string>,
  resources: readonly Resource[],
): ZoneConfig {
  const ofKind = (...kinds: readonly string[]) =>
    resources.filter(({ kind }) => kinds.includes(kind));
  const brand = own.get('brand') || null;
  const autoboot = own.get('autoboot');
  const ipType = own.get('ip-type');
  return {
    zone,
    brand,
    autoboot: autoboot === 'true' ? true : autoboot === 'false' ? false : null,
    ipType: ipType === 'exclusive' || ipType === 'shared' ? ipType : null,
    ...readCaps(own, resources),
    nets: ofKind('net', 'anet').map(toZoneNet),
    vm: brand !== null && isVmBrand(brand) ? toVmConfig(brand, resources) : null,
    datasets: ofKind('dataset').flatMap((dataset) => name(dataset, 'name') ?? []),
  };
}

/**
 * A cap may be given as a resource (`capped-memory`, `capped-cpu`) or as the resource control that stands behind
 * it, which is how `export` prints most of them; the resource wins.
 */
function readCaps(
  own: ReadonlyMap<string, string>,
  resources: readonly Resource[],
): Pick<ZoneConfig, 'cpuCapPercent' | 'memoryCapBytes' | 'swapCapBytes'> {
  let ncpus: number | null = null;
  let memoryCapBytes: number | null = null;
  let swapCapBytes: number | null = null;
  const limits = new Map<string, number | null>();
  for (const resource of resources) {
    if (resource.kind === 'capped-memory') {
      memoryCapBytes = parseSizeBytes(first(resource, 'physical') ?? '');
      swapCapBytes = parseSizeBytes(first(resource, 'swap') ?? '');
    } else if (resource.kind === 'capped-cpu') {
      ncpus = parseDecimal(first(resource, 'ncpus') ?? '');
    } else if (resource.kind === 'rctl') {
      limits.set(first(resource, 'name') ?? '', readLimit(first(resource, 'value') ?? ''));
    }
  }
  return {
    cpuCapPercent:
      (ncpus === null ? null : Math.round(ncpus * 100)) ??
      limits.get('zone.cpu-cap') ??
      parseWhole(own.get('cpu-cap') ?? ''),
    memoryCapBytes: memoryCapBytes ?? limits.get('zone.max-physical-memory') ?? null,
    swapCapBytes:
      swapCapBytes ?? limits.get('zone.max-swap') ?? parseSizeBytes(own.get('max-swap') ?? ''),
  };
}

/** `(priv=privileged,limit=200,action=deny)` */
function readLimit(value: string): number | null {
  const match = /[(,]limit=([0-9]{1,20})[,)]/.exec(value);
  return match ? Number(match[1]) : null;
}

/** `(name=ips,value="10.0.0.5/24,10.0.0.6/24")`: where brand lx, and all brands of SmartOS, are told their addresses. */
const IPS = /^\(name=ips?,value="?([^")]*)"?\)$/;
const ownAddresses = (net: Resource): readonly string[] =>
  (net.properties.get('property') ?? []).flatMap((text) => IPS.exec(text)?.[1] ?? []);

/** `anet` is Oracle Solaris' on-demand VNIC, with names of its own for the same things. */
const toZoneNet = (net: Resource): ZoneNet => ({
  physical: name(net, 'physical') ?? name(net, 'linkname'),
  globalNic: name(net, 'global-nic') ?? name(net, 'lower-link'),
  vlanId: parseWhole(first(net, 'vlan-id') ?? ''),
  addresses: [
    ...(net.properties.get('allowed-address') ?? []),
    ...(net.properties.get('address') ?? []),
    ...ownAddresses(net),
  ]
    .flatMap((addresses) => addresses.split(/[\s,]+/))
    // In place of an address a zone of brand lx may be told how to get one: `dhcp`, `addrconf`.
    .filter((address) => /[.:]/.test(address))
    .map(ownText),
});

function toVmConfig(brand: string, resources: readonly Resource[]): VmConfig {
  const attributes = new Map<string, string>();
  const matches: string[] = [];
  for (const resource of resources) {
    if (resource.kind === 'attr')
      attributes.set(first(resource, 'name') ?? '', first(resource, 'value') ?? '');
    else if (resource.kind === 'device') matches.push(first(resource, 'match') ?? '');
  }
  return readVmAttributes(brand, attributes, matches);
}
