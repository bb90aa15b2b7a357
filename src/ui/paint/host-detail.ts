import { PHASE_WORDS } from '../../domain/connect-phase.ts';
import { fresh, lastKnown } from '../../domain/feed.ts';
import type { Feed } from '../../domain/feed.ts';
import {
  age,
  bytes,
  count,
  decimal,
  duration,
  percent,
  plural,
  rates,
  shortDuration,
  UNKNOWN,
} from '../../domain/format.ts';
import { memoryOf, PAGE_BYTES } from '../../domain/host.ts';
import type { FeedName, HostInventory } from '../../domain/inventory.ts';
import { allZonesOf, linksOf, vlansOf, vmsOf, zonesOf } from '../../domain/joined.ts';
import type { Link, Zone } from '../../domain/joined.ts';
import type { Problem } from '../../domain/problem.ts';
import { hostRef, nodeRef, refHost, refKind, refText } from '../../domain/ref.ts';
import type { Ref } from '../../domain/ref.ts';
import type { ToneName } from '../../domain/theme.ts';
import type { Sign } from '../../domain/view.ts';
import { answerKey, questionText } from '../questions.ts';
import { SIGN_RANK } from '../tones.ts';
import { cell } from './canvas.ts';
import type { Run } from './canvas.ts';
import { charted, chartLines, chartPoints, chartWordings } from './chart.ts';
import { hostRates } from './host-facts.ts';
import { datasetsPanel, snapshotsPanel } from './host/datasets.ts';
import { disksPanel } from './host/disks.ts';
import { networkTab } from './host/network.ts';
import { poolsPanel } from './host/pools.ts';
import { feedWords, isBlind } from './host/state.ts';
import { systemTab } from './host/system-tab.ts';
import {
  barRuns,
  figures,
  flowWords,
  gridLines,
  labelled,
  muted,
  paragraph,
  run,
} from './lines.ts';
import type { TextLine } from './lines.ts';
import { groupFacts, linkSign, signOf, signRun, speedText, worstSign } from './look.ts';
import type { Look } from './look.ts';
import { nodesOnZones } from './nodes.ts';
import type { DetailPage, Panel } from './panel.ts';
import { evidenceTexts, SEVERITY_SIGNS, SEVERITY_TONES } from './problems.ts';
import { chartedRates, rateCharts, rateWordings } from './rate-charts.ts';
import { percentSpark } from './sparkline.ts';

/** Rows of a chart in a list that scrolls. */
const CHART_HEIGHT = 5;
const LEAST_CHART = 3;
const BAR_WIDTH = 20;

/** The page of a host: what it does, what it stores, what is on it, what is wrong with it. */
export function hostPage(host: HostInventory, look: Look, tab: number): DetailPage {
  const pages = tabsOf(host, look);
  const at = Math.max(0, Math.min(pages.length - 1, tab));
  const page = pages[at];
  return {
    title: `host ${host.name}`,
    tabs: pages.map(({ title }) => title),
    tab: at,
    note: noteRuns(host, look),
    panels: page?.panels ?? [],
    bands: (columns) =>
      page === undefined ? [] : page.bands === undefined ? [page.panels] : page.bands(columns),
  };
}

/** What the preview beneath the table shows of a host. */
export const hostPreview = (host: HostInventory, look: Look): readonly Panel[] => [
  cpuPanel(host, look),
  memoryPanel(host, look),
  poolsPanel(host, look, false),
  dependsPanel(host, look),
];

type Tab = {
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly bands?: DetailPage['bands'];
};

