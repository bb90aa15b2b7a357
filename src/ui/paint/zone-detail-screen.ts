import { createGraph } from '../../derive/graph.ts';
import { lastKnown } from '../../domain/feed.ts';
import {
  age,
  bytes,
  count,
  duration,
  percent,
  plural,
  rates,
  UNKNOWN,
} from '../../domain/format.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import { cpuCapShare, findHost, linksOf, memoryRuleOf } from '../../domain/joined.ts';
import type { Link, Zone } from '../../domain/joined.ts';
import { hostRef, nodeRef, refKind, refName, vlanRef, refText } from '../../domain/ref.ts';
import { rolesIn } from '../../domain/role.ts';
import type { ToneName } from '../../domain/theme.ts';
import { toneBy } from '../../domain/thresholds.ts';
import { cell } from './canvas.ts';
import type { Run } from './canvas.ts';
import {
  charted,
  chartLines,
  chartPoints,
  chartWordings,
  highest,
  roundUp,
  roundUpBytes,
} from './chart.ts';
import { problemsPanel } from './host-detail.ts';
import { barRuns, figures, gridLines, labelled, muted, paragraph, run } from './lines.ts';
import type { TextLine } from './lines.ts';
import {
  groupFacts,
  groupText,
  linkSign,
  poolsOfHost,
  signOf,
  signRun,
  speedText,
} from './look.ts';
import type { Look } from './look.ts';
import { nodesOnZones } from './nodes.ts';
import type { DetailPage, Panel } from './panel.ts';
import { chartedRates, rateCharts, rateWordings } from './rate-charts.ts';
import { rateSpark } from './sparkline.ts';
import { datasetsPanel } from './zone/datasets.ts';
import { machineLines } from './zone/machine.ts';
import { processesPanel } from './zone/processes.ts';
import { servicesPanel } from './zone/services.ts';
import { lastedText, startsPanel } from './zone/starts.ts';

const CHART_HEIGHT = 5;
const LEAST_CHART = 3;
const BAR_WIDTH = 20;

/** A zone or VM with what its page needs of its surroundings. */
type Subject = {
  readonly zone: Zone;
  readonly look: Look;
  readonly links: readonly Link[];
  /** Its host does not answer: all that is told is what was known last. */
  readonly blind: boolean;
};

function subjectOf(zone: Zone, look: Look): Subject {
  const host = findHost(look.model.inventory, zone.host);
  return {
    zone,
    look,
    links: host ? linksOf(host).filter((link) => link.zone === zone.name) : [],
    blind: host === undefined || host.source.state !== 'up',
  };
}

/** The page of a zone or VM: its state, what it uses, what it needs and what needs it. */
export function zonePage(zone: Zone, look: Look, tab: number): DetailPage {
  const subject = subjectOf(zone, look);
  const state = statePanel(subject);
  const cpu = cpuPanel(subject);
  const memory = memoryPanel(subject);
  const network = networkPanel(subject);
  const needs = needsPanel(subject);
  const config = configPanel(subject);
  const problems = problemsPanel(
    zone.ref,
    look.model.problems.filter(
      ({ subject: about }) =>
        about === zone.ref ||
        about.startsWith(`service:${zone.host}/${zone.name}/`) ||
        (subject.blind && about === hostRef(zone.host)),
    ),
    look,
  );
  const host = findHost(look.model.inventory, zone.host);
  const inside = host ? insidePanels(host, zone, look) : [];
  const isInside = tab > 0 && inside.length > 0;
  return {
    title: refText(zone.ref),
    tabs: inside.length === 0 ? [] : ['Summary', 'Inside'],
    tab: isInside ? 1 : 0,
    note: [
      signRun(signOf(look, zone.ref)),
      muted(` ${zone.brand} on ${zone.host} · data ${age(zone.at, look.model.now)}`),
    ],
    panels: isInside ? inside : [state, problems, cpu, memory, network, needs, config],
    bands: (columns) =>
      isInside
        ? inBands(inside)
        : columns === 2
          ? [[cpu, memory], [state, needs], [network, config], [problems]]
          : [[cpu, memory, state], [network, needs, config], [problems]],
  };
}

