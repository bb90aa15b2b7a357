import { lastKnown } from '../../../domain/feed.ts';
import { bytes, duration, UNKNOWN } from '../../../domain/format.ts';
import type { HostInventory } from '../../../domain/inventory.ts';
import type { TimeSync } from '../../../domain/system.ts';
import type { Run } from '../canvas.ts';
import { gridLines, labelled, muted, run } from '../lines.ts';
import type { TextLine } from '../lines.ts';
import type { Look } from '../look.ts';
import type { Panel } from '../panel.ts';
import { feedWords } from './state.ts';

/** How the clock is kept right, and how far it is off by the console's own. */
export function timePanel(host: HostInventory): Panel {
  const sync = lastKnown(host.feeds.timeSync)?.value;
  const { clockSkewMs } = host.observer;
  return {
    id: 'time',
    title: 'Time',
    right: () => (sync === undefined ? [] : [[followRun(sync)]]),
    lines: (width) => [
      ...(sync === undefined
        ? [labelled('follows', [feedWords(host.feeds.timeSync)])]
        : [
            labelled('follows', [
              run(sync.source ?? 'nothing', sync.source === null ? 'warn' : 'plain'),
              muted(
                `  by ${sync.daemon}${sync.stratum === null ? '' : `, stratum ${sync.stratum}`}`,
              ),
            ]),
            labelled('offset', [run(offsetText(sync.offsetSeconds)), muted('  to its source')]),
            ...(sync.leap === null || sync.leap === 'Normal'
              ? []
              : [labelled('leap', [run(sync.leap, 'warn')])]),
          ]),
      labelled('skew', [
        run(clockSkewMs === null ? UNKNOWN : offsetText(clockSkewMs / 1000)),
        muted('  to this machine'),
      ]),
      ...(sync === undefined || sync.peers.length === 0 ? [] : peerLines(sync, width)),
    ],
  };
}

const followRun = ({ source }: TimeSync): Run =>
  source === null ? run('follows nothing', 'warn') : muted('synchronised');

/** `+12us`, `-1.2ms`, `+3.4s`. */
function offsetText(seconds: number | null): string {
  if (seconds === null) return UNKNOWN;
  const size = Math.abs(seconds);
  const sign = seconds < 0 ? '-' : '+';
  if (size < 1e-3) return `${sign}${Math.round(size * 1e6)}us`;
  return size < 1 ? `${sign}${(size * 1e3).toFixed(1)}ms` : `${sign}${size.toFixed(1)}s`;
}

const milliseconds = (value: number | null): string =>
  value === null ? UNKNOWN : `${value.toFixed(1)}ms`;

const peerLines = ({ peers }: TimeSync, width: number): readonly TextLine[] =>
  gridLines(
    [
      { title: '', width: 1 },
      { title: 'PEER', width: 'grow' },
      { title: 'ST', width: 2, align: 'right' },
      { title: 'OFFSET', width: 8, align: 'right' },
      { title: 'DELAY', width: 8, align: 'right', rank: 1 },
    ],
    peers.map(({ tally, name, stratum, offsetMs, delayMs, reach }) => ({
      cells: [
        run(tally, tally === '*' ? 'ok' : 'muted'),
        run(name, reach === 0 ? 'muted' : 'plain'),
        muted(String(stratum ?? UNKNOWN)),
        run(milliseconds(offsetMs)),
        muted(milliseconds(delayMs)),
      ],
    })),
    width,
  );

/** Where a panic leaves its dump, and the dumps that there are. */
export function dumpsPanel(host: HostInventory, { model }: Look): Panel {
  const dumps = lastKnown(host.feeds.crashDumps)?.value;
  const cores = (dumps?.files ?? []).filter(({ name }) => /^(?:vmdump|vmcore|unix)\./.test(name));
  return {
    id: 'dumps',
    title: 'Crash dumps',
    right: () => (cores.length === 0 ? [] : [[run(`${cores.length} saved`, 'warn')]]),
    lines: () => {
      if (dumps === undefined) return [labelled('', [feedWords(host.feeds.crashDumps)])];
      const { device, content, directory, isSavecoreEnabled, files } = dumps;
      return [
        labelled('device', [
          run(device ?? 'none: a panic leaves no dump', device === null ? 'warn' : 'plain'),
        ]),
        labelled('content', [muted(content ?? UNKNOWN)]),
        labelled('saved to', [
          run(directory ?? UNKNOWN),
          isSavecoreEnabled === false ? run('  not at boot', 'warn') : muted('  at boot'),
        ]),
        ...(files === null
          ? [labelled('files', [run('the folder cannot be read', 'unknown')])]
          : cores.length === 0
            ? [labelled('files', [muted('none')])]
            : cores.map(({ name, sizeBytes, writtenAt }) =>
                labelled(name, [
                  run(bytes(sizeBytes)),
                  muted(writtenAt === null ? '' : `  ${duration(model.now - writtenAt)} ago`),
                ]),
              )),
      ];
    },
  };
}
