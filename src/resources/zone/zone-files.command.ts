import type { HostCommand } from '../../domain/command.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import type { ListedFile } from '../../domain/system.ts';
import { splitLines } from '../../parse/lines.ts';
import { readListing } from '../../parse/listing.ts';

/**
 * When each zone was configured last: zonecfg(8) keeps one file a zone, which any user may read. So one process tells
 * whether any of them has to be read again.
 */
export const zoneFiles: HostCommand<'zoneFiles'> = {
  id: 'zone-files',
  feed: 'zoneFiles',
  pace: 'inventory',
  timeoutSeconds: 15,
  question: () => [['ls', '-lE', '/etc/zones']],
  parse: parseZoneFiles,
  hides: 'changed configurations of zones for up to an hour',
};

/** `ls -lE` of the folder: `index`, and a file `ZONE.xml` for each zone. */
export function parseZoneFiles(stdout: string): Parsed<readonly ListedFile[]> {
  const complaints: Complaint[] = [];
  const files = readListing(splitLines(stdout), complaints);
  if (files === null) complaints.push(complaint(0, '', 'ls printed nothing that could be read'));
  return { value: files ?? [], complaints };
}