function tabsOf(host: HostInventory, look: Look): readonly Tab[] {
  const cpu = cpuPanel(host, look);
  const memory = memoryPanel(host, look);
  const network = networkPanel(host, look);
  const pools = poolsPanel(host, look, false);
  const depends = dependsPanel(host, look);
  const own = hostProblems(host, look);
  const problems = problemsPanel(hostRef(host.name), own, look);
  const isWell = own.length === 0;
  const zones = zonesPanel(host, look);
  const connection = connectionPanel(host, look);
  const answers = answersPanel(host, look);
  const zoneCount = allZonesOf(host).length;
  return [
    {
      title: 'Summary',
      panels: [
        ...(isWell ? [] : [problems]),
        cpu,
        memory,
        pools,
        depends,
        network,
        connection,
        ...(isWell ? [problems] : []),
      ],
      bands: (columns) =>
        columns === 2
          ? [
              [cpu, memory],
              [pools, depends],
              [network, isWell ? zones : problems],
            ]
          : [
              [cpu, memory, network],
              [pools, zones, depends],
              [problems, connection, answers],
            ],
    },
    ...(lastKnown(host.feeds.pools) || lastKnown(host.feeds.poolStatus)
      ? [storageTab(host, look)]
      : []),
    ...(zoneCount > 0 ? [{ title: `Zones ${zoneCount}`, panels: [zones] }] : []),
    ...(lastKnown(host.feeds.links) ? [networkTab(host, look)] : []),
    systemTab(host, look),
    {
      title: 'Answers',
      panels: [connection, answers],
      bands: () => [[connection, answers]],
    },
  ];
}

/** Pools above the disks that they are made of. */
function storageTab(host: HostInventory, look: Look): Tab {
  const panels = [
    poolsPanel(host, look, true),
    disksPanel(host, look),
    ...(host.snapshotHours.size > 0 ? [snapshotsPanel(host, look)] : []),
    datasetsPanel(host, look),
  ];
  return { title: 'Storage', panels, bands: () => panels.map((panel) => [panel]) };
}

const kstatsOf = (host: HostInventory) => lastKnown(host.feeds.kstats)?.value;

function noteRuns(host: HostInventory, { model }: Look): readonly Run[] {
  const release = lastKnown(host.feeds.identity)?.value.release;
  const boot = kstatsOf(host)?.counters.bootTimeSeconds;
  const at = lastKnown(host.feeds.kstats)?.at ?? host.source.lastDataAt;
  return [
    ...(isBlind(host) ? [run(`${host.source.state}  `, 'bad')] : []),
    muted(
      [
        ...(release ? [release] : []),
        ...(boot && !isBlind(host) ? [`up ${duration(model.now - boot * 1000)}`] : []),
        `data ${age(at, model.now)}`,
      ].join(' · '),
    ),
  ];
}

/** A value of now; of a silent host it is said how old it is. */
function currently(host: HostInventory, { model }: Look, value: Run): readonly Run[] {
  if (!isBlind(host)) return [value];
  const at = lastKnown(host.feeds.kstats)?.at ?? null;
  return [run(value.text, 'stale'), run(` ${age(at, model.now)} ago`, 'unknown')];
}

/** The room of a chart among lines that stand beneath it. */
const chartHeight = (height: number | null, others: number): number =>
  height === null ? CHART_HEIGHT : Math.max(LEAST_CHART, height - others - 1);

function cpuPanel(host: HostInventory, look: Look): Panel {
  const { model } = look;
  const stats = kstatsOf(host);
  const tone: ToneName = isBlind(host) ? 'stale' : 'accent';
  const busiest = allZonesOf(host)
    .filter((zone) => (zone.cpuPercent ?? 0) >= 1)
    .toSorted((a, b) => (b.cpuPercent ?? 0) - (a.cpuPercent ?? 0));
  const { span, past } = charted(model, hostRef(host.name), 'cpuPercent');
  return {
    id: 'cpu',
    title: `CPU  ${count(stats?.counters.cpuCount)} cores`,
    right: (width) =>
      chartWordings(
        span,
        past(chartPoints(width, 'block')),
        percent,
        currently(host, look, run(percent(stats?.cpuPercent), heat(stats?.cpuPercent, 80, 95))),
      ),
    grows: true,
    lines: (width, height) => {
      const facts = [
        labelled('load', [
          run(
            [stats?.counters.load1, stats?.counters.load5, stats?.counters.load15]
              .map((value) => decimal(value).padStart(5))
              .join(''),
          ),
          muted('  over 1, 5, 15 min'),
        ]),
        ...(busiest.length === 0
          ? []
          : flowWords(
              'busiest',
              busiest.slice(0, 6).map((zone) => `${zone.name} ${percent(zone.cpuPercent)} `),
              width,
              1,
            )),
      ];
      return [
        ...chartLines(
          {
            past: past(chartPoints(width, 'block')),
            kind: 'block',
            height: chartHeight(height, facts.length),
            ceiling: 100,
            label: percent,
            tone,
          },
          width,
        ),
        ...facts,
      ];
    },
  };
}

