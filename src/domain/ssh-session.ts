/** A machine on a network that a host is on too. */
export type Neighbour = {
  readonly address: string;
  /** null where the host does not know it. */
  readonly macAddress: string | null;
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
