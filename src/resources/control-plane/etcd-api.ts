import type { Argv } from '../../domain/command.ts';
import { sanitize } from '../../domain/text.ts';
import type { EtcdAlarm, EtcdMember, EtcdPeer } from '../../domain/zone-component.ts';
import { inZone } from './component-zones.ts';
import { askCtl, splitCtlAnswer } from './etcd-ctl.ts';

/** Errors are among what is printed, so that each zone tells its own. */
export const CURL = ['/usr/bin/curl', '-sSk', '--stderr', '-', '--max-time'] as const;
const SECONDS = '4';
/** Status and members are answered by the member itself, without a round of raft. */
const API_SECONDS = '2';
/** Where a member tells of itself without any certificate; kubeadm and others set it so. */
const METRICS_URL = 'http://127.0.0.1:2381';
/** The shell in the zone takes the quotes off. */
const WRITE_OUT = String.raw`'\n%{http_code} %{url_effective}\n'`;
const API_PATHS = ['/v3/maintenance/status', '/v3/cluster/member/list'] as const;

type Arguments = ReadonlyMap<string, string>;

/**
 * Asks a member within its zone, by one curl: health and metrics, then, when the arguments of its process tell where it
 * serves clients, status and members by its JSON gateway (https://etcd.io/docs/v3.5/dev-guide/api_grpc_gateway/, since
 * 3.4 beneath /v3). Alarms are in the status: asking for them by themselves would write to the log of raft. A member
 * that wants a client certificate gets its own, which is one for clients too wherever the gateway works at all. Where
 * that is off, by the arguments or by an earlier answer, etcdctl is run in its place.
 */
export function askEtcd(zone: string, args: Arguments, hasGateway = true): Argv {
  const client = clientUrl(args);
  const identity = client?.startsWith('https:') === true ? identityOf(args) : [];
  const { base, options } = healthOf(args);
  return inZone(
    zone,
    ...CURL,
    SECONDS,
    ...options,
    `${base}/health`,
    `${base}/metrics`,
    ...(client === undefined
      ? []
      : !hasGateway || args.get('enable-grpc-gateway') === 'false'
        ? askCtl(client, identity)
        : [
            '--next',
            ...CURL.slice(1),
            API_SECONDS,
            ...identity,
            '-d',
            '{}',
            '-w',
            WRITE_OUT,
            ...API_PATHS.map((path) => `${client}${path}`),
          ]),
  );
}

/** Where a member tells its health and metrics, and what curl needs to be told them. */
function healthOf(args: Arguments): { readonly base: string; readonly options: readonly string[] } {
  const client = clientUrl(args);
  const metrics = urlsOf(args.get('listen-metrics-urls')).map(onLoopback)[0];
  // Without a port of their own they are among what clients are served.
  return metrics === undefined && client !== undefined
    ? { base: client, options: client.startsWith('https:') ? identityOf(args) : [] }
    : { base: metrics ?? METRICS_URL, options: [] };
}

/**
 * Asks a member for its health again and again, by one curl: a range of its own in the URL, https://curl.se/docs/url-syntax.html,
 * makes as many requests one after another, and `--rate`, since 7.84, keeps them apart. A line tells of each, on the standard
 * error, which is not kept back. How often is the first operand behind it.
 */
export function followHealth(zone: string, args: Arguments, intervalSeconds: number): Argv {
  const { base, options } = healthOf(args);
  const words = [
    'curl -sk --rate',
    `${Math.round(3600 / intervalSeconds)}/h --max-time ${SECONDS}`,
    ...options,
    `-o /dev/null -w "%{stderr}${HEALTH_LINE}${zone} %{http_code} %{exitcode}\\n"`,
    `"${base}/health?[1-$1]" 2>&1; exit 0`,
  ];
  return inZone(zone, '/bin/sh', '-c', `'${words.join(' ')}'`, 'health');
}

/** What the line of an answer begins with: `health etcd1 200 0`, by the status of HTTP and the exit code of curl(1). */
export const HEALTH_LINE = 'health ';

/** Where it serves clients; undefined when its arguments are not known. */
function clientUrl(args: Arguments): string | undefined {
  if (args.size === 0) return undefined;
  const urls = urlsOf(args.get('listen-client-urls'));
  return urls.map(onLoopback).find((url) => url.includes('//127.0.0.1:')) ?? urls[0];
}

/** Only what means nothing to a shell. */
const urlsOf = (text: string | undefined): readonly string[] =>
  (text ?? '').split(',').filter((url) => /^https?:\/\/[A-Za-z0-9.-]+:[0-9]+$/.test(url));
const onLoopback = (url: string): string =>
  url.replace(/\/\/(?:0\.0\.0\.0|localhost):/, '//127.0.0.1:');

function identityOf(args: Arguments): readonly string[] {
  const [cert, key] = [args.get('cert-file'), args.get('key-file')];
  const isPlain = (path: string | undefined): path is string =>
    path !== undefined && /^\/[A-Za-z0-9._/-]+$/.test(path);
  return isPlain(cert) && isPlain(key) ? ['--cert', cert, '--key', key] : [];
}

/** What a member answers its clients. */
export type EtcdApi = Pick<
  EtcdMember,
  | 'id'
  | 'version'
  | 'isLearner'
  | 'clusterId'
  | 'leaderId'
  | 'term'
  | 'alarms'
  | 'peers'
  | 'apiReason'
