import { lastKnown } from '../../domain/feed.ts';
import { age, clock, plural } from '../../domain/format.ts';
import type { Inventory } from '../../domain/inventory.ts';
import { vlansOf, vmsOf, zonesOf } from '../../domain/joined.ts';
import { countMachines } from '../../domain/kubevirt.ts';
import { ownPathOf, wayText } from '../../domain/own-path.ts';
import { refPath, refText } from '../../domain/ref.ts';
import type { EpochMs } from '../../domain/time.ts';
import type { Layout, Rect } from '../layout.ts';
import { roots } from '../model.ts';
import type { Model } from '../model.ts';
import { reminder } from '../questions.ts';
import { PANES } from '../session.ts';
import type { PaneId, Place } from '../session.ts';
import { OWN_SIGN } from '../tones.ts';
import { clip, line, lineRight, runsWidth } from './canvas.ts';
import type { Canvas, Run } from './canvas.ts';
import type { Look } from './look.ts';
import type { DetailPage } from './panel.ts';
import type { Spot } from './spots.ts';
import { dateText } from './times.ts';

const remaining = (ms: number): string => {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
};

/** Data is called live without its age as long as no source's is older. */
const LIVE_MS = 15_000;

/** When the source that has said nothing for the longest time gave its last data; null when one never did. */
function oldestData({ hosts, clusters }: Inventory): EpochMs | null {
  const times = [
    ...hosts.map((host) => lastKnown(host.feeds.kstats)?.at ?? host.source.lastDataAt),
    ...clusters.map(({ source }) => source.lastDataAt),
  ];
  return times.reduce(
    (old, at) => (old === null || at === null ? null : Math.min(old, at)),
    Infinity,
  );
}

/** All sources answer; how old what they say is, when it is not of now. */
function liveRun({ inventory, now }: Model): Run {
  const at = oldestData(inventory);
  return at !== null && now - at < LIVE_MS
    ? { text: '● live', tone: 'ok' }
    : { text: `● data ${age(at, now)}`, tone: 'warn' };
}

/** What the header says of the data: live, or which sources are silent. */
function liveness(model: Model): Run {
  const sources = [...model.inventory.hosts, ...model.inventory.clusters];
  const silent = sources.filter(({ source }) => source.state !== 'up');
  if (model.phase === 'starting') return { text: '↻ starting', tone: 'info' };
  if (sources.length === 0) return { text: 'no sources', tone: 'unknown' };
  if (silent.length === 0) return liveRun(model);
  if (silent.every(({ source }) => source.state === 'connecting'))
    return { text: '↻ connecting', tone: 'info' };
  return { text: ` ? blind ${silent.length} `, tone: 'unknown', change: { reverse: true } };
}

function lockRun({ lock, now }: Model): Run {
  if (lock.readOnly) return { text: 'READ-ONLY', tone: 'locked' };
  return lock.locked || lock.until === null
    ? { text: 'SAFE', tone: 'locked' }
    : { text: ` UNLOCKED ${remaining(lock.until - now)} `, tone: 'unlocked' };
}

/** The least width for the day of the week beside the time, and for the date. */
const DAY_FROM = 110;
const DATE_FROM = 160;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** `Mon 23 Nov 14:09:53`, or as much of it as a line of that width has room for. */
function clockText(now: EpochMs, width: number): string {
  const date = new Date(now);
  const day = width < DAY_FROM ? '' : `${DAYS[date.getDay()] ?? ''} `;
  return `${day}${width < DATE_FROM ? '' : `${dateText(now)} `}${clock(now)}`;
}

const paneSpot = (pane: PaneId): Spot => ({
  kind: 'place',
  place: { kind: 'pane', pane, tab: 0 },
});

/** The first line, from its left end and from its right one. */
export type Header = { readonly left: readonly Run[]; readonly right: readonly Run[] };

/**
 * The first line: what there is, whether actions are locked, whether the data is live and how old, the time. A message
 * that has no other line stands here. The same object as before while it says the same.
 */