/** What its CPU cap does to it. */
const capLines = (zone: Zone): readonly TextLine[] =>
  zone.cpuCapPercent === null || zone.cpuCapTimePercent === null
    ? []
    : [
        labelled('at its cap', [
          run(
            `${percent(zone.cpuCapTimePercent)} of the time`,
            zone.cpuCapTimePercent > 0 ? 'warn' : 'muted',
          ),
          muted(
            zone.cpuCapWaiting === null
              ? ''
              : `, ${plural(zone.cpuCapWaiting, 'thread')} held back`,
          ),
        ]),
      ];

/** What its memory cap does to it. */
const pressureLines = (zone: Zone): readonly TextLine[] =>
  zone.memoryCapBytes === null ||
  (zone.pagedOutBytesPerSecond === null && zone.capHitsPerSecond === null)
    ? []
    : [
        labelled('at its cap', [
          run(
            `${bytes(zone.pagedOutBytesPerSecond)}/s paged out`,
            zone.pagedOutBytesPerSecond ? 'bad' : 'muted',
          ),
        ]),
      ];

/** What runs in it, what it is stored on, and its past. */
const insidePanels = (host: HostInventory, zone: Zone, look: Look): readonly Panel[] => [
  servicesPanel(host, zone, look),
  processesPanel(host, zone, look),
  datasetsPanel(host, zone, look),
  startsPanel(zone, look),
];

/** Two panels side by side in each band. */
const inBands = (panels: readonly Panel[]): readonly (readonly Panel[])[] =>
  panels.flatMap((_, index) => (index % 2 === 0 ? [panels.slice(index, index + 2)] : []));

/** What the preview beneath the table shows of a zone or VM. */
export function zonePreview(zone: Zone, look: Look): readonly Panel[] {
  const subject = subjectOf(zone, look);
  return [statePanel(subject), cpuPanel(subject), needsPanel(subject), memoryPanel(subject)];
}

const toneOf = ({ blind }: Subject): ToneName => (blind ? 'stale' : 'accent');

function statePanel({ zone, look, blind }: Subject): Panel {
  const { now } = look.model;
  const sign = signOf(look, zone.ref);
  return {
    id: 'state',
    title: 'State',
    right: () => [[signRun(sign), run(` ${blind ? 'unknown' : zone.stateText}`)]],
    lines: () => [
      labelled('state', [
        signRun(sign),
        run(
          blind ? ` unknown; ${zone.stateText} ${age(zone.at, now)} ago` : ` ${zone.stateText}`,
          sign === 'down' ? 'bad' : 'plain',
        ),
        // How long it runs is told below.
        muted(blind || zone.state === 'running' ? '' : ` for ${lastedText(zone, now)}`),
      ]),
      labelled(
        'host',
        [signRun(signOf(look, hostRef(zone.host))), run(` ${zone.host}`), muted(' ›')],
        hostRef(zone.host),
      ),
      ...rolesIn(zone.role).map(({ name, by, evidence, lastSeenAt }, index) =>
        labelled(index === 0 ? 'role' : '', [
          run(name),
          muted(evidence === null ? ' as configured' : ` by its ${by} ${evidence}`),
          ...(lastSeenAt === null ? [] : [run(`, last seen ${age(lastSeenAt, now)} ago`, 'warn')]),
        ]),
      ),
      labelled('up', [
        zone.bootedAt === null || zone.state !== 'running'
          ? run(UNKNOWN, 'muted')
          : run(duration(now - zone.bootedAt), blind ? 'stale' : 'plain'),
      ]),
      ...(zone.addresses.length === 0
        ? []
        : [labelled('address', [run(zone.addresses.join(' '))])]),
      labelled('zone id', [run(zone.zoneId === null ? '-' : String(zone.zoneId))]),
      labelled('uuid', [run(zone.uuid ?? UNKNOWN)]),
      labelled('path', [run(zone.path)]),
      labelled('autoboot', [run(zone.autoboot === null ? UNKNOWN : zone.autoboot ? 'yes' : 'no')]),
    ],
  };
}

