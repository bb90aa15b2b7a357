import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { phaseOf } from '../../src/collect/due.ts';
import { objectKey } from '../../src/collect/kube/kind-store.ts';
import { createKindTable } from '../../src/collect/kube/kind-table.ts';
import { tcpTimeout } from '../../src/collect/ssh/failure.ts';
import { sectionsOf } from '../../src/collect/ssh/sections.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { nextProblems, noProblems } from '../../src/derive/problems.ts';
import type { HostCommand } from '../../src/domain/command.ts';
import { emptyInventory } from '../../src/domain/empty.ts';
import type { Feed } from '../../src/domain/feed.ts';
import type { ClusterFeeds, FeedName, Inventory } from '../../src/domain/inventory.ts';
import { findHost } from '../../src/domain/joined.ts';
import type { KubeTable } from '../../src/domain/kube.ts';
import type { ObjectCount } from '../../src/domain/objects.ts';
import { noObserver } from '../../src/domain/observer.ts';
import type { HostObserver } from '../../src/domain/observer.ts';
import type { Problem } from '../../src/domain/problem.ts';
import type { Settings } from '../../src/domain/settings.ts';
import type { EpochMs } from '../../src/domain/time.ts';
import type { Answer, DoneAnswer } from '../../src/domain/transport.ts';
import { resourceName } from '../../src/domain/watch.ts';
import type { ClusterWatch } from '../../src/domain/watch.ts';
import { createManualClock } from '../../src/lab/clock.ts';
import type { LabClock } from '../../src/lab/clock.ts';
import { clustersOf } from '../../src/lab/control-plane/daemon.ts';
import { PATHS } from '../../src/lab/control-plane/paths.ts';
import { createMachine } from '../../src/lab/create-machine.ts';
import { startHeartbeats } from '../../src/lab/kube/heartbeats.ts';
import { createIncidents } from '../../src/lab/kube/incidents.ts';
import { resourceOf } from '../../src/lab/kube/kinds/kind.ts';
import { KINDS } from '../../src/lab/kube/kinds/registry.ts';
import { startKubevirt } from '../../src/lab/kube/kubevirt-controller.ts';
import { startLonghorn } from '../../src/lab/kube/longhorn-manager.ts';
import { measure } from '../../src/lab/kube/metrics-api.ts';
import { createModel, KUBERNETES_VERSION } from '../../src/lab/kube/model.ts';
import { createNetworkIncidents } from '../../src/lab/kube/network-incidents.ts';
import { createStore } from '../../src/lab/kube/store.ts';
import { createStorm } from '../../src/lab/kube/storm.ts';
import type { Timers } from '../../src/lab/kube/timers.ts';
import { writeLabConfig } from '../../src/lab/lab-config.ts';
import type { Lab } from '../../src/lab/lab.ts';
import type { Machine } from '../../src/lab/machine.ts';
import type { ScenarioLab } from '../../src/lab/scenario.ts';
import { findScenario } from '../../src/lab/scenarios/scenarios.ts';
import { createShell } from '../../src/lab/shell/shell.ts';
import { createCollector, emptyInput } from '../../src/lab/shell/streams.ts';
import type { SshHost } from '../../src/lab/ssh-host.ts';
import { createWorld } from '../../src/lab/world.ts';
import type { World } from '../../src/lab/world.ts';
import { clusterWatches, hostCommands, rules } from '../../src/registry.ts';
import {
  applyAnswer,
  applyCluster,
  applyObserver,
  applySource,
  applyUnasked,
} from '../../src/store/apply.ts';
import { createHistory } from '../../src/store/history.ts';
import type { History } from '../../src/store/history.ts';
import { createStore as createInventoryStore } from '../../src/store/store.ts';
import { addMoment, momentOf } from '../../src/ui/paint/timeline.ts';
import type { Moment } from '../../src/ui/paint/timeline.ts';
import { labControlPlane } from './lab-control-plane.ts';
import { noControlPlane } from './no-control-plane.ts';

