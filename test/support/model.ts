import { builtinThemesDir, loadThemes } from '../../src/config/themes.ts';
import type { Inventory } from '../../src/domain/inventory.ts';
import type { Problem } from '../../src/domain/problem.ts';
import type { Theme } from '../../src/domain/theme.ts';
import { actions, handOvers, paneViews } from '../../src/registry.ts';
import { actionBindings, createKeymap } from '../../src/ui/keymap.ts';
import type { Model } from '../../src/ui/model.ts';
import { initialSession } from '../../src/ui/session.ts';
import type { PaneId, Place } from '../../src/ui/session.ts';
import { cluster, host, lab, node, NOW, pod, zone } from './inventory.ts';
import { pastOf } from './past.ts';

export const { keymap } = createKeymap(actionBindings(actions, handOvers), {});

/** The place of a view among the tabs of its pane. */
export const tabOf = (pane: PaneId, view: string): Place => ({
  kind: 'pane',
  pane,
  tab: paneViews[pane].findIndex(({ id }) => id === view),
});

const theme = loadThemes([builtinThemesDir()]).themes.get('midnight');
if (!theme) throw new Error('the default theme is missing');
export const midnight: Theme = theme;

/** Two hosts that answer, one that does not, and a small cluster. */
export const smallLab: Inventory = lab(
  [
    host('omni1', {
      zones: [
        zone('etcd1'),
        zone('squid'),
        zone('jump', { brand: 'bhyve' }),
        zone('vaultwarden', { state: 'installed', zoneId: null }),
      ],
    }),
    host('omni2', {
      zones: [zone('etcd2'), zone('imap')],
      source: {
        state: 'down',
        attempt: 3,
        error: { code: 'refused', message: 'port closed', hint: 'is sshd running?' },
      },
    }),
    host('store1', { zones: [zone('gitea', { brand: 'pkgsrc' })] }),
  ],
  [
    cluster(
      'infrak8s',
      [node('worker1'), node('worker2', { ready: 'Unknown', status: 'NotReady' })],
      [
        pod('web-1'),
        pod('web-2', { node: 'worker2' }),
        pod('api-1', { status: 'CrashLoopBackOff', readyContainers: 0, restarts: 7 }),
      ],
    ),
  ],
);

export const problem = (change: Partial<Problem> & Pick<Problem, 'id' | 'subject'>): Problem => ({
  rule: 'host.unreachable',
  severity: 'critical',
  title: 'unreachable: port closed',
  since: NOW - 462_000,
  lastSeen: NOW,
  confirmed: true,
  cause: null,
  folds: {},
  consequences: 0,
  evidence: { error: 'refused', attempts: 3, from: 'ssh' },
  hint: 'is sshd running?',
  ...change,
});

export const problems: readonly Problem[] = [
  problem({ id: 'host', subject: 'host:omni2', folds: { zones: 2 }, consequences: 2 }),
  problem({
    id: 'zone',
    subject: 'zone:omni1/vaultwarden',
    rule: 'zone.down',
    title: 'installed, should be running',
  }),
  problem({
    id: 'under',
    subject: 'zone:omni2/imap',
    rule: 'zone.down',
    title: 'down',
    cause: 'host',
  }),
];

export const model = (change: Partial<Model> = {}): Model => ({
  now: NOW,
  inventory: smallLab,
  problems,
  past: (_ref, _name, spanMs, count, now) => pastOf(spanMs, count, now, () => 20),
  since: NOW - 7_200_000,
  tick: () => 1,
  samples: 0,
  session: initialSession,
  lock: { locked: true, readOnly: false, until: null },
  runs: [],
  timeline: [],
  views: paneViews,
  keymap,
  text: null,
  themes: ['daylight', 'midnight'],
  theme: 'midnight',
  check: () => ({ guard: { level: 1, reasons: [], kept: [], phrase: null } }),
  phase: 'open',
  banner: null,
  configTrouble: null,
  ...change,
});
