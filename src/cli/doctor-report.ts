import { quoteWord } from '../collect/ssh/quote-argv.ts';
import type { HostCommand } from '../domain/command.ts';
import { gapOf, lastKnown } from '../domain/feed.ts';
import type { Feed } from '../domain/feed.ts';
import type {
  ClusterInventory,
  FeedName,
  HostInventory,
  Inventory,
  SourceStatus,
} from '../domain/inventory.ts';
import type { Complaint } from '../domain/parsed.ts';
import { judgeRight } from '../domain/rights.ts';
import type { ActingRight } from '../domain/rights.ts';
import { resourceName } from '../domain/watch.ts';
import type { ClusterWatch } from '../domain/watch.ts';
import {
  giveAuthorization,
  giveProfile,
  isForProfile,
  makeProfile,
  mergeProfiles,
  PROFILE,
} from '../resources/host/lab-monitor.ts';
import { zoneRights } from '../resources/zone/zone-rights.ts';

/**
 * What became of one question.
 * - `partial`: something was answered, and something is hidden
 * - `ok`, `denied`, `missing` (the program is not installed), `failed`, `no-answer` (in the time there was)
 * - `none`: the host has nothing of the kind, or another question makes this one needless
 */
export type QuestionState =
  | 'ok'
  | 'partial'
  | 'denied'
  | 'missing'
  | 'failed'
  | 'no-answer'
  | 'none';

export type QuestionReport = {
  readonly question: string;
  readonly state: QuestionState;
  /** What the host or the transport said; null when all is well. */
  readonly reason: string | null;
  /** What is not seen because of it; null when all is well. */
  readonly hides: string | null;
  /** The line that grants the right or installs the program; null when there is none. */
  readonly grant: string | null;
  /** Lines of the answer that were not understood. */
  readonly complaints: readonly Complaint[];
};

/** What may be done on a host, apart from watching it. */
export type ActionReport = {
  readonly action: string;
  readonly state: 'ok' | 'partial' | 'denied' | 'unknown';
  /** What is missing, or to which zones it is limited; null when all is well. */
  readonly reason: string | null;
  /** Lines that root runs on the host to grant it. */
  readonly grants: readonly string[];
};

/** A source: a host or a cluster. */
export type SourceReport = {
  readonly name: string;
  readonly kind: 'ssh' | 'kubernetes';
  readonly state: SourceStatus['state'];
  readonly isReachable: boolean;
  /** null: it was not reached, so nobody was asked. */
  readonly isAuthenticated: boolean | null;
  readonly user: string | null;
  /** Release of a host, version of a cluster. */
  readonly release: string | null;
  readonly error: string | null;
  readonly hint: string | null;
  /** Those that are not `ok`, or whose answers were not understood as a whole. */
  readonly questions: readonly QuestionReport[];
  readonly answered: number;
  readonly asked: number;
  /**
   * Lines that root runs on the host, or an administrator of the cluster anywhere, in this order, to install and grant what
   * is missing.
   */
  readonly grants: readonly string[];
  /** What labtop may do on a host; none of it is needed to watch. Empty for a cluster. */
  readonly actions: readonly ActionReport[];
};

/** Something of the machine that labtop runs on. */
export type MachineCheck = {
  readonly name: string;
  readonly state: 'ok' | 'missing' | 'note';
  readonly text: string;
};

export type DoctorReport = {
  readonly schema: 'labtop-doctor/1';
  readonly version: string;
  readonly at: string;
  /** Everything is reached, granted, installed and understood. */
  readonly isWell: boolean;
  readonly machine: readonly MachineCheck[];
  readonly hosts: readonly SourceReport[];
  readonly clusters: readonly SourceReport[];
};

/** What is to be said of the sources as they stand. */
export const examine = (
  { hosts, clusters }: Inventory,
  commands: readonly HostCommand[],
  watches: readonly ClusterWatch[],
): Pick<DoctorReport, 'hosts' | 'clusters'> => ({
  hosts: hosts.map((host) => examineHost(host, commands)),
  clusters: clusters.map((cluster) => examineCluster(cluster, watches)),
});

/** Whether there is nothing to mend in it. A note is none. */
export const isWell = ({ machine, hosts, clusters }: Omit<DoctorReport, 'isWell'>): boolean =>
  machine.every(({ state }) => state !== 'missing') &&
  [...hosts, ...clusters].every(
    ({ state, questions }) => state === 'up' && questions.every((each) => each.state === 'none'),
  );

function examineHost(host: HostInventory, commands: readonly HostCommand[]): SourceReport {
  const identity = host.feeds.identity.status === 'ok' ? host.feeds.identity.value : null;
  const byFeed = new Map(commands.map((command) => [command.feed, command]));
  const questions = reached(host.source)
    ? (Object.keys(host.feeds) as readonly FeedName[]).map((name) =>
        examineQuestion(name, host.feeds[name], byFeed.get(name)),
      )
    : [];
  const user = identity?.user ?? null;
  return {
    ...sourceReport(host.name, 'ssh', host.source, questions),
    user,
    release: identity?.release ?? null,
    grants: grantsOf(questions, user ?? 'USER'),
    actions: reached(host.source) ? zoneRights.map((right) => examineRight(host, user, right)) : [],
  };
}

