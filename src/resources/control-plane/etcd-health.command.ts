import type { FoldTimes, HostCommand } from '../../domain/command.ts';
import { known } from '../../domain/feed.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import { complaint } from '../../domain/parsed.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { sanitize } from '../../domain/text.ts';
import type { EpochMs } from '../../domain/time.ts';
import { toldOf } from '../../domain/zone-component.ts';
import type { EtcdHealth } from '../../domain/zone-component.ts';
import { splitLines, wholeLines } from '../../parse/lines.ts';
import { GRANT_ZLOGIN, NO_COMPONENTS, runningComponentZones } from './component-zones.ts';
import { followHealth, HEALTH_LINE } from './etcd-api.ts';

/**
 * Whether each member of etcd answers, every few seconds: one whose process is there and hangs is told by nothing else so
 * soon. All else of it costs two processes each time it is asked, this two in five minutes.
 */
export const etcdHealth: HostCommand<'etcdHealth'> = {
  id: 'etcd-health',
  feed: 'etcdHealth',
  pace: 'fast',
  timeoutSeconds: 10,
  question: () => undefined,
  unasked: NO_COMPONENTS,
  stream: {
    programs: (host, intervalSeconds) =>
      membersOn(host).map((zone) =>
        followHealth(
          zone,
          toldOf(known(host.feeds.zoneCertificates, []), zone, 'etcd')?.arguments ?? new Map(),
          intervalSeconds,
        ),
      ),
    lastLine: HEALTH_LINE,
    isCounted: true,
  },
  parse: parseEtcdHealth,
  fold: keepOthers,
  hides: 'within seconds that a member of etcd hangs',
  grant: GRANT_ZLOGIN,
};

/** Members in zones that run and are not known to be of a cluster that is not watched. */
const membersOn = (host: HostInventory): readonly string[] =>
  runningComponentZones(host).flatMap(([zone, kind]) =>
    kind === 'etcd' && host.strangers?.has(zone) !== true ? [zone] : [],
  );

const LINE = /^health (\S+) ([0-9]{3}) ([0-9]{1,3})$/;

/** The answers of members, one a line. */
export function parseEtcdHealth(stdout: string): Parsed<readonly EtcdHealth[]> {
  const complaints: Complaint[] = [];
  const value: EtcdHealth[] = [];
  for (const { number, text } of wholeLines(splitLines(stdout), complaints)) {
    const [, zone, status = '', code = ''] = LINE.exec(text.trim()) ?? [];
    if (zone !== undefined)
      value.push({ zone: sanitize(zone), state: stateOf(status, code), at: null });
    else if (text.trim() !== '')
      complaints.push(complaint(number, text, 'expected the health of a member'));
  }
  return { value, complaints };
}

/** curl(1), EXIT CODES: 7 refused, 28 took too long. */
function stateOf(status: string, code: string): EtcdHealth['state'] {
  if (code === '7') return 'refused';
  if (code === '28') return 'timeout';
  if (status === '200') return 'ok';
  return status === '503' || status === '500' ? 'failing' : 'unknown';
}

/** So long what a member answered is kept beside the answers of others. */
const KEPT_MS = 60_000;

/** Each answer is of one member. */
function keepOthers(
  previous: readonly EtcdHealth[],
  next: readonly EtcdHealth[],
  times: FoldTimes,
): readonly EtcdHealth[] {
  const at = (each: EtcdHealth, then: EpochMs): EtcdHealth => ({ ...each, at: each.at ?? then });
  return [
    ...previous
      .map((each) => at(each, times.previous))
      .filter(
        (each) =>
          (each.at ?? 0) > times.next - KEPT_MS && next.every(({ zone }) => zone !== each.zone),
      ),
    ...next.map((each) => at(each, times.next)),
  ];
}
