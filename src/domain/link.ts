export type LinkState = 'up' | 'down' | 'unknown';

/** `dladm show-link`: every datalink of a host. */
export type LinkEntry = {
  readonly name: string;
  /** phys, vlan, vnic, aggr, etherstub, bridge, iptun, simnet, overlay, part, or a newer word. */
  readonly class: string;
  readonly mtu: number | null;
  readonly state: LinkState;
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
};
/** `dladm show-vnic`. `zone` is null when it is the global zone or the release cannot tell. */
export type VnicEntry = {
  readonly name: string;
  readonly over: string;
  /** 0 = untagged. */
  readonly vlanId: number;
  readonly macAddress: string | null;
  readonly zone: string | null;
};
/** `dladm show-vlan`. */
export type VlanEntry = { readonly name: string; readonly vlanId: number; readonly over: string };
/** `dladm show-aggr -x`: one aggregation with its ports. */
export type AggrEntry = {
  readonly name: string;
  readonly state: LinkState;
  readonly speedMbps: number | null;
  readonly ports: readonly AggrPort[];
};
export type AggrPort = {
  readonly name: string;
  readonly state: LinkState;
  readonly speedMbps: number | null;
  /** attached, standby, … */
  readonly portState: string;
};
