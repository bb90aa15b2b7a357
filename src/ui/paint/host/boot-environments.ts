import { pendingBootEnvironment } from '../../../domain/boot-environment.ts';
import type { BootEnvironment } from '../../../domain/boot-environment.ts';
import { lastKnown } from '../../../domain/feed.ts';
import { bytes, shortDuration, UNKNOWN } from '../../../domain/format.ts';
import type { HostInventory } from '../../../domain/inventory.ts';
import { gridLines, labelled, muted, run } from '../lines.ts';
import { signRun } from '../look.ts';
import type { Look } from '../look.ts';
import type { Panel } from '../panel.ts';
import { feedWords } from './state.ts';

/** The boot environments, the newest first: which one runs, and which one is next. */
export function bootEnvironmentsPanel(host: HostInventory, { model }: Look): Panel {
  const all = lastKnown(host.feeds.bootEnvironments)?.value;
  const next = pendingBootEnvironment(all ?? []);
  return {
    id: 'boot-environments',
    title: 'Boot environments',
    right: () => (next === null ? [] : [[run('reboot pending', 'info')]]),
    lines: (width) =>
      all === undefined || all.length === 0
        ? [labelled('', [all ? muted('none') : feedWords(host.feeds.bootEnvironments)])]
        : gridLines(
            [
              { title: '', width: 1 },
              { title: 'NAME', width: 'grow' },
              { title: 'USE', width: 9 },
              { title: 'SPACE', width: 5, align: 'right', rank: 1 },
              { title: 'AGE', width: 4, align: 'right', rank: 2 },
            ],
            all
              .toSorted((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0))
              .map((each) => ({
                cells: [
                  signRun(each.isActive ? 'ok' : each === next ? 'changing' : 'off'),
                  run(each.name, each.isActive || each === next ? 'plain' : 'muted'),
                  run(useOf(each, next), each === next ? 'info' : 'muted'),
                  muted(bytes(each.spaceBytes)),
                  muted(
                    each.createdAt === null ? UNKNOWN : shortDuration(model.now - each.createdAt),
                  ),
                ],
              })),
            width,
          ),
  };
}

function useOf(each: BootEnvironment, next: BootEnvironment | null): string {
  if (each.isActive) return 'runs';
  if (each === next) return each.isTemporary ? 'next, once' : 'next';
  return '';
}
