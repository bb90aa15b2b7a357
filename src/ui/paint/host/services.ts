import { lastKnown } from '../../../domain/feed.ts';
import { duration, plural } from '../../../domain/format.ts';
import type { HostInventory } from '../../../domain/inventory.ts';
import { hostFresh } from '../../../domain/joined.ts';
import { serviceRef } from '../../../domain/ref.ts';
import type { Service, ServiceExplanation } from '../../../domain/service.ts';
import { isUnwell } from '../../../domain/service.ts';
import { labelled, muted, paragraph, run } from '../lines.ts';
import type { TextLine } from '../lines.ts';
import { signRun } from '../look.ts';
import type { Look } from '../look.ts';
import type { Panel } from '../panel.ts';
import { feedWords } from './state.ts';

const isOff = ({ state }: Service): boolean => state === 'offline' || state === 'uninitialized';

/** The services of the global zone: those that do not run, with the reason and the log, and how many run. */
export function servicesPanel(host: HostInventory, look: Look): Panel {
  const known = lastKnown(host.feeds.services)?.value;
  const services = known?.services ?? [];
  const reasons = new Map((known?.explanations ?? []).map((each) => [each.fmri, each]));
  const unwell = services.filter(isUnwell);
  const off = services.filter(isOff);
  return {
    id: 'services',
    title: 'Services of the global zone',
    right: () =>
      known === undefined
        ? []
        : [
            [
              unwell.length > 0
                ? run(`${unwell.length} not well`, 'bad')
                : muted(`${services.filter(({ state }) => state === 'online').length} online`),
            ],
          ],
    lines: (width) => {
      if (known === undefined) return [labelled('', [feedWords(host.feeds.services)])];
      const isFresh = hostFresh(host, 'services', look.model.now);
      return [
        ...[...unwell, ...off].flatMap((service) =>
          serviceLines(host, service, reasons.get(service.fmri), isFresh, look, width),
        ),
        ...countLines(services),
      ];
    },
  };
}

function serviceLines(
  host: HostInventory,
  { fmri, state }: Service,
  why: ServiceExplanation | undefined,
  isFresh: boolean,
  { model }: Look,
  width: number,
): readonly TextLine[] {
  const since = why?.since ?? null;
  const sign = !isFresh
    ? 'unknown'
    : state === 'degraded'
      ? 'degraded'
      : state === 'maintenance'
        ? 'down'
        : 'off';
  return [
    {
      ref: serviceRef(host.name, 'global', fmri),
      runs: [
        run(' '),
        signRun(sign),
        run(` ${fmri.replace(/^svc:\//, '')}  `, isFresh ? 'plain' : 'stale'),
        run(state, state === 'offline' ? 'muted' : 'bad'),
        muted(since === null ? '' : ` for ${duration(model.now - since)}`),
      ],
    },
    ...(why?.reason ? paragraph('reason', why.reason, width) : []),
    ...(why?.log ? paragraph('log', why.log, width, 'accent') : []),
    ...(why?.impact ? paragraph('impact', why.impact, width, 'muted') : []),
  ];
}

/** `online 84`, `legacy_run 3`, each state with how many. */
function countLines(services: readonly Service[]): readonly TextLine[] {
  if (services.length === 0) return [labelled('', [muted('no services')])];
  const byState = Map.groupBy(services, ({ state }) => state);
  return [
    labelled('in all', [
      run(plural(services.length, 'service')),
      muted(`  ${[...byState].map(([state, all]) => `${all.length} ${state}`).join(', ')}`),
    ]),
  ];
}
