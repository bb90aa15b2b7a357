import { duration } from '../../../domain/format.ts';
import type { Zone } from '../../../domain/joined.ts';
import type { EpochMs } from '../../../domain/time.ts';
import { gridLines, labelled, muted, run } from '../lines.ts';
import type { Look } from '../look.ts';
import type { Panel } from '../panel.ts';
import { sinceText } from '../times.ts';

/** How long a zone has been in its state: by its boot, else as it was seen. */
export const lastedText = (zone: Zone, now: EpochMs): string =>
  zone.state === 'running' && zone.bootedAt !== null
    ? duration(now - zone.bootedAt)
    : `${zone.sawStateBegin ? '' : 'at least '}${duration(now - zone.stateSince)}`;

/** How often a zone started, as far as it was seen, and since when it is as it is. */
export function startsPanel(zone: Zone, { model }: Look): Panel {
  const { boots } = zone;
  const starts = boots.toReversed();
  return {
    id: 'starts',
    title: 'Starts',
    right: () => [[muted(boots.length === 0 ? 'none seen' : `${boots.length} seen`)]],
    lines: (width) => [
      labelled('state', [run(zone.stateText), muted(` for ${lastedText(zone, model.now)}`)]),
      ...gridLines(
        [
          { title: 'AT', width: 'fit' },
          { title: 'AGO', width: 6, align: 'right' },
          { title: 'ID', width: 'fit', align: 'right' },
          { title: 'INIT', width: 'fit', align: 'right' },
          { title: 'WHAT', width: 'grow' },
        ],
        starts.map(({ at, zoneId, initPid, kind }) => ({
          cells: [
            sinceText(at, model.now),
            muted(duration(model.now - at)),
            String(zoneId),
            muted(initPid ? String(initPid) : '-'),
            kind === 'zone' ? muted('the zone booted') : run('only its init began anew', 'warn'),
          ],
        })),
        width,
      ),
      ...(starts.length === 0 ? [labelled('', [muted('no start of it was seen')])] : []),
    ],
  };
}
