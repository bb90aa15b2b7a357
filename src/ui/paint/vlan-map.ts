import { withoutPrefix } from '../../domain/address.ts';
import { known, lastKnown } from '../../domain/feed.ts';
import { bytes, plural, rates } from '../../domain/format.ts';
import type { HostInventory, Inventory } from '../../domain/inventory.ts';
import { allZonesOf, linksOf, vlansOf } from '../../domain/joined.ts';
import type { Link, Vlan, Zone } from '../../domain/joined.ts';
import { ownPathOf } from '../../domain/own-path.ts';
import { hostRef, linkRef, vlanRef } from '../../domain/ref.ts';
import type { Ref } from '../../domain/ref.ts';
import type { Sign } from '../../domain/view.ts';
import { textWidth } from '../../term/width.ts';
import { inside } from '../layout.ts';
import type { Rect } from '../layout.ts';
import type { Model } from '../model.ts';
import type { Cursor } from '../session.ts';
import { OWN_SIGN, SIGN_TONES } from '../tones.ts';
import {
  cell,
  clip,
  frameFoot,
  frameRight,
  line,
  lineRight,
  runsWidth,
  wipe,
  write,
} from './canvas.ts';
import type { Canvas, Run } from './canvas.ts';
import { problemsPanel } from './host-detail.ts';
import { aggregationLines } from './host/aggregations.ts';
import { fitRuns, gridLines, labelled, muted, paintLines, paragraph, run } from './lines.ts';
import type { GridRow, TextLine } from './lines.ts';
import { groupFacts, groupText, linkSign, signOf, signRun, speedText } from './look.ts';
import type { Look } from './look.ts';
import type { DetailPage, Panel } from './panel.ts';
import { rateSpark } from './sparkline.ts';

/** A VLAN on one host. */
export type MapCell = {
  readonly host: string;
  readonly sign: Sign;
  /** Zones and VMs on it, faults first; `gz` where the global zone itself has a link on it. */
  readonly members: readonly {
    /** With `@` before it where the own session runs through it. */
    readonly name: string;
    readonly sign: Sign;
    readonly ref: Ref;
  }[];
  readonly global: boolean;
  /** Neither a link nor a zone is on it there. */
  readonly empty: boolean;
};
export type MapRow = {
  readonly vlan: Vlan;
  readonly sign: Sign;
  readonly cells: readonly MapCell[];
};
export type VlanMatrix = { readonly hosts: readonly string[]; readonly rows: readonly MapRow[] };

/** Where the selection of the map stands: a VLAN, and the column of a host; null is the whole row. */
export type MapCursor = Cursor & { readonly col?: number | null };

const matrices = new WeakMap<Look, VlanMatrix>();

/** Every VLAN with what carries it on each host; made once for a model. */
export function vlanMatrix(look: Look): VlanMatrix {
  let matrix = matrices.get(look);
  if (!matrix) {
    const { inventory } = look.model;
    const { hosts } = inventory;
    matrix = {
      hosts: hosts.map(({ name }) => name),
      rows: vlansOf(inventory).map((vlan) => ({
        vlan,
        sign: signOf(look, vlan.ref),
        cells: hosts.map((host) => mapCell(vlan, host, look)),
      })),
    };
    matrices.set(look, matrix);
  }
  return matrix;
}

function mapCell(vlan: Vlan, host: HostInventory, look: Look): MapCell {
  const own = ownPathOf(look.model.inventory).parts;
  const links = vlan.links.filter((link) => link.host === host.name);
  const members = [...vlan.zones, ...vlan.vms]
    .filter((zone) => zone.host === host.name)
    .map(({ name, ref }) => ({
      name: own.has(ref) ? `${OWN_SIGN}${name}` : name,
      ref,
      sign: signOf(look, ref),
    }));
  const isBlind = host.source.state !== 'up';
  const empty = links.length === 0 && members.length === 0;
  const down = links.filter(({ state }) => state === 'down').length;
  const sign: Sign = empty
    ? 'off'
    : isBlind
      ? 'unknown'
      : links.length === 0
        ? 'off'
        : down === links.length
          ? 'down'
          : down > 0
            ? 'degraded'
            : 'ok';
  return {
    host: host.name,
    sign,
    members: members.toSorted((a, b) => Number(a.sign === 'ok') - Number(b.sign === 'ok')),
    global: links.some(({ zone }) => zone === null),
    empty,
  };
}