/** What the embedded lab would show, without sockets and without waiting: its time stands still between steps. */
export type LabInventory = {
  readonly settings: Settings;
  readonly now: () => EpochMs;
  readonly inventory: () => Inventory;
  readonly problems: () => readonly Problem[];
  readonly history: History;
  /** What was worst and when, as the console remembers it. */
  readonly timeline: () => readonly Moment[];
  /** One second on: hosts are asked what is due, as the poller would. */
  readonly tick: () => Promise<void>;
  /** One fast interval on. */
  readonly step: () => Promise<void>;
  /** Asks one host for one feed now. */
  readonly ask: (host: string, feed: FeedName) => Promise<void>;
  /** What the first host printed last for a command; undefined when it was never asked. */
  readonly printed: (command: string) => string | undefined;
  /** Lets time pass in which nothing is asked. */
  readonly pass: (milliseconds: number) => void;
};

/** The scenarios of the lab that need no sockets: what they do to a host is to take or give its power, or to freeze it. */
export const LAB_SCENARIOS = [
  'calm',
  'address-duplicate',
  'aggr-port',
  'api-down',
  'disk-unc',
  'etcd-member',
  'etcd-quorum',
  'host-down',
  'host-freeze',
  'link-errors',
  'memory-cap',
  'metrics-down',
  'node-notready',
  'pool-degraded',
  'smf-maintenance',
  'vlan-cut',
  'vlan-isolated',
  'vm-migration',
  'volume-degraded',
  'webhook-down',
  'zone-crash',
] as const;
export type LabScenario = (typeof LAB_SCENARIOS)[number];

export type LabInventoryOptions = {
  /** Default `calm`. */
  readonly scenario?: LabScenario;
  /** Default 1, as the embedded lab's. */
  readonly seed?: number;
  /** Copies of the lab; default 1. */
  readonly scale?: number;
  /** Samples of the past, one every five seconds; default 40. */
  readonly samples?: number;
};

/** When the last sample is taken. */
export const LAB_NOW = Date.UTC(2026, 10, 23, 14, 9, 53);

const CLUSTER = 'infrak8s';
const ANSWER_MS = 3;
/** The fast interval of the configuration's defaults. */
const STEP_SECONDS = 5;
/** As many samples before the end a scenario strikes. */
const FAULT_SAMPLES = 12;

