import { known } from '../../../domain/feed.ts';
import { count, plural, rates } from '../../../domain/format.ts';
import type { HostInventory } from '../../../domain/inventory.ts';
import { hostFresh, linksOf } from '../../../domain/joined.ts';
import { gridLines, labelled, muted, run } from '../lines.ts';
import { linkSign, signRun, speedText } from '../look.ts';
import type { Look } from '../look.ts';
import type { Panel } from '../panel.ts';
import { rateSpark } from '../sparkline.ts';
import { aggregationsPanel, faultsRun } from './aggregations.ts';
import { feedWords, isBlind } from './state.ts';

/** What the tab of a host's network consists of. */
export function networkTab(host: HostInventory, look: Look) {
  const links = linksPanel(host, look);
  const hasAggr = linksOf(host).some((link) => link.class === 'aggr');
  const aggregations = hasAggr ? [aggregationsPanel(host, look)] : [];
  const addresses = addressesPanel(host, look);
  const switches = known(host.feeds.switches, { bridges: [], overlays: [] });
  const joined =
    switches.bridges.length + switches.overlays.length > 0 ? [switchesPanel(host, look)] : [];
  const others = [...joined, addresses];
  return {
    title: 'Network',
    panels: [...aggregations, links, ...others],
    bands: (): readonly (readonly Panel[])[] => [[...aggregations, ...others], [links]],
  };
}

/** Class by class, from the wire up. */
const CLASSES: readonly string[] = ['phys', 'aggr', 'etherstub', 'bridge', 'vlan', 'vnic'];
const classRank = (name: string): number => {
  const rank = CLASSES.indexOf(name);
  return rank < 0 ? CLASSES.length : rank;
};

/** Every datalink of a host. */
function linksPanel(host: HostInventory, { model }: Look): Panel {
  const links = linksOf(host).toSorted((a, b) => classRank(a.class) - classRank(b.class));
  const down = links.filter(({ state }) => state === 'down').length;
  const blind = isBlind(host);
  return {
    id: 'links',
    title: `Links of ${host.name}`,
    right: () => [
      [...(down > 0 ? [run(`${down} down  `, 'bad')] : []), muted(plural(links.length, 'link'))],
    ],
    lines: (width) =>
      gridLines(
        [
          { title: '', width: 1 },
          { title: 'LINK', width: 'fit' },
          { title: 'CLASS', width: 9 },
          { title: 'OVER', width: 'fit', rank: 2 },
          { title: 'VLAN', width: 4, align: 'right', rank: 1 },
          { title: 'ZONE', width: 14, rank: 3 },
          { title: 'SPEED', width: 5, align: 'right', rank: 6 },
          { title: 'MTU', width: 5, align: 'right', rank: 7 },
          { title: 'IN', width: 8, rank: 8 },
          { title: 'IN/OUT', width: 11, align: 'right', rank: 1 },
          { title: 'ERR/DROP', width: 9, align: 'right', rank: 5 },
          { title: 'MAC', width: 'grow', rank: 9 },
        ],
        links.map((link) => ({
          ref: link.ref,
          cells: [
            signRun(linkSign(link, blind)),
            run(link.name, blind ? 'stale' : 'plain'),
            muted(link.class),
            muted(link.over.join(' ') || '-'),
            run(link.vlanId === null ? '-' : String(link.vlanId)),
            muted(link.zone ?? '-'),
            muted(speedText(link.speedMbps)),
            muted(count(link.mtu)),
            run(rateSpark(model, link.ref, 'rxBytesPerSecond', 8), blind ? 'muted' : 'accent'),
            run(rates(link.rxBytesPerSecond, link.txBytesPerSecond), blind ? 'stale' : 'plain'),
            faultsRun(link),
            muted(link.macAddress ?? ''),
          ],
        })),
        width,
      ),
  };
}

/** The addresses of the global zone; those of zones with an IP stack of their own it does not see. */
function addressesPanel(host: HostInventory, { model }: Look): Panel {
  const addresses = known(host.feeds.addresses, []);
  const isFresh = hostFresh(host, 'addresses', model.now);
  const bad = addresses.filter(({ state }) => state === 'duplicate').length;
  return {
    id: 'addresses',
    title: 'Addresses of the global zone',
    right: () => [
      [
        ...(bad > 0 ? [run(`${plural(bad, 'duplicate')}  `, 'bad')] : []),
        isFresh ? muted(String(addresses.length)) : run('as last known', 'unknown'),
      ],
    ],
    lines: (width) =>
      addresses.length === 0
        ? [labelled('', [feedWords(host.feeds.addresses)])]
        : gridLines(
            [
              { title: '', width: 1 },
              { title: 'ADDRESS', width: 'fit', most: 42 },
              { title: 'OBJECT', width: 'fit', most: 20 },
              { title: 'TYPE', width: 8, rank: 1 },
              { title: 'STATE', width: 'grow', least: 9 },
            ],
            addresses.map(({ address, object, type, state }) => ({
              cells: [
                signRun(
                  !isFresh
                    ? 'unknown'
                    : state === 'ok'
                      ? 'ok'
                      : state === 'duplicate'
                        ? 'down'
                        : state === 'disabled'
                          ? 'off'
                          : 'warning',
                ),
                run(address ?? '┄', isFresh ? 'plain' : 'stale'),
                muted(object ?? '-'),
                muted(type),
                isFresh ? run(state, state === 'ok' ? 'muted' : 'warn') : run('unknown', 'unknown'),
              ],
            })),
            width,
          ),
  };
}

/** What joins links in software: bridges with their links, overlays with their networks. */
function switchesPanel(host: HostInventory, { model }: Look): Panel {
  const { bridges, overlays } = known(host.feeds.switches, { bridges: [], overlays: [] });
  const isFresh = hostFresh(host, 'switches', model.now);
  const members = Map.groupBy(known(host.feeds.links, []), ({ bridge }) => bridge);
  return {
    id: 'switches',
    title: 'Bridges and overlays',
    right: () => [[isFresh ? muted('') : run('as last known', 'unknown')]],
    lines: () => [
      ...bridges.flatMap(({ name, protection, designatedRoot, ports }) => [
        labelled(name, [
          run(protection ?? '┄'),
          muted(
            ports === null
              ? `  ${(members.get(name) ?? []).map((link) => link.name).join(' ') || 'no links'}`
              : '',
          ),
          muted(designatedRoot === null ? '' : `  root ${designatedRoot}`),
        ]),
        ...(ports ?? []).map(({ link, state, cost, isEdge }) =>
          labelled(`  ${link}`, [
            run(state, state === 'forwarding' ? 'muted' : state === 'bad-bpdu' ? 'bad' : 'warn'),
            muted(cost === null ? '' : `  cost ${cost}`),
            muted(isEdge === true ? '  edge' : ''),
          ]),
        ),
      ]),
      ...overlays.map(({ name, encapsulation, virtualNetworkId }) =>
        labelled(name, [run(encapsulation ?? '┄'), muted(`  network ${virtualNetworkId ?? '┄'}`)]),
      ),
    ],
  };
}
