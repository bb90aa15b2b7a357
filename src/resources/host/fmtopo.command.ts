import type { HostCommand } from '../../domain/command.ts';
import { lastKnown } from '../../domain/feed.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import type { Sensor, SensorStatus } from '../../domain/sensor.ts';
import type { Line } from '../../parse/lines.ts';
import { splitLines, wholeLines } from '../../parse/lines.ts';
import { grantProgram } from './lab-monitor.ts';
import { kindOfUnit } from './sensor-units.ts';

/**
 * The sensors in the topology of the fault manager: temperatures that the kernel reads of CPUs and disks. Taking the
 * snapshot costs seconds, so it is asked only where the board's controller tells nothing.
 */
export const fmtopo: HostCommand<'topologySensors'> = {
  id: 'fmtopo',
  feed: 'topologySensors',
  pace: 'inventory',
  timeoutSeconds: 120,
  isSlow: true,
  question: ({ feeds }) =>
    feeds.sensors.status === 'pending' || lastKnown(feeds.sensors)
      ? undefined
      : [['pfexec', '/usr/lib/fm/fmd/fmtopo', '-V', '*sensor=*']],
  unasked: 'ipmitool tells the sensors',
  parse: parseFmtopo,
  hides: 'temperatures where there is no management controller',
  grant: grantProgram('/usr/lib/fm/fmd/fmtopo', 'euid=0;privs=all'),
};

type Draft = {
  readonly line: Line;
  readonly name: string;
  class: string;
  unit: string;
  value: number | null;
  state: number | null;
};

const UNITS: Readonly<Record<string, string>> = {
  DEGREES_C: 'degrees C',
  DEGREES_F: 'degrees F',
  RPM: 'RPM',
  VOLTS: 'Volts',
  AMPS: 'Amps',
  WATTS: 'Watts',
};

/** cmd/fm/fmtopo: a resource, then groups of properties, indented: name, type, value and for some its word. */
export function parseFmtopo(stdout: string): Parsed<readonly Sensor[]> {
  const drafts: Draft[] = [];
  const complaints: Complaint[] = [];
  let draft: Draft | undefined;
  for (const line of wholeLines(splitLines(stdout), complaints)) {
    const { number, text } = line;
    if (text.startsWith('hc://')) {
      draft = { line, name: nameOf(text.trim()), class: '', unit: '', value: null, state: null };
      drafts.push(draft);
      continue;
    }
    const [, name = '', value = ''] = PROPERTY.exec(text) ?? [];
    const reason = !draft
      ? 'no resource before this line'
      : name === ''
        ? 'expected a resource or one of its properties'
        : put(draft, name, value.trim());
    const isPassedOver = draft ? GROUP.test(text) : HEADER.test(text);
    if (!isPassedOver && reason !== undefined) complaints.push(complaint(number, text, reason));
  }
  const [sensors, others] = [drafts.filter(isSensor), drafts.filter((each) => !isSensor(each))];
  // Indicators, which are lamps, and the parts themselves have none.
  for (const { line } of others)
    if (line.text.includes('?sensor='))
      complaints.push(complaint(line.number, line.text, 'a sensor without its class'));
  return {
    value: sensors.map((each) => ({
      name: each.name,
      kind: each.class === 'discrete' ? 'discrete' : kindOfUnit(each.unit),
      value: each.class === 'discrete' ? null : each.value,
      unit: each.unit,
      status: each.class === 'threshold' ? statusOf(each.state) : null,
      limits: null,
    })),
    complaints: complaints.toSorted((a, b) => a.line - b.line),
  };
}

const isSensor = (draft: Draft): boolean => draft.class !== '';

/** libtopo.h: a limit that is passed, below or above; those past which a part is not as it should be, and the others. */
const NON_CRITICAL = 0x01 | 0x08;
const CRITICAL = 0x02 | 0x04 | 0x10 | 0x20;

const statusOf = (state: number | null): SensorStatus | null =>
  state === null
    ? null
    : (state & CRITICAL) !== 0
      ? 'critical'
      : (state & NON_CRITICAL) !== 0
        ? 'warning'
        : 'ok';

/** A name, a type, of which lists end in brackets, and a value. */
const PROPERTY =
  /^\s+(\S+)\s+(?:boolean|u?int(?:8|16|32|64)?|double|string|time|size|fmri|nvlist|unknown)(?:\[\])?(?:\s+(.*))?$/;
const GROUP = /^\s+group:\s/;
/** The time of the snapshot. */
const HEADER = /^(?:TIME\s+UUID|[A-Z][a-z]{2} +[0-9])/;

/** The path of the part without the authority before it, and the sensor: `chassis=0/motherboard=0/chip=0 Tdie`. */
const nameOf = (resource: string): string =>
  resource.replace(/^hc:\/\/[^/]*\//, '').replace(/\?(?:sensor|indicator)=/, ' ');

/** Why the property was not understood. */
function put(draft: Draft, name: string, value: string): string | undefined {
  if (name === 'sensor-class') draft.class = value;
  else if (name === 'reading') {
    if (!/^-?[0-9]{1,9}(?:\.[0-9]{1,9})?$/.test(value)) return 'the reading is not a number';
    draft.value = Number(value);
  } else if (name === 'state') {
    draft.state = /^0x[0-9a-f]{1,8}\b/i.test(value) ? Number.parseInt(value, 16) : null;
  } else if (name === 'units') {
    const word = /\((\w+)\)/.exec(value)?.[1] ?? '';
    draft.unit = UNITS[word] ?? word.toLowerCase();
  }
  return undefined;
}
