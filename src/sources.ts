import { systemClock } from './collect/clock.ts';
import { recheckMs } from './collect/due.ts';
import { createClusterSource } from './collect/kube/cluster-source.ts';
import type { ClusterSource } from './collect/kube/cluster-source.ts';
import { createControlPlaneSource } from './collect/kube/control-plane-source.ts';
import type { ControlPlaneSource } from './collect/kube/control-plane-source.ts';
import { createOutsideProber } from './collect/kube/outside-prober.ts';
import type { OutsideProber } from './collect/kube/outside-prober.ts';
import { createPoller } from './collect/poller.ts';
import type { Poller } from './collect/poller.ts';
import { watchSleep } from './collect/sleep-watch.ts';
import { createCommons } from './collect/ssh/commons.ts';
import { createHostLink } from './collect/ssh/host-link.ts';
import type { KeyRing } from './collect/ssh/key-ring.ts';
import { hasNews } from './derive/news.ts';
import { nextProblems, nextRaiseAt, noProblems, raisesBy } from './derive/problems.ts';
import type { ProblemState } from './derive/problems.ts';
import { apiServerTargets, etcdTargets } from './domain/control-plane-targets.ts';
import { emptyHost, emptyInventory } from './domain/empty.ts';
import { lastKnown } from './domain/feed.ts';
import type { ClusterInventory, FeedName, Inventory } from './domain/inventory.ts';
import { findHost } from './domain/joined.ts';
import { strangersOn } from './domain/membership.ts';
import { outsideTargets } from './domain/network.ts';
import type { Problem } from './domain/problem.ts';
import type { Settings } from './domain/settings.ts';
import { limitsOf } from './domain/thresholds.ts';
import type { EpochMs } from './domain/time.ts';
import type { HostLink } from './domain/transport.ts';
import { isUnwell } from './domain/zone-component.ts';
import { clusterWatches, hostCommands, rules } from './registry.ts';
import { createApiServerMetricsReader } from './resources/control-plane/api-server-metrics.ts';
import {
  applyAnswer,
  applyAway,
  applyCluster,
  applyObserver,
  applySource,
  applyUnasked,
} from './store/apply.ts';
import { createHistory } from './store/history.ts';
import type { History } from './store/history.ts';
import { createStore } from './store/store.ts';

/** Everything that is watched, running, with the one store that it fills. */
export type Sources = {
  readonly inventory: () => Inventory;
  readonly problems: () => readonly Problem[];
  /** false while rules have still to look at a part of what is known, or at what is new in it. */
  readonly judged: () => boolean;
  /** Whether something that was found is a problem by then if it stays. */
  readonly raisesBy: (at: EpochMs) => boolean;
  readonly history: History;
  readonly link: (host: string) => HostLink | undefined;
  /** What is asked of a cluster on demand. */
  readonly cluster: (
    name: string,
  ) => Pick<ClusterSource, 'request' | 'logs' | 'objects'> | undefined;
  /** Asks those questions again now; resolves when the answers are in the store. */
  readonly refresh: (host: string, feeds: readonly FeedName[]) => Promise<void>;
  /** Tells until when a zone of a host is away because it is restarted from here; null: no longer. */
  readonly away: (host: string, zone: string, until: EpochMs | null) => void;
  /** Leaves held states and shortens waits: a person asks for it. */
  readonly retryNow: () => void;
  /** Shortens waits, and leaves held states alone: a refused authentication is never repeated by itself. */
  readonly wake: () => void;
  /** Called when anything has changed: 100 ms after news, else at most every 500 ms. */
  readonly onChange: (listener: () => void) => () => void;
  readonly close: () => Promise<void>;
};

/** News gather for so long: a connection, or what is known of something at all, has changed. */
const NEWS_MS = 100;
/** What answers as before with other values gathers for so long. */
const SETTLE_MS = 500;
/**
 * Rules look at changes no more often than this: answers of many hosts come in an endless row. At what was asked because
 * something had changed they look as soon as at news.
 */
const JUDGE_MS = 500;
/** Between two steps of a look at many objects. */
const STEP_MS = 20;
/** Rules are asked again at least so often, for what depends on time alone. */
const TICK_MS = 1000;

