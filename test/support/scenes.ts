import type { ClusterInventory, SourceStatus } from '../../src/domain/inventory.ts';
import type { LinkQuestion } from '../../src/domain/link-question.ts';
import type { Severity } from '../../src/domain/problem.ts';
import { go, initialSession, placeKey, withDryRun } from '../../src/ui/session.ts';
import type { Place, Session } from '../../src/ui/session.ts';
import type { CountingTerminal, Shown } from './counting-terminal.ts';
import { documentView } from './document-view.ts';
import { createLabInventory } from './lab-inventory.ts';
import type { LabInventory, LabScenario } from './lab-inventory.ts';
import { logView } from './log-view.ts';
import { hostKeyQuestion, keyChanged, passphraseQuestion, promptsQuestion } from './questions.ts';

/** A screen of the console: what the lab is like, and how a user comes to see it. */
export type Scene = {
  readonly scenario: LabScenario;
  readonly open: (terminal: CountingTerminal) => Promise<void>;
  /** Changes what the lab gives. */
  readonly shown?: (shown: Shown) => Shown;
};

/** Eleven minutes, so that charts have something to show. */
const SAMPLES = 132;
const labs = new Map<LabScenario, Promise<LabInventory>>();

/** The lab of a scenario; made once, so nothing may ask it for more. */
export function sharedLab(scenario: LabScenario): Promise<LabInventory> {
  let lab = labs.get(scenario);
  if (!lab) {
    lab = createLabInventory({ scenario, samples: SAMPLES });
    labs.set(scenario, lab);
  }
  return lab;
}

const at =
  (place: Place, change: Partial<Session> = {}, keys = '') =>
  async (terminal: CountingTerminal): Promise<void> => {
    await terminal.put({ ...go(initialSession, place), ...change });
    await terminal.press(keys);
  };

/** With the question that was opened told to stand as it was asked, just now. */
const dryRunOf =
  (open: Scene['open']) =>
  async (terminal: CountingTerminal): Promise<void> => {
    await open(terminal);
    const session = terminal.session();
    if (session.dialog?.kind !== 'confirm') throw new Error('nothing was asked');
    const { plan, openedAt } = session.dialog;
    await terminal.put(withDryRun(session, plan, null, openedAt));
  };
const press = (keys: string) => (terminal: CountingTerminal) => terminal.press(keys);
const detail = (view: string, ref: Extract<Place, { kind: 'detail' }>['ref'], tab = 0): Place => ({
  kind: 'detail',
  view,
  ref,
  tab,
});
const zones: Place = { kind: 'pane', pane: 'zones', tab: 0 };

/** The lab with a host that cannot be entered, and the problem that says so. */
const held =
  (source: Partial<SourceStatus>, rule: string, severity: Severity) =>
  (shown: Shown): Shown => ({
    ...shown,
    inventory: {
      ...shown.inventory,
      hosts: shown.inventory.hosts.map((host) =>
        host.name === 'omni2'
          ? { ...host, source: { ...host.source, attempt: 1, ...source } }
          : host,
      ),
    },
    problems: [
      {
        id: `${rule}@host:omni2`,
        rule,
        severity,
        subject: 'host:omni2',
        title: `not entered: ${source.error?.message ?? ''}`,
        since: shown.now - 42_000,
        lastSeen: shown.now,
        confirmed: true,
        cause: null,
        folds: {},
        consequences: 0,
        evidence: { error: source.error?.code ?? null, from: 'ssh' },
        hint: source.error?.hint ?? '',
      },
    ],
  });
