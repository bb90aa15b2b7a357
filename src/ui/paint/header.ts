import { clock, plural } from '../../domain/format.ts';
import { vlansOf, vmsOf, zonesOf } from '../../domain/joined.ts';
import type { Rect } from '../layout.ts';
import { roots } from '../model.ts';
import type { Model } from '../model.ts';
import { reminder } from '../questions.ts';
import { clip, line, lineRight, runsWidth } from './canvas.ts';
import type { Canvas, Run } from './canvas.ts';
import type { DetailPage } from './panel.ts';

const remaining = (ms: number): string => {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
};

/** What the header says of the data: live, or which sources are silent. */
function liveness(model: Model): Run {
  const sources = [...model.inventory.hosts, ...model.inventory.clusters];
  const silent = sources.filter(({ source }) => source.state !== 'up');
  if (model.phase === 'starting') return { text: '↻ starting', tone: 'info' };
  if (sources.length === 0) return { text: 'no sources', tone: 'unknown' };
  if (silent.length === 0) return { text: '● live', tone: 'ok' };
  if (silent.every(({ source }) => source.state === 'connecting'))
    return { text: '↻ connecting', tone: 'info' };
  return { text: `? blind ${silent.length}`, tone: 'unknown' };
}

function lockRun({ lock, now }: Model): Run {
  if (lock.readOnly) return { text: 'READ-ONLY', tone: 'locked' };
  return lock.locked || lock.until === null
    ? { text: 'SAFE', tone: 'locked' }
    : { text: ` UNLOCKED ${remaining(lock.until - now)} `, tone: 'unlocked' };
}

/** The first line: what there is, whether actions are locked, whether the data is live, the time. */
export function paintHeader(canvas: Canvas, rect: Rect, model: Model): void {
  const { inventory } = model;
  const isOpen = model.phase === 'open';
  const zones = inventory.hosts.reduce((sum, host) => sum + zonesOf(host).length, 0);
  const vms = inventory.hosts.reduce((sum, host) => sum + vmsOf(host).length, 0);
  const cluster = inventory.clusters[0];
  const counts = !isOpen
    ? []
    : [
        plural(inventory.hosts.length, 'host'),
        plural(zones, 'zone'),
        plural(vms, 'VM'),
        plural(vlansOf(inventory).length, 'VLAN'),
        ...(cluster ? [`k8s ${(cluster.version ?? '').replace(/^v/, '') || cluster.name}`] : []),
      ];
  const right: readonly Run[] = [
    lockRun(model),
    { text: '  ', tone: 'plain' },
    liveness(model),
    { text: `  ${clock(model.now)} `, tone: 'header' },
  ];
  const left: Run[] = [{ text: ' labtop', tone: 'title' }];
  const room = rect.width - runsWidth(right) - 2;
  const separator = rect.width >= 110 ? ' · ' : '  ';
  let text = '  ';
  for (const [index, part] of counts.entries()) {
    const next = index === 0 ? `${text}${part}` : `${text}${separator}${part}`;
    if (runsWidth(left) + next.length > room) break;
    text = next;
  }
  left.push({ text, tone: 'header' });
  line(canvas, rect.x, rect.y, rect.x + rect.width, left);
  lineRight(canvas, rect.x, rect.y, rect.x + rect.width, right);
}

const placeName = (model: Model): string => {
  const { place } = model.session;
  switch (place.kind) {
    case 'overview':
      return 'overview';
    case 'problems':
      return 'problems';
    case 'vlan-map':
      return 'vlans > map';
    case 'pane': {
      const tab = model.views[place.pane][place.tab]?.id;
      return tab === undefined || tab === place.pane ? place.pane : `${place.pane} > ${tab}`;
    }
    case 'detail':
      return `${place.view} > ${place.ref.slice(place.ref.indexOf(':') + 1)}`;
  }
};

/** What is said right now: the last message, what runs, or the banner. */
function sayingRuns(model: Model): readonly Run[] {
  const { message } = model.session;
  if (message !== null) return [{ text: `${message.text} `, tone: message.tone }];
  const running = model.runs.findLast(({ endedAt }) => endedAt === null);
  if (running) return [{ text: `↻ ${running.label}: ${running.step} `, tone: 'info' }];
  const asks = reminder(model.inventory, model.keymap);
  if (asks !== null) return [{ text: `${asks} `, tone: 'warn' }];
  if (model.banner === null) return [];
  return [{ text: `${model.banner} `, tone: model.phase === 'failed' ? 'bad' : 'accent' }];
}

/** The tabs of a detail view, the open one in brackets. */
const tabRuns = ({ tabs, tab }: Pick<DetailPage, 'tabs' | 'tab'>): readonly Run[] =>
  tabs.length < 2
    ? []
    : tabs.map((name, index) =>
        index === tab
          ? { text: `  [${name}]`, tone: 'title' }
          : { text: `   ${name} `, tone: 'muted' },
      );

/**
 * The second line: where the user is with the tabs of the place; at the right what is said now, else facts of the
 * thing. What is said is never left out for the tabs.
 */
export function paintCrumbs(
  canvas: Canvas,
  rect: Rect,
  model: Model,
  page: Pick<DetailPage, 'tabs' | 'tab' | 'note'> | null,
): void {
  const { critical, warning } = counts(model);
  const name: Run[] = [{ text: ` ${placeName(model)} `, tone: 'title' }];
  if (critical > 0 && rect.width < 60) name.push({ text: ` ✗ ${critical}`, tone: 'bad' });
  if (warning > 0 && rect.width < 60) name.push({ text: ` ▲ ${warning}`, tone: 'warn' });
  const said = sayingRuns(model);
  const tabs = page === null ? [] : tabRuns(page);
  const room = rect.width - runsWidth(name) - 2;
  const hasTabs = runsWidth(tabs) + runsWidth(said) <= room;
  const left = hasTabs ? [...name, ...tabs] : name;
  const note: readonly Run[] =
    page === null || said.length > 0 ? [] : [...page.note, { text: ' ', tone: 'plain' }];
  line(canvas, rect.x, rect.y, rect.x + rect.width, left);
  const from = rect.x + runsWidth(left) + 1;
  lineRight(canvas, from, rect.y, rect.x + rect.width, note);
  lineRight(canvas, from, rect.y, rect.x + rect.width, clip(said, rect.x + rect.width - from));
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