export type SourcesOptions = {
  /** Somebody looks at a console and answers what a connection asks; without, a question is a failure. */
  readonly canAsk?: boolean;
  /** The keys that were opened before, when the sources are started anew. */
  readonly keyRing?: KeyRing;
};

/** Connects to everything in the settings. */
export function startSources(settings: Settings, options: SourcesOptions = {}): Sources {
  const store = createStore(emptyInventory(settings, Date.now()));
  const history = createHistory({ fullSeconds: 3600, intervalSeconds: settings.intervals.fast });
  const commons = createCommons({ canAsk: false, ...options });
  const hostNamed = (name: string) => settings.hosts.find((host) => host.name === name);
  const links = new Map<string, HostLink>();
  const pollers = new Map<string, Poller>();
  const clusters: {
    readonly name: string;
    readonly source: ClusterSource;
    readonly controlPlane: ControlPlaneSource;
    readonly outside: OutsideProber;
  }[] = [];
  const listeners = new Set<() => void>();
  /** Since when something of a host's control plane is not well, by the monotonic clock; and when it is asked again. */
  const troubled = new Map<string, number>();
  const soon = new Map<string, NodeJS.Timeout>();
  let problems: ProblemState = noProblems;
  let judged: Inventory | undefined;
  let judgedAt = Number.NEGATIVE_INFINITY;
  let isAwaited = false;
  let judging: NodeJS.Timeout | undefined;
  let settling: NodeJS.Timeout | undefined;
  let settlesAt = Number.POSITIVE_INFINITY;
  /** What the listeners were told last. */
  let told: readonly unknown[] = [];

  const settleWithin = (ms: number): void => {
    const at = performance.now() + ms;
    if (settlesAt <= at) return;
    clearTimeout(settling);
    settlesAt = at;
    settling = setTimeout(settle, ms);
  };
  function settle(): void {
    clearTimeout(settling);
    settling = undefined;
    settlesAt = Number.POSITIVE_INFINITY;
    const now = Date.now();
    const inventory = store.get();
    const wait = judgedAt + (isAwaited ? NEWS_MS : JUDGE_MS) - performance.now();
    if (problems.unfinished || wait <= 0) {
      clearTimeout(judging);
      judging = undefined;
      judgedAt = performance.now();
      isAwaited = false;
      judged = inventory;
      problems = nextProblems(problems, rules, inventory, now, settings.thresholds);
    }
    history.record(inventory, now);
    const raiseAt = nextRaiseAt(problems, rules);
    if (raiseAt !== null && raiseAt - now < TICK_MS)
      settleWithin(Math.max(0, raiseAt - now, judgedAt + JUDGE_MS - performance.now()));
    if (problems.unfinished) judging ??= setTimeout(settle, STEP_MS);
    else if (judged !== inventory) {
      clearTimeout(judging);
      judging = setTimeout(settle, wait);
    }
    const present = [
      inventory,
      problems.problems,
      problems.unfinished || judged !== inventory,
      [...problems.cases.values()].filter(({ raised }) => !raised).length,
      history.revision(),
    ];
    if (present.every((part, index) => part === told[index])) return;
    told = present;
    for (const listener of listeners) listener();
  }
  let seen = store.get();
  const unsubscribe = store.subscribe(() => {
    const before = seen;
    seen = store.get();
    settleWithin(hasNews(before, seen) ? NEWS_MS : SETTLE_MS);
  });
  const ticking = setInterval(() => {
    if (settling === undefined) settle();
  }, TICK_MS);

  /** As of when rules looked last: who belongs to whom is worked out once for all, not with each answer. */
  const strangersOf = (host: string): ReadonlySet<string> | undefined =>
    judged && strangersOn(judged, host);

  /** What is not well is looked at again sooner than at its usual pace. */
  const recheck = (host: string, poller: Poller): void => {
    const feed = findHost(store.get(), host)?.feeds.zoneComponents;
    const { warning } = limitsOf(settings.thresholds, 'etcd.fragmentation');
    const strangers = strangersOf(host);
    if (
      feed?.status !== 'ok' ||
      !feed.value.some((each) => strangers?.has(each.zone) !== true && isUnwell(each, warning))
    ) {
      troubled.delete(host);
      return;
    }
    const now = performance.now();
    const since = troubled.get(host) ?? now;
    troubled.set(host, since);
    const { fast, slow } = settings.intervals;
    clearTimeout(soon.get(host));
    soon.set(
      host,
      setTimeout(
        () => void poller.refresh(['processes', 'zoneComponents']),
        recheckMs(now - since, [fast * 2000, slow * 1000]),
      ),
    );
  };

  for (const host of settings.hosts) {
    const link = createHostLink(host, { commons, hostNamed });
    links.set(host.name, link);
    link.onStatus((status) => {
      store.update((inventory) =>
        applyObserver(
          applySource(inventory, host.name, status),
          host.name,
          pollers.get(host.name)?.observer(),
        ),
      );
    });
    const poller = createPoller({
      link,
      commands: hostCommands,
      intervals: settings.intervals,
      known: () => {
        const strangers = strangersOf(host.name);
        const known = findHost(store.get(), host.name) ?? emptyHost(host.name, Date.now());
        return strangers ? { ...known, strangers } : known;
      },
      onUnasked: (command) => {
        store.update((inventory) => applyUnasked(inventory, host.name, command, Date.now()));
      },
      onAnswer: ({
        command,
        answer,
        isRepeat,
        isAwaited: isWaitedFor,
        intervalSeconds,
        observer,
      }) => {
        const tellsZones = command.feed === 'zones' && !isRepeat;
        const before = tellsZones ? zoneNames(store.get(), host.name) : null;
        store.update((inventory) =>
          applyObserver(
            applyAnswer(
              applySource(inventory, host.name, link.status()),
              host.name,
              command,
              answer,
              {
                now: Date.now(),
                intervalSeconds,
                isRepeat,
              },
            ),
            host.name,
            observer,
          ),
        );
        // A zone that is new, or that came back, has a configuration that nobody has read.
        // Which zones run is waited for as a connection is.
        if (tellsZones || isWaitedFor) settleWithin(NEWS_MS);
        isAwaited ||= isWaitedFor;
        const after = tellsZones ? zoneNames(store.get(), host.name) : null;
        if (before !== null && after !== null && before !== after)
          void poller.refresh(['zoneConfigs', 'vnics', 'links', 'processes', 'zoneComponents']);
        if (command.feed === 'zoneComponents') recheck(host.name, poller);
      },
    });
    pollers.set(host.name, poller);
    poller.start();
    link.start();
  }
  for (const cluster of settings.clusters) {
    const source = createClusterSource(cluster, {
      watches: clusterWatches,
      onChange: (patch) => {
        store.update((inventory) => applyCluster(inventory, cluster.name, patch));
        if (patch.feeds?.validatingWebhooks || patch.feeds?.mutatingWebhooks) outside.lookForNew();
      },
    });
    const present = () => store.get().clusters.find(({ name }) => name === cluster.name);
    const controlPlane = createControlPlaneSource(cluster, {
      access: source.access,
      createMetricsReader: createApiServerMetricsReader,
      kubelets: () => (cluster.kubelets ? kubeletsOf(present()) : []),
      etcd: () => {
        const known = present();
        return known ? etcdTargets(store.get(), known, cluster, Date.now()) : [];
      },
      apiServers: () => {
        const known = present();
        return known ? apiServerTargets(store.get(), known) : [];
      },
      intervalSeconds: settings.intervals.fast,
      onChange: (feed) => {
        const before = controlPlaneState(store.get(), cluster.name);
        const shown = shownCertificates(store.get(), cluster.name);
        store.update((inventory) =>
          applyCluster(inventory, cluster.name, { feeds: { controlPlane: feed } }),
        );
        // An API server takes a new certificate from its file without a new process, which is what files are read at.
        if (shown !== '' && shown !== shownCertificates(store.get(), cluster.name))
          for (const poller of pollers.values()) void poller.refresh(['zoneCertificates']);
        // What the API servers say has changed: their zones, and those of etcd, are asked too.
        if (before !== null && before !== controlPlaneState(store.get(), cluster.name))
          for (const poller of pollers.values())
            void poller.refresh(['processes', 'zoneComponents']);
      },
    });
    const outside = createOutsideProber({
      targets: () => {
        const known = present();
        return known ? outsideTargets(known) : null;
      },
      onChange: (feed) => {
        store.update((inventory) =>
          applyCluster(inventory, cluster.name, { feeds: { webhookTargets: feed } }),
        );
      },
    });
    clusters.push({ name: cluster.name, source, controlPlane, outside });
    outside.start();
    source.start();
    controlPlane.start();
  }

  const wake: Sources['wake'] = () => {
    for (const link of links.values()) link.wake();
    for (const { name, source } of clusters)
      if (
        store
          .get()
          .clusters.some((cluster) => cluster.name === name && cluster.source.state === 'down')
      )
        source.retryNow();
  };
  const endSleepWatch = watchSleep(systemClock, wake);

  return {
    inventory: store.get,
    problems: () => problems.problems,
    judged: () => !problems.unfinished && judged === store.get(),
    raisesBy: (at) => raisesBy(problems, rules, at),
    history,
    link: (host) => links.get(host),
    cluster: (name) => clusters.find((each) => each.name === name)?.source,
    refresh: async (host, feeds) => {
      await pollers.get(host)?.refresh(feeds);
    },
    away: (host, zone, until) => {
      store.update((inventory) => applyAway(inventory, host, zone, until));
    },
    retryNow: () => {
      for (const link of links.values()) link.retryNow();
      for (const { source, controlPlane, outside } of clusters) {
        source.retryNow();
        controlPlane.retryNow();
        outside.wake();
      }
    },
    wake,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      endSleepWatch();
      clearInterval(ticking);
      clearTimeout(settling);
      clearTimeout(judging);
      for (const timer of soon.values()) clearTimeout(timer);
      unsubscribe();
      for (const poller of pollers.values()) poller.stop();
      await Promise.all([
        ...[...links.values()].map((link) => link.close()),
        ...clusters.flatMap(({ source, controlPlane, outside }) => [
          source.close(),
          controlPlane.close(),
          outside.close(),
        ]),
      ]);
      await commons.close();
    },
  };
}