const unknownKey = held(
  {
    state: 'hostkey-unknown',
    question: hostKeyQuestion(),
    error: { code: 'key-unknown', message: 'the host key is not known', hint: 'compare it' },
  },
  'host.hostkey',
  'warning',
);
/** The lab whose cluster has been silent for two minutes. */
const silentApi = (shown: Shown): Shown => ({
  ...shown,
  inventory: {
    ...shown.inventory,
    clusters: shown.inventory.clusters.map((cluster) => ({
      ...cluster,
      latencyMs: null,
      source: {
        ...cluster.source,
        state: 'down',
        since: shown.now - 130_000,
        lastDataAt: shown.now - 131_000,
        attempt: 4,
        error: {
          code: 'refused',
          message: 'the API at 127.0.0.1:6443 refuses the connection',
          hint: 'see whether an API server runs',
        },
      },
      feeds: agedFeeds(cluster.feeds, 131_000),
    })),
  },
});
/** What was told so long ago. */
const agedFeeds = (feeds: ClusterInventory['feeds'], ms: number): ClusterInventory['feeds'] =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, feed]) => [
      name,
      feed.status === 'ok' ? { ...feed, at: feed.at - ms, freshUntil: feed.at } : feed,
    ]),
    // Each feed keeps its own type.
  ) as ClusterInventory['feeds'];
const lockedKey = (question: LinkQuestion) =>
  held(
    {
      state: 'auth-failed',
      question,
      error: { code: 'auth', message: 'somebody has to answer', hint: 'answer in the console' },
    },
    'host.auth',
    'critical',
  );

const logs: Place = { kind: 'log', refs: ['workload:infrak8s/Deployment/apps/gitea-runner'] };
const logTexts: Session['texts'] = { wrap: true, time: true, window: '15m' };
/** Two pods of a workload, one of which crashes. */
const logShown = (shown: Shown): Shown => ({ ...shown, text: logView(shown.now) });

