import type { Argv, HostCommand } from '../../domain/command.ts';
import type { SmartReport } from '../../domain/disk.ts';
import { disksOf } from '../../domain/joined-disks.ts';
import type { Disk } from '../../domain/joined-disks.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import { isTrueAt, listAt, numberAt, textAt, valueAt } from '../../parse/json-fields.ts';
import { splitLines } from '../../parse/lines.ts';
import { grantProgram } from './lab-monitor.ts';

/** It may not open the raw disk. */
const NOT_OPENED = /failed: (?:Permission denied|Not owner|Insufficient privileges)/i;

const HIDES = 'what disks foretell of themselves (SMART)';

/** smartctl.cpp of 6.x, on standard output, between lines about itself and its use. */
const NO_JSON = /^=+> UNRECOGNIZED OPTION: json/m;
const ABOUT_ITSELF = /^(?:smartctl [0-9]|Copyright \(C\) |Use smartctl -h )/;

/** Where OmniOS Extra has it. */
const SMARTCTL = '/opt/ooce/sbin/smartctl';

/**
 * What SATA and SAS disks say of themselves, by smartctl(8) of smartmontools, where it is installed. It opens the raw
 * disk, which is root's, and may take a second for each; a disk that sleeps is left asleep. NVMe disks are not read by
 * smartmontools on illumos.
 */
export const smartctl: HostCommand<'smart'> = {
  id: 'smartctl',
  feed: 'smart',
  pace: 'inventory',
  every: 12,
  timeoutSeconds: 120,
  follows: ({ feeds }) =>
    feeds.diskNames.status === 'ok'
      ? feeds.diskNames.value.map(({ name }) => name).join(' ')
      : null,
  question: (known) => {
    const disks = disksOf(known).filter(canTell);
    return disks.length === 0 ? undefined : disks.map(ask);
  },
  unasked: 'no SATA or SAS disk is known by its device',
  denied: (stdout, stderr) =>
    stdout.includes('"smart_status"') ? null : (NOT_OPENED.exec(stdout + stderr)?.[0] ?? null),
  parse: parseSmartctl,
  fold: keepAsleep,
  // smartctl(8): all bits but the first tell how a disk is, or that it sleeps.
  goodExitCodes: Array.from({ length: 127 }, (_, index) => 2 * (index + 1)).filter(
    (code) => code !== 126,
  ),
  tooOld: (stdout) => (NO_JSON.test(stdout) ? 'smartctl 7.0 or newer' : null),
  hides: HIDES,
  install: 'pkg install ooce/system/smartmontools',
  grant: grantProgram(SMARTCTL, 'euid=0;privs=all'),
};

/** A disk of the driver sd that is present, with a device's name. */
const canTell = ({ name, instance }: Disk): boolean =>
  instance !== null && /^s?sd[0-9]+$/.test(instance) && /^c[0-9]+/.test(name);

const ask = ({ name, vendor }: Disk): Argv => [
  'pfexec',
  SMARTCTL,
  '--json=c',
  '-n',
  'standby',
  '-i',
  '-H',
  '-A',
  '-d',
  vendor === 'ATA' ? 'sat' : 'scsi',
  `/dev/rdsk/${name}s0`,
];

/** A line of compact JSON for each disk; of a smartctl that has none, one complaint for each. */
export function parseSmartctl(stdout: string): Parsed<readonly SmartReport[]> {
  const value: SmartReport[] = [];
  const complaints: Complaint[] = [];
  const isOld = NO_JSON.test(stdout);
  for (const { number, text } of splitLines(stdout)) {
    if (isOld && ABOUT_ITSELF.test(text)) continue;
    if (NO_JSON.test(text)) {
      complaints.push(complaint(number, text, `before 7.0 there is no JSON; hidden: ${HIDES}`));
      continue;
    }
    const json = readJson(text);
    const device = textAt(json, 'device', 'name');
    if (device === null) complaints.push(complaint(number, text, 'not a report of smartctl'));
    else value.push(toReport(json, device));
  }
  return { value, complaints };
}

function readJson(text: string): unknown {
  // A thrown error for each line of an answer that is none would take seconds.
  if (!text.trimStart().startsWith('{')) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Numbers of ATA attributes (smartmontools drivedb.h). */
const REALLOCATED = 5;
const PENDING = 197;
const UNCORRECTABLE = 198;

function toReport(json: unknown, device: string): SmartReport {
  const attribute = (id: number): number | null => {
    const row = listAt(json, 'ata_smart_attributes', 'table').find(
      (each) => numberAt(each, 'id') === id,
    );
    return numberAt(row, 'raw', 'value');
  };
  const verdict = valueAt(json, 'smart_status', 'passed');
  return {
    disk: device.replace(/^\/dev\/r?dsk\//, '').replace(/(d[0-9]+)(?:s[0-9]+|p[0-9]+)$/, '$1'),
    passed: typeof verdict === 'boolean' ? isTrueAt(json, 'smart_status', 'passed') : null,
    temperatureCelsius: numberAt(json, 'temperature', 'current'),
    powerOnHours: numberAt(json, 'power_on_time', 'hours'),
    reallocatedSectors: attribute(REALLOCATED) ?? numberAt(json, 'scsi_grown_defect_list'),
    pendingSectors: attribute(PENDING),
    uncorrectableSectors: attribute(UNCORRECTABLE),
    wearPercent:
      numberAt(json, 'endurance_used', 'current_percent') ??
      numberAt(json, 'scsi_percentage_used_endurance_indicator') ??
      numberAt(json, 'nvme_smart_health_information_log', 'percentage_used'),
  };
}

const isSilent = ({ disk: _disk, ...values }: SmartReport): boolean =>
  Object.values(values).every((value) => value === null);

/** A disk that slept this time said something the time before. */
function keepAsleep(
  previous: readonly SmartReport[],
  next: readonly SmartReport[],
): readonly SmartReport[] {
  const before = new Map(previous.map((report) => [report.disk, report]));
  return next.map((report) => (isSilent(report) ? (before.get(report.disk) ?? report) : report));
}