/** The zones of a host with their ids, as one text to compare; null when they are not known. */
function zoneNames(inventory: Inventory, name: string): string | null {
  const feed = findHost(inventory, name)?.feeds.zones;
  return feed?.status === 'ok'
    ? feed.value.map(({ name: zone, zoneId }) => `${zone} ${zoneId ?? ''}`).join('\n')
    : null;
}

/** The nodes of a cluster with their addresses, as last told. */
const kubeletsOf = (
  cluster: ClusterInventory | undefined,
): readonly (readonly [string, string])[] =>
  [...((cluster && lastKnown(cluster.feeds.nodes)?.value.byKey.values()) ?? [])].flatMap(
    ({ name, internalIp }) => (internalIp === null ? [] : [[name, internalIp] as const]),
  );

/** The certificates that API servers show, as one text to compare; empty before there is one. */
const shownCertificates = (inventory: Inventory, name: string): string => {
  const cluster = inventory.clusters.find((each) => each.name === name);
  const servers = (cluster && lastKnown(cluster.feeds.controlPlane)?.value.apiServers) ?? [];
  return servers
    .flatMap(({ url, certificate }) => (certificate ? [`${url} ${certificate.notAfter}`] : []))
    .toSorted()
    .join('\n');
};

/** How the API servers of a cluster are, as one text to compare; null when it is not known. */
function controlPlaneState(inventory: Inventory, name: string): string | null {
  const feed = inventory.clusters.find((cluster) => cluster.name === name)?.feeds.controlPlane;
  return feed?.status === 'ok'
    ? feed.value.apiServers
        .map(({ url, state, failedChecks }) => `${url} ${state} ${failedChecks.join(',')}`)
        .join('\n')
    : null;
}
