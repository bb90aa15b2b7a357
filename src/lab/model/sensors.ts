import { hostLoad, type HostModel } from './host.ts';

/** A sensor of the board: limits are lower critical and warning, upper warning and critical. */
export type SensorModel = {
  readonly name: string;
  readonly unit: 'degrees C' | 'RPM' | 'Volts' | 'Watts' | 'discrete';
  /** null: nothing is plugged in there. */
  readonly value: number | null;
  readonly limits: readonly [number | null, number | null, number | null, number | null];
};

const NO_LIMITS = [null, null, null, null] as const;

/** What the board measures: it is the warmer, and its fans the faster, the more its CPUs have to do. */
export function readSensors(host: HostModel, now: number): readonly SensorModel[] {
  const busy = Math.min(1, hostLoad(host, now) / host.plan.cpuCount);
  const cpu = Math.round(36 + 34 * busy);
  const fan = (base: number) => Math.round((base + 2200 * busy) / 100) * 100;
  const isStore = host.plan.disks.length > 6;
  const sensors: readonly SensorModel[] = [
    { name: 'CPU Temp', unit: 'degrees C', value: cpu, limits: [null, null, 90, 95] },
    {
      name: 'System Temp',
      unit: 'degrees C',
      value: 31 + Math.round(4 * busy),
      limits: [-9, -7, 80, 85],
    },
    {
      name: 'Peripheral Temp',
      unit: 'degrees C',
      value: 38 + Math.round(6 * busy),
      limits: [-9, -7, 80, 85],
    },
    {
      name: 'DIMMA1 Temp',
      unit: 'degrees C',
      value: 33 + Math.round(7 * busy),
      limits: [1, 2, 80, 85],
    },
    { name: 'FAN1', unit: 'RPM', value: fan(1400), limits: [500, 700, 25_300, 25_400] },
    { name: 'FAN2', unit: 'RPM', value: fan(1300), limits: [500, 700, 25_300, 25_400] },
    {
      name: 'FAN3',
      unit: 'RPM',
      value: isStore ? fan(1100) : null,
      limits: [500, 700, 25_300, 25_400],
    },
    { name: '12V', unit: 'Volts', value: 12.06, limits: [10.17, 10.77, 12.95, 13.25] },
    { name: '5VCC', unit: 'Volts', value: 5.03, limits: [4.25, 4.48, 5.39, 5.54] },
    { name: '3.3VCC', unit: 'Volts', value: 3.33, limits: [2.78, 2.92, 3.54, 3.65] },
    { name: 'VBAT', unit: 'Volts', value: 3.05, limits: [2.38, 2.49, 3.49, 3.6] },
    { name: 'Chassis Intru', unit: 'discrete', value: 0, limits: NO_LIMITS },
  ];
  return sensors.map((sensor) => {
    const set = host.system.sensors.get(sensor.name);
    return set === undefined ? sensor : { ...sensor, value: set };
  });
}

/** The word for a reading: ok, beyond the warning (nc), beyond the critical limit (cr), no reading (na). */
export function sensorWord({ value, limits }: SensorModel): 'ok' | 'nc' | 'cr' | 'na' {
  if (value === null) return 'na';
  const [lcr, lnc, unc, ucr] = limits;
  if ((lcr !== null && value <= lcr) || (ucr !== null && value >= ucr)) return 'cr';
  return (lnc !== null && value <= lnc) || (unc !== null && value >= unc) ? 'nc' : 'ok';
}