const heat = (value: number | null | undefined, warn: number, bad: number): ToneName =>
  value === null || value === undefined
    ? 'unknown'
    : value >= bad
      ? 'bad'
      : value >= warn
        ? 'warn'
        : 'plain';

type MemoryPart = { readonly name: string; readonly bytes: number | null; readonly note: string };

/** How memory is divided; what is neither free, ARC nor held by zones is the kernel's and the global zone's. */
function memoryParts(host: HostInventory): {
  readonly total: number | null;
  readonly used: number | null;
  readonly parts: readonly MemoryPart[];
} {
  const stats = kstatsOf(host);
  const pages = (value: number | null | undefined): number | null =>
    value === null || value === undefined ? null : value * PAGE_BYTES;
  const total = pages(stats?.counters.physmemPages);
  const free = pages(stats?.counters.freememPages);
  const arc = stats?.counters.arcBytes ?? null;
  const yields = stats ? memoryOf(stats.counters).reclaimableBytes : null;
  const zones = sumResident(zonesOf(host));
  const vms = sumResident(vmsOf(host));
  const used = total === null || free === null ? null : total - free - (arc ?? 0);
  const rest = used === null ? null : used - (zones ?? 0) - (vms ?? 0);
  const reserved = vmsOf(host).reduce((sum, zone) => sum + (zone.vm?.ramBytes ?? 0), 0);
  return {
    total,
    used,
    parts: [
      {
        name: 'kernel',
        bytes: rest === null || rest < 0 ? null : rest,
        note: '+ global zone',
      },
      { name: 'arc', bytes: arc, note: yields === null ? 'can shrink' : `yields ${bytes(yields)}` },
      { name: 'zones', bytes: zones, note: 'resident' },
      ...(vmsOf(host).length > 0
        ? [{ name: 'VMs', bytes: vms, note: reserved > 0 ? `ram ${bytes(reserved)}` : '' }]
        : []),
      { name: 'free', bytes: free, note: '' },
    ],
  };
}

const sumResident = (zones: readonly Zone[]): number | null => {
  const held = zones.flatMap(({ rssBytes }) => (rssBytes === null ? [] : [rssBytes]));
  return held.length === 0 ? null : held.reduce((a, b) => a + b, 0);
};

function memoryPanel(host: HostInventory, look: Look): Panel {
  const { model } = look;
  const stats = kstatsOf(host);
  const { total, used, parts } = memoryParts(host);
  const share = (value: number | null): number | null =>
    value === null || !total ? null : value / total;
  const plain: ToneName = isBlind(host) ? 'stale' : 'plain';
  const usedPercent = used === null || !total ? null : (used / total) * 100;
  const tone: ToneName = isBlind(host) ? 'stale' : 'accent';
  const { span, past } = charted(model, hostRef(host.name), 'memoryUsedBytes');
  const now = currently(host, look, run(`${percent(usedPercent)} used`, heat(usedPercent, 85, 95)));
  return {
    id: 'memory',
    title: `Memory  ${bytes(total)}`,
    right: (width) =>
      total === null
        ? [now]
        : chartWordings(
            span,
            past(chartPoints(width, 'block')),
            (value) => percent((value / total) * 100),
            now,
          ),
    grows: true,
    lines: (width, height) => {
      const bar = Math.max(6, Math.min(BAR_WIDTH, width - 32));
      const bars = [
        ...parts.map(({ name, bytes: amount, note }) =>
          figures(name, [
            ...barRuns(share(amount), bar, name === 'free' ? 'muted' : tone),
            run(`${bytes(amount).padStart(5)} `, plain),
            run(
              percent(amount === null || !total ? null : (amount / total) * 100).padStart(4),
              plain,
            ),
            muted(`  ${note}`),
          ]),
        ),
        figures('swap', [
          ...barRuns(
            stats?.swapUsedBytes === null ||
              stats?.swapUsedBytes === undefined ||
              !stats.swapTotalBytes
              ? null
              : stats.swapUsedBytes / stats.swapTotalBytes,
            bar,
            tone,
          ),
          run(`${bytes(stats?.swapUsedBytes).padStart(5)} `),
          muted(`of ${bytes(stats?.swapTotalBytes)}, in use ${bytes(stats?.swapAllocatedBytes)}`),
        ]),
      ];
      const spare = height === null ? 0 : height - bars.length - 1;
      if (spare < LEAST_CHART || total === null) return bars;
      return [
        ...bars,
        ...chartLines(
          {
            past: past(chartPoints(width, 'block')),
            kind: 'block',
            height: spare,
            ceiling: total,
            label: bytes,
            tone,
          },
          width,
        ),
      ];
    },
  };
}