export const headerOf = (
  look: Look,
  { header: { width }, crumbs, footer }: Pick<Layout, 'header' | 'crumbs' | 'footer'>,
): Header => {
  const { model, keep } = look;
  const { message } = model.session;
  const isMessage = message !== null && crumbs === null && footer === null;
  const right: readonly Run[] = isMessage
    ? []
    : [
        lockRun(model),
        { text: '  ', tone: 'plain' },
        liveness(model),
        { text: `  ${clockText(model.now, width)} `, tone: 'plain' },
      ];
  const { hosts, clusters } = model.inventory;
  const told = isMessage ? [message] : [hosts, clusters, model.phase];
  const says = right.flatMap(({ text, tone }) => [text, tone]);
  return keep('header', [width, isMessage, ...told, ...says], () => ({
    left: isMessage
      ? [{ text: ` ${message.text}`, tone: message.tone }]
      : countRuns(model, width, width - runsWidth(right) - 2),
    right,
  }));
};

/** Paints the first line. */
export function paintHeader(canvas: Canvas, { x, y, width }: Rect, { left, right }: Header): void {
  line(canvas, x, y, x + width, left);
  lineRight(canvas, x, y, x + width, right);
}

/** The name of the program and how many there are of everything, as far as there is room. */
function countRuns({ inventory, phase }: Model, width: number, room: number): readonly Run[] {
  const isOpen = phase === 'open';
  const zones = inventory.hosts.reduce((sum, host) => sum + zonesOf(host).length, 0);
  const vms =
    inventory.hosts.reduce((sum, host) => sum + vmsOf(host).length, 0) +
    inventory.clusters.reduce((sum, cluster) => sum + countMachines(cluster), 0);
  const [cluster, ...others] = inventory.clusters;
  const counts: readonly (readonly [string, PaneId])[] = !isOpen
    ? []
    : [
        [plural(inventory.hosts.length, 'host'), 'hosts'],
        [plural(zones, 'zone'), 'zones'],
        [plural(vms, 'VM'), 'vms'],
        [plural(vlansOf(inventory).length, 'VLAN'), 'vlans'],
        ...(cluster
          ? ([
              [
                others.length > 0
                  ? plural(1 + others.length, 'cluster')
                  : `k8s ${(cluster.version ?? '').replace(/^v/, '') || cluster.name}`,
                'cluster',
              ],
            ] as const)
          : []),
      ];
  const left: Run[] = [
    { text: ' labtop', tone: 'title', spot: { kind: 'place', place: { kind: 'overview' } } },
  ];
  const separator = width >= 110 ? ' · ' : '  ';
  for (const [index, [text, pane]] of counts.entries()) {
    const gap = index === 0 ? '  ' : separator;
    if (runsWidth(left) + gap.length + text.length > room) break;
    left.push({ text: gap, tone: 'header' }, { text, tone: 'header', spot: paneSpot(pane) });
  }
  return left;
}

/** Names with more parts than these, as those of storage, are told in words. */
const LONG_PATH = 3;

/** The way to the place where the user is, each part of it leads there. */
function pathRuns({ session, views }: Model): readonly Run[] {
  const { place } = session;
  const own = (text: string): Run => ({ text, tone: 'title' });
  const above = (text: string, to: Place): readonly Run[] => [
    { text, tone: 'header', spot: { kind: 'place', place: to } },
    { text: ' > ', tone: 'muted' },
  ];
  switch (place.kind) {
    case 'overview':
    case 'problems':
      return [own(place.kind)];
    case 'vlan-map':
      return [...above('vlans', { kind: 'pane', pane: 'vlans', tab: 0 }), own('map')];
    case 'pane':
      return [own(place.pane)];
    case 'document':
      return [own(`${place.what} > ${refText(place.ref)}`)];
    case 'log':
      return [own(`logs > ${place.refs.map(refText).join(', ')}`)];
    case 'detail': {
      const path = refPath(place.ref);
      const name = own(path.length > LONG_PATH ? refText(place.ref) : path.join('/'));
      const pane = PANES.find((id) => views[id].some((view) => view.id === place.view));
      if (pane === undefined) return [own(`${place.view} > ${name.text}`)];
      const tab = views[pane].findIndex((view) => view.id === place.view);
      const table: Place = { kind: 'pane', pane, tab };
      return [
        ...(place.view === pane ? [] : above(pane, { kind: 'pane', pane, tab: 0 })),
        ...above(place.view, table),
        name,
      ];
    }
  }
}

