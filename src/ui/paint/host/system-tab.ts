import type { HostInventory } from '../../../domain/inventory.ts';
import type { Look } from '../look.ts';
import type { Panel } from '../panel.ts';
import { bootEnvironmentsPanel } from './boot-environments.ts';
import { logPanel } from './log.ts';
import { processorsPanel } from './processors.ts';
import { sensorsPanel } from './sensors.ts';
import { servicesPanel } from './services.ts';
import { dumpsPanel, timePanel } from './upkeep.ts';

/** A tab about the system itself: its services, its board, what it boots, its clock and its log. */
export function systemTab(
  host: HostInventory,
  look: Look,
): {
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly bands: (columns: number) => readonly (readonly Panel[])[];
} {
  const services = servicesPanel(host, look);
  const sensors = sensorsPanel(host, look);
  const processors = processorsPanel(host, look);
  const boot = bootEnvironmentsPanel(host, look);
  const time = timePanel(host);
  const dumps = dumpsPanel(host, look);
  const log = logPanel(host, look);
  return {
    title: 'System',
    panels: [services, sensors, processors, boot, time, dumps, log],
    bands: (columns) =>
      columns === 2
        ? [[services, sensors], [processors, boot], [time, dumps], [log]]
        : [[services, sensors, processors], [boot, time, dumps], [log]],
  };
}