const wiresOf = (host: HostInventory): readonly Link[] =>
  linksOf(host).filter((link) => link.class === 'phys' || link.class === 'aggr');

function networkPanel(host: HostInventory, { model }: Look): Panel {
  const [rx, tx] = hostRates(host);
  const tone: ToneName = isBlind(host) ? 'stale' : 'accent';
  const past = chartedRates(model, hostRef(host.name));
  return {
    id: 'network',
    title: 'Network',
    right: (width) =>
      isBlind(host) ? [[run('unknown', 'unknown')]] : rateWordings(past, width, [rx, tx]),
    grows: true,
    lines: (width, height) => {
      const wires = gridLines(
        [
          { title: '', width: 1 },
          { title: '', width: 'fit' },
          { title: '', width: 4 },
          { title: '', width: 4, align: 'right' },
          { title: '', width: 11, align: 'right' },
          { title: '', width: 'grow', rank: 1 },
        ],
        wiresOf(host).map((link) => ({
          cells: [
            signRun(linkSign(link, isBlind(host))),
            run(link.name),
            muted(link.class),
            muted(speedText(link.speedMbps)),
            run(
              rates(link.rxBytesPerSecond, link.txBytesPerSecond),
              isBlind(host) ? 'stale' : 'plain',
            ),
            link.over.length > 0 ? muted(`over ${link.over.join(' ')}`) : errorsRun(link),
          ],
        })),
        width,
      );
      return [
        ...rateCharts(past, width, Math.max(2, chartHeight(height, wires.length)), tone),
        ...wires,
      ];
    },
  };
}

const errorsRun = ({ rxErrors, txErrors }: Link): Run => {
  if (rxErrors === null && txErrors === null) return muted(`errors ${UNKNOWN}`);
  const errors = (rxErrors ?? 0) + (txErrors ?? 0);
  return errors === 0 ? muted('no errors') : run(`${errors} errors`, 'warn');
};

/** What would be gone without the host. */
function dependsPanel(host: HostInventory, look: Look): Panel {
  const { inventory } = look.model;
  const own = allZonesOf(host);
  const nodes = nodesOnZones(inventory).filter(({ machine }) => refHost(machine) === host.name);
  const vlans = vlansOf(inventory).filter(({ hosts }) => hosts.includes(host.name));
  const groups = groupFacts(look).filter(({ members }) =>
    members.some(({ ref }) => ref !== null && refHost(ref) === host.name),
  );
  const total = own.length + nodes.reduce((sum, { pods }) => sum + pods + 1, 0);
  return {
    id: 'depends',
    title: `What depends on ${host.name}`,
    right: () => [[muted(plural(total, 'thing'))]],
    lines: (width, height) => {
      const most = height === null ? 3 : Math.max(1, Math.floor((height - groups.length - 2) / 2));
      return [
        ...dependents('zones', zonesOf(host), look, width, most),
        ...dependents('VMs', vmsOf(host), look, width, most),
        ...flowWords(
          `VLANs ${vlans.length}`,
          vlans.map(({ id }) => String(id)),
          width,
          1,
          'muted',
        ),
        ...nodes.map((node) =>
          labelled(
            'node',
            [
              signRun(signOf(look, nodeRef(node.cluster, node.name))),
              run(` ${node.name} `),
              muted(`on ${node.machine.split('/').at(-1) ?? ''} with ${plural(node.pods, 'pod')}`),
            ],
            nodeRef(node.cluster, node.name),
          ),
        ),
        ...groups.map((group, index) => {
          const left = group.members.filter(
            ({ ref, sign }) => ref !== null && refHost(ref) !== host.name && sign === 'ok',
          ).length;
          return labelled(index === 0 ? 'without it' : '', [
            signRun(left >= group.atLeast ? 'ok' : 'warning'),
            run(` ${cell(group.name, 14)} `),
            left >= group.atLeast
              ? muted(`${left} of ${group.members.length} stay, needs ${group.atLeast}`)
              : run(`${left} of ${group.members.length} stay, needs ${group.atLeast}`, 'warn'),
          ]);
        }),
      ];
    },
  };
}

