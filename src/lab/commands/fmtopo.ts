import { fail, type Program } from '../machine.ts';
import { readSensors } from '../model/sensors.ts';
import type { SensorModel } from '../model/sensors.ts';

/** libtopo.h: past the upper limits, each with its bit. */
function stateOf(sensor: SensorModel | undefined): string {
  const [, , warning, critical] = sensor?.limits ?? [];
  const value = sensor?.value ?? 0;
  if (typeof critical === 'number' && value >= critical) return '0x18 (UPPER_NONCRIT|UPPER_CRIT)';
  return typeof warning === 'number' && value >= warning ? '0x8 (UPPER_NONCRIT)' : '0x0 (0x00)';
}

const THRESHOLDS = [
  'lower-critical',
  'lower-non-critical',
  'upper-non-critical',
  'upper-critical',
] as const;
const thresholdsOf = (sensor: SensorModel | undefined): readonly string[] =>
  THRESHOLDS.flatMap((name, index) => {
    const limit = sensor?.limits[index] ?? null;
    return limit === null ? [] : [`    threshold-${name} double    ${limit.toFixed(6)}`];
  });

/** fmtopo(8) -V of the sensors that the kernel reads by itself: the temperature of the CPU. */
export const fmtopo: Program = {
  name: 'fmtopo',
  directory: '/usr/lib/fm/fmd',
  run: (context) => {
    if (!context.privileged)
      return fail(context, 'failed to open topology handle: Permission denied');
    const { machine } = context;
    const cpu = readSensors(machine.host(), machine.clock.now()).find(
      ({ name }) => name === 'CPU Temp',
    );
    const authority = `:product-id=Super-Server:server-id=${machine.nodeName}:chassis-id=0123456789`;
    const resource = `hc://${authority}/chassis=0/motherboard=0/chip=0?sensor=temp`;
    context.stdout.write(
      [
        'TIME                 UUID',
        `Nov 26 08:00:00 00000000-0000-0000-0000-000000000000`,
        '',
        resource,
        '  group: protocol                       version: 1   stability: Private/Private',
        `    resource          fmri      ${resource}`,
        '  group: authority                      version: 1   stability: Private/Private',
        '    product-id        string    Super-Server',
        `    server-id         string    ${machine.nodeName}`,
        '  group: facility                       version: 1   stability: Private/Private',
        '    sensor-class      string    threshold',
        '    type              uint32    0x1 (TEMP)',
        '    units             uint32    0x1 (DEGREES_C)',
        `    reading           double    ${(cpu?.value ?? 0).toFixed(6)}`,
        `    state             uint32    ${stateOf(cpu)}`,
        ...thresholdsOf(cpu),
        '',
        '',
      ].join('\n'),
    );
    return 0;
  },
};
