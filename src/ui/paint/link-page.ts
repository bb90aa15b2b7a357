import { related } from '../../derive/related.ts';
import { bytes, count, duration, UNKNOWN } from '../../domain/format.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import { allZonesOf, hostFresh, linksOf } from '../../domain/joined.ts';
import type { Link, Zone } from '../../domain/joined.ts';
import { linkRef, refText, vlanRef } from '../../domain/ref.ts';
import type { Ref } from '../../domain/ref.ts';
import type { Sign } from '../../domain/view.ts';
import type { Run } from './canvas.ts';
import { problemsPanel } from './host-detail.ts';
import { aggregationLines } from './host/aggregations.ts';
import { gridLines, labelled, muted, paragraph, run } from './lines.ts';
import type { TextLine } from './lines.ts';
import { linkSign, signRun, speedText } from './look.ts';
import type { Look } from './look.ts';
import type { DetailPage, Panel } from './panel.ts';
import { chartedRates, rateCharts, rateWordings } from './rate-charts.ts';

/** Rows of both charts in a list that scrolls. */
const CHART_HEIGHT = 8;

/** The page of a datalink; null for one that its host does not have. */
export function linkPage(ref: Ref, host: HostInventory, look: Look): DetailPage | null {
  const link = linksOf(host).find((each) => each.ref === ref);
  if (!link) return null;
  const isFresh = hostFresh(host, 'links', look.model.now);
  const sign = linkSign(link, !isFresh);
  const own = look.model.problems.filter(({ subject }) => subject === ref);
  const problems = problemsPanel(ref, own, look, sign);
  const holder = allZonesOf(host).find(({ name }) => name === link.zone);
  const facts = factsPanel(link, holder, sign);
  const traffic = trafficPanel(link, isFresh, look);
  const errors = errorsPanel(link);
  const ports = link.class === 'aggr' ? [portsPanel(link, host, look)] : [];
  const users = usersPanel(link, host, look);
  return {
    title: refText(ref),
    tabs: [],
    tab: 0,
    note: [signRun(sign)],
    panels: [...(own.length > 0 ? [problems] : []), facts, traffic, errors, ...ports, users],
    bands: () => [[traffic], [facts, errors], ...ports.map((panel) => [panel]), [users, problems]],
  };
}

function factsPanel(link: Link, holder: Zone | undefined, sign: Sign): Panel {
  const known = sign !== 'unknown';
  return {
    id: 'facts',
    title: 'Link',
    lines: (width) => [
      labelled('state', [
        signRun(sign),
        run(known ? ` ${link.state}` : ' unknown', known ? 'plain' : 'unknown'),
      ]),
      labelled('class', [run(link.class)]),
      ...(link.over.length === 0
        ? []
        : link.over.map((name, index) =>
            labelled(index === 0 ? 'over' : '', [run(name)], linkRef(link.host, name)),
          )),
      ...(link.vlanId === null
        ? []
        : [labelled('vlan', [run(String(link.vlanId))], vlanRef(link.vlanId))]),
      link.zone === null
        ? labelled('held by', [muted('the global zone')])
        : labelled('held by', [run(link.zone)], holder?.ref),
      labelled('speed', [
        run(speedText(link.speedMbps)),
        muted(link.duplex === null ? '' : `  ${link.duplex} duplex`),
      ]),
      labelled('mtu', [run(count(link.mtu))]),
      labelled('mac', [run(link.macAddress ?? UNKNOWN)]),
      ...(link.allowedIps.length === 0
        ? []
        : paragraph('may send', link.allowedIps.join('  '), width)),
    ],
  };
}

function trafficPanel(link: Link, isFresh: boolean, { model }: Look): Panel {
  const past = chartedRates(model, link.ref);
  return {
    id: 'traffic',
    title: 'Traffic',
    right: (width) =>
      isFresh
        ? rateWordings(past, width, [link.rxBytesPerSecond, link.txBytesPerSecond])
        : [[run('unknown', 'unknown')]],
    grows: true,
    lines: (width, height) => {
      // The axis of time has a line of its own.
      const room = height === null ? CHART_HEIGHT : height - 1;
      return rateCharts(past, width, Math.max(4, room), isFresh ? 'accent' : 'stale');
    },
  };
}

/** Counters since they began, and what the last minute adds. */
function errorsPanel(link: Link): Panel {
  const { errors, silence } = link;
  return {
    id: 'errors',
    title: 'Errors and drops',
    lines: () => [
      labelled('in', [
        countRun(link.rxErrors),
        muted(' errors  '),
        countRun(link.rxDrops),
        muted(' drops'),
      ]),
      labelled('out', [
        countRun(link.txErrors),
        muted(' errors  '),
        countRun(link.txDrops),
        muted(' drops'),
      ]),
      labelled('of late', [
        errors === null
          ? run(UNKNOWN, 'unknown')
          : run(
              `${errors.count} in ${duration(errors.seconds * 1000)}`,
              errors.count > 0 ? 'warn' : 'muted',
            ),
      ]),
      labelled('silent', [
        silence === null
          ? run(UNKNOWN, 'unknown')
          : silence.seconds === 0
            ? muted('no: packets come in')
            : run(
                `for ${duration(silence.seconds * 1000)}, ${silence.sent} packets sent`,
                silence.sent > 0 ? 'warn' : 'muted',
              ),
      ]),
    ],
  };
}

const countRun = (value: number | null): Run =>
  value === null ? run(UNKNOWN, 'unknown') : run(String(value), value > 0 ? 'warn' : 'muted');

function portsPanel(link: Link, host: HostInventory, look: Look): Panel {
  return {
    id: 'ports',
    title: 'Ports',
    lines: (width) => aggregationLines(host, look, width, new Set([link.name])),
  };
}

/** Links, zones and VMs that stand on it, each one step away, and the others that it has to do with. */
function usersPanel(link: Link, host: HostInventory, look: Look): Panel {
  const over = linksOf(host).filter(({ over: below }) => below.includes(link.name));
  const others = related(link.ref, look.model.inventory).filter(
    ({ ref }) => !over.some((each) => each.ref === ref),
  );
  return {
    id: 'users',
    title: 'Who uses it',
    right: () => [[muted(`${over.length} over it`)]],
    lines: (width): readonly TextLine[] => [
      ...(over.length === 0
        ? []
        : gridLines(
            [
              { title: '', width: 1 },
              { title: 'LINK', width: 'fit' },
              { title: 'CLASS', width: 9 },
              { title: 'VLAN', width: 4, align: 'right' },
              { title: 'ZONE', width: 'grow', least: 8 },
              { title: 'IN', width: 6, align: 'right', rank: 1 },
              { title: 'OUT', width: 6, align: 'right', rank: 1 },
            ],
            over.map((each) => ({
              ref: each.ref,
              cells: [
                signRun(linkSign(each, !hostFresh(host, 'links', look.model.now))),
                run(each.name),
                muted(each.class),
                muted(each.vlanId === null ? '-' : String(each.vlanId)),
                muted(each.zone ?? '-'),
                run(bytes(each.rxBytesPerSecond)),
                run(bytes(each.txBytesPerSecond)),
              ],
            })),
            width,
          )),
      ...others.map(({ ref, label, why }) => ({
        runs: [run(` ${label}  `), muted(why)],
        ref,
      })),
    ],
  };
}