const dependents = (
  word: string,
  zones: readonly Zone[],
  look: Look,
  width: number,
  most: number,
): readonly TextLine[] =>
  zones.length === 0
    ? []
    : flowWords(
        `${word} ${zones.length}`,
        zones.map(({ name }) => name),
        width,
        most,
        'plain',
        [signRun(worstSign(zones.map(({ ref }) => signOf(look, ref)))), run(' ')],
      );

/** Problems of things that lie on a host, and of what runs on them. */
function hostProblems(host: HostInventory, look: Look): readonly Problem[] {
  const nodes = new Set(
    nodesOnZones(look.model.inventory)
      .filter(({ machine }) => refHost(machine) === host.name)
      .map(({ cluster, name }) => nodeRef(cluster, name) as Ref),
  );
  return look.model.problems.filter(
    ({ subject }) =>
      refHost(subject) === host.name ||
      nodes.has(subject) ||
      (refKind(subject) === 'source' && subject.startsWith(`source:${host.name}/`)),
  );
}

/**
 * Problems in a few lines each: what, why, what next. Of what is unknown nothing is said to be well.
 * @param what what the problems are of, in words
 */
export function problemsPanel(
  ref: Ref,
  problems: readonly Problem[],
  look: Look,
  sign: Sign = signOf(look, ref),
  what = refText(ref),
): Panel {
  const { model } = look;
  const isUnknown = sign === 'unknown';
  return {
    id: 'problems',
    title: 'Problems',
    right: () => [
      [
        problems.length === 0
          ? isUnknown
            ? run('unknown', 'unknown')
            : muted('none')
          : run(
              String(problems.length),
              problems.some(({ severity }) => severity === 'critical') ? 'bad' : 'warn',
            ),
      ],
    ],
    lines: (width) =>
      problems.length === 0
        ? [
            {
              runs: [
                run(' '),
                signRun(isUnknown ? 'unknown' : 'ok'),
                muted(
                  isUnknown
                    ? ` nobody tells now how ${what} is`
                    : ` nothing is known to be wrong with ${what}`,
                ),
              ],
            },
          ]
        : problems.flatMap((problem) => {
            const own = problem.subject === ref;
            return [
              {
                runs: [
                  run(
                    ` ${SEVERITY_SIGNS[problem.severity]} ${duration(model.now - problem.since)} `,
                    SEVERITY_TONES[problem.severity],
                  ),
                  ...(own ? [] : [run(`${refText(problem.subject)}  `, 'title')]),
                  run(problem.title),
                  ...(problem.confirmed ? [] : [run('  not confirmed now', 'unknown')]),
                ],
                ...(own ? {} : { ref: problem.subject }),
              } satisfies TextLine,
              ...paragraph('why', evidenceTexts(problem).join(' · ') || UNKNOWN, width, 'muted'),
              ...(problem.hint === '' ? [] : paragraph('next', problem.hint, width, 'accent')),
            ];
          }),
  };
}