function cpuPanel(subject: Subject): Panel {
  const { zone, look } = subject;
  const cap = zone.cpuCapPercent;
  const heat = toneBy(look.model.inventory.thresholds, 'zone.cpu', cpuCapShare(zone));
  const { span, past } = charted(look.model, zone.ref, 'cpuPercent');
  const now = [
    run(percent(zone.cpuPercent), heat === 'plain' && subject.blind ? 'stale' : heat),
    muted(cap === null ? ' of one cpu' : ` of ${percent(cap)}`),
  ];
  return {
    id: 'cpu',
    title: 'CPU',
    right: (width) => chartWordings(span, past(chartPoints(width, 'block')), percent, now),
    grows: true,
    lines: (width, height) => {
      const drawn = past(chartPoints(width, 'block'));
      const facts = capLines(zone);
      return [
        ...chartLines(
          {
            past: drawn,
            kind: 'block',
            height:
              height === null ? CHART_HEIGHT : Math.max(LEAST_CHART, height - facts.length - 1),
            ceiling: roundUp(highest(drawn), 10),
            label: percent,
            tone: toneOf(subject),
          },
          width,
        ),
        ...facts,
      ];
    },
  };
}

function memoryPanel(subject: Subject): Panel {
  const { zone, look } = subject;
  const cap = zone.memoryCapBytes;
  const share = cap && zone.rssBytes !== null ? zone.rssBytes / cap : null;
  const heat = toneBy(
    look.model.inventory.thresholds,
    memoryRuleOf(zone),
    share === null ? null : share * 100,
  );
  const { span, past } = charted(look.model, zone.ref, 'rssBytes');
  const now = [
    run(bytes(zone.rssBytes), subject.blind ? 'stale' : heat),
    muted(cap === null ? ' resident' : ` of ${bytes(cap)}`),
  ];
  return {
    id: 'memory',
    title: 'Memory',
    right: (width) => chartWordings(span, past(chartPoints(width, 'block')), bytes, now),
    grows: true,
    lines: (width, height) => {
      const bar = Math.max(6, Math.min(BAR_WIDTH, width - 34));
      const limited = (
        label: string,
        amount: number | null,
        limit: number | null,
      ): readonly TextLine[] =>
        limit === null
          ? []
          : [
              figures(label, [
                ...barRuns(amount === null ? null : amount / limit, bar, toneOf(subject)),
                run(` ${bytes(amount).padStart(5)}`),
                muted(` of ${bytes(limit)}`),
              ]),
            ];
      const facts = [
        ...limited('rss', zone.rssBytes, cap),
        ...limited('swap', zone.swapBytes, zone.swapCapBytes),
        ...pressureLines(zone),
        ...(zone.swapCapBytes === null
          ? [labelled('swap', [run(bytes(zone.swapBytes)), muted(' reserved, no cap')])]
          : []),
      ];
      const drawn = past(chartPoints(width, 'block'));
      return [
        ...chartLines(
          {
            past: drawn,
            kind: 'block',
            height:
              height === null ? CHART_HEIGHT : Math.max(LEAST_CHART, height - facts.length - 1),
            ceiling: roundUpBytes(Math.max(highest(drawn), zone.rssBytes ?? 0), 1024 * 1024),
            label: bytes,
            tone: toneOf(subject),
          },
          width,
        ),
        ...facts,
      ];
    },
  };
}