/** The things of a cell, for opening them; the VLAN itself where the whole row is selected. */
export function mapTargets(look: Look, cursor: MapCursor): readonly Ref[] {
  const row = rowAt(vlanMatrix(look), cursor);
  if (!row) return [];
  const column = cursor.col ?? null;
  const members = column === null ? [] : (row.cells[column]?.members ?? []).map(({ ref }) => ref);
  return [...members, row.vlan.ref];
}

/** The row of the cursor; the first when its VLAN is gone. */
const rowAt = (matrix: VlanMatrix, cursor: MapCursor): MapRow | undefined =>
  matrix.rows.find(({ vlan }) => vlan.ref === cursor.ref) ?? matrix.rows[0];

export const mapCursor = ({ session }: Model): MapCursor =>
  session.cursors['vlan-map'] ?? { ref: null, top: 0 };

const LEAD = 20;
const RATE_WIDTH = 11;
const LEAST_CELL = 12;

/** Hosts that fit, from the one of the cursor on when not all do. */
function visibleHosts(
  matrix: VlanMatrix,
  width: number,
  column: number | null,
): {
  readonly first: number;
  readonly count: number;
  readonly cell: number;
  readonly rate: boolean;
} {
  const rate = width >= LEAD + RATE_WIDTH + matrix.hosts.length * (LEAST_CELL + 1) + 2;
  const room = width - LEAD - (rate ? RATE_WIDTH + 1 : 0);
  const count = Math.max(1, Math.min(matrix.hosts.length, Math.floor(room / (LEAST_CELL + 1))));
  const first = Math.max(0, Math.min(matrix.hosts.length - count, (column ?? 0) - count + 1));
  return { first, count, cell: Math.max(1, Math.floor(room / count) - 1), rate };
}

/** Paints the matrix of VLANs and hosts, and the links that carry them. */
export function paintVlanMap(
  canvas: Canvas,
  rect: Rect,
  look: Look,
  { focused, note }: { readonly focused: boolean; readonly note: string },
): void {
  const area = inside(rect);
  wipe(canvas, area);
  if (area.width <= 0 || area.height <= 0) return;
  const { model } = look;
  const matrix = vlanMatrix(look);
  const cursor = mapCursor(model);
  const column = cursor.col ?? null;
  const vnics = matrix.rows.reduce((sum, { vlan }) => sum + vlan.links.length, 0);
  frameRight(canvas, rect, 12, [
    muted(`${plural(matrix.rows.length, 'VLAN')}  ${plural(vnics, 'link')}`),
  ]);
  const end = area.x + area.width;
  if (matrix.rows.length === 0) {
    write(canvas, area.x + 1, area.y, 'no VLAN is known', 'muted', end);
    return;
  }
  const shape = visibleHosts(matrix, area.width, column);
  const hosts = model.inventory.hosts.slice(shape.first, shape.first + shape.count);
  line(canvas, area.x, area.y, end, headRuns(hosts, look, shape));
  if (shape.rate) lineRight(canvas, area.x, area.y, end, [muted('IN/OUT')]);
  const carriers = area.height >= 8 ? carrierLines(hosts, look, shape) : [];
  const room = Math.max(0, area.height - 1 - carriers.length);
  const at = Math.max(
    0,
    matrix.rows.findIndex(({ vlan }) => vlan.ref === cursor.ref),
  );
  const last = Math.max(0, matrix.rows.length - room);
  const wanted = Math.max(0, Math.min(last, cursor.top));
  const top = at < wanted ? at : at >= wanted + room ? at - room + 1 : wanted;
  for (let index = 0; index < room; index += 1) {
    const row = matrix.rows[top + index];
    if (row)
      paintMapRow(
        canvas,
        area,
        area.y + 1 + index,
        row,
        look,
        shape,
        top + index === at ? column : undefined,
        focused,
      );
  }
  paintLines(
    canvas,
    { ...area, y: area.y + area.height - carriers.length, height: carriers.length },
    carriers,
    0,
    null,
  );
  frameFoot(canvas, rect, { top, height: room, total: matrix.rows.length }, note);
}

type Shape = ReturnType<typeof visibleHosts>;

