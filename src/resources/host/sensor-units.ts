import type { SensorKind } from '../../domain/sensor.ts';

const KINDS: Readonly<Record<string, SensorKind>> = {
  'degrees c': 'temperature',
  'degrees f': 'temperature',
  rpm: 'fan',
  volts: 'voltage',
  amps: 'current',
  watts: 'power',
  discrete: 'discrete',
};

/** What a sensor measures, by its unit. */
export const kindOfUnit = (unit: string): SensorKind => KINDS[unit.toLowerCase()] ?? 'other';
