import { lastKnown } from '../domain/feed.ts';
import type { Inventory } from '../domain/inventory.ts';
import { allZonesOf, findHost } from '../domain/joined.ts';
import { podsByNode } from '../domain/pods.ts';
import type { Problem } from '../domain/problem.ts';
import { podRef, refKind, refPath } from '../domain/ref.ts';
import type { Ref, RefKind } from '../domain/ref.ts';
import { createGraph, LAYERS } from './graph.ts';
import type { Graph } from './graph.ts';

/** How much later than its consequence a cause may be found: two fast intervals, as each is seen by its own question. */
const LATER_MS = 10_000;

/** Rules that mean that nothing is known of the subject any more. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  'host.unreachable',
  'host.frozen',
  'host.auth',
  'host.hostkey',
]);
/** Rules that mean that the subject is gone for what needs it. A busy host, say, explains nothing. */
const GONE: ReadonlySet<string> = new Set([
  ...UNREACHABLE,
  'aggr.down',
  'api.down',
  'api.vip',
  'gateway.notready',
  'jump.down',
  'link.down',
  'node.notready',
  'pod.crashloop',
  'pod.imagepull',
  'pod.pending',
  'vm.down',
  'volume.faulted',
  'zone.down',
  'zone.stuck',
]);
/** Rules that mean that only when they are critical; a service, when its zone is there for it. */
const GONE_WHEN_CRITICAL: ReadonlySet<string> = new Set([
  'etcd.quorum',
  'pool.state',
  'zone.service',
]);
/** Rules that a dead network path explains although the subject itself lives. */
const NETWORK: ReadonlySet<string> = new Set([
  'check.failed',
  'service.noendpoints',
  'vlan.isolated',
]);

/** A disk that fails now; what it had counted before the console looked is a fact and explains nothing. */
const FAILING_DISK = ['disk.errors critical', 'disk.errors warning', 'disk.smart'];

/**
 * Rules, where it matters with their severity, that certain others explain, on the same subject or on what this is made of, although nothing is gone: the
 * disk that fails, the state that its pool is in, the errors that a slow disk counts. Which of them was found first
 * says nothing: each is told by its own question.
 */
const EXPLAINED_BY: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    'disk.slow': FAILING_DISK,
    'disk.smart': ['disk.errors critical', 'disk.errors warning'],
    // What a disk had counted says less than what it foretells, or than the state of its pool.
    'disk.errors info': ['disk.smart', 'disk.slow'],
    'pool.state': FAILING_DISK,
    'pool.device': [...FAILING_DISK, 'pool.state'],
    'pool.errors': FAILING_DISK,
    'pool.resilver': [...FAILING_DISK, 'pool.state'],
    'zone.disk': ['pool.capacity'],
    'api.instance': ['zone.down', 'zone.stuck', 'etcd.quorum critical'],
    'etcd.member': ['zone.down', 'zone.stuck'],
    'scheduler.standby': ['zone.down', 'zone.stuck'],
    'controller.standby': ['zone.down', 'zone.stuck'],
    'api.slow': ['etcd.quorum critical', 'api.memory'],
    'api.memory': ['objects.growth'],
    'zone.memory': ['api.memory'],
    // What a component does is told by its own rules; its service is what they lead to.
    'zone.service': [
      'etcd.member',
      'api.instance',
      'api.down',
      'scheduler.lease',
      'scheduler.standby',
      'controller.lease',
      'controller.standby',
    ],
    // Also one that is told less loudly, because the rules of its component tell it.
    'group.redundancy': ['zone.service'],
    'etcd.leader': ['etcd.quorum', 'etcd.member', 'etcd.slow'],
    // One failure from the loss of the quorum is what a member that is gone leaves; the loss itself has several causes.
    'etcd.quorum warning': [...UNREACHABLE, 'zone.down', 'zone.stuck', 'etcd.member'],
    'etcd.quorum critical': [...UNREACHABLE, 'zone.down', 'zone.stuck'],
    'volume.degraded': ['storage.pool'],
    'volume.faulted': ['storage.pool'],
    'pod.pending': ['pvc.pending'],
    // What calls it is told beneath the target that is gone; that its service has nobody behind it is the same, told less.
    'webhook.unreachable': ['webhook.unreachable'],
    'service.noendpoints': ['webhook.unreachable'],
    'apiservice.unavailable': ['service.noendpoints', 'webhook.unreachable'],
    'source.stale': [
      'etcd.quorum critical',
      'api.down',
      'api.vip',
      'objects.growth',
      'apiservice.unavailable',
    ],
    'cilium.agent': ['pod.crashloop', 'pod.imagepull', 'pod.pending'],
    'workload.unavailable': ['cilium.agent'],
    'pod.oom': ['pod.crashloop'],
  }).map(([rule, causes]) => [rule, new Set(causes)]),
);

const isGone = ({ rule, severity }: Problem): boolean =>
  GONE.has(rule) || (severity === 'critical' && GONE_WHEN_CRITICAL.has(rule));

/**
 * The problems with their causes and consequences filled in. A root is a problem that no problem of the same age
 * or older beneath it explains. A host that cannot be asked folds its zones and VMs, which have gone unknown;
 * a node that is not ready folds its pods. Each thing counts once beneath a problem.
 */