function headRuns(hosts: readonly HostInventory[], look: Look, shape: Shape): readonly Run[] {
  return [
    muted(cell('    VID NAME', LEAD)),
    ...hosts.flatMap(({ name, source }): readonly Run[] => [
      signRun(signOf(look, hostRef(name))),
      ...fitRuns(
        [
          run(` ${name}`, source.state === 'up' ? 'title' : 'bad'),
          muted(source.state === 'up' ? '' : ` ${source.state}`),
        ],
        shape.cell - 1,
      ),
      run(' '),
    ]),
  ];
}

/** @param selected the column of the cursor, null for the whole row, undefined when it is on another row. */
function paintMapRow(
  canvas: Canvas,
  area: Rect,
  y: number,
  row: MapRow,
  look: Look,
  shape: Shape,
  selected: number | null | undefined,
  focused: boolean,
): void {
  const end = area.x + area.width;
  const { vlan } = row;
  const spot = (x: number, width: number, col: number | null) =>
    canvas.spots?.add({ x, y, width, height: 1 }, { kind: 'cell', ref: vlan.ref, col });
  spot(area.x, area.width, null);
  const isRow = focused && selected === null;
  const inverse = { inverse: true };
  line(
    canvas,
    area.x,
    y,
    Math.min(end, area.x + LEAD),
    [
      run(selected === undefined ? ' ' : '>'),
      signRun(row.sign),
      run(` ${String(vlan.id).padStart(4)} `),
      run(cell(vlan.name ?? '┄', LEAD - 9), vlan.name === null ? 'muted' : 'plain'),
    ],
    isRow ? inverse : {},
  );
  let x = area.x + LEAD;
  for (const [index, each] of row.cells.slice(shape.first, shape.first + shape.count).entries()) {
    const isCell = focused && selected === shape.first + index;
    spot(x, shape.cell, shape.first + index);
    line(
      canvas,
      x,
      y,
      Math.min(end, x + shape.cell),
      fitRuns(cellRuns(each, shape.cell), shape.cell),
      isRow || isCell ? inverse : {},
    );
    const gap = x + shape.cell;
    line(canvas, gap, y, Math.min(end, gap + 1), [], isRow ? inverse : {});
    x += shape.cell + 1;
  }
  const [rx, tx] = vlanRates(vlan, look.model.inventory);
  line(
    canvas,
    x,
    y,
    end,
    shape.rate ? [run(cell(rates(rx, tx), end - x, 'right'))] : [],
    isRow ? inverse : {},
  );
}

/** Traffic of a VLAN's links on hosts that answer. */
function vlanRates(vlan: Vlan, inventory: Inventory): readonly [number | null, number | null] {
  const up = new Set(
    inventory.hosts.filter(({ source }) => source.state === 'up').map(({ name }) => name),
  );
  const links = vlan.links.filter(({ host }) => up.has(host));
  const sum = (pick: (link: Link) => number | null): number | null =>
    links.some((link) => pick(link) !== null)
      ? links.reduce((total, link) => total + (pick(link) ?? 0), 0)
      : null;
  return [sum((link) => link.rxBytesPerSecond), sum((link) => link.txBytesPerSecond)];
}

/** The sign of a cell and as many names as fit, faults with a sign of their own. */
function cellRuns(each: MapCell, width: number): readonly Run[] {
  if (each.empty) return [muted('-')];
  const names = [...(each.global ? [{ name: 'gz', sign: 'ok' as Sign }] : []), ...each.members];
  const runs: Run[] = [signRun(each.sign), run(' ')];
  let used = 2;
  for (const [index, { name, sign }] of names.entries()) {
    const left = names.length - index - 1;
    const isOdd = sign !== 'ok' && sign !== each.sign;
    const needed = textWidth(name) + (isOdd ? 1 : 0) + (index === 0 ? 0 : 1);
    const tail = left > 0 ? ` +${left}`.length : 0;
    if (used + needed + tail > width && index > 0) {
      runs.push(muted(` +${left + 1}`));
      break;
    }
    if (index > 0) runs.push(run(' '));
    if (isOdd) runs.push(signRun(sign));
    runs.push(run(name, each.sign === 'unknown' ? 'stale' : isOdd ? SIGN_TONES[sign] : 'plain'));
    used += needed;
  }
  return clip(runs, width);
}

