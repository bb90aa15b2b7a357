import { fail, type Program } from '../machine.ts';
import { readSensors, sensorWord, type SensorModel } from '../model/sensors.ts';

/** ipmitool(1): `sensor`, and `-c sdr list full`. */
export const ipmitool: Program = {
  name: 'ipmitool',
  directory: '/usr/sbin',
  run: (context) => {
    if (!context.privileged) return fail(context, 'Could not open bmc device: Permission denied');
    const verb = context.args.find((arg) => !arg.startsWith('-'));
    const hasCommas = context.args.includes('-c');
    const sensors = readSensors(context.machine.host(), context.machine.clock.now());
    if (verb === 'sensor') context.stdout.write(sensors.map((sensor) => barLine(sensor)).join(''));
    else if (verb === 'sdr')
      context.stdout.write(
        sensors
          .filter(({ unit }) => unit !== 'discrete')
          .map((sensor) => (hasCommas ? commaLine(sensor) : humanLine(sensor)))
          .join(''),
      );
    else return fail(context, `Invalid command: ${verb ?? ''}`);
    return 0;
  },
};

const number = (value: number | null, width: number): string =>
  (value === null ? 'na' : value.toFixed(3)).padEnd(width);

function barLine(sensor: SensorModel): string {
  const { name, unit, value, limits } = sensor;
  if (unit === 'discrete')
    return `${name.padEnd(16)} | 0x${(value ?? 0).toString(16)}        | discrete   | 0x0000| na        | na        | na        | na        | na        | na        \n`;
  const [lcr, lnc, unc, ucr] = limits;
  const cells = [lcr, lcr, lnc, unc, ucr, ucr].map((limit) => number(limit, 9));
  return `${name.padEnd(16)} | ${number(value, 10)} | ${(value === null ? '' : unit).padEnd(10)} | ${sensorWord(sensor).padEnd(5)} | ${cells.join(' | ')} \n`;
}

const plain = (value: number): string => String(value);

const commaLine = (sensor: SensorModel): string =>
  sensor.value === null
    ? `${sensor.name},,ns\n`
    : `${sensor.name},${plain(sensor.value)},${sensor.unit},${sensorWord(sensor)}\n`;

const humanLine = (sensor: SensorModel): string =>
  `${sensor.name.padEnd(16)} | ${(sensor.value === null ? 'no reading' : `${plain(sensor.value)} ${sensor.unit}`).padEnd(17)} | ${sensor.value === null ? 'ns' : sensorWord(sensor)}\n`;
