import { known } from '../../domain/feed.ts';
import type { Inventory } from '../../domain/inventory.ts';
import { allZonesOf, vlansOf } from '../../domain/joined.ts';
import {
  clusterRef,
  hostRef,
  nodeRef,
  podRef,
  poolRef,
  refKind,
  refPath,
  refText,
  workloadRef,
} from '../../domain/ref.ts';
import type { Ref, RefKind } from '../../domain/ref.ts';
import { workloadTables } from '../../domain/workload.ts';
import { keyName } from '../dialogs/help-lines.ts';
import { TEXTS } from '../keymap.ts';
import type { Keymap } from '../keymap.ts';
import type { Model } from '../model.ts';
import { PANES } from '../session.ts';
import type { Place } from '../session.ts';
import type { Intent } from './intent.ts';

export type PaletteGroup = 'views' | 'things' | 'actions' | 'commands' | 'themes';

/** One thing that the palette can do. */
export type PaletteEntry = {
  readonly group: PaletteGroup;
  /** What is typed to get it, in full; unique. */
  readonly text: string;
  /** Where it is or what it belongs to; it is searched too. */
  readonly detail: string;
  /** The key that does the same, or the shortest word. */
  readonly key: string;
  /** Words that mean exactly this, k9s's among them. */
  readonly words: readonly string[];
  /** Added to the score: what is asked for more often stands higher. */
  readonly weight: number;
  readonly run: Intent;
};

type PaletteModel = Pick<Model, 'inventory' | 'views' | 'keymap'>;

/** k9s's, kubectl's and the lab's short words for views, by the view's id. */
const VIEW_WORDS: Readonly<Record<string, readonly string[]>> = {
  hosts: ['ho', 'host'],
  feeds: ['feed', 'fd', 'sources', 'cost'],
  doctor: ['doc', 'rights'],
  zones: ['zo', 'zone', 'zoneadm'],
  vms: ['vm', 'vmi'],
  vlans: ['vl', 'vlan', 'dladm'],
  nodes: ['no', 'node'],
  pods: ['po', 'pod'],
  workloads: ['wl', 'dp', 'deploy', 'sts', 'ds', 'job', 'cj'],
  services: ['svc', 'service'],
  storage: ['pvc', 'pv', 'sto'],
  network: ['net', 'ing', 'gtw'],
  events: ['ev', 'event'],
  certificates: ['cert', 'certs'],
  namespaces: ['ns', 'namespace'],
  objects: ['obj', 'api-resources'],
  'control-plane': ['cp', 'etcd', 'api'],
};
/** Moving about is done with keys; a palette that offers it only hides the rest. */
const NOT_OFFERED = new Set([
  'down',
  'up',
  'page-down',
  'page-up',
  'first',
  'last',
  'next',
  'previous',
  'right',
  'left',
  'tab-next',
  'tab-previous',
  'panel-next',
  'panel-previous',
  'open',
  'back',
  'palette',
  'columns-left',
  'columns-right',
  'map',
  'unzoom',
  'overview',
  'problems',
  ...PANES.map((pane) => `pane-${pane}`),
]);
const COMMAND_WORDS: Readonly<Record<string, readonly string[]>> = {
  quit: ['q', 'q!', 'quit', 'exit'],
  help: ['h', 'help', '?'],
  unlock: ['lock', 'unlock'],
  themes: ['theme', 'skin'],
  retry: ['reconnect'],
  logs: ['lo', 'log', 'logs'],
};
const WEIGHTS = { views: 14, things: 0, actions: -4, commands: 2, themes: -4 } as const;
/** Beneath everything else that matches. */
export const POD_WEIGHT = -40;
/** Kinds with more things than this get no entries of their own: their view with a filter finds them. */
const MOST_PODS = 20_000;
const MOST_SUBJECTS = 4000;

const cache = new WeakMap<
  Inventory,
  {
    readonly model: PaletteModel;
    readonly themes: readonly string[];
    readonly entries: readonly PaletteEntry[];
  }