/** The links below the VLANs on each host: aggregations with their ports, else the wires themselves. */
function carrierLines(
  hosts: readonly HostInventory[],
  look: Look,
  shape: Shape,
): readonly TextLine[] {
  const carriers = hosts.map((host) => {
    const links = linksOf(host);
    const names = new Set(links.flatMap((link) => (link.vlanId === null ? [] : link.over)));
    return links.filter(({ name }) => names.has(name));
  });
  const most = Math.max(0, ...carriers.map(({ length }) => length));
  return Array.from({ length: Math.min(2, most) }, (_, index): TextLine => ({
    runs: [
      muted(cell(index === 0 ? '        carried by' : '', LEAD)),
      ...hosts.flatMap((host, position) => {
        const link = carriers[position]?.[index];
        const blind = host.source.state !== 'up';
        return [
          ...fitRuns(link ? carrierRuns(link, linksOf(host), blind, shape.cell) : [], shape.cell),
          run(' '),
        ];
      }),
    ],
  }));
}

function carrierRuns(
  link: Link,
  links: readonly Link[],
  blind: boolean,
  width: number,
): readonly Run[] {
  const ports = links.filter(({ name }) => link.over.includes(name));
  const runs: readonly Run[] = [
    signRun(linkSign(link, blind)),
    run(` ${link.name} `, blind ? 'stale' : 'plain'),
    ...ports.map((port) => signRun(linkSign(port, blind))),
    muted(` ${speedText(link.speedMbps)}`),
  ];
  const names = muted(` ${ports.map(({ name }) => name).join(' ')}`);
  return runsWidth(runs) + textWidth(names.text) <= width ? [...runs, names] : runs;
}

/** Who is on the selected VLAN, host by host. */
export function vlanMembersPanel(look: Look): Panel {
  const matrix = vlanMatrix(look);
  const cursor = mapCursor(look.model);
  const row = rowAt(matrix, cursor);
  return {
    id: 'vlan-members',
    title: '',
    heading: row ? vlanName(row.vlan) : 'Members',
    right: () => (row ? [trafficRuns(row.vlan, look)] : []),
    lines: (width) =>
      row ? memberLines(row.vlan, look, width, matrix.hosts[cursor.col ?? -1]) : [],
  };
}

const vlanName = ({ id, name }: Vlan): string => `${id} ${name ?? ''}`.trim();

function trafficRuns(vlan: Vlan, look: Look): readonly Run[] {
  const [rx, tx] = vlanRates(vlan, look.model.inventory);
  return [
    muted(`${plural(vlan.links.length, 'link')}  `),
    run('in ', 'accent'),
    run(bytes(rx)),
    run('  out ', 'info'),
    run(bytes(tx)),
    muted(' per s'),
  ];
}

/** Links and zones of a VLAN, host by host, `first` before the others. */
function memberLines(
  vlan: Vlan,
  look: Look,
  width: number,
  first: string | undefined,
): readonly TextLine[] {
  const hosts = look.model.inventory.hosts
    .toSorted((a, b) => Number(b.name === first) - Number(a.name === first))
    .map((host) => ({ host, rows: memberRows(vlan, host, look) }))
    .filter(({ rows }) => rows.length > 0);
  if (hosts.length === 0) return [{ runs: [muted(' no link and no zone is on it')] }];
  // One grid for all hosts, so that what is alike stands below each other.
  const lines = gridLines(
    [
      { title: '', width: 2 },
      { title: '', width: 1 },
      { title: '', width: 'fit', most: 18 },
      { title: '', width: 'fit', rank: 3 },
      { title: '', width: 6, rank: 2 },
      { title: '', width: 11, align: 'right' },
      { title: '', width: 'fit', most: 18, rank: 1 },
      { title: '', width: 'grow', least: 17, rank: 4 },
    ],
    hosts.flatMap(({ rows }) => rows),
    width,
  );
  let at = 0;
  return hosts.flatMap(({ host, rows }) => {
    const own = lines.slice(at, at + rows.length);
    at += rows.length;
    return [hostLine(vlan, host, look), ...own];
  });
}

