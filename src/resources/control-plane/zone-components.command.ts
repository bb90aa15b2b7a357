import type { HostCommand, Question } from '../../domain/command.ts';
import { known } from '../../domain/feed.ts';
import { followsProcesses } from '../../domain/follows-processes.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import { zonesOf } from '../../domain/joined.ts';
import type { Parsed } from '../../domain/parsed.ts';
import { isMicrok8s, isWorkerAlone } from '../../domain/role.ts';
import { sanitize } from '../../domain/text.ts';
import { apiServerPort, toldOf } from '../../domain/zone-component.ts';
import type { ComponentKind, EtcdMember, ZoneComponent } from '../../domain/zone-component.ts';
import { mark } from '../../parse/marks.ts';
import {
  askComponentZones,
  GRANT_ZLOGIN,
  inZone,
  NO_COMPONENTS,
  PERHAPS,
  perhapsEtcdZones,
  readComponentZones,
} from './component-zones.ts';
import { askEtcd, CURL, hasNoGateway, splitEtcdAnswer } from './etcd-api.ts';
import { joinEtcd, parseEtcdMetrics, sinceBefore } from './etcd-metrics.ts';

const MARK = 'component ';

type Arguments = ReadonlyMap<string, string>;
const NO_ARGUMENTS: Arguments = new Map();

/** The usual ports of those besides etcd, and paths that are open to everybody. */
const PORTS: Readonly<
  Record<Exclude<ComponentKind, 'etcd'>, readonly [port: string, path: string]>
> = {
  'kube-apiserver': ['6443', '/readyz'],
  'kube-scheduler': ['10259', '/healthz'],
  'kube-controller-manager': ['10257', '/healthz'],
};

/** Where one answers whoever is in its zone: on the loopback, unless its arguments name an address or port of its own. */
function urlOf(
  kind: Exclude<ComponentKind, 'etcd'>,
  args: Arguments = NO_ARGUMENTS,
  isMicro = false,
): string {
  const [own, path] = PORTS[kind];
  const usual = kind === 'kube-apiserver' ? apiServerPort(isMicro) : own;
  const [port = usual] = /^[1-9][0-9]{1,4}$/.exec(args.get('secure-port') ?? '') ?? [];
  const [bound = ''] = /^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$/.exec(args.get('bind-address') ?? '') ?? [];
  return `https://${/^(?:0\.|$)/.test(bound) ? '127.0.0.1' : bound}:${port}${path}`;
}
const SECONDS = '4';

/**
 * Asks each component of the control plane within its zone: their ports on the loopback are seen from nowhere else.
 */
export const zoneComponents: HostCommand<'zoneComponents'> = {
  id: 'zone-components',
  feed: 'zoneComponents',
  pace: 'slow',
  timeoutSeconds: 30,
  follows: (host) => {
    const processes = followsProcesses(host);
    return processes === null
      ? null
      : `${processes}\n${followsArguments(host)}\n${followsHealth(host)}`;
  },
  question: askComponents,
  parse: parseZoneComponents,
  fold: keepKnown,
  gap: (components) => {
    const reasons = components.flatMap(({ zone, etcd }) =>
      etcd?.apiReason ? [`${zone}: ${etcd.apiReason}`] : [],
    );
    return reasons.length === 0
      ? null
      : { reason: reasons.join('; '), hides: 'raft term, alarms and members of etcd' };
  },
  // curl(1): no connection, a timeout, TLS, broken answers, a certificate of its own that cannot be read.
  goodExitCodes: [7, 28, 35, 52, 56, 58, 60],
  unasked: NO_COMPONENTS,
  hides:
    'health of etcd, API servers, schedulers and controller managers as their zones see it; leader, term, alarms, members, size and speed of etcd',
  grant: GRANT_ZLOGIN,
};

function askComponents(host: HostInventory): Question | undefined {
  // Whose they are their files tell, and those are read still.
  const strangers = new Set([...(host.strangers ?? []), ...workersOn(host)]);
  const micro = new Set(
    zonesOf(host).flatMap(({ name, role }) => (isMicrok8s(role) ? [name] : [])),
  );
  const question = askComponentZones(
    host,
    MARK,
    (zone, kind) =>
      kind === 'etcd'
        ? askEtcd(zone, argumentsIn(host, zone, kind), !hasNoGateway(memberIn(host, zone)))
        : inZone(
            zone,
            ...CURL,
            SECONDS,
            urlOf(kind, argumentsIn(host, zone, kind), micro.has(zone)),
          ),
    strangers,
  );
  const perhaps = perhapsEtcdZones(host).filter((zone) => !strangers.has(zone));
  return question && [...question, ...perhaps.flatMap(askPerhaps)];
}

/** Zones in which a worker alone runs, which has none of the components. */
const workersOn = (host: HostInventory): readonly string[] =>
  known(host.feeds.zoneCertificates, []).flatMap((each) =>
    isWorkerAlone(each.arguments) ? [each.zone] : [],
  );

const askPerhaps = (zone: string): Question => [
  mark(`${MARK}etcd ${zone} ${PERHAPS}`),
  askEtcd(zone, NO_ARGUMENTS),
];

const memberIn = (host: HostInventory, zone: string): EtcdMember | null | undefined =>
  toldOf(known(host.feeds.zoneComponents, []), zone, 'etcd')?.etcd;

/** Of the process of a component. */
const argumentsIn = (host: HostInventory, zone: string, kind: ComponentKind): Arguments =>
  toldOf(known(host.feeds.zoneCertificates, []), zone, kind)?.arguments ?? NO_ARGUMENTS;

