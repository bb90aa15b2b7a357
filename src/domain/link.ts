export type LinkState = 'up' | 'down' | 'unknown';

/** `dladm show-link`: every datalink of a host. */
export type LinkEntry = {
  readonly name: string;
  /** phys, vlan, vnic, aggr, etherstub, bridge, iptun, simnet, overlay, part, or a newer word. */
  readonly class: string;
  readonly mtu: number | null;
  readonly state: LinkState;
  /** The bridge that it is a link of; null when it is of none. */
  readonly bridge: string | null;
  readonly over: readonly string[];
};
/** `dladm show-phys`. */
export type PhysEntry = {
  readonly name: string;
  readonly media: string;
  readonly state: LinkState;
  readonly speedMbps: number | null;
  readonly duplex: string;
  readonly device: string;
  /** `show-phys -m`, the primary slot; a port of an aggregation shows the aggregation's. */
  readonly macAddress: string | null;
};
/** `dladm show-vnic`. `zone` is null when it is the global zone or the release cannot tell. */
export type VnicEntry = {
  readonly name: string;
  readonly over: string;
  /** 0 = untagged; null where dladm could not tell. */
  readonly vlanId: number | null;
  readonly macAddress: string | null;
  readonly zone: string | null;
};
/** `dladm show-vlan`. */
export type VlanEntry = { readonly name: string; readonly vlanId: number; readonly over: string };
/** `dladm show-aggr`, `-x` and `-L`: one aggregation with its ports. */
export type AggrEntry = {
  readonly name: string;
  readonly state: LinkState;
  readonly speedMbps: number | null;
  readonly macAddress: string | null;
  /** What spreads traffic over the ports: `L4`, `L3,L4`. */
  readonly policy: string | null;
  /** `off`, `active` or `passive`. While it is off the LACP state of the ports means nothing. */
  readonly lacpActivity: string | null;
  readonly ports: readonly AggrPort[];
};
export type AggrPort = {
  readonly name: string;
  readonly state: LinkState;
  readonly speedMbps: number | null;
  readonly duplex: string | null;
  /** attached, standby, … */
  readonly portState: string;
  readonly lacp: LacpState | null;
};
/** The port's own state of IEEE 802.3ad, `show-aggr -L`. It may still look good while the port is down. */
export type LacpState = {
  readonly aggregatable: boolean | null;
  readonly sync: boolean | null;
  readonly collecting: boolean | null;
  readonly distributing: boolean | null;
  readonly defaulted: boolean | null;
  readonly expired: boolean | null;
};
/** `ipadm show-addr` in the global zone, which does not see into zones with an IP stack of their own. */
export type AddressEntry = {
  /** `core20/v4`; null for an address without an object. */
  readonly object: string | null;
  /** The interface, which is the link's name; null when the object does not tell it. */
  readonly link: string | null;
  /** static, dhcp, addrconf, from-gz, inherited, or a newer word. */
  readonly type: string;
  /** ok, down, duplicate, tentative, disabled, inaccessible, or a newer word. */
  readonly state: string;
  /** As printed, with its prefix length; null while it has none. */
  readonly address: string | null;
};
/** `dladm show-linkprop`: what the kernel holds a link to now. */
export type LinkProperties = {
  readonly link: string;
  /** null for the global zone. */
  readonly zone: string | null;
  /** Addresses that may be sent from; empty when any may. */
  readonly allowedIps: readonly string[];
};
/** `dladm show-bridge`. */
export type BridgeEntry = {
  readonly name: string;
  /** `stp` or `trill`. */
  readonly protection: string | null;
  /** `32768/8:0:20:bf:f:0`: priority and address of the root bridge. */
  readonly designatedRoot: string | null;
  /** null until they were asked for. */
  readonly ports: readonly BridgePort[] | null;
};
/** `dladm show-bridge -l`: a link of a bridge as the spanning tree has it. */
export type BridgePort = {
  readonly link: string;
  /** `forwarding`, `learning`, `discarding`, `disabled`, `bad-bpdu`, `non-stp`, `no-mem`, or a newer word. */
  readonly state: string;
  /** Path cost. */
  readonly cost: number | null;
  /** Nothing but end systems is behind it. */
  readonly isEdge: boolean | null;
};
/** `dladm show-overlay`. */
export type OverlayEntry = {
  readonly name: string;
  /** `vxlan`. */
  readonly encapsulation: string | null;
  readonly virtualNetworkId: number | null;
};
/** What joins links in software. */
export type Switches = {
  readonly bridges: readonly BridgeEntry[];
  readonly overlays: readonly OverlayEntry[];
};