function hostLine(vlan: Vlan, host: HostInventory, look: Look): TextLine {
  const blind = host.source.state !== 'up';
  const links = vlan.links.filter((link) => link.host === host.name);
  const over = [...new Set(links.flatMap((link) => link.over))].join(' ');
  return {
    ref: hostRef(host.name),
    runs: [
      run(' '),
      signRun(signOf(look, hostRef(host.name))),
      run(` ${host.name}`, blind ? 'bad' : 'title'),
      muted(over === '' ? '' : `  over ${over}`),
      muted(blind ? `  ${host.source.state}: as last known` : ''),
    ],
  };
}

function memberRows(vlan: Vlan, host: HostInventory, look: Look): readonly GridRow[] {
  const links = vlan.links.filter((link) => link.host === host.name);
  const zones = [...vlan.zones, ...vlan.vms].filter((zone) => zone.host === host.name);
  const blind = host.source.state !== 'up';
  const live = links.map((link) => ({
    link,
    zone: zones.find(({ name }) => name === link.zone),
  }));
  const offline = zones.filter((zone) => !links.some((link) => link.zone === zone.name));
  const count = live.length + offline.length;
  const branch = (index: number): Run => run(index === count - 1 ? '└─' : '├─', 'frame');
  return [
    ...live.map(({ link, zone }, index): GridRow => ({
      ...(zone ? { ref: zone.ref } : {}),
      cells: [
        branch(index),
        signRun(zone ? signOf(look, zone.ref) : linkSign(link, blind)),
        run(link.zone ?? 'global zone', blind ? 'stale' : 'plain'),
        [muted(link.name), ...(link.state === 'down' && !blind ? [run(' down', 'bad')] : [])],
        run(rateSpark(look.model, link.ref, 'rxBytesPerSecond', 6), blind ? 'muted' : 'accent'),
        run(
          blind ? '┄' : rates(link.rxBytesPerSecond, link.txBytesPerSecond),
          blind ? 'muted' : 'plain',
        ),
        muted(addressesOn(vlan, host, zone, link)),
        muted(link.macAddress ?? ''),
      ],
    })),
    ...offline.map((zone, index): GridRow => ({
      ref: zone.ref,
      cells: [
        branch(live.length + index),
        signRun(signOf(look, zone.ref)),
        run(zone.name, blind ? 'stale' : 'plain'),
        muted('no link now'),
        '',
        '',
        muted(addressesOn(vlan, host, zone)),
        '',
      ],
    })),
  ];
}

/** The page of a VLAN: who is on it on each host, and what is known of it. */
export function vlanPage(vlan: Vlan, look: Look): DetailPage {
  const members: Panel = {
    id: 'members',
    title: `On VLAN ${vlan.id} ${vlan.name ?? ''}`.trim(),
    right: () => [trafficRuns(vlan, look)],
    share: 2,
    lines: (width) => memberLines(vlan, look, width, undefined),
  };
  const facts = vlanFacts(vlan, look);
  const carriers = carriersPanel(vlan, look);
  const problems = problemsPanel(
    vlan.ref,
    look.model.problems.filter(({ subject }) => isAbout(subject, vlan)),
    look,
  );
  return {
    title: `VLAN ${vlanName(vlan)}`,
    tabs: [],
    tab: 0,
    note: [
      signRun(signOf(look, vlan.ref)),
      muted(` ${plural(vlan.zones.length, 'zone')} · ${plural(vlan.vms.length, 'VM')}`),
    ],
    panels: [facts, problems, members, carriers],
    bands: () => [
      [members, facts],
      [carriers, problems],
    ],
  };
}

/** A problem of the VLAN itself, or of a link that it is on or that carries it. */
const isAbout = (subject: Ref, vlan: Vlan): boolean =>
  subject === vlan.ref ||
  vlan.links.some(
    (link) =>
      subject === link.ref || link.over.some((name) => subject === linkRef(link.host, name)),
  );