/** Every screen there is, by the name of its golden. */
export const SCENES: Readonly<Record<string, Scene>> = {
  overview: { scenario: 'calm', open: press('') },
  'overview-zone-crash': { scenario: 'zone-crash', open: press('\t') },
  'overview-host-down': { scenario: 'host-down', open: press('') },
  'overview-node-notready': { scenario: 'node-notready', open: press('') },
  hosts: { scenario: 'calm', open: press('1') },
  feeds: { scenario: 'host-down', open: press(':feeds\r') },
  'feeds-detail': { scenario: 'calm', open: at(detail('feeds', 'source:omni1')) },
  zones: { scenario: 'zone-crash', open: press('2') },
  'zones-filtered': { scenario: 'calm', open: press('2/host:omni1 cpu>3\r') },
  'zones-filter-error': { scenario: 'calm', open: press('2/=[') },
  'zones-faults-only': { scenario: 'host-down', open: press('2!') },
  vms: { scenario: 'calm', open: press('3') },
  vlans: { scenario: 'calm', open: press('4') },
  'vlan-map': { scenario: 'calm', open: at({ kind: 'vlan-map' }) },
  cluster: { scenario: 'calm', open: press('5') },
  'cluster-node-notready': { scenario: 'node-notready', open: press('5') },
  'cluster-host-down': { scenario: 'host-down', open: press('5') },
  'cluster-silent': { scenario: 'zone-crash', open: press('5'), shown: silentApi },
  'cluster-control-plane': { scenario: 'host-down', open: press('5\t') },
  'cluster-control-plane-api-down': { scenario: 'api-down', open: press(':control\r') },
  'cluster-certificates': { scenario: 'calm', open: press(':certificates\r') },
  'cluster-nodes': { scenario: 'node-notready', open: press(':nodes\r') },
  'cluster-workloads': { scenario: 'calm', open: press(':workloads\r') },
  'cluster-pods': { scenario: 'node-notready', open: press(':pods\r') },
  'cluster-network': { scenario: 'calm', open: press(':network\r') },
  'cluster-storage': { scenario: 'calm', open: press(':storage\r') },
  'cluster-events': { scenario: 'node-notready', open: press(':events\r') },
  'cluster-objects': { scenario: 'calm', open: press(':objects\r') },
  'cluster-groups': { scenario: 'host-down', open: press(':groups\r') },
  logs: { scenario: 'calm', open: at(logs, { texts: logTexts }), shown: logShown },
  'logs-filtered': {
    scenario: 'calm',
    open: at(logs, { filters: { [placeKey(logs)]: 'level=warn|level=error' } }),
    shown: logShown,
  },
  describe: {
    scenario: 'calm',
    open: at({ kind: 'document', what: 'describe', ref: 'pod:infrak8s/apps/web-7d9f8-abcde' }),
    shown: (shown) => ({ ...shown, text: documentView(shown.now) }),
  },
  host: { scenario: 'calm', open: at(detail('hosts', 'host:omni1')) },
  'host-system': { scenario: 'calm', open: at(detail('hosts', 'host:omni1', 4)) },
  'host-down': { scenario: 'host-down', open: at(detail('hosts', 'host:omni2')) },
  zone: { scenario: 'calm', open: at(detail('zones', 'zone:omni1/etcd1')) },
  'zone-inside': { scenario: 'calm', open: at(detail('zones', 'zone:omni1/etcd1', 1)) },
  'vm-inside': { scenario: 'calm', open: at(detail('vms', 'vm:omni1/homeassistant', 1)) },
  vm: { scenario: 'calm', open: at(detail('vms', 'vm:omni1/homeassistant')) },
  vlan: { scenario: 'calm', open: at(detail('vlans', 'vlan:48')) },
  workload: {
    scenario: 'calm',
    open: at(detail('workloads', 'workload:infrak8s/Deployment/kube-system/coredns')),
  },
  node: { scenario: 'node-notready', open: at(detail('nodes', 'node:infrak8s/worker2')) },
  problems: { scenario: 'host-down', open: press('p') },
  'problems-none': { scenario: 'calm', open: press('p') },
  help: { scenario: 'calm', open: press('?') },
  confirm: {
    scenario: 'calm',
    open: dryRunOf(at(zones, { filters: { 'zones.0': 'squid' } }, 'Lr')),
  },
  'dry-run-menu': { scenario: 'zone-crash', open: press('2D') },
  'dry-run': {
    scenario: 'host-down',
    open: dryRunOf(at(zones, { filters: { 'zones.0': 'etcd1' } }, 'DR')),
  },
  'confirm-guarded': {
    scenario: 'host-down',
    open: at(zones, { filters: { 'zones.0': 'etcd1' } }, 'LR'),
  },
  'confirm-countdown': {
    scenario: 'host-down',
    open: async (terminal) => {
      await at(zones, { filters: { 'zones.0': 'etcd1' } }, 'Lr')(terminal);
      const { dialog } = terminal.session();
      if (dialog?.kind !== 'confirm') throw new Error('nothing was asked');
      // A dialog is deaf at first, and time stands still here.
      await terminal.put({
        ...terminal.session(),
        dialog: { ...dialog, typed: dialog.guard.phrase ?? '', countdown: 3 },
      });
    },
  },
  'own-path': { scenario: 'calm', open: press('@') },
  'zones-marked': { scenario: 'calm', open: press('2/etcd\r jj ') },
  'zones-sorted': { scenario: 'calm', open: press('2oc') },
  'zones-wide': { scenario: 'calm', open: press('2W') },
  'zones-zoomed': { scenario: 'calm', open: press('2+') },
  palette: { scenario: 'calm', open: press(':') },
  'palette-search': { scenario: 'calm', open: press(':etcd') },
  'sort-menu': { scenario: 'calm', open: press('2o') },
  'columns-menu': { scenario: 'calm', open: press('2O') },
  'themes-menu': { scenario: 'calm', open: press('T') },
  'actions-menu': { scenario: 'zone-crash', open: press('2La') },
  asks: { scenario: 'calm', open: press(''), shown: unknownKey },
  'asks-host-key': { scenario: 'calm', open: press('1i'), shown: unknownKey },
  'asks-passphrase': {
    scenario: 'calm',
    open: press('ihunter2'),
    shown: lockedKey(passphraseQuestion({ wrong: true })),
  },
  'asks-prompts': {
    scenario: 'calm',
    open: press('ihunter2\t1234'),
    shown: lockedKey(promptsQuestion()),
  },
  'host-key-changed': {
    scenario: 'calm',
    open: press('i'),
    shown: held({ state: 'hostkey-changed', error: keyChanged }, 'host.hostkey', 'critical'),
  },
  'related-menu': { scenario: 'calm', open: at(detail('zones', 'zone:omni1/etcd1'), {}, 'J') },
  starting: {
    scenario: 'calm',
    open: press(''),
    shown: (shown) => ({
      ...shown,
      phase: 'starting',
      problems: [],
      inventory: { ...shown.inventory, hosts: [], clusters: [] },
    }),
  },
};
