import type { HostCommand } from '../../domain/command.ts';
import type { NewestSnapshot } from '../../domain/dataset.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { complaint } from '../../domain/parsed.ts';
import { splitLines, wholeLines } from '../../parse/lines.ts';
import { parseWhole } from '../../parse/numbers.ts';

/**
 * The snapshots of those datasets alone whose age somebody wants to be told: with a hundred thousand on a host all of
 * them would take minutes. `-d 1` leaves out what lies below a dataset. No privilege is needed.
 */
export const zfsSnapshots: HostCommand<'snapshots'> = {
  id: 'zfs-snapshots',
  feed: 'snapshots',
  pace: 'inventory',
  timeoutSeconds: 60,
  question: ({ snapshotHours }) =>
    snapshotHours.size === 0
      ? undefined
      : [
          [
            'zfs',
            'list',
            '-Hp',
            '-d',
            '1',
            '-t',
            'snapshot',
            '-o',
            'name,creation',
            ...snapshotHours.keys(),
          ],
        ],
  unasked: 'no dataset stands under snapshots in the configuration',
  parse: parseZfsSnapshots,
  // zfs list tells of a dataset that is not there, goes on with the others and ends with 1.
  goodExitCodes: [1],
  hides: 'the age of snapshots',
};

/** `DATASET@NAME TAB creation`, epoch seconds; names may hold blanks. */
export function parseZfsSnapshots(stdout: string): Parsed<readonly NewestSnapshot[]> {
  const newest = new Map<string, NewestSnapshot>();
  const complaints: Complaint[] = [];
  for (const { number, text } of wholeLines(splitLines(stdout), complaints)) {
    const [full = '', creation = '', ...rest] = text.split('\t');
    const at = full.indexOf('@');
    const seconds = parseWhole(creation);
    if (at < 1 || at === full.length - 1 || seconds === null || rest.length > 0) {
      complaints.push(complaint(number, text, 'expected DATASET@NAME TAB epoch seconds'));
      continue;
    }
    const dataset = full.slice(0, at);
    const before = newest.get(dataset);
    const createdAt = seconds * 1000;
    const count = (before?.count ?? 0) + 1;
    newest.set(
      dataset,
      before && before.createdAt > createdAt
        ? { ...before, count }
        : { dataset, count, name: full.slice(at + 1), createdAt },
    );
  }
  return { value: [...newest.values()], complaints };
}