/** Makes the reference lab of a seed and asks it with the product's own commands, parsers and rules. */
export async function createLabInventory({
  scenario = 'calm',
  seed = 1,
  scale = 1,
  samples = 40,
}: LabInventoryOptions = {}): Promise<LabInventory> {
  const clock = createManualClock(LAB_NOW - samples * STEP_SECONDS * 1000);
  const world = createWorld({ seed, clock, scale });
  // What members of etcd show their clients; certificates themselves come with sockets.
  for (const { name } of world.plan.hosts.flatMap(({ zones }) => zones))
    if (name.startsWith('etcd'))
      world.zoneFiles.set(
        name,
        new Map([PATHS.etcdServer, PATHS.etcdKey].map((path) => [path, () => ''] as const)),
      );
  const settings = await settingsOf(world);
  const store = createInventoryStore(emptyInventory(settings, clock.now()));
  const history = createHistory({ fullSeconds: 3600, intervalSeconds: settings.intervals.fast });
  const machines = new Map(
    settings.hosts.map(({ name }) => [name, createMachine(world, name)] as const),
  );
  const cluster = createCluster(clock, seed, scale);
  const silent = new Map<string, 'down' | 'frozen'>();
  const askedAt = new Map<string, EpochMs>();
  const followed = new Map<string, string | null>();
  const printed = new Map<string, string>();
  const startedAt = clock.now();
  let problems = noProblems;
  let timeline: readonly Moment[] = [];

  const settle = (): void => {
    problems = nextProblems(problems, rules, store.get(), clock.now());
    history.record(store.get(), clock.now());
    timeline = addMoment(timeline, momentOf(problems.problems, store.get(), clock.now()));
  };
  const status = (name: string, since: EpochMs): void => {
    store.update((inventory) =>
      applySource(inventory, name, {
        state: 'up',
        since,
        lastDataAt: clock.now(),
        attempt: 0,
        nextAttemptAt: null,
        error: null,
        question: null,
      }),
    );
  };
  const askCommand = async (name: string, command: HostCommand): Promise<void> => {
    const machine = machines.get(name);
    const known = findHost(store.get(), name);
    const question = known && command.question(known);
    if (!machine || silent.has(name)) return;
    if (!question) {
      store.update((inventory) => applyUnasked(inventory, name, command, clock.now()));
      return;
    }
    askedAt.set(`${name} ${command.id}`, clock.now());
    followed.set(`${name} ${command.id}`, command.follows?.(known) ?? null);
    const answer = await runSections(machine, sectionsOf(question));
    if (name === settings.hosts[0]?.name) printed.set(command.id, answer.stdout);
    const intervalSeconds = settings.intervals[command.pace];
    store.update((inventory) =>
      applyObserver(
        applyAnswer(inventory, name, command, answer, { now: clock.now(), intervalSeconds }),
        name,
        withCost(
          findHost(inventory, name)?.observer ?? noObserver,
          command,
          intervalSeconds,
          answer,
        ),
      ),
    );
  };
  const isDue = (name: string, { id, pace, follows }: HostCommand): boolean => {
    const last = askedAt.get(`${name} ${id}`);
    if (last === undefined || clock.now() - last >= settings.intervals[pace] * 1000) return true;
    const known = findHost(store.get(), name);
    const before = followed.get(`${name} ${id}`) ?? null;
    return before !== null && known !== undefined && follows?.(known) !== before;
  };
  const askHost = async (name: string): Promise<void> => {
    if (silent.has(name)) return;
    status(name, startedAt);
    for (const command of hostCommands) if (isDue(name, command)) await askCommand(name, command);
  };

  const scenarioLab: ScenarioLab = {
    world,
    kube: {
      ...cluster.incidents,
      ...cluster.network,
      ...cluster.storm,
      ...cluster.storage,
      ...cluster.machines,
      setIssuerFault: () => undefined,
      ageCertificate: () => undefined,
      setDeprecatedRequests: () => undefined,
    },
    controlPlane: noControlPlane,
    host: (name) => {
      const switched: Pick<SshHost, 'power' | 'freeze'> = {
        power: (on) => {
          world.setPower(name, on);
          if (on) silent.delete(name);
          else silent.set(name, 'down');
          return Promise.resolve();
        },
        freeze: (on) => {
          if (on) silent.set(name, 'frozen');
          else silent.delete(name);
        },
      };
      return switched as SshHost;
    },
  };
  const markSilent = (): void => {
    for (const [name, state] of silent)
      store.update((inventory) => {
        const before = findHost(inventory, name)?.source;
        if (!before) return inventory;
        return applySource(inventory, name, {
          ...before,
          state,
          since: before.state === state ? before.since : clock.now(),
          ...(state === 'down'
            ? {
                attempt: before.attempt + 1,
                nextAttemptAt: clock.now() + 8000,
                error: tcpTimeout(name).error,
              }
            : {}),
        });
      });
  };

  /** Hosts have their turns at different seconds of the interval, as their phases have it. */
  const turns = settings.hosts.map(({ name }) => ({
    name,
    second: Math.floor(phaseOf(name, 'host-kstats') * STEP_SECONDS),
  }));
  let second = 0;
  const tick = async (): Promise<void> => {
    clock.advance(1000);
    for (const turn of turns) if (turn.second === second) await askHost(turn.name);
    if (second === 0) {
      markSilent();
      store.update((inventory) => applyCluster(inventory, CLUSTER, cluster.patch(startedAt)));
      store.update((inventory) =>
        applyCluster(inventory, CLUSTER, {
          feeds: { controlPlane: fresh(labControlPlane(world, startedAt), clock.now()) },
        }),
      );
    }
    second = (second + 1) % STEP_SECONDS;
    settle();
  };
  const step = async (): Promise<void> => {
    for (let each = 0; each < STEP_SECONDS; each += 1) await tick();
  };

  for (let sample = 0; sample < samples; sample += 1) {
    if (sample === samples - FAULT_SAMPLES)
      for (const { apply, atSeconds } of findScenario(scenario).steps)
        if (atSeconds <= FAULT_SAMPLES * STEP_SECONDS) await apply(scenarioLab);
    await step();
  }
  return {
    settings,
    now: clock.now,
    inventory: store.get,
    problems: () => problems.problems,
    history,
    timeline: () => timeline,
    tick,
    step,
    ask: async (host, feed) => {
      for (const command of hostCommands)
        if (command.feed === feed) await askCommand(host, command);
      settle();
    },
    printed: (command) => printed.get(command),
    pass: (milliseconds) => {
      clock.advance(milliseconds);
      settle();
    },
  };
}

