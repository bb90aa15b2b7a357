import type { Complaint } from '../domain/parsed.ts';
import { complaint } from '../domain/parsed.ts';
import type { ListedFile } from '../domain/system.ts';
import type { Line } from './lines.ts';
import { wholeLines } from './lines.ts';
import { parseWhole } from './numbers.ts';

const FILE =
  /^[-dl]\S{9,10}\s+\d+\s+\S+\s+\S+\s+(\d+)\s+(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d{3})?\S*(?: ([-+]\d\d)(\d\d))? (.+)$/;

/**
 * `ls -lE` of a folder: `total`, then mode, links, owner, group, size, date, time, zone, name. null of nothing at all:
 * the folder cannot be read.
 */
export function readListing(
  lines: readonly Line[],
  complaints: Complaint[],
): readonly ListedFile[] | null {
  const files: ListedFile[] = [];
  let isFolder = false;
  for (const { number, text } of wholeLines(lines, complaints)) {
    const match = FILE.exec(text.trim());
    if (match) files.push(toFile(match));
    else if (!/^total \d+$/.test(text.trim())) {
      complaints.push(complaint(number, text, 'expected a line of ls -lE'));
      continue;
    }
    isFolder = true;
  }
  return isFolder ? files : null;
}

function toFile([
  ,
  size = '',
  day,
  time,
  fraction = '',
  hours = '+00',
  minutes = '00',
  name = '',
]: RegExpExecArray): ListedFile {
  const at = Date.parse(`${day}T${time}${fraction}${hours}:${minutes}`);
  return { name, sizeBytes: parseWhole(size), writtenAt: Number.isNaN(at) ? null : at };
}
