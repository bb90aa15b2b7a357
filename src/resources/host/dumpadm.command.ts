import type { HostCommand } from '../../domain/command.ts';
import { lastKnown } from '../../domain/feed.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import type { CrashDumps, DumpFile } from '../../domain/system.ts';
import type { Line } from '../../parse/lines.ts';
import { wholeLines } from '../../parse/lines.ts';
import { mark, readMarked } from '../../parse/marks.ts';
import { parseWhole } from '../../parse/numbers.ts';
import { grantProgram } from './lab-monitor.ts';

/** Where savecore(8) puts dumps unless dumpadm(8) tells another folder. */
const USUAL_FOLDER = '/var/crash/unknown';

/**
 * Where a panic leaves its dump, and the dumps that there are. dumpadm answers only root; the folder of the dumps may
 * be closed to others too, then there is nothing in its part of the answer.
 */
export const dumpadm: HostCommand<'crashDumps'> = {
  id: 'dumpadm',
  feed: 'crashDumps',
  pace: 'inventory',
  timeoutSeconds: 20,
  follows: (known) => folderOf(known),
  question: (known) => [['ls', '-lE', folderOf(known)], mark('dumpadm'), ['pfexec', 'dumpadm']],
  parse: parseDumpadm,
  hides: 'whether a panic leaves a crash dump, and where',
  grant: grantProgram('/usr/sbin/dumpadm', 'euid=0'),
};

const folderOf = ({ feeds }: HostInventory): string =>
  lastKnown(feeds.crashDumps)?.value.directory ?? USUAL_FOLDER;

/** Reads `ls -lE`, then behind its mark dumpadm: labels and values, cmd/dumpadm/dconf.c. */
export function parseDumpadm(stdout: string): Parsed<CrashDumps> {
  const marked = readMarked(stdout, ['dumpadm']);
  const lines = (label: string | null): readonly Line[] => marked.linesOf(label) ?? [];
  const complaints: Complaint[] = [...marked.complaints];
  const values = new Map<string, string>();
  for (const { number, text } of wholeLines(lines('dumpadm'), complaints)) {
    const match = /^\s*([A-Z][a-z]+ [a-z]+)\s*:\s*(.*)$/.exec(text);
    if (match) values.set(match[1] ?? '', (match[2] ?? '').trim());
    else complaints.push(complaint(number, text, 'expected a label and a colon'));
  }
  const device = values.get('Dump device')?.replace(/\s*\((?:dedicated|swap)\)$/, '') ?? null;
  const enabled = values.get('Savecore enabled');
  return {
    value: {
      content: values.get('Dump content')?.replace(/ pages$/, '') ?? null,
      device: device?.startsWith('none') ? null : device,
      directory: values.get('Savecore directory')?.replace(/\s*\(minfree = \w+\)$/, '') ?? null,
      isSavecoreEnabled: enabled === undefined ? null : enabled === 'yes',
      files: readFiles(lines(null), complaints),
    },
    complaints,
  };
}

const FILE =
  /^[-dl]\S{9,10}\s+\d+\s+\S+\s+\S+\s+(\d+)\s+(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\S*(?: ([-+]\d\d)(\d\d))? (.+)$/;

/** ls(1) -lE: `total`, then mode, links, owner, group, size, date, time, zone, name. Nothing at all: not readable. */
function readFiles(lines: readonly Line[], complaints: Complaint[]): readonly DumpFile[] | null {
  const files: DumpFile[] = [];
  let isFolder = false;
  for (const { number, text } of wholeLines(lines, complaints)) {
    const match = FILE.exec(text.trim());
    if (match) files.push(toDumpFile(match));
    else if (!/^total \d+$/.test(text.trim())) {
      complaints.push(complaint(number, text, 'expected a line of ls -lE'));
      continue;
    }
    isFolder = true;
  }
  return isFolder ? files : null;
}

function toDumpFile([
  ,
  size = '',
  day,
  time,
  hours = '+00',
  minutes = '00',
  name = '',
]: RegExpExecArray): DumpFile {
  const at = Date.parse(`${day}T${time}${hours}:${minutes}`);
  return { name, sizeBytes: parseWhole(size), writtenAt: Number.isNaN(at) ? null : at };
}
