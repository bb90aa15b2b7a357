import type { HostCommand } from '../domain/command.ts';
import type { Feed } from '../domain/feed.ts';
import type {
  ClusterInventory,
  FeedName,
  HostInventory,
  Inventory,
  SourceStatus,
} from '../domain/inventory.ts';
import type { Complaint } from '../domain/parsed.ts';
import { giveProfile, isForProfile, makeProfile } from '../resources/host/lab-monitor.ts';

/**
 * What became of one question.
 * - `ok`, `denied`, `missing` (the program is not installed), `failed`, `no-answer` (in the time there was)
 * - `none`: the host has nothing of the kind, or another question makes this one needless
 */
export type QuestionState = 'ok' | 'denied' | 'missing' | 'failed' | 'no-answer' | 'none';

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
  /** Lines that root runs on the host, in this order, to install and grant what is missing. */
  readonly grants: readonly string[];
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
): Pick<DoctorReport, 'hosts' | 'clusters'> => ({
  hosts: hosts.map((host) => examineHost(host, commands)),
  clusters: clusters.map(examineCluster),
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
  };
}

const examineCluster = ({ name, source, feeds, version }: ClusterInventory): SourceReport => ({
  ...sourceReport(
    name,
    'kubernetes',
    source,
    reached(source)
      ? Object.entries(feeds).map(([feed, answer]: [string, Feed<unknown>]) =>
          examineQuestion(feed, answer, undefined),
        )
      : [],
  ),
  release: version,
});

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
    answered: asked.filter(({ state }) => state === 'ok').length,
    asked: asked.length,
    grants: [],
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
  const report = (state: QuestionState, reason: string | null): QuestionReport => ({
    question: command?.id ?? question,
    state,
    reason,
    hides: state === 'ok' || state === 'none' ? null : (command?.hides ?? question),
    grant: mendOf(feed, command),
    complaints: feed.status === 'ok' ? feed.complaints : [],
  });
  switch (feed.status) {
    case 'ok':
      return report('ok', null);
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

function mendOf(feed: Feed<unknown>, command: HostCommand | undefined): string | null {
  if (feed.status === 'denied') return command?.grant ?? null;
  // What is missing may be what gives the rights, not the program itself.
  const isMissing =
    feed.status === 'absent' && feed.program !== undefined && feed.program !== 'pfexec';
  return isMissing ? (command?.install ?? null) : null;
}

function grantsOf(questions: readonly QuestionReport[], user: string): readonly string[] {
  const grants = [...new Set(questions.flatMap(({ grant }) => grant ?? []))];
  return grants.some(isForProfile) ? [makeProfile, ...grants, giveProfile(user)] : grants;
}
