import type { HandOver } from '../../domain/hand-over.ts';
import { enterable, zloginPlan } from './zlogin.ts';

/**
 * The console of a zone, or the serial line of a virtual machine, which is the same device. It may be opened before the
 * zone boots; one client at a time.
 */
export const zoneConsole: HandOver = {
  id: 'zone.console',
  verb: 'console',
  label: 'Console',
  key: 'C',
  kinds: ['zone', 'vm'],
  unavailable: (subject, inventory) => {
    const zone = enterable(subject, inventory);
    if (typeof zone === 'string') return zone;
    return zone.state === 'configured' || zone.state === 'incomplete'
      ? `${zone.name} is ${zone.stateText}; a console needs it installed`
      : undefined;
  },
  plan: (subject, inventory, options) =>
    zloginPlan('zone.console', subject, inventory, options, ['-C']),
};
