import { controlPlaneFmri, type DaemonKind } from '../control-plane/daemon.ts';
import type { World } from '../world.ts';

/** Ends a daemon of the control plane in a zone, the first there without a kind: its service goes to maintenance, the zone runs on. */
export function endDaemon(world: World, host: string, zone: string, kind?: DaemonKind): void {
  const fmri = controlPlaneFmri(world.zone(host, zone).plan, kind);
  if (fmri === undefined) throw new RangeError(`zone ${zone} is no part of a control plane`);
  world.setServiceFault(host, zone, fmri, {
    state: 'maintenance',
    reason: 'Start method failed repeatedly, last exited with status 1.',
  });
}
