import type { HostCommand } from '../../domain/command.ts';
import type { DiskEntry, DiskName } from '../../domain/disk.ts';
import { followsFrame } from '../../domain/follows-frame.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import { splitLines, wholeLines } from '../../parse/lines.ts';
import { parseCounter } from '../../parse/numbers.ts';
import { NUMBERS, toDiskEntry } from './disk-errors.command.ts';

const followsDiskNames = followsFrame(({ disks }) => [...disks.keys()].join(' '));

/**
 * Which `sd3` is which `c0t5000CCA2530A1B2Cd0`: iostat(8) -E prints the disks by the names of their drivers, and
 * with -n by those of their devices, in the same order (acquire_iodevs.c sorts before names are chosen). It needs
 * no privilege, and changes only when a disk comes or goes.
 */
export const diskNames: HostCommand<'diskNames'> = {
  id: 'disk-names',
  feed: 'diskNames',
  pace: 'inventory',
  every: 12,
  timeoutSeconds: 30,
  follows: followsDiskNames,
  question: () => [
    ['iostat', '-E'],
    ['iostat', '-En'],
  ],
  parse: parseDiskNames,
  hides: 'which disk is which device, and in which pool it is',
};

/** Labels of what iostat prints of a disk; `Device Id` is that of -i. */
const LABELS =
  /(?:^|\s)(Soft Errors|Hard Errors|Transport Errors|Vendor|Product|Model|Revision|Serial No|Device Id|Size|Media Error|Device Not Ready|No Device|Recoverable|Illegal Request|Predictive Failure Analysis|Non-Aligned Writes):(?=\s|$)/g;
const DRIVER_NAME = /^[a-z]+[0-9]{1,9}$/;

/**
 * The disks of `iostat -E` or `-En`: a name, then statistics by their labels. Lines are broken by a count of
 * columns, so labels tell where a value ends, and the first one of a line that does not begin with a label tells
 * that a disk begins. `instance` is the name as printed.
 */
export function parseIostatErrors(stdout: string): Parsed<readonly DiskEntry[]> {
  const complaints: Complaint[] = [];
  const disks: { readonly name: string; readonly statistics: Map<string, string> }[] = [];
  for (const { number, text } of wholeLines(splitLines(stdout), complaints)) {
    const labels = [...text.matchAll(LABELS)];
    const [first] = labels;
    const before = text.slice(0, first?.index ?? text.length).trim();
    if (before !== '' && first) disks.push({ name: before, statistics: new Map() });
    const disk = disks.at(-1);
    if (!first || !disk || /\s/.test(before)) {
      complaints.push(complaint(number, text, 'not a line of iostat -E'));
      continue;
    }
    for (const [index, label] of labels.entries()) {
      const from = label.index + label[0].length;
      const value = text.slice(from, labels[index + 1]?.index).trim();
      const exact = /<(-?[0-9]{1,20}) bytes>$/.exec(value)?.[1];
      const statistic = label[1] ?? '';
      // A drive whose size is not known has one of -1 bytes.
      if (exact?.startsWith('-') === true) continue;
      if (NUMBERS.has(statistic) && parseCounter(exact ?? value) === null)
        complaints.push(complaint(number, text, `${statistic} is not a number`));
      else disk.statistics.set(statistic, exact ?? value);
    }
  }
  return {
    value: disks.map(({ name, statistics }) =>
      toDiskEntry(name, (statistic) => statistics.get(statistic)),
    ),
    complaints,
  };
}

/** The output of -E and that of -En behind it. */
export function parseDiskNames(stdout: string): Parsed<readonly DiskName[]> {
  const { value, complaints } = parseIostatErrors(stdout);
  const half = value.length / 2;
  const instances = value.slice(0, half);
  const devices = value.slice(half);
  const isPaired =
    Number.isInteger(half) &&
    instances.every((disk, index) => {
      const device = devices[index];
      return DRIVER_NAME.test(disk.instance) && device && isSameDisk(disk, device);
    });
  if (!isPaired)
    return {
      value: [],
      complaints: [
        ...complaints,
        complaint(0, '', 'the disks of -E and those of -En are not the same'),
      ],
    };
  return {
    value: instances.map(({ instance }, index) => ({
      instance,
      name: devices[index]?.instance ?? instance,
    })),
    complaints,
  };
}

/** What tells disks apart and does not change from one program to the next. */
const isSameDisk = (a: DiskEntry, b: DiskEntry): boolean =>
  a.vendor === b.vendor &&
  a.product === b.product &&
  a.serial === b.serial &&
  a.sizeBytes === b.sizeBytes;