/** The tabs of the place: those of a pane, or of the thing in detail. */
function placeTabs(
  { session, views }: Model,
  page: Pick<DetailPage, 'tabs' | 'tab'> | null,
): Pick<DetailPage, 'tabs' | 'tab'> {
  const { place } = session;
  if (place.kind !== 'pane') return page ?? { tabs: [], tab: 0 };
  return { tabs: views[place.pane].map(({ title }) => title), tab: place.tab };
}

/** What is said right now: the last message, what runs, what lasts until somebody does something, or the banner. */
function sayingRuns(model: Model): readonly Run[] {
  const { message } = model.session;
  if (message !== null) return [{ text: `${message.text} `, tone: message.tone }];
  const running = model.runs.findLast(({ endedAt }) => endedAt === null);
  if (running) return [{ text: `↻ ${running.label}: ${running.step} `, tone: 'info' }];
  const asks = reminder(model.inventory, model.keymap);
  const lasting = [asks, troubleText(model)].filter((text) => text !== null);
  if (lasting.length > 0) return [{ text: `${lasting.join(' · ')} `, tone: 'warn' }];
  if (model.banner === null) return [];
  return [{ text: `${model.banner} `, tone: model.phase === 'failed' ? 'bad' : 'accent' }];
}

const troubleText = ({ configTrouble }: Model): string | null =>
  configTrouble === null ? null : `not in force: ${configTrouble}`;

/**
 * The tabs of a place, the open one in brackets. Where there is no room for all, the open one with as many of its
 * neighbours as fit; what is hidden at an end is counted there, and a click on that goes one on.
 */
function tabRuns(
  { tabs, tab }: Pick<DetailPage, 'tabs' | 'tab'>,
  room: number,
  isOpenAlone = false,
): readonly Run[] {
  if (tabs.length < 2) return [];
  const open = Math.max(0, Math.min(tabs.length - 1, tab));
  const shown = (from: number, to: number): readonly Run[] => [
    { text: '  ', tone: 'plain' },
    ...(from === 0 ? [] : [hidden(`‹${from} `, open - 1)]),
    ...tabs.slice(from, to).map((name, index): Run => {
      const own = from + index === open;
      return {
        text: own ? `[${name}]` : ` ${name} `,
        tone: own ? 'title' : 'muted',
        spot: { kind: 'tab', tab: from + index },
      };
    }),
    ...(to === tabs.length ? [] : [hidden(` ${tabs.length - to}›`, open + 1)]),
  ];
  const hidden = (text: string, to: number): Run => ({
    text,
    tone: 'muted',
    spot: { kind: 'tab', tab: (to + tabs.length) % tabs.length },
  });
  let [from, to] = [open, open + 1];
  const fits = (first: number, last: number): boolean => runsWidth(shown(first, last)) <= room;
  // One side after the other, so that the open one stays in the middle as long as there is something at both.
  for (let isMore = !isOpenAlone; isMore;) {
    isMore = false;
    if (to < tabs.length && fits(from, to + 1)) {
      to += 1;
      isMore = true;
    }
    if (from > 0 && fits(from - 1, to)) {
      from -= 1;
      isMore = true;
    }
  }
  return fits(from, to) ? shown(from, to) : [];
}

