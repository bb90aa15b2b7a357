import { lastKnown } from '../../../domain/feed.ts';
import { age, duration, plural, UNKNOWN } from '../../../domain/format.ts';
import type { HostInventory } from '../../../domain/inventory.ts';
import type { Zone } from '../../../domain/joined.ts';
import { isUnwell } from '../../../domain/service.ts';
import { feedWords } from '../host/state.ts';
import { labelled, muted, paragraph, run } from '../lines.ts';
import type { TextLine } from '../lines.ts';
import type { Look } from '../look.ts';
import type { Panel } from '../panel.ts';

/** The SMF services inside a zone that do not run as they should, why, and where they write to. */
export function servicesPanel(host: HostInventory, zone: Zone, { model }: Look): Panel {
  const feed = host.feeds.zoneServices;
  const last = lastKnown(feed);
  const { services } = zone;
  const bad = (services?.notOnline ?? []).filter(isUnwell).length;
  return {
    id: 'services',
    title: 'Services',
    right: () => [
      services
        ? [
            bad > 0 ? run(`${bad} not well`, 'bad') : muted(`${services.count} meant to run`),
            muted(`, ${age(last?.at ?? null, model.now)} old`),
          ]
        : [muted(UNKNOWN)],
    ],
    lines: (width) => {
      if (!services)
        return [labelled('', [last ? muted('none are known in it') : feedWords(feed)])];
      return [
        labelled('come up', [
          services.milestone === null
            ? muted('no milestone multi-user-server')
            : run(
                services.milestone === 'online' ? 'yes' : `not yet, ${services.milestone}`,
                services.milestone === 'online' ? 'plain' : 'warn',
              ),
        ]),
        ...(services.notOnline.length === 0
          ? [
              labelled('', [
                muted(`all ${plural(services.count, 'service')} that are meant to run do`),
              ]),
            ]
          : []),
        ...services.notOnline.flatMap((service): readonly TextLine[] => {
          const why = last?.value.explanations.find(
            (each) => each.zone === zone.name && each.fmri === service.fmri,
          );
          return [
            ...paragraph(service.state, service.fmri, width, isUnwell(service) ? 'bad' : 'warn'),
            ...(why?.since
              ? [labelled('', [muted(`for ${duration(model.now - why.since)}`)])]
              : []),
            ...(why?.reason ? paragraph('reason', why.reason, width) : []),
            ...(why?.log ? paragraph('log', why.log, width, 'muted') : []),
          ];
        }),
      ];
    },
  };
}