export function explain(problems: readonly Problem[], inventory: Inventory): readonly Problem[] {
  if (problems.length === 0) return problems;
  const graph = createGraph(inventory);
  const causes = findCauses(problems, graph);
  const beneath = new Map<string, Set<Ref>>();
  for (const problem of problems) beneath.set(problem.id, goneUnknown(problem, inventory));
  for (const problem of problems) {
    // A group is no thing of its own: its members are counted, and it is told in words beside them.
    const things = [problem.subject, ...(beneath.get(problem.id) ?? [])].filter(
      (ref) => refKind(ref) !== 'group',
    );
    for (let above = causes.get(problem.id); above; above = causes.get(above.id)) {
      const set = beneath.get(above.id);
      for (const ref of things) if (ref !== above.subject) set?.add(ref);
    }
  }
  return problems.map((problem) => {
    const things = beneath.get(problem.id) ?? new Set<Ref>();
    return {
      ...problem,
      cause: causes.get(problem.id)?.id ?? null,
      folds: countKinds(things),
      consequences: things.size,
    };
  });
}

function findCauses(problems: readonly Problem[], graph: Graph): ReadonlyMap<string, Problem> {
  const all = Map.groupBy(problems, ({ subject }) => subject);
  const bySubject = Map.groupBy(problems.filter(isGone), ({ subject }) => subject);
  const causes = new Map<string, Problem>();
  for (const problem of problems) {
    const cause = ownCause(problem, graph, all) ?? nearestCause(problem, graph, bySubject);
    // Output that names two links over each other must not hide both problems beneath one another.
    if (cause && !isBeneath(cause, problem, causes)) causes.set(problem.id, cause);
  }
  return causes;
}

/** What explains a problem by its rule; of several the one nearest to the physical layer. */
function ownCause(
  problem: Problem,
  graph: Graph,
  bySubject: ReadonlyMap<Ref, readonly Problem[]>,
): Problem | undefined {
  const rules =
    EXPLAINED_BY.get(problem.rule) ?? EXPLAINED_BY.get(`${problem.rule} ${problem.severity}`);
  if (!rules) return undefined;
  const near = [
    problem.subject,
    ...graph.needs(problem.subject).map(({ to }) => to),
    ...(problem.rule === 'zone.memory' ? serversIn(problem.subject, graph, bySubject) : []),
  ];
  return near
    .toSorted(byLayer)
    .flatMap((ref) => bySubject.get(ref) ?? [])
    .find(
      (other) =>
        other !== problem &&
        (rules.has(other.rule) || rules.has(`${other.rule} ${other.severity}`)),
    );
}

/** Whose memory that of a zone is: API servers with a problem that run in it. */
const serversIn = (
  zone: Ref,
  graph: Graph,
  bySubject: ReadonlyMap<Ref, readonly Problem[]>,
): readonly Ref[] =>
  [...bySubject.keys()].filter(
    (ref) => refKind(ref) === 'component' && graph.needs(ref).some(({ to }) => to === zone),
  );

const byLayer = (a: Ref, b: Ref): number => LAYERS.indexOf(refKind(a)) - LAYERS.indexOf(refKind(b));

/** Breadth first; among those that are equally near, the one nearest to the physical layer. */
function nearestCause(
  problem: Problem,
  graph: Graph,
  bySubject: ReadonlyMap<Ref, readonly Problem[]>,
): Problem | undefined {
  const seen = new Set<Ref>([problem.subject]);
  let layer: readonly Ref[] = [problem.subject];
  while (layer.length > 0) {
    const next = layer
      .flatMap((ref) => graph.needs(ref))
      .filter(
        ({ strength }) => strength === 'hard' || (strength === 'soft' && NETWORK.has(problem.rule)),
      )
      .map(({ to }) => to)
      .filter((ref) => !seen.has(ref) && seen.add(ref))
      .toSorted(byLayer);
    const cause = next
      .flatMap((ref) => bySubject.get(ref) ?? [])
      .find(({ since }) => since <= problem.since + LATER_MS);
    if (cause) return cause;
    layer = next;
  }
  return undefined;
}

function isBeneath(
  problem: Problem,
  above: Problem,
  causes: ReadonlyMap<string, Problem>,
): boolean {
  for (let at: Problem | undefined = problem; at; at = causes.get(at.id))
    if (at.id === above.id) return true;
  return false;
}

function goneUnknown(problem: Problem, inventory: Inventory): Set<Ref> {
  const [first = '', second = ''] = refPath(problem.subject);
  if (UNREACHABLE.has(problem.rule)) {
    const host = findHost(inventory, first);
    return new Set<Ref>((host ? allZonesOf(host) : []).map(({ ref }) => ref));
  }
  if (problem.rule === 'node.notready') {
    const cluster = inventory.clusters.find(({ name }) => name === first);
    const pods = cluster && lastKnown(cluster.feeds.pods)?.value;
    return new Set<Ref>(
      [...((pods && podsByNode(pods).get(second)?.values()) ?? [])].map(({ namespace, name }) =>
        podRef(first, namespace, name),
      ),
    );
  }
  return new Set();
}

const KIND_NAMES: Readonly<Record<RefKind, string>> = {
  host: 'hosts',
  zone: 'zones',
  vm: 'vms',
  link: 'links',
  pool: 'pools',
  disk: 'disks',
  dataset: 'datasets',
  service: 'services',
  fault: 'faults',
  group: 'groups',
  vlan: 'vlans',
  cluster: 'clusters',
  node: 'nodes',
  pod: 'pods',
  resource: 'resources',
  workload: 'workloads',
  component: 'components',
  certificate: 'certificates',
  object: 'objects',
  storage: 'volumes',
  kubevirt: 'machines',
  source: 'sources',
};

function countKinds(things: ReadonlySet<Ref>): Readonly<Record<string, number>> {
  const folds: Record<string, number> = {};
  for (const kind of LAYERS) {
    let amount = 0;
    for (const ref of things) if (refKind(ref) === kind) amount += 1;
    if (amount > 0) folds[KIND_NAMES[kind]] = amount;
  }
  return folds;
}
