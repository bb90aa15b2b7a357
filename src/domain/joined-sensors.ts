import { lastKnown } from './feed.ts';
import type { HostInventory } from './inventory.ts';
import { hostFresh } from './joined.ts';
import type { Sensor } from './sensor.ts';
import type { EpochMs } from './time.ts';

/** What the board's controller measures, else what the fault manager's topology has; empty when neither tells. */
export const sensorsOf = ({ feeds }: HostInventory): readonly Sensor[] =>
  (lastKnown(feeds.sensors) ?? lastKnown(feeds.topologySensors))?.value ?? [];

/** Whether what `sensorsOf` gives still holds. */
export const sensorsFresh = (host: HostInventory, now: EpochMs): boolean =>
  hostFresh(host, 'sensors', now) || hostFresh(host, 'topologySensors', now);
