import type { HostCommand, Question } from '../../domain/command.ts';
import { known } from '../../domain/feed.ts';
import { followsProcesses } from '../../domain/follows-processes.ts';
import type { HostInventory } from '../../domain/inventory.ts';
import { zonesOf } from '../../domain/joined.ts';
import { complaint } from '../../domain/parsed.ts';
import type { Complaint, Parsed } from '../../domain/parsed.ts';
import { sanitize } from '../../domain/text.ts';
import { componentOf } from '../../domain/zone-component.ts';
import type { ComponentKind, ZoneComponent } from '../../domain/zone-component.ts';
import { isZoneName } from '../../domain/zone.ts';
import { mark, splitAtMarks } from '../../parse/marks.ts';
import { parseEtcdMetrics, sinceBefore } from './etcd-metrics.ts';

const MARK = 'component ';

/**
 * Where each answers whoever is in its zone, with its usual ports: etcd with `--listen-metrics-urls`, the others with
 * `/healthz` or `/readyz`, which are open to everybody.
 */
const URLS: Readonly<Record<ComponentKind, readonly string[]>> = {
  etcd: ['http://127.0.0.1:2381/health', 'http://127.0.0.1:2381/metrics'],
  'kube-apiserver': ['https://127.0.0.1:6443/readyz'],
  'kube-scheduler': ['https://127.0.0.1:10259/healthz'],
  'kube-controller-manager': ['https://127.0.0.1:10257/healthz'],
};

/**
 * Asks each component of the control plane within its zone: their ports on the loopback are seen from nowhere else.
 * zlogin(1) needs all privileges. curl's own errors are among what it prints, so that each zone tells its own.
 */
export const zoneComponents: HostCommand<'zoneComponents'> = {
  id: 'zone-components',
  feed: 'zoneComponents',
  pace: 'slow',
  timeoutSeconds: 30,
  follows: followsProcesses,
  question: askComponents,
  parse: parseZoneComponents,
  fold: keepKnown,
  // curl(1): no connection, a timeout, TLS and broken answers.
  goodExitCodes: [7, 28, 35, 52, 56, 60],
  unasked: 'no zone of this host is known to be a part of a control plane',
  hides:
    'health of etcd, API servers, schedulers and controller managers as their zones see it; leader, size and speed of etcd',
  grant:
    "echo 'Lab Monitor:solaris:cmd:::/usr/sbin/zlogin:uid=0' >> /etc/security/exec_attr.d/labtop  # makes root in every zone",
};

/** Zones that were known to be there for a component stay known: a process that is gone tells nothing any more. */
function componentsOf(host: HostInventory): ReadonlyMap<string, ComponentKind> {
  const before = known(host.feeds.zoneComponents, []).map(
    ({ zone, kind }) => [zone, kind] as const,
  );
  const now = zonesOf(host).flatMap(({ name, role }) => {
    const kind = componentOf(role?.name);
    return kind === undefined ? [] : [[name, kind] as const];
  });
  return new Map([...before, ...now]);
}

function askComponents(host: HostInventory): Question | undefined {
  const kinds = componentsOf(host);
  const running = zonesOf(host).filter(
    ({ name, state }) => state === 'running' && kinds.has(name) && isZoneName(name),
  );
  if (kinds.size === 0) return undefined;
  // None of them runs: that is an answer too.
  if (running.length === 0) return [mark('none runs')];
  return running.flatMap(({ name }) => {
    const kind = kinds.get(name);
    return kind === undefined
      ? []
      : [
          mark(`${MARK}${kind} ${name}`),
          [
            'pfexec',
            '/usr/sbin/zlogin',
            name,
            '/usr/bin/curl',
            '-sSk',
            '--stderr',
            '-',
            '--max-time',
            '4',
            ...URLS[kind],
          ] as const,
        ];
  });
}

/** The answers of all zones behind their marks. */
export function parseZoneComponents(stdout: string): Parsed<readonly ZoneComponent[]> {
  const value: ZoneComponent[] = [];
  const complaints: Complaint[] = [];
  for (const { label, lines } of splitAtMarks(stdout)) {
    const [kindText, zone] = label?.startsWith(MARK) ? label.slice(MARK.length).split(' ') : [];
    const kind = componentOf(kindText);
    if (kind !== undefined && zone !== undefined) {
      value.push({
        zone,
        ...read(
          kind,
          lines.map(({ text }) => text),
        ),
      });
      continue;
    }
    for (const { number, text } of lines)
      complaints.push(complaint(number, text, 'no mark of a component before this line'));
  }
  return { value, complaints };
}

function read(kind: ComponentKind, lines: readonly string[]): Omit<ZoneComponent, 'zone'> {
  const none = { kind, reason: null, etcd: null } as const;
  const error = lines.map((line) => /curl: \(([0-9]+)\) (.*)$/.exec(line)).find(Boolean);
  if (error) {
    const [, code = '', text = ''] = error;
    return { ...none, state: CURL_STATES[code] ?? 'unknown', reason: words(text) };
  }
  const body = lines.join('\n').trim();
  if (body === '') return { ...none, state: 'unknown' };
  if (kind === 'etcd') return readEtcd(body);
  if (/^ok\b/.test(body) || body.endsWith('check passed')) return { ...none, state: 'ok' };
  const failed = Array.from(body.matchAll(/^\[-\](\S+)/gm), ([, name]) => name);
  if (failed.length > 0) return { ...none, state: 'failing', reason: words(failed.join(', ')) };
  return /check failed|healthz|unhealthy/i.test(body)
    ? { ...none, state: 'failing', reason: words(body) }
    : { ...none, state: 'unknown', reason: words(body) };
}

/** curl(1), EXIT CODES. */
const CURL_STATES: Readonly<Record<string, ZoneComponent['state']>> = {
  '7': 'refused',
  '28': 'timeout',
};

/** `{"health":"true","reason":""}`, the reason since 3.5; then the metrics, on the same line. */
const HEALTH = /\{"health":\s*"?(true|false)"?(?:,\s*"reason":\s*"([^"]*)")?[^}]*\}/;

function readEtcd(body: string): Omit<ZoneComponent, 'zone'> {
  const [, health, reason = ''] = HEALTH.exec(body) ?? [];
  const etcd = parseEtcdMetrics(body.replace(HEALTH, '').split('\n'));
  const isWell = health === undefined ? (etcd?.hasLeader ?? null) : health === 'true';
  return {
    kind: 'etcd',
    state: isWell === null ? 'unknown' : isWell ? 'ok' : 'failing',
    reason: words(reason) ?? (isWell === false ? 'not healthy' : null),
    etcd,
  };
}

const REASON_LIMIT = 120;
const words = (text: string): string | null =>
  sanitize(text).replaceAll(/\s+/g, ' ').trim().slice(0, REASON_LIMIT) || null;

/** What changed between two answers; a zone that was not asked this time keeps its kind. */
function keepKnown(
  previous: readonly ZoneComponent[],
  next: readonly ZoneComponent[],
): readonly ZoneComponent[] {
  const before = new Map(previous.map((component) => [component.zone, component]));
  const present = new Set(next.map(({ zone }) => zone));
  return [
    ...next.map((component) => ({
      ...component,
      etcd: component.etcd && sinceBefore(before.get(component.zone)?.etcd ?? null, component.etcd),
    })),
    ...previous
      .filter(({ zone }) => !present.has(zone))
      .map(({ zone, kind }): ZoneComponent => ({
        zone,
        kind,
        state: 'unknown',
        reason: null,
        etcd: null,
      })),
  ];
}