/** The aggregations and cards below a VLAN, host by host, with their ports and what LACP says of these. */
function carriersPanel(vlan: Vlan, look: Look): Panel {
  const hosts = look.model.inventory.hosts.filter(({ name }) => vlan.hosts.includes(name));
  return {
    id: 'carriers',
    title: 'Carried by',
    share: 2,
    lines: (width) =>
      hosts.flatMap((host): readonly TextLine[] => {
        const own = vlan.links.filter((link) => link.host === host.name);
        const below = new Set(own.flatMap(({ over }) => over));
        const links = linksOf(host).filter(({ name }) => below.has(name));
        const aggrs = links.filter((link) => link.class === 'aggr');
        const others = links.filter((link) => link.class !== 'aggr');
        return [
          hostLine(vlan, host, look),
          ...(aggrs.length > 0
            ? aggregationLines(host, look, width, new Set(aggrs.map(({ name }) => name)))
            : []),
          ...others.map((link) => ({
            runs: [
              run(' '),
              signRun(linkSign(link, host.source.state !== 'up')),
              run(` ${link.name} `),
              muted(`${link.class} ${speedText(link.speedMbps)}`),
            ],
          })),
          ...(links.length === 0 ? [{ runs: [muted('   no link of it is there')] }] : []),
        ];
      }),
  };
}

function vlanFacts(vlan: Vlan, look: Look): Panel {
  const sizes = [...new Set(vlan.links.flatMap(({ mtu }) => (mtu === null ? [] : [mtu])))];
  const over = [...new Set(vlan.links.flatMap((link) => link.over))];
  const down = vlan.links.filter(({ state }) => state === 'down').length;
  const blind = vlan.hosts.filter((name) =>
    look.model.inventory.hosts.some((host) => host.name === name && host.source.state !== 'up'),
  );
  const needy = groupFacts(look).filter(({ members }) =>
    members.some(({ ref }) => [...vlan.zones, ...vlan.vms].some((zone) => zone.ref === ref)),
  );
  return {
    id: 'facts',
    title: 'Facts',
    lines: (width) => [
      labelled('vlan', [run(String(vlan.id)), muted(vlan.name === null ? '  no name' : '')]),
      labelled('name', [run(vlan.name ?? '┄', vlan.name === null ? 'muted' : 'plain')]),
      ...(vlan.hosts.length === 0 ? [labelled('hosts', [muted('none')])] : []),
      ...vlan.hosts.map((name, index) =>
        labelled(
          index === 0 ? 'hosts' : '',
          [signRun(signOf(look, hostRef(name))), run(` ${name}`)],
          hostRef(name),
        ),
      ),
      ...blind.flatMap((name) =>
        paragraph(
          'blind',
          `${name} does not answer; its links are as last known`,
          width,
          'unknown',
        ),
      ),
      labelled('over', [run(over.join(' ') || '┄')]),
      labelled('links', [
        run(String(vlan.links.length)),
        ...(down > 0 ? [run(`  ${down} down`, 'bad')] : []),
      ]),
      labelled('mtu', [run(sizes.join(' ') || '┄', sizes.length > 1 ? 'warn' : 'plain')]),
      ...needy.map((group, index) =>
        labelled(index === 0 ? 'carries' : '', [
          signRun(group.sign),
          run(` ${cell(group.name, 14)} `),
          muted(groupText(group)),
        ]),
      ),
    ],
  };
}

/**
 * The addresses of a zone on a VLAN: those of its net with that tag, else those that its link is held to; of the global
 * zone those of the link itself.
 */
function addressesOn(vlan: Vlan, host: HostInventory, zone: Zone | undefined, link?: Link): string {
  const nets = known(host.feeds.zoneConfigs, []).find((config) => config.zone === zone?.name)?.nets;
  const declared = (nets ?? [])
    .filter(({ physical, vlanId }) =>
      link && physical !== null ? physical === link.name : vlanId === vlan.id,
    )
    .flatMap(({ addresses }) => addresses);
  if (declared.length > 0 || zone !== undefined)
    return (declared.length > 0 ? declared : (link?.allowedIps ?? [])).join(' ');
  return known(host.feeds.addresses, [])
    .flatMap((entry) => (link && entry.link === link.name ? (entry.address ?? []) : []))
    .join(' ');
}

type Check = { readonly sign: Sign; readonly text: string; readonly details: readonly string[] };

