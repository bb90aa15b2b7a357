import type { HostCommand } from '../../domain/command.ts';
import { lastKnown } from '../../domain/feed.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import type { Sensor, SensorLimits, SensorStatus } from '../../domain/sensor.ts';
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
  type: number | null;
  value: number | null;
  state: number | null;
  stateText: string;
  readonly thresholds: Map<string, number>;
};

const newDraft = (line: Line): Draft => ({
  line,
  name: nameOf(line.text.trim()),
  class: '',
  unit: '',
  type: null,
  value: null,
  state: null,
  stateText: '',
  thresholds: new Map(),
});

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
      draft = newDraft(line);
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
    value: sensors.map(toSensor),
    complaints: complaints.toSorted((a, b) => a.line - b.line),
  };
}

const toSensor = (draft: Draft): Sensor => {
  const { name, unit, value, state, type, stateText } = draft;
  return draft.class === 'discrete'
    ? {
        name,
        kind: 'discrete',
        value: null,
        unit,
        status: discreteStatus(type, state),
        limits: null,
        ...(stateText === '' ? {} : { stateText }),
      }
    : {
        name,
        kind: kindOfUnit(unit),
        value,
        unit,
        status: draft.class === 'threshold' ? statusOf(state) : null,
        limits: limitsOf(draft),
      };
};

/** Past the limit that is not recoverable a part is lost; where only that one is told it is the critical one. */
function limitsOf({ thresholds }: Draft): SensorLimits | null {
  const read = (...names: readonly string[]): number | null =>
    names.map((name) => thresholds.get(name)).find((limit) => limit !== undefined) ?? null;
  const limits: SensorLimits = {
    lowerCritical: read('lower-critical', 'lower-non-recoverable'),
    lowerWarning: read('lower-non-critical'),
    // Some boards tell 0 for limits that they do not have; every reading would be above it.
    upperWarning: read('upper-non-critical') || null,
    upperCritical: read('upper-critical', 'upper-non-recoverable') || null,
  };
  return Object.values(limits).some((limit) => limit !== null && limit !== 0) ? limits : null;
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

/** libtopo.h: of types of discrete sensors, the states that tell that a part has failed, and those that it will. */
const FAILURES: ReadonlyMap<number, { readonly critical: number; readonly warning: number }> =
  new Map([
    // A power supply: failure and input lost; failure foreseen, input out of its range, wrong configuration.
    [0x08, { critical: 0x02 | 0x08, warning: 0x04 | 0x10 | 0x20 | 0x40 }],
    // A bay: fault, critical array and failed array; failure foreseen.
    [0x0d, { critical: 0x02 | 0x20 | 0x40, warning: 0x04 }],
    // A failure that is foreseen; a limit that is exceeded.
    [0x104, { critical: 0, warning: 0x02 }],
    [0x105, { critical: 0, warning: 0x02 }],
    // A severity, going high or low.
    [0x107, { critical: 0x04 | 0x08 | 0x20, warning: 0x02 | 0x10 }],
    // A failure, not recoverable or critical.
    [0x10d, { critical: 0x02 | 0x04, warning: 0 }],
    // A part that is said not to be well.
    [0x10e, { critical: 0x01, warning: 0 }],
  ]);

/** Of other types nobody can tell whether a state is bad. */
function discreteStatus(type: number | null, state: number | null): SensorStatus | null {
  const failures = type === null || state === null ? undefined : FAILURES.get(type);
  if (failures === undefined || state === null) return null;
  if ((state & failures.critical) !== 0) return 'critical';
  return (state & failures.warning) === 0 ? 'ok' : 'warning';
}

/** A name, a type, of which lists end in brackets, and a value. */
const PROPERTY =
  /^\s+(\S+)\s+(?:boolean|u?int(?:8|16|32|64)?|double|string|time|size|fmri|nvlist|unknown)(?:\[\])?(?:\s+(.*))?$/;
const GROUP = /^\s+group:\s/;
/** The time of the snapshot. */
const HEADER = /^(?:TIME\s+UUID|[A-Z][a-z]{2} +[0-9])/;

/** The path of the part without the authority before it, and the sensor: `chassis=0/motherboard=0/chip=0 Tdie`. */
const nameOf = (resource: string): string =>
  resource.replace(/^hc:\/\/[^/]*\//, '').replace(/\?(?:sensor|indicator)=/, ' ');

const THRESHOLD = 'threshold-';
const NUMBER = /^-?[0-9]{1,9}(?:\.[0-9]{1,9})?$/;
const readHex = (value: string): number | null =>
  /^0x[0-9a-f]{1,8}\b/i.test(value) ? Number.parseInt(value, 16) : null;

/** Why the property was not understood. */
function put(draft: Draft, name: string, value: string): string | undefined {
  if (name === 'sensor-class') draft.class = value;
  else if (name === 'reading') {
    if (!NUMBER.test(value)) return 'the reading is not a number';
    draft.value = Number(value);
  } else if (name === 'state') {
    draft.state = readHex(value);
    draft.stateText = /\(([^()]*)\)/.exec(value)?.[1] ?? '';
  } else if (name === 'type') {
    draft.type = readHex(value);
  } else if (name.startsWith(THRESHOLD)) {
    if (!NUMBER.test(value)) return 'the limit is not a number';
    draft.thresholds.set(name.slice(THRESHOLD.length), Number(value));
  } else if (name === 'units') {
    const word = /\((\w+)\)/.exec(value)?.[1] ?? '';
    draft.unit = UNITS[word] ?? word.toLowerCase();
  }
  return undefined;
}