function networkPanel(subject: Subject): Panel {
  const { zone, look, links, blind } = subject;
  const past = chartedRates(look.model, zone.ref);
  return {
    id: 'network',
    title: 'Network',
    right: (width) =>
      blind
        ? [[run('unknown', 'unknown')]]
        : rateWordings(past, width, [zone.rxBytesPerSecond, zone.txBytesPerSecond]),
    grows: true,
    lines: (width, height) => {
      const facts = [
        ...(links.length === 0
          ? [labelled('', [muted('no link of it is known in the global zone')])]
          : []),
        ...linkRows(subject, width),
        ...(zone.addresses.length === 0
          ? []
          : paragraph('address', zone.addresses.join('  '), width)),
      ];
      const room = height === null ? CHART_HEIGHT : height - facts.length - 1;
      return [
        ...rateCharts(past, width, Math.max(LEAST_CHART + 1, room), toneOf(subject)),
        ...facts,
      ];
    },
  };
}

function linkRows({ links, look, blind }: Subject, width: number): readonly TextLine[] {
  const { inventory } = look.model;
  if (links.length === 0) return [];
  return gridLines(
    [
      { title: '', width: 1 },
      { title: 'LINK', width: 'fit' },
      { title: 'VLAN', width: 'fit' },
      { title: 'OVER', width: 'fit', rank: 3 },
      { title: 'SPEED', width: 5, align: 'right', rank: 4 },
      { title: 'IN', width: 6, rank: 2 },
      { title: 'IN/OUT', width: 10, align: 'right' },
      { title: 'MTU', width: 4, align: 'right', rank: 6 },
      { title: 'MAC', width: 'grow', least: 17, rank: 5 },
    ],
    links.map((link) => ({
      ...(link.vlanId === null ? {} : { ref: vlanRef(link.vlanId) }),
      cells: [
        signRun(linkSign(link, blind)),
        run(link.name, blind ? 'stale' : 'plain'),
        link.vlanId === null
          ? muted('-')
          : [run(String(link.vlanId)), muted(` ${inventory.vlanNames.get(link.vlanId) ?? ''}`)],
        muted(link.over.join(' ') || '-'),
        muted(speedText(link.speedMbps)),
        run(rateSpark(look.model, link.ref, 'rxBytesPerSecond', 6), blind ? 'muted' : 'accent'),
        run(rates(link.rxBytesPerSecond, link.txBytesPerSecond), blind ? 'stale' : 'plain'),
        muted(count(link.mtu)),
        muted(link.macAddress ?? UNKNOWN),
      ],
    })),
    width,
  );
}