> & {
  readonly dbBytes: number | null;
  readonly inUseBytes: number | null;
  readonly quotaBytes: number | null;
  readonly raftIndex: number | null;
  readonly appliedIndex: number | null;
  /** etcdctl told it. */
  readonly isByCtl: boolean;
};

const ANSWER = /^([0-9]{3}) https?:\/\/\S+(\/v3\/\S+)$/;

/** Takes the answers of the gateway out of what curl printed. `api`: null when it was not asked. */
export function splitEtcdAnswer(lines: readonly string[]): {
  readonly rest: readonly string[];
  readonly api: EtcdApi | null;
} {
  const ctl = splitCtlAnswer(lines);
  if (ctl !== null) {
    const answers = [ctl.status, ctl.members];
    const own = new Map<string, string>(
      API_PATHS.map((path, index) => [path, answers[index] ?? '']),
    );
    return { rest: ctl.rest, api: { ...readApi(own), isByCtl: true } };
  }
  const rest: string[] = [];
  const bodies = new Map<string, string>();
  for (const line of lines) {
    const [, status, path] = ANSWER.exec(line.trim()) ?? [];
    if (status === undefined || path === undefined) {
      rest.push(line);
      continue;
    }
    while (rest.at(-1)?.trim() === '') rest.pop();
    const body = rest.pop() ?? '';
    // What has no end of its line, as the answer about its health, stands before it.
    const at = Math.max(body.indexOf('{"header"'), body.indexOf('curl: ('));
    if (at > 0) rest.push(body.slice(0, at));
    bodies.set(
      path,
      status === '200' || status === '000'
        ? body.slice(Math.max(0, at))
        : `HTTP ${status}: ${body}`,
    );
  }
  return { rest, api: bodies.size === 0 ? null : readApi(bodies) };
}

function readApi(bodies: ReadonlyMap<string, string>): EtcdApi {
  const [statusText = '', memberText = ''] = API_PATHS.map((path) => bodies.get(path) ?? '');
  const status = json(statusText);
  const list = json(memberText);
  const isTold = 'version' in status;
  const header = record(status['header']);
  const peers = Array.isArray(list['members']) ? list['members'].map(record).map(toPeer) : null;
  return {
    id: hex(header['member_id']),
    version: isTold ? sanitize(String(status['version'])) || null : null,
    isLearner: isTold ? status['isLearner'] === true : null,
    clusterId: hex(header['cluster_id']),
    leaderId: hex(status['leader']),
    term: whole(status['raftTerm'] ?? header['raft_term']),
    alarms: isTold ? alarmsOf(status['errors']) : null,
    peers,
    apiReason: isTold && peers !== null ? null : reasonOf(isTold ? memberText : statusText),
    dbBytes: whole(status['dbSize']),
    inUseBytes: whole(status['dbSizeInUse']),
    quotaBytes: whole(status['dbSizeQuota']),
    raftIndex: whole(status['raftIndex']),
    appliedIndex: whole(status['raftAppliedIndex']),
    isByCtl: false,
  };
}

const toPeer = (peer: Readonly<Record<string, unknown>>): EtcdPeer => ({
  id: hex(peer['ID']) ?? '',
  name: sanitize(typeof peer['name'] === 'string' ? peer['name'] : ''),
  clientUrls: texts(peer['clientURLs']),
  peerUrls: texts(peer['peerURLs']),
  isLearner: peer['isLearner'] === true,
});

/** `memberID:3319814642761637952 alarm:NOSPACE `, of all members. */
const alarmsOf = (errors: unknown): readonly EtcdAlarm[] =>
  texts(errors).flatMap((text) => {
    const [, id, alarm] = /memberID:([0-9]+)\s+alarm:([A-Z]+)/.exec(text) ?? [];
    const member = hex(id);
    return member === null || alarm === undefined ? [] : [{ member, alarm }];
  });

/** Whether a member has said that it has no gateway, or etcdctl was asked in its place. */
export const hasNoGateway = (member: EtcdMember | null | undefined): boolean =>
  member?.isByCtl === true || member?.apiReason?.startsWith('HTTP 404') === true;

const REASON_LIMIT = 120;
/** What curl(1) ends with when the other side ends the connection in or right after the handshake. */
const CUT_OFF = new Set(['35', '55', '56']);

function reasonOf(text: string): string {
  const [, code = '', error = text] = /curl: \(([0-9]+)\) (.*)$/.exec(text) ?? [];
  if (CUT_OFF.has(code))
    return 'it takes no client without a certificate, or with that of the member';
  return sanitize(error).trim().slice(0, REASON_LIMIT) || 'no answer';
}

function json(text: string): Readonly<Record<string, unknown>> {
  try {
    return record(JSON.parse(text));
  } catch {
    return {};
  }
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value)
    ? value.filter((each) => typeof each === 'string').map((each) => sanitize(each))
    : [];

/** 64 bits stand there as decimal text. */
function whole(value: unknown): number | null {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  const number = /^[0-9]{1,20}$/.test(text) ? Number(text) : null;
  return number;
}

/** An id as the metrics and the log write it; 0 is none. */
function hex(value: unknown): string | null {
  return typeof value === 'string' && /^[0-9]{1,20}$/.test(value) && !/^0+$/.test(value)
    ? BigInt(value).toString(16)
    : null;
}
