import type { HostCommand } from '../../domain/command.ts';
import { lastKnown } from '../../domain/feed.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import type { Sensor } from '../../domain/sensor.ts';
import { splitLines } from '../../parse/lines.ts';
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

type Draft = { readonly name: string; class: string; unit: string; value: number | null };

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
  for (const { number, text } of splitLines(stdout)) {
    if (text.startsWith('hc://')) {
      draft = { name: nameOf(text.trim()), class: '', unit: '', value: null };
      drafts.push(draft);
      continue;
    }
    const property = /^\s+(\S+)\s+(?:string|u?int(?:8|16|32|64)|double|fmri)\s+(.*)$/.exec(text);
    if (property && draft) put(draft, property[1] ?? '', (property[2] ?? '').trim());
    else if (
      !/^\s+group:\s/.test(text) &&
      !/^(?:TIME\s+UUID|[A-Z][a-z]{2} +\d)/.test(text) &&
      !/^\s/.test(text)
    )
      complaints.push(complaint(number, text, 'expected a resource or one of its properties'));
  }
  return {
    value: drafts
      .filter((each) => each.class !== '')
      .map((each) => ({
        name: each.name,
        kind: each.class === 'discrete' ? 'discrete' : kindOfUnit(each.unit),
        value: each.class === 'discrete' ? null : each.value,
        unit: each.unit,
        status: null,
        limits: null,
      })),
    complaints,
  };
}

/** The path of the part without the authority before it, and the sensor: `chassis=0/motherboard=0/chip=0 Tdie`. */
const nameOf = (resource: string): string =>
  resource.replace(/^hc:\/\/[^/]*\//, '').replace(/\?(?:sensor|indicator)=/, ' ');

function put(draft: Draft, name: string, value: string): void {
  if (name === 'sensor-class') draft.class = value;
  else if (name === 'reading' && /^-?[0-9]{1,9}(?:\.[0-9]{1,9})?$/.test(value))
    draft.value = Number(value);
  else if (name === 'units') {
    const word = /\((\w+)\)/.exec(value)?.[1] ?? '';
    draft.unit = UNITS[word] ?? word.toLowerCase();
  }
}