/** How a component is asked follows from how its process was started. */
const followsArguments = (host: HostInventory): string =>
  known(host.feeds.zoneCertificates, [])
    .flatMap(({ zone, kind, arguments: args }) => {
      if (kind === 'etcd') return [`${zone} ${[...args].join(' ')}`];
      const url = urlOf(kind, args);
      return url === urlOf(kind) ? [] : [`${zone} ${url}`];
    })
    .join('\n');

/** A member that begins to answer otherwise is asked for all else. */
const followsHealth = (host: HostInventory): string =>
  known(host.feeds.etcdHealth, [])
    .map(({ zone, state }) => `${zone} ${state}`)
    .toSorted()
    .join('\n');

/** The answers of all zones behind their marks. */
export function parseZoneComponents(stdout: string): Parsed<readonly ZoneComponent[]> {
  return readComponentZones(
    stdout,
    MARK,
    'no mark of a component before this line',
    (zone, kind, lines, isPerhaps): ZoneComponent | undefined => {
      const component = { zone, ...read(kind, lines) };
      return isPerhaps && component.etcd === null ? undefined : component;
    },
  );
}

function read(kind: ComponentKind, lines: readonly string[]): Omit<ZoneComponent, 'zone'> {
  if (kind === 'etcd') return readEtcd(lines);
  const none = { kind, reason: null, etcd: null } as const;
  const error = curlError(lines);
  if (error) return { ...none, ...error };
  const body = lines.join('\n').trim();
  if (body === '') return { ...none, state: 'unknown' };
  // As with `--anonymous-auth=false`, which k3s and RKE2 set.
  if (/"kind":\s*"Status"/.test(body) && /"code":\s*40[13]\b/.test(body))
    return { ...none, state: 'denied' };
  if (/^ok\b/.test(body) || body.endsWith('check passed')) return { ...none, state: 'ok' };
  const failed = Array.from(body.matchAll(/^\[-\](\S+)/gm), ([, name]) => name);
  if (failed.length > 0) return { ...none, state: 'failing', reason: words(failed.join(', ')) };
  return /check failed|healthz|unhealthy/i.test(body)
    ? { ...none, state: 'failing', reason: words(body) }
    : { ...none, state: 'unknown', reason: words(body) };
}

function curlError(lines: readonly string[]): Pick<ZoneComponent, 'state' | 'reason'> | undefined {
  const error = lines.map((line) => /curl: \(([0-9]+)\) (.*)$/.exec(line)).find(Boolean);
  if (!error) return undefined;
  const [, code = '', text = ''] = error;
  return { state: CURL_STATES[code] ?? 'unknown', reason: words(text) };
}

/** curl(1), EXIT CODES. */
const CURL_STATES: Readonly<Record<string, ZoneComponent['state']>> = {
  '7': 'refused',
  '28': 'timeout',
};

/** `{"health":"true","reason":""}`, the reason since 3.5; then the metrics, on the same line. */
const HEALTH = /\{"health":\s*"?(true|false)"?(?:,\s*"reason":\s*"([^"]*)")?[^}]*\}/;

/** What its metrics' side says of its health; without that side what it answers its clients. */
function readEtcd(lines: readonly string[]): Omit<ZoneComponent, 'zone'> {
  const { rest, api } = splitEtcdAnswer(lines);
  const error = curlError(rest);
  const body = error ? '' : rest.join('\n').trim();
  const [, health, reason = ''] = HEALTH.exec(body) ?? [];
  const metrics = parseEtcdMetrics(body.replace(HEALTH, '').split('\n'));
  const etcd = joinEtcd(metrics, api);
  const isToldByApi = api !== null && api.alarms !== null;
  if (error && !isToldByApi) return { kind: 'etcd', ...error, etcd: null };
  const hasLeader = etcd?.hasLeader ?? null;
  const hasAlarm = (etcd?.alarms ?? []).length > 0;
  const isWell = health === undefined ? hasLeader && !hasAlarm : health === 'true';
  return {
    kind: 'etcd',
    state: isWell === null ? 'unknown' : isWell ? 'ok' : 'failing',
    reason: words(reason) ?? (isWell === false ? illness(etcd) : null),
    etcd,
  };
}

/** Before 3.5 its health has no reason. */
const illness = (etcd: EtcdMember | null): string =>
  etcd?.hasLeader === false
    ? 'RAFT NO LEADER'
    : etcd?.alarms?.[0]
      ? `ALARM ${etcd.alarms[0].alarm}`
      : 'not healthy';

const REASON_LIMIT = 120;
const words = (text: string): string | null =>
  sanitize(text).replaceAll(/\s+/g, ' ').trim().slice(0, REASON_LIMIT) || null;

const keyOf = ({ zone, kind }: ZoneComponent): string => `${zone} ${kind}`;

/** What changed between two answers; a zone that was not asked this time keeps its kinds, and what it is a member of. */
function keepKnown(
  previous: readonly ZoneComponent[],
  next: readonly ZoneComponent[],
): readonly ZoneComponent[] {
  const before = new Map(previous.map((component) => [keyOf(component), component]));
  const present = new Set(next.map(({ zone }) => zone));
  return [
    ...next.map((component) => {
      const own = before.get(keyOf(component));
      const etcdCluster = component.etcd?.clusterId ?? own?.etcdCluster;
      return {
        ...component,
        etcd: component.etcd && sinceBefore(own?.etcd ?? null, component.etcd),
        ...(component.kind === 'etcd' && etcdCluster !== undefined && { etcdCluster }),
      };
    }),
    ...previous
      .filter(({ zone }) => !present.has(zone))
      .map(({ zone, kind, etcdCluster }): ZoneComponent => ({
        zone,
        kind,
        state: 'unknown',
        reason: null,
        etcd: null,
        ...(etcdCluster !== undefined && { etcdCluster }),
      })),
  ];
}
