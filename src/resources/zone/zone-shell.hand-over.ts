import type { HandOver } from '../../domain/hand-over.ts';
import { enterable, zloginPlan } from './zlogin.ts';

/** A root shell inside a zone. Virtual machines have no inside for zlogin(1), only a console. */
export const zoneShell: HandOver = {
  id: 'zone.shell',
  verb: 'shell',
  label: 'Shell',
  key: 's',
  kinds: ['zone'],
  unavailable: (subject, inventory) => {
    const zone = enterable(subject, inventory);
    if (typeof zone === 'string') return zone;
    return zone.state === 'running' ? undefined : `${zone.name} is ${zone.stateText}, not running`;
  },
  plan: (subject, inventory, options) => zloginPlan('zone.shell', subject, inventory, options, []),
};
