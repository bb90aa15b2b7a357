import { UNKNOWN } from '../../../domain/format.ts';
import type { HostInventory } from '../../../domain/inventory.ts';
import { sensorsFresh, sensorsOf } from '../../../domain/joined-sensors.ts';
import { hottest, readingText, sensorStatus } from '../../../domain/sensor.ts';
import type { Sensor, SensorKind, SensorStatus } from '../../../domain/sensor.ts';
import type { ToneName } from '../../../domain/theme.ts';
import type { Sign } from '../../../domain/view.ts';
import { SIGN_RANK } from '../../tones.ts';
import type { Run } from '../canvas.ts';
import { gridLines, labelled, muted, run } from '../lines.ts';
import { signRun } from '../look.ts';
import type { Look } from '../look.ts';
import type { Panel } from '../panel.ts';
import { feedWords } from './state.ts';

const SIGNS: Readonly<Record<SensorStatus, Sign>> = {
  ok: 'ok',
  warning: 'warning',
  critical: 'down',
};
const TONES: Readonly<Record<SensorStatus, ToneName>> = {
  ok: 'plain',
  warning: 'warn',
  critical: 'bad',
};
const ORDER: readonly SensorKind[] = ['temperature', 'fan', 'voltage', 'power', 'current', 'other'];

/** What is measured on the board, with the limits, the worst first; empty slots are left out, and states that are not bad. */
export function sensorsPanel(host: HostInventory, { model }: Look): Panel {
  const isFresh = sensorsFresh(host, model.now);
  const rows = sensorsOf(host)
    .filter((sensor) => (sensor.kind === 'discrete' ? isBad(sensor) : sensor.value !== null))
    .map((sensor) => ({ sensor, sign: isFresh ? signOf(sensor) : ('unknown' as const) }))
    .toSorted(
      (a, b) =>
        SIGN_RANK[a.sign] - SIGN_RANK[b.sign] ||
        ORDER.indexOf(a.sensor.kind) - ORDER.indexOf(b.sensor.kind),
    );
  const hot = hottest(sensorsOf(host));
  return {
    id: 'sensors',
    title: 'Sensors',
    right: () =>
      hot === null
        ? []
        : [[muted(`${hot.name} `), readingRun(hot, isFresh)], [readingRun(hot, isFresh)]],
    lines: (width) =>
      rows.length === 0
        ? [labelled('', [emptyWords(host)])]
        : gridLines(
            [
              { title: '', width: 1 },
              { title: 'SENSOR', width: 'fit', most: 32 },
              { title: 'READING', width: 'fit', align: 'right' },
              { title: 'FROM', width: 'fit', align: 'right', rank: 2 },
              { title: 'TO', width: 'fit', align: 'right', rank: 1 },
            ],
            rows.map(({ sensor, sign }) => ({
              cells: [
                signRun(sign),
                run(sensor.name, isFresh ? 'plain' : 'stale'),
                readingRun(sensor, isFresh),
                limitRun(sensor, sensor.limits?.lowerWarning ?? sensor.limits?.lowerCritical),
                limitRun(sensor, sensor.limits?.upperWarning ?? sensor.limits?.upperCritical),
              ],
            })),
            width,
          ),
  };
}

/** Why there are none: what the board's controller has not told, or else what the fault manager has not. */
function emptyWords({ feeds: { sensors, topologySensors } }: HostInventory): Run {
  if (sensors.status === 'ok') return muted('no readings');
  const isInstead = sensors.status === 'absent' && topologySensors.status !== 'pending';
  return isInstead && topologySensors.status === 'ok'
    ? muted('no readings')
    : feedWords(isInstead ? topologySensors : sensors);
}

const isBad = (sensor: Sensor): boolean => {
  const status = sensorStatus(sensor);
  return status === 'warning' || status === 'critical';
};

function signOf(sensor: Sensor): Sign {
  const status = sensorStatus(sensor);
  return status === null ? 'ok' : SIGNS[status];
}

const readingRun = (sensor: Sensor, isFresh: boolean): Run => {
  const status = sensorStatus(sensor);
  return run(
    sensor.value === null ? (sensor.stateText ?? UNKNOWN) : readingText(sensor.value, sensor.unit),
    isFresh ? TONES[status ?? 'ok'] : 'stale',
  );
};

const limitRun = ({ unit }: Sensor, limit: number | null | undefined): Run =>
  muted(limit === null || limit === undefined ? '' : readingText(limit, unit));
