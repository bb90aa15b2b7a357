/** A machine on a network that a host is on too. */
export type Neighbour = {
  readonly address: string;
  /** null where the host does not know it. */
  readonly macAddress: string | null;
};

/** A jump host that the console's connection to a host passes, as the ssh configuration says. */
export type JumpHop = {
  /** As it is called there; a host of that name that is watched is the same one. */
  readonly name: string;
  /** Numeric; none where its name cannot be looked up from here. */
  readonly addresses: readonly string[];
};

/** The console's own connection to a host, as the host sees it. */
export type SshSession = {
  /** Where it comes from, and where it ends. */
  readonly client: Neighbour;
  readonly server: string;
  /** By which router answers go to a client that is on none of the host's networks; null when that is not certain. */
  readonly router: Neighbour | null;
  /** The router of the host for all that it has no other route to; null without one, or with several. */
  readonly defaultRouter: Neighbour | null;
};
