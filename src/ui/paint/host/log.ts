import { lastKnown } from '../../../domain/feed.ts';
import { age } from '../../../domain/format.ts';
import type { HostInventory } from '../../../domain/inventory.ts';
import type { LogLine } from '../../../domain/system.ts';
import type { ToneName } from '../../../domain/theme.ts';
import { gridLines, labelled, muted, run } from '../lines.ts';
import type { Look } from '../look.ts';
import type { Panel } from '../panel.ts';
import { feedWords } from './state.ts';

/** The end of the host's log, the newest line first. */
export function logPanel(host: HostInventory, { model }: Look): Panel {
  const log = lastKnown(host.feeds.messages);
  return {
    id: 'log',
    title: 'Log, newest first  /var/adm/messages',
    right: () => (log ? [[muted(age(log.at, model.now))]] : []),
    lines: (width) =>
      log === undefined || log.value.length === 0
        ? [labelled('', [log ? muted('empty') : feedWords(host.feeds.messages)])]
        : gridLines(
            [
              { title: '', width: 15 },
              { title: '', width: 'fit', most: 16 },
              { title: '', width: 'grow' },
            ],
            log.value.toReversed().map((line) => ({
              cells: [
                muted(line.timeText ?? ''),
                muted(line.program ?? ''),
                run(line.text, toneOf(line)),
              ],
            })),
            width,
          ),
  };
}

function toneOf({ priority, text }: LogLine): ToneName {
  const level = priority?.split('.')[1];
  if (level === 'emerg' || level === 'alert' || level === 'crit' || level === 'err') return 'bad';
  return level === 'warning' || text.startsWith('WARNING:') ? 'warn' : 'plain';
}