/** The zones and VMs of a host as a table. */
function zonesPanel(host: HostInventory, look: Look): Panel {
  const { model } = look;
  const rows = allZonesOf(host)
    .map((zone) => ({ zone, sign: signOf(look, zone.ref) }))
    .toSorted((a, b) => SIGN_RANK[a.sign] - SIGN_RANK[b.sign]);
  const running = rows.filter(({ sign }) => sign === 'ok').length;
  const blind = isBlind(host);
  return {
    id: 'zones',
    title: `Zones and VMs of ${host.name}`,
    right: () => [[muted(`${running}/${rows.length} running`)]],
    lines: (width) =>
      rows.length === 0
        ? [labelled('', [feedWords(host.feeds.zones)])]
        : gridLines(
            [
              { title: '', width: 1 },
              { title: 'NAME', width: 'fit' },
              { title: 'STATE', width: 9 },
              { title: 'BRAND', width: 6, rank: 3 },
              { title: 'CPU', width: 8, rank: 4 },
              { title: 'CPU%', width: 5, align: 'right', rank: 1 },
              { title: 'RSS', width: 5, align: 'right', rank: 1 },
              { title: 'CAP', width: 5, align: 'right', rank: 5 },
              { title: 'IN/OUT', width: 9, align: 'right', rank: 6 },
              { title: 'UP', width: 4, align: 'right', rank: 2 },
              { title: 'VLAN', width: 'grow', rank: 7 },
            ],
            rows.map(({ zone, sign }) => {
              const tone: ToneName = blind ? 'stale' : 'plain';
              return {
                ref: zone.ref,
                cells: [
                  signRun(sign),
                  run(zone.name, tone),
                  run(
                    blind ? 'unknown' : zone.stateText,
                    blind ? 'unknown' : sign === 'down' ? 'bad' : 'muted',
                  ),
                  muted(zone.brand),
                  run(percentSpark(model, zone.ref, 'cpuPercent', 8), blind ? 'muted' : 'accent'),
                  run(percent(zone.cpuPercent), tone),
                  run(bytes(zone.rssBytes), tone),
                  muted(zone.memoryCapBytes === null ? '-' : bytes(zone.memoryCapBytes)),
                  run(rates(zone.rxBytesPerSecond, zone.txBytesPerSecond), tone),
                  muted(
                    zone.bootedAt === null || zone.state !== 'running'
                      ? UNKNOWN
                      : shortDuration(model.now - zone.bootedAt),
                  ),
                  muted(zone.vlans.join(',')),
                ],
              };
            }),
            width,
          ),
  };
}

/** How the console reaches the host. */
function connectionPanel(host: HostInventory, { model }: Look): Panel {
  const { source } = host;
  const who = lastKnown(host.feeds.identity)?.value;
  const boot = kstatsOf(host)?.counters.bootTimeSeconds;
  return {
    id: 'connection',
    title: 'Connection',
    right: () => [[run(source.state, source.state === 'up' ? 'muted' : 'bad')]],
    lines: (width) => [
      labelled('state', [
        run(source.state, source.state === 'up' ? 'plain' : 'bad'),
        muted(` for ${duration(model.now - source.since)}`),
      ]),
      ...(source.phase ? [labelled('attempt', [run(PHASE_WORDS[source.phase], 'info')])] : []),
      labelled('last data', [
        run(
          source.lastDataAt === null ? 'never' : `${age(source.lastDataAt, model.now)} ago`,
          source.lastDataAt === null ? 'unknown' : 'plain',
        ),
      ]),
      ...(source.question === null
        ? []
        : paragraph(
            'asks',
            `${questionText(source.question)} · ${answerKey(model.keymap)} answers`,
            width,
            'warn',
          )),
      ...(source.error
        ? [
            ...paragraph('because', source.error.message, width, 'bad'),
            ...(source.error.hint === ''
              ? []
              : paragraph('next', source.error.hint, width, 'accent')),
            labelled('attempts', [
              run(String(source.attempt)),
              muted(
                source.nextAttemptAt === null
                  ? ', no automatic attempt'
                  : `, next in ${duration(source.nextAttemptAt - model.now)}`,
              ),
            ]),
          ]
        : []),
      labelled('release', [run(who?.release ?? UNKNOWN)]),
      labelled('kernel', [run(who?.kernel ?? UNKNOWN)]),
      labelled('node name', [run(who?.nodename ?? UNKNOWN)]),
      labelled('user', [run(who?.user ?? UNKNOWN)]),
      labelled('booted', [run(boot ? `${duration(model.now - boot * 1000)} ago` : UNKNOWN)]),
    ],
  };
}