>();

/** Everything that the palette can do, made once for an inventory. */
export function paletteEntries(
  model: PaletteModel,
  themes: readonly string[] = [],
): readonly PaletteEntry[] {
  const { inventory, views, keymap } = model;
  const present = cache.get(inventory);
  if (
    present?.model.views === views &&
    present.model.keymap === keymap &&
    present.themes === themes
  )
    return present.entries;
  const things = withPlaces(thingsOf(inventory));
  const entries = distinct([
    ...viewEntries(model),
    ...things.map(thingEntry),
    ...actionEntries(keymap, things),
    ...commandEntries(keymap),
    ...themes.map(themeEntry),
  ]);
  cache.set(inventory, { model, themes, entries });
  return entries;
}

/** The history keeps texts: each means one thing, the first that has it. */
function distinct(entries: readonly PaletteEntry[]): readonly PaletteEntry[] {
  const texts = new Set<string>();
  return entries.filter(({ text }) => {
    const isNew = !texts.has(text);
    texts.add(text);
    return isNew;
  });
}

const viewEntry = (
  text: string,
  place: Place,
  detail: string,
  key: string,
  words: readonly string[],
): PaletteEntry => ({
  group: 'views',
  text,
  detail,
  key,
  words: [text, ...words],
  weight: WEIGHTS.views,
  run: { kind: 'go', place },
});

function viewEntries({ views, keymap }: PaletteModel): readonly PaletteEntry[] {
  const keyOf = (id: string): string =>
    keyName(keymap.bindings.find((binding) => binding.id === id)?.keys[0] ?? '');
  return [
    viewEntry('overview', { kind: 'overview' }, 'all panes', keyOf('overview'), [
      'ov',
      'home',
      'pulse',
      'pulses',
    ]),
    viewEntry('problems', { kind: 'problems' }, 'what is wrong', keyOf('problems'), [
      'pr',
      'problem',
      'alerts',
    ]),
    ...PANES.flatMap((pane) =>
      views[pane].map((view, tab) =>
        viewEntry(
          view.id,
          { kind: 'pane', pane, tab },
          views[pane].length > 1 ? pane : '',
          tab === 0 && keyOf(`pane-${pane}`) !== ''
            ? keyOf(`pane-${pane}`)
            : `:${VIEW_WORDS[view.id]?.[0] ?? view.id}`,
          [...(VIEW_WORDS[view.id] ?? []), ...(tab === 0 ? [pane] : [])],
        ),
      ),
    ),
    viewEntry('vlan map', { kind: 'vlan-map' }, 'VLANs by hosts', keyOf('map'), ['map']),
    viewEntry('contexts', { kind: 'pane', pane: 'cluster', tab: 0 }, 'cluster', '', ['ctx', 'cl']),
  ];
}

/** A thing with the words for it. */
type Thing = {
  readonly ref: Ref;
  readonly name: string;
  readonly detail: string;
};