/** Everything that can change what the second line says. */
export const crumbInputs = (model: Model, page: DetailPage | null): readonly unknown[] => [
  page,
  model.session.place,
  model.session.message,
  model.views,
  model.problems,
  model.runs,
  model.phase,
  model.banner,
  model.configTrouble,
  ownPathOf(model.inventory),
  reminder(model.inventory, model.keymap),
];

/**
 * The second line: where the user is with the tabs of the place; at the right what is said now, else facts of the
 * thing. What answers a key is never left out for the tabs; what stays longer is cut for the open one.
 */
export function paintCrumbs(
  canvas: Canvas,
  rect: Rect,
  model: Model,
  page: Pick<DetailPage, 'tabs' | 'tab' | 'note' | 'isUrgent'> | null,
): void {
  const { critical, warning } = counts(model);
  const name: Run[] = [
    { text: ' ', tone: 'plain' },
    ...pathRuns(model),
    { text: ' ', tone: 'plain' },
  ];
  if (critical > 0 && rect.width < 60) name.push({ text: ` ✗ ${critical}`, tone: 'bad' });
  if (warning > 0 && rect.width < 60) name.push({ text: ` ▲ ${warning}`, tone: 'warn' });
  const said = sayingRuns(model);
  // What answers a key is read at once, and what is wrong has to be seen; the banner is not missed.
  const isBanner = model.session.message === null && model.configTrouble === null;
  const reserved = isBanner ? 0 : runsWidth(said);
  const own = clip(name, rect.width - 2 - Math.min(reserved, Math.floor(rect.width / 2)));
  const urgent = said.length === 0 && page?.isUrgent === true ? page.note : said;
  const way =
    said.length > 0 && !isCalm(model)
      ? []
      : ownWay(model, rect.width - runsWidth(own) - runsWidth(said) - 3);
  const rest = rect.width - runsWidth(own) - 2;
  const tabs = placeTabs(model, page);
  const beside = tabRuns(tabs, rest - runsWidth(urgent));
  const left = [
    ...own,
    ...(beside.length > 0 || model.session.message !== null ? beside : tabRuns(tabs, rest, true)),
  ];
  const note: readonly Run[] =
    page === null || said.length > 0 ? [] : [...page.note, { text: ' ', tone: 'plain' }];
  line(canvas, rect.x, rect.y, rect.x + rect.width, left);
  const from = rect.x + runsWidth(left) + 1;
  lineRight(canvas, from, rect.y, rect.x + rect.width, note);
  lineRight(
    canvas,
    from,
    rect.y,
    rect.x + rect.width,
    clip([...way, ...said], rect.x + rect.width - from),
  );
}

/** Nothing is said but what this is. */
const isCalm = ({ session, runs, inventory, keymap }: Model): boolean =>
  session.message === null &&
  runs.every(({ endedAt }) => endedAt !== null) &&
  reminder(inventory, keymap) === null;

/** On the overview, what the user's own session runs through, as far as there is room. */
function ownWay({ inventory, session }: Model, room: number): readonly Run[] {
  const { ways } = ownPathOf(inventory);
  const [way] = ways;
  if (session.place.kind !== 'overview' || !way) return [];
  const more = ways.length > 1 ? `  +${ways.length - 1} more` : '';
  const text = [false, true]
    .map((isShort) => `${wayText(way, inventory, isShort)}${more}`)
    .find((each) => each.length + 4 <= room);
  return text === undefined ? [] : [{ text: `${OWN_SIGN} ${text}  `, tone: 'accent' }];
}

/** Root problems by severity. */
export const counts = (
  model: Model,
): {
  readonly critical: number;
  readonly warning: number;
  readonly info: number;
  readonly folded: number;
} => {
  const top = roots(model.problems);
  const by = (severity: string) => top.filter((problem) => problem.severity === severity).length;
  return {
    critical: by('critical'),
    warning: by('warning'),
    info: by('info'),
    folded: top.reduce((sum, { consequences }) => sum + consequences, 0),
  };
};
