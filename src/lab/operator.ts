import type { HostModel } from './model/host.ts';
import { plainAddress, type HostPlan, type LabPlan, type NicPlan } from './plan.ts';
import type { World } from './world.ts';

/** The VM that the lab's user works in, and the one that routes between its networks. */
const WORKPLACE = 'jump';
const ROUTER = 'pfsense1';
const CLIENT_PORT = 51_022;
const SSH_PORT = 22;
/** The network in which hosts have their addresses. */
export const HOST_VLAN = 20;

const nicsOf = ({ hosts }: LabPlan, name: string): readonly NicPlan[] =>
  hosts.flatMap(({ zones }) => zones).find((zone) => zone.name === name)?.nics ?? [];

/** The address of a host in the network of hosts; null when it has none. */
export const hostAddress = ({ vlanLinks }: HostPlan): string | null =>
  vlanLinks.find(({ vlanId }) => vlanId === HOST_VLAN)?.address ?? null;

/**
 * `SSH_CONNECTION` as sshd(8) sets it for whoever comes from the lab's workplace; undefined where there is none. The lab
 * itself is on loopback.
 */
export function sshConnection(world: World, host: HostModel): string | undefined {
  const [nic] = nicsOf(world.plan, WORKPLACE);
  const server = hostAddress(host.plan);
  return nic === undefined || server === null
    ? undefined
    : `${plainAddress(nic.address)} ${CLIENT_PORT} ${plainAddress(server)} ${SSH_PORT}`;
}

/** The default router of a host: of the VMs that route, the one of its own copy of the lab. */
export function routerOf(world: World, host: HostModel): NicPlan | null {
  const copy = /-[0-9]+$/.exec(host.plan.name)?.[0] ?? '';
  return nicsOf(world.plan, `${ROUTER}${copy}`).find(({ vlanId }) => vlanId === HOST_VLAN) ?? null;
}