function thingsOf(inventory: Inventory): readonly Thing[] {
  const nothing = { revision: 0, byKey: new Map<string, never>() };
  return [
    ...inventory.hosts.map(({ name, source }) => ({
      ref: hostRef(name),
      name: `host ${name}`,
      detail: source.state === 'up' ? '' : source.state,
    })),
    ...inventory.hosts.flatMap((host) =>
      allZonesOf(host).map((zone) => ({
        ref: zone.ref,
        name: `${refKind(zone.ref)} ${zone.name}`,
        detail: host.name,
      })),
    ),
    ...vlansOf(inventory).map(({ ref, id, name }) => ({
      ref,
      name: `vlan ${id}${name === null ? '' : ` ${name}`}`,
      detail: '',
    })),
    ...inventory.hosts.flatMap((host) =>
      known(host.feeds.pools, []).map(({ name }) => ({
        ref: poolRef(host.name, name),
        name: `pool ${name}`,
        detail: host.name,
      })),
    ),
    ...inventory.clusters.flatMap((cluster) => [
      { ref: clusterRef(cluster.name), name: `cluster ${cluster.name}`, detail: '' },
      ...[...known(cluster.feeds.nodes, nothing).byKey.values()].map((node) => ({
        ref: nodeRef(cluster.name, node.name),
        name: `node ${node.name}`,
        detail: cluster.name,
      })),
    ]),
    ...inventory.clusters.flatMap((cluster) =>
      workloadTables(cluster).flatMap(({ kind, table }) =>
        table.byKey.size > MOST_PODS
          ? []
          : [...table.byKey.values()].map(({ namespace, name }) => {
              const ref = workloadRef(cluster.name, kind, namespace, name);
              return { ref, name: refText(ref), detail: cluster.name };
            }),
      ),
    ),
    ...inventory.clusters.flatMap((cluster) => {
      const pods = known(cluster.feeds.pods, nothing).byKey;
      return pods.size > MOST_PODS
        ? []
        : [...pods.values()].map((pod) => ({
            ref: podRef(cluster.name, pod.namespace, pod.name),
            name: `pod ${pod.namespace}/${pod.name}`,
            detail: cluster.name,
          }));
    }),
  ];
}

/** Two things of the same name are told apart by where they are, so that no text means the other one. */
function withPlaces(things: readonly Thing[]): readonly Thing[] {
  const counts = new Map<string, number>();
  for (const { name } of things) counts.set(name, (counts.get(name) ?? 0) + 1);
  return things.map((thing) =>
    (counts.get(thing.name) ?? 0) > 1
      ? { ...thing, name: `${thing.name} on ${refPath(thing.ref)[0] ?? ''}`, detail: '' }
      : thing,
  );
}

const thingEntry = ({ ref, name, detail }: Thing): PaletteEntry => ({
  group: 'things',
  text: name,
  detail,
  key: '',
  words: [],
  weight: ref.startsWith('pod:') || ref.startsWith('workload:') ? POD_WEIGHT : WEIGHTS.things,
  run: ref.startsWith('cluster:')
    ? { kind: 'go', place: { kind: 'pane', pane: 'cluster', tab: 0 } }
    : { kind: 'open', ref },
});

function actionEntries(keymap: Keymap, things: readonly Thing[]): readonly PaletteEntry[] {
  const byKind = Map.groupBy(things, ({ ref }): RefKind => refKind(ref));
  return keymap.actions.flatMap(({ id, key, verb, kinds }) =>
    kinds.flatMap((kind) => {
      const subjects = [...byKind].find(([candidate]) => candidate === kind)?.[1] ?? [];
      if (subjects.length > MOST_SUBJECTS) return [];
      return subjects.map(({ ref, name, detail }): PaletteEntry => ({
        group: 'actions',
        text: `${verb} ${name}`,
        detail,
        key: keyName(key),
        words: [],
        weight: kind === 'pod' ? POD_WEIGHT : WEIGHTS.actions,
        run: { kind: 'action', id, ref },
      }));
    }),
  );
}

const commandEntries = (keymap: Keymap): readonly PaletteEntry[] =>
  keymap.bindings
    .filter(
      ({ id, contexts }) =>
        !NOT_OFFERED.has(id) && !contexts.every((context) => TEXTS.includes(context)),
    )
    .map(({ id, keys, label }) => ({
      group: 'commands',
      text: label,
      detail: '',
      key: keyName(keys[0] ?? ''),
      words: [id, ...(COMMAND_WORDS[id] ?? [])],
      weight: WEIGHTS.commands,
      run: { kind: 'command', id },
    }));

const themeEntry = (name: string): PaletteEntry => ({
  group: 'themes',
  text: `theme ${name}`,
  detail: '',
  key: '',
  words: [],
  weight: WEIGHTS.themes,
  run: { kind: 'theme', name },
});
