import type { Action, Observation } from '../../domain/action.ts';
import type { Inventory } from '../../domain/inventory.ts';
import { findZone } from '../../domain/joined.ts';
import type { Ref } from '../../domain/ref.ts';
import { isVmBrand } from '../../domain/zone.ts';
import type { ZoneState } from '../../domain/zone.ts';
import { nextFor, plannable, planOf, unavailable } from './zone-plan.ts';

/** zoneadm(8): what is mounted is halted by `unmount`, what is installed needs none. */
const FROM: readonly ZoneState[] = ['running', 'shutting_down', 'down', 'ready'];
const OFF: ReadonlySet<ZoneState> = new Set(['installed', 'configured']);

/**
 * Halts a zone or VM, which stays off then: also one that hangs on its way down. It runs no shutdown scripts, and for a
 * VM it may wait up to 30 minutes for bhyve(8) to end.
 */
export const zoneHalt: Action = {
  id: 'zone.halt',
  verb: 'halt',
  label: 'Halt',
  key: 'X',
  kinds: ['zone', 'vm'],
  guard: 2,
  stops: true,
  unavailable: (subject, inventory) => {
    const zone = findZone(inventory, subject);
    const reason = unavailable(subject, inventory, FROM);
    return reason !== undefined && zone && OFF.has(zone.state)
      ? `${zone.name} is ${zone.stateText} already`
      : reason;
  },
  plan: (subject, inventory) => {
    const zone = plannable(subject, inventory, FROM);
    const isVm = isVmBrand(zone.brand);
    return planOf('zone.halt', zone, ['halt'], {
      timeoutSeconds: isVm ? 1900 : 180,
      observeSeconds: 60,
      effects: [
        isVm
          ? 'ends the virtual machine without asking its guest'
          : 'kills every process of the zone without shutdown scripts',
        'what was not written to disk is lost',
        'it stays off until r boots it',
        ...(zone.autoboot === true ? ['autoboot is true: that it is off will be a problem'] : []),
      ],
    });
  },
  observe,
  next: nextFor,
};

function observe(subject: Ref, _before: Inventory, now: Inventory): Observation {
  const zone = findZone(now, subject);
  // zoneadm(8) may leave out a zone that is being halted.
  if (!zone) return { state: 'waiting', step: 'not listed for a moment' };
  return OFF.has(zone.state)
    ? { state: 'done', evidence: `is ${zone.stateText}` }
    : { state: 'waiting', step: zone.stateText };
}