/** What such a host would cost over a real connection, its figures made up. */
const withCost = (
  observer: HostObserver,
  command: HostCommand,
  intervalSeconds: number,
  answer: Answer,
): HostObserver => ({
  ...observer,
  roundTripMs: 1.4,
  receivedBytesPerSecond: 4_600,
  sentBytesPerSecond: 47,
  forksPerMinute: 21,
  cpuPercent: 0.2,
  channels: 2,
  clockSkewMs: 40,
  questions: new Map(observer.questions).set(command.feed, {
    command: command.id,
    intervalSeconds,
    stretch: 1,
    isStreamed: command.stream !== undefined,
    streamCpuPercent: command.stream === undefined ? null : 0.4,
    durationMs: ANSWER_MS,
    bytes: answer.kind === 'done' ? answer.stdout.length : null,
    dropped: 0,
    hangs: 0,
  }),
});

/** The settings that the lab writes for the console: with the names of its VLANs and its groups. */
async function settingsOf(world: World): Promise<Settings> {
  const folder = mkdtempSync(join(tmpdir(), 'labtop-inventory-'));
  try {
    // Only what the configuration says of a running lab.
    const lab = {
      world,
      hosts: world.plan.hosts.map(({ name }) => ({ name, port: 22, hostKey: () => '' })),
      clientKey: { privateKey: '', publicKey: '' },
      clusters: clustersOf(world.plan).map((name) => ({
        name,
        kube: { kubeconfig: () => '', instances: () => [] },
        vip: { url: 'https://127.0.0.1:6443' },
        etcd: { servers: [] },
      })),
      kube: { kubeconfig: () => '' },
      vip: { url: 'https://127.0.0.1:6443' },
    } as unknown as Lab;
    const { config } = await writeLabConfig(lab, join(folder, 'config.yaml'));
    const loaded = loadConfig(config, { env: { HOME: folder } });
    if ('issues' in loaded)
      throw new Error(`the lab's own configuration has issues: ${JSON.stringify(loaded.issues)}`);
    return loaded.settings;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs the text that the sampler would send; a command that waits for the clock is an error here. */
async function runSections(machine: Machine, sections: readonly string[]): Promise<DoneAnswer> {
  const stdout = createCollector();
  const stderr = createCollector();
  let code = 0;
  for (const section of sections) {
    const shell = createShell({ machine, streams: { stdin: emptyInput, stdout, stderr } });
    const exit = await shell.runCommand(section);
    code = exit.kind === 'code' ? exit.code : 255;
  }
  return {
    kind: 'done',
    stdout: stdout.text(),
    stderr: stderr.text(),
    code,
    durationMs: ANSWER_MS,
  };
}

/** The lab's cluster, whose own clockwork stands still: only what a scenario does to it changes it. */
function createCluster(clock: LabClock, seed: number, scale: number) {
  const model = createModel({ name: CLUSTER, seed, scale, nowMs: clock.now() });
  const store = createStore({ kinds: KINDS, seed, clock: clock.now });
  for (const kind of KINDS)
    for (const draft of kind.seed(model)) store.create(resourceOf(kind), draft);
  const timers: Timers = {
    after: () => () => undefined,
    every: () => () => undefined,
    soon: () => undefined,
    close: () => undefined,
  };
  const heartbeats = startHeartbeats({ model, store, clock: clock.now, timers });
  const simulation = {
    model,
    store,
    clock: clock.now,
    timers,
    isAlive: () => true,
    isKubeletAlive: (node: string) => heartbeats.isRenewing('kube-node-lease', node),
  };
  const incidents = createIncidents(simulation, heartbeats, () => undefined);
  const tables = clusterWatches
    .filter(
      (watch) =>
        isMeasured(watch) || KINDS.some((kind) => resourceOf(kind) === resourceName(watch)),
    )
    .map((watch) => ({ watch, table: createKindTable<unknown>() }));
  const storage = startLonghorn(simulation);
  const machines = startKubevirt(simulation);
  const read = (watch: ClusterWatch, table: (typeof tables)[number]['table']) => {
    table.begin();
    const objects = isMeasured(watch)
      ? measure(watch.resource, { store, clock: clock.now })
      : store.list(resourceName(watch));
    for (const object of objects) {
      const key = objectKey(watch, object);
      const kept = watch.project(object);
      if (key !== undefined && kept !== undefined) table.add(key, kept);
    }
    table.replace();
    return table.publish();
  };
  const counts = createKindTable<ObjectCount>();
  const count = () => {
    counts.begin();
    for (const kind of KINDS.filter(({ sameObjectsAs }) => sameObjectsAs === undefined)) {
      const name = resourceOf(kind);
      counts.add(name, {
        name,
        group: kind.group,
        resource: kind.plural,
        kind: kind.kind,
        request: `GET /…/${kind.plural}?limit=1`,
        count: store.count(name),
        perMinute: 0,
        namespaces: null,
        sample: null,
        countedAt: clock.now(),
        trouble: null,
      });
    }
    counts.replace();
    return counts.publish();
  };
  return {
    incidents,
    network: createNetworkIncidents(simulation),
    storage,
    machines,
    storm: createStorm(simulation),
    patch: (since: EpochMs) => ({
      source: {
        state: 'up' as const,
        since,
        lastDataAt: clock.now(),
        attempt: 0,
        nextAttemptAt: null,
        error: null,
        question: null,
      },
      version: KUBERNETES_VERSION,
      latencyMs: 4,
      clockSkewMs: 0,
      // The table of a watch holds what it projects: the feed's own type.
      feeds: Object.fromEntries([
        ...tables.map(({ watch, table }) => [watch.feed, watched(read(watch, table), clock.now())]),
        ['webhookTargets', watched({ revision: 1, byKey: new Map() }, clock.now())],
        ['objects', watched(count(), clock.now())],
        // As discovery tells of what the lab has not installed.
        ...clusterWatches
          .filter((watch) => tables.every((table) => table.watch !== watch))
          .map((watch) => [
            watch.feed,
            { status: 'absent', reason: `no API ${watch.group} on the server`, at: clock.now() },
          ]),
      ]) as { readonly [K in keyof ClusterFeeds]?: Feed<ClusterFeeds[K]> },
    }),
  };
}

const isMeasured = ({ group }: ClusterWatch): boolean => group === 'metrics.k8s.io';

const watched = (value: KubeTable<unknown> | undefined, now: EpochMs): Feed<KubeTable<unknown>> =>
  value === undefined
    ? { status: 'pending' }
    : {
        status: 'ok',
        value,
        at: now,
        freshUntil: now + 90_000,
        complaints: [],
        durationMs: ANSWER_MS,
      };

/** An answer of now. */
const fresh = <T>(value: T, at: EpochMs): Feed<T> => ({
  status: 'ok',
  value,
  at,
  freshUntil: at + 20_000,
  complaints: [],
  durationMs: 0,
});