const QUESTIONS: Readonly<Record<FeedName, string>> = {
  identity: 'uname, os-release',
  session: 'SSH_CONNECTION',
  zoneComponents: 'zlogin curl',
  etcdHealth: 'zlogin curl --rate',
  rights: 'profiles, auths',
  vcpus: 'kstat, vCPUs',
  zoneCertificates: 'zlogin pargs',
  kstats: 'kstat',
  zones: 'zoneadm list',
  processes: 'ps',
  zoneConfigs: 'zonecfg export',
  zoneFiles: 'ls /etc/zones',
  links: 'dladm show-link',
  phys: 'dladm show-phys',
  vnics: 'dladm show-vnic',
  vlans: 'dladm show-vlan',
  aggrs: 'dladm show-aggr',
  switches: 'dladm show-bridge',
  linkProperties: 'dladm show-linkprop',
  addresses: 'ipadm show-addr',
  pools: 'zpool list',
  poolStatus: 'zpool status',
  faults: 'fmadm faulty',
  disks: 'kstat, errors of disks',
  diskNames: 'iostat -En',
  smart: 'smartctl',
  datasets: 'zfs list',
  snapshots: 'zfs list -t snapshot',
  services: 'svcs',
  zoneServices: 'svcs -Z',
  sensors: 'ipmitool sensor',
  topologySensors: 'fmtopo',
  messages: 'tail messages',
  bootEnvironments: 'beadm list',
  timeSync: 'chronyc, ntpq',
  crashDumps: 'dumpadm',
  processors: 'psrinfo',
};

/** What the host was asked, and how old each answer is. */
function answersPanel(host: HostInventory, { model }: Look): Panel {
  const feeds = Object.entries(host.feeds) as readonly (readonly [FeedName, Feed<unknown>])[];
  const isFresh = (feed: Feed<unknown>): boolean =>
    !isBlind(host) && fresh(feed, model.now) !== undefined;
  const asked = feeds.filter(([, feed]) => feed.status !== 'absent' || !feed.unasked).length;
  const good = feeds.filter(([, feed]) => isFresh(feed)).length;
  return {
    id: 'answers',
    title: 'Answers',
    right: () => [[run(`${good}/${asked} fresh`, good === asked ? 'muted' : 'warn')]],
    lines: (width) =>
      gridLines(
        [
          { title: '', width: 1 },
          { title: 'QUESTION', width: 'fit' },
          { title: 'AGE', width: 5, align: 'right' },
          { title: 'TOOK', width: 6, align: 'right', rank: 2 },
          { title: '', width: 'grow', rank: 1 },
        ],
        feeds.map(([name, feed]) => {
          const last = lastKnown(feed);
          const unread = feed.status === 'ok' ? feed.complaints.length : 0;
          return {
            cells: [
              signRun(
                isFresh(feed)
                  ? unread > 0
                    ? 'warning'
                    : 'ok'
                  : feed.status === 'absent'
                    ? 'off'
                    : feed.status === 'failed' || feed.status === 'denied'
                      ? 'down'
                      : 'unknown',
              ),
              run(QUESTIONS[name]),
              muted(last ? age(last.at, model.now) : UNKNOWN),
              muted(feed.status === 'ok' ? `${Math.round(feed.durationMs)}ms` : UNKNOWN),
              feed.status === 'ok'
                ? unread > 0
                  ? run(`${plural(unread, 'line')} not understood`, 'warn')
                  : muted(isFresh(feed) ? '' : 'too old')
                : feedWords(feed),
            ],
          };
        }),
        width,
      ),
  };
}