/** What it needs, nearest first, and what would miss it. */
function needsPanel({ zone, look, blind }: Subject): Panel {
  const { inventory, now } = look.model;
  const host = findHost(inventory, zone.host);
  const pools = host ? (poolsOfHost(host, now) ?? []) : [];
  const lower = host ? linksOf(host) : [];
  const needs = createGraph(inventory)
    .needs(zone.ref)
    .filter(({ to }, index, all) => all.findIndex((other) => other.to === to) === index);
  const groups = groupFacts(look).filter(({ members }) =>
    members.some(({ ref }) => ref === zone.ref),
  );
  const nodes = nodesOnZones(inventory).filter(({ machine }) => machine === zone.ref);
  const needed = nodes.length + groups.length;
  const word = (label: string, index: number): string => (index === 0 ? label : '');
  return {
    id: 'needs',
    title: 'Needs, and needed by',
    right: () => [[muted(needed === 0 ? 'nothing known needs it' : `needed by ${needed}`)]],
    lines: () => {
      const below = needs.map(({ to, strength }): readonly Run[] => {
        const name = refName(to);
        const soft = strength === 'soft' ? muted('  network only') : muted('');
        const kind = refKind(to);
        if (kind === 'host') return [signRun(signOf(look, to)), run(` host ${name}`)];
        if (kind === 'pool') {
          const fact = pools.find(({ pool }) => pool.name === name);
          return [
            signRun(fact?.sign ?? 'unknown'),
            run(` pool ${name} `),
            muted(fact && !fact.stale ? fact.pool.health : 'unknown'),
          ];
        }
        const link = lower.find((each) => each.name === name);
        return [signRun(link ? linkSign(link, blind) : 'unknown'), run(` ${kind} ${name}`), soft];
      });
      return [
        ...below.map((runs, index) =>
          labelled(
            word('needs', index),
            runs,
            needs[index] && refKind(needs[index].to) === 'host' ? needs[index].to : undefined,
          ),
        ),
        ...(zone.vlans.length === 0
          ? []
          : [
              labelled(word('', 1), [
                ...zone.vlans
                  .slice(0, 4)
                  .flatMap((id) => [
                    signRun(signOf(look, vlanRef(id))),
                    run(` vlan ${id} ${inventory.vlanNames.get(id) ?? ''}  `),
                  ]),
                muted(zone.vlans.length > 4 ? `+${zone.vlans.length - 4}` : ''),
              ]),
            ]),
        ...nodes.map((node, index) =>
          labelled(
            word('needed by', index),
            [
              signRun(signOf(look, nodeRef(node.cluster, node.name))),
              run(` node ${node.name} `),
              muted(`with ${plural(node.pods, 'pod')}`),
              muted(' ›'),
            ],
            nodeRef(node.cluster, node.name),
          ),
        ),
        ...groups.flatMap((group, index) => {
          const others = group.members.filter(
            ({ ref, sign }) => ref !== zone.ref && sign === 'ok',
          ).length;
          const isEnough = others >= group.atLeast;
          return [
            labelled(word(nodes.length === 0 ? 'needed by' : '', index), [
              signRun(group.sign),
              run(` ${cell(group.name, 14)} `),
              ...group.members.map(({ sign }) => signRun(sign)),
              muted(`  ${groupText(group)}`),
            ]),
            labelled(word('without it', index), [
              signRun(isEnough ? 'ok' : 'down'),
              run(
                ` ${others} of ${group.members.length} up, needs ${group.atLeast}`,
                isEnough ? 'muted' : 'bad',
              ),
            ]),
          ];
        }),
      ];
    },
  };
}

/** What zonecfg says. */
function configPanel({ zone, look }: Subject): Panel {
  const host = findHost(look.model.inventory, zone.host);
  const feed = host?.feeds.zoneConfigs;
  const config = feed ? lastKnown(feed)?.value.find((each) => each.zone === zone.name) : undefined;
  const at = feed ? (lastKnown(feed)?.at ?? null) : null;
  const cap = (value: number | null, text: (value: number) => string): string =>
    value === null ? 'none' : text(value);
  return {
    id: 'config',
    title: 'Configuration',
    right: () => [[muted(config ? `zonecfg, ${age(at, look.model.now)} old` : 'unknown')]],
    lines: (width) => [
      labelled('brand', [run(zone.brand)]),
      labelled('ip-type', [run(config?.ipType ?? zone.ipType ?? UNKNOWN)]),
      labelled('capped', [
        muted('cpu '),
        run(cap(zone.cpuCapPercent, percent)),
        muted('  memory '),
        run(cap(zone.memoryCapBytes, bytes)),
        muted('  swap '),
        run(cap(zone.swapCapBytes, bytes)),
      ]),
      ...(zone.vm ? machineLines(zone, zone.vm, width) : []),
      ...(config?.nets ?? []).map((net, index) =>
        labelled(index === 0 ? 'net' : '', [
          run(net.physical ?? '(made at boot)'),
          muted(
            `${net.vlanId === null ? '' : `  vlan ${net.vlanId}`}${net.globalNic === null ? '' : `  on ${net.globalNic}`}`,
          ),
          run(net.addresses.length === 0 ? '' : `  ${net.addresses.join(' ')}`),
        ]),
      ),
      ...(zone.datasets.length === 0 ? [] : paragraph('datasets', zone.datasets.join(' '), width)),
      ...(config ? [] : [labelled('', [run('its configuration was not read', 'unknown')])]),
    ],
  };
}