/** What can be checked from what is collected. */
export function vlanChecksPanel({ model }: Look): Panel {
  const checks = vlanChecks(model.inventory);
  const of = (sign: Sign): number => checks.filter((check) => check.sign === sign).length;
  return {
    id: 'vlan-checks',
    title: 'Checks on this map',
    right: () => [
      [
        muted(`${of('ok')} pass`),
        ...(of('warning') > 0 ? [run(`  ${of('warning')} warn`, 'warn')] : []),
        ...(of('unknown') > 0 ? [run(`  ${of('unknown')} skipped`, 'unknown')] : []),
      ],
    ],
    lines: (width) =>
      checks.flatMap(({ sign, text, details }): readonly TextLine[] => [
        { runs: [run(' '), signRun(sign), run(` ${text}`, sign === 'ok' ? 'muted' : 'plain')] },
        ...details.flatMap((detail) => paragraph('', detail, width, 'warn')),
      ]),
  };
}

/** Faults that show only when all hosts are seen together; what a silent host would say is not judged. */
export function vlanChecks(inventory: Inventory): readonly Check[] {
  const seen = inventory.hosts.filter(({ source }) => source.state === 'up');
  const blind = inventory.hosts.filter(({ source }) => source.state !== 'up');
  const links = seen.flatMap((host) => linksOf(host));
  const zones = seen.flatMap((host) => allZonesOf(host));
  const check = (text: string, details: readonly string[]): Check => ({
    sign: details.length === 0 ? 'ok' : 'warning',
    text,
    details,
  });
  return [
    check('every VNIC has the VLAN tag that its zone declares', tagFaults(seen)),
    check(
      'no two zones declare the same address',
      duplicates(
        zones.flatMap((zone) =>
          zone.addresses.map(
            (address) => [withoutPrefix(address), `${zone.host}/${zone.name}`] as const,
          ),
        ),
      ),
    ),
    check(
      'no two links of a VLAN have the same MAC address',
      duplicates(
        links.flatMap((link) =>
          link.macAddress === null || link.vlanId === null
            ? []
            : [[`${link.macAddress} on vlan ${link.vlanId}`, `${link.host}/${link.name}`] as const],
        ),
      ),
    ),
    check(
      'every link of a VLAN is up',
      links.flatMap((link) =>
        link.vlanId !== null && link.state === 'down'
          ? [`${link.host}/${link.name} on vlan ${link.vlanId} is down`]
          : [],
      ),
    ),
    check(
      'all links of a VLAN have one MTU',
      mtuFaults(inventory, new Set(seen.map(({ name }) => name))),
    ),
    ...blind.map(({ name }): Check => ({
      sign: 'unknown',
      text: `${name} does not answer: nothing was checked there`,
      details: [],
    })),
  ];
}

/** Live tags that differ from the configuration of the zone. */
const tagFaults = (hosts: readonly HostInventory[]): readonly string[] =>
  hosts.flatMap((host) => {
    const live = new Map(linksOf(host).map((link) => [link.name, link]));
    return known(host.feeds.zoneConfigs, []).flatMap(({ zone, nets }) =>
      nets.flatMap(({ physical, vlanId }) => {
        const link = physical === null ? undefined : live.get(physical);
        if (!link || vlanId === null || link.vlanId === vlanId) return [];
        // A tag that the release does not tell is no fault.
        if (link.vlanId === null && lastKnown(host.feeds.vnics) === undefined) return [];
        return [
          `${host.name}/${zone} ${link.name}: live ${link.vlanId ?? 'untagged'}, declared ${vlanId}`,
        ];
      }),
    );
  });

function duplicates(pairs: readonly (readonly [string, string])[]): readonly string[] {
  const owners = Map.groupBy(pairs, ([value]) => value);
  return [...owners].flatMap(([value, entries]) => {
    const names = [...new Set(entries.map(([, owner]) => owner))];
    return names.length > 1 ? [`${value}: ${names.join(', ')}`] : [];
  });
}

const mtuFaults = (inventory: Inventory, seen: ReadonlySet<string>): readonly string[] =>
  vlansOf(inventory).flatMap((vlan) => {
    const sizes = Map.groupBy(
      vlan.links.filter(({ host, mtu }) => seen.has(host) && mtu !== null),
      ({ mtu }) => mtu,
    );
    return sizes.size > 1
      ? [
          `vlan ${vlan.id}: ${[...sizes].map(([mtu, links]) => `${mtu} on ${plural(links.length, 'link')}`).join(', ')}`,
        ]
      : [];
  });

/** All VLANs in the order of the map, for moving the cursor. */
export const mapRefs = (inventory: Inventory): readonly Ref[] =>
  vlansOf(inventory).map(({ id }) => vlanRef(id));
