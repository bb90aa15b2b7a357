import type { PaneId, Place } from './session.ts';

export type Rect = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

/** A framed area of the screen. */
export type Box = { readonly id: string; readonly rect: Rect; readonly title: string };

/** Where everything is; depends on the size, the place and how much the problem strip has to say. */
export type Layout = {
  readonly header: Rect;
  /** One line with the place and its filter; null where there is no room. */
  readonly crumbs: Rect | null;
  /** Framed when it has more than one line. */
  readonly problems: { readonly rect: Rect; readonly framed: boolean };
  readonly boxes: readonly Box[];
  readonly footer: Rect | null;
};

const PANE_TITLES: Record<PaneId, string> = {
  hosts: '1 Hosts',
  zones: '2 Zones',
  vms: '3 VMs',
  vlans: '4 VLANs',
  cluster: '5 Cluster',
};

const split = (total: number, shares: readonly number[]): readonly number[] => {
  const sum = shares.reduce((a, b) => a + b, 0);
  let used = 0;
  return shares.map((share, index) => {
    const size = index === shares.length - 1 ? total - used : Math.floor((total * share) / sum);
    used += size;
    return size;
  });
};

/** The inside of a frame. */
export const inside = ({ x, y, width, height }: Rect): Rect => ({
  x: x + 1,
  y: y + 1,
  width: Math.max(0, width - 2),
  height: Math.max(0, height - 2),
});

/** @param problemLines lines that the problem strip would like to have. */
export function layout(
  cols: number,
  rows: number,
  place: Place,
  focus: PaneId,
  problemLines: number,
): Layout {
  const hasFooter = rows >= 10;
  const hasCrumbs = rows >= 34 || (place.kind !== 'overview' && rows >= 16);
  const header: Rect = { x: 0, y: 0, width: cols, height: 1 };
  let y = 1;
  const crumbs = hasCrumbs ? { x: 0, y: y++, width: cols, height: 1 } : null;
  const footer = hasFooter ? { x: 0, y: rows - 1, width: cols, height: 1 } : null;
  const bottom = rows - (hasFooter ? 1 : 0);
  const overview = place.kind === 'overview';
  const wide = overview && cols >= 160 && rows >= 30;
  const strip = wide ? 0 : stripHeight(rows, overview, problemLines);
  const problems = { rect: { x: 0, y, width: cols, height: strip }, framed: strip >= 3 };
  y += strip;
  const area: Rect = { x: 0, y, width: cols, height: Math.max(0, bottom - y) };
  if (!overview) return { header, crumbs, problems, boxes: placeBoxes(place, area), footer };
  if (wide) return wideOverview({ header, crumbs, footer }, area, problemLines);
  if (cols < 72 || area.height < 11)
    return { header, crumbs, problems, boxes: [paneBox(focus, area)], footer };
  const [top = 0, middle = 0, low = 0] = split(area.height, [
    area.height >= 24 ? 46 : 42,
    area.height >= 24 ? 30 : 32,
    area.height >= 24 ? 24 : 26,
  ]);
  const [left = 0, right = 0] = split(cols, [1, 1]);
  return {
    header,
    crumbs,
    problems,
    footer,
    boxes: [
      paneBox('hosts', { x: 0, y, width: left, height: top }),
      paneBox('zones', { x: left, y, width: right, height: top }),
      paneBox('vms', { x: 0, y: y + top, width: left, height: middle }),
      paneBox('vlans', { x: left, y: y + top, width: right, height: middle }),
      paneBox('cluster', { x: 0, y: y + top + middle, width: cols, height: low }),
    ],
  };
}

const paneBox = (id: PaneId, rect: Rect): Box => ({ id, rect, title: PANE_TITLES[id] });

function stripHeight(rows: number, overview: boolean, lines: number): number {
  if (!overview || lines === 0 || rows < 20 || (lines === 1 && rows < 30)) return 1;
  const most = rows < 30 ? 6 : Math.floor(rows * 0.25);
  return Math.min(lines + 2, most);
}

/** Three columns: hosts and VMs, zones and VLANs, problems and the cluster. */
function wideOverview(
  { header, crumbs, footer }: Pick<Layout, 'header' | 'crumbs' | 'footer'>,
  area: Rect,
  problemLines: number,
): Layout {
  const { y, height } = area;
  const [first = 0, second = 0, third = 0] = split(area.width, [34, 35, 31]);
  const [top = 0, low = 0] = split(height, [55, 45]);
  const strip = Math.max(4, Math.min(problemLines + 2, Math.floor(height * 0.6)));
  return {
    header,
    crumbs,
    footer,
    problems: {
      rect: { x: first + second, y, width: third, height: strip },
      framed: true,
    },
    boxes: [
      paneBox('hosts', { x: 0, y, width: first, height: top }),
      paneBox('zones', { x: first, y, width: second, height: top }),
      paneBox('vms', { x: 0, y: y + top, width: first, height: low }),
      paneBox('vlans', { x: first, y: y + top, width: second, height: low }),
      paneBox('cluster', { x: first + second, y: y + strip, width: third, height: height - strip }),
    ],
  };
}

function placeBoxes(place: Exclude<Place, { kind: 'overview' }>, area: Rect): readonly Box[] {
  switch (place.kind) {
    case 'pane': {
      const preview = area.height >= 17 ? Math.min(10, Math.floor(area.height * 0.3)) : 0;
      const table = { ...area, height: area.height - preview };
      const box: Box = { id: 'table', rect: table, title: PANE_TITLES[place.pane].slice(2) };
      return preview === 0
        ? [box]
        : [
            box,
            {
              id: 'preview',
              rect: { ...area, y: area.y + table.height, height: preview },
              title: '',
            },
          ];
    }
    case 'problems': {
      const tree = area.height >= 16 ? Math.floor(area.height * 0.4) : 0;
      const list: Box = {
        id: 'problem-list',
        rect: { ...area, height: area.height - tree },
        title: 'What is wrong right now',
      };
      return tree === 0
        ? [list]
        : [
            list,
            {
              id: 'problem-detail',
              rect: { ...area, y: area.y + area.height - tree, height: tree },
              title: '',
            },
          ];
    }
    case 'detail':
      return [{ id: 'detail', rect: area, title: '' }];
  }
}
