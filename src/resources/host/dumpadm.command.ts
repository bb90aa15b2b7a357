import type { HostCommand } from '../../domain/command.ts';
import { lastKnown } from '../../domain/feed.ts';
import { followsBoot } from '../../domain/follows-boot.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import type { CrashDumps } from '../../domain/system.ts';
import type { Line } from '../../parse/lines.ts';
import { wholeLines } from '../../parse/lines.ts';
import { readListing } from '../../parse/listing.ts';
import { mark, readMarked } from '../../parse/marks.ts';
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
  every: 12,
  timeoutSeconds: 20,
  // A dump is saved soon after the boot that follows the panic.
  follows: (known) => `${followsBoot(known) ?? ''} ${folderOf(known)}`,
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
      files: readListing(lines(null), complaints),
    },
    complaints,
  };
}