function examineRight(host: HostInventory, user: string | null, right: ActingRight): ActionReport {
  const { what: action, program, authorizations, profile } = right;
  const rights = lastKnown(host.feeds.rights)?.value;
  if (rights === undefined) return { action, state: 'unknown', reason: null, grants: [] };
  const { lacksProgram, lacksAuthorization, zones } = judgeRight(rights, user, right);
  const missing = [
    ...(lacksProgram ? [`no profile lets ${program} run as root`] : []),
    ...(lacksAuthorization ? [`no authorization ${authorizations.join(' or ')}`] : []),
  ];
  if (missing.length === 0 && zones.length > 0)
    return { action, state: 'partial', reason: `only ${zones.join(', ')}`, grants: [] };
  const [least = ''] = authorizations;
  return {
    action,
    state: missing.length === 0 ? 'ok' : 'denied',
    reason: missing.join('; ') || null,
    grants: [
      ...(lacksProgram ? [giveProfile(user ?? 'USER', profile)] : []),
      ...(lacksAuthorization ? [giveAuthorization(user ?? 'USER', least)] : []),
    ],
  };
}

function examineCluster(
  { name, source, feeds, version }: ClusterInventory,
  watches: readonly ClusterWatch[],
): SourceReport {
  const questions = reached(source)
    ? Object.entries(feeds).map(([feed, answer]: [string, Feed<unknown>]) =>
        examineQuestion(feed, answer, undefined),
      )
    : [];
  const user = questions.map(({ reason }) => userIn(reason)).find((each) => each !== null) ?? null;
  return {
    ...sourceReport(name, 'kubernetes', source, questions),
    user,
    release: version,
    grants: clusterGrants(questions, watches, user ?? 'USER'),
  };
}

/** Whom the server's refusals name (`forbiddenMessage` in apiserver/pkg/endpoints/handlers/responsewriters/errors.go). */
const userIn = (reason: string | null): string | null =>
  /User "([^"]+)" cannot /.exec(reason ?? '')?.[1] ?? null;

function clusterGrants(
  questions: readonly QuestionReport[],
  watches: readonly ClusterWatch[],
  user: string,
): readonly string[] {
  const hidden = new Set(
    questions.flatMap(({ question, reason }) => (userIn(reason) === null ? [] : [question])),
  );
  const resources = watches.filter(({ feed }) => hidden.has(feed)).map(resourceName);
  if (resources.length === 0) return [];
  const list = [...new Set(resources)].join(',');
  return [
    `kubectl create clusterrole labtop --verb=get,list,watch --resource=${list}`,
    `kubectl create clusterrolebinding labtop --clusterrole=labtop ${quoteWord(`--user=${user}`)}`,
  ];
}

function sourceReport(
  name: string,
  kind: SourceReport['kind'],
  source: SourceStatus,
  questions: readonly QuestionReport[],
): SourceReport {
  const asked = questions.filter(({ state }) => state !== 'none');
  return {
    name,
    kind,
    state: source.state,
    isReachable: reached(source) || REFUSED.has(source.state),
    isAuthenticated: reached(source) ? true : REFUSED.has(source.state) ? false : null,
    user: null,
    release: null,
    error: source.error?.message ?? null,
    hint: source.error?.hint || null,
    questions: questions.filter(({ state, complaints }) => state !== 'ok' || complaints.length > 0),
    answered: asked.filter(({ state }) => state === 'ok' || state === 'partial').length,
    asked: asked.length,
    grants: [],
    actions: [],
  };
}

const reached = ({ state }: SourceStatus): boolean =>
  state === 'up' || state === 'stale' || state === 'frozen';
/** It answers, but one side refuses the other. */
const REFUSED: ReadonlySet<SourceStatus['state']> = new Set([
  'auth-failed',
  'hostkey-changed',
  'hostkey-unknown',
]);

function examineQuestion(
  question: string,
  feed: Feed<unknown>,
  command: HostCommand | undefined,
): QuestionReport {
  const gap = gapOf(feed);
  const report = (state: QuestionState, reason: string | null): QuestionReport => ({
    question: command?.id ?? question,
    state,
    reason,
    hides:
      state === 'ok' || state === 'none'
        ? null
        : (gap?.hides ?? command?.hides ?? hiddenBy(feed) ?? question),
    grant: mendOf(feed, command),
    complaints: feed.status === 'ok' ? feed.complaints : [],
  });
  switch (feed.status) {
    case 'ok':
      return gap ? report('partial', gap.reason) : report('ok', null);
    case 'denied':
      return report('denied', feed.reason);
    case 'absent':
      return report(feed.program === undefined ? 'none' : 'missing', feed.reason);
    case 'failed':
      return report('failed', feed.error.message);
    case 'pending':
      return report('no-answer', null);
  }
}

const hiddenBy = (feed: Feed<unknown>): string | undefined =>
  feed.status === 'denied' || feed.status === 'absent' ? feed.hides : undefined;

function mendOf(feed: Feed<unknown>, command: HostCommand | undefined): string | null {
  if (feed.status === 'denied') return command?.grant ?? null;
  // What is missing may be what gives the rights, not the program itself.
  const isMissing =
    feed.status === 'absent' && feed.program !== undefined && feed.program !== 'pfexec';
  return isMissing ? (command?.install ?? null) : null;
}

function grantsOf(questions: readonly QuestionReport[], user: string): readonly string[] {
  const grants = [...new Set(questions.flatMap(({ grant }) => grant ?? []))];
  return grants.some(isForProfile)
    ? [makeProfile, ...grants, mergeProfiles, giveProfile(user, PROFILE)]
    : grants;
}
