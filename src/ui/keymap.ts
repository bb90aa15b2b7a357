import { HOST_LOG_KINDS } from '../domain/host-logs.ts';
import { LOG_WINDOWS } from '../domain/log.ts';
import type { LogWindow } from '../domain/log.ts';
import type { RefKind } from '../domain/ref.ts';
/** Where a binding is valid. `global` is valid everywhere but in a dialog or while typing, and where a place has that key. */
export type KeyContext =
  | 'global'
  | 'overview'
  | 'table'
  | 'detail'
  | 'problems'
  | 'map'
  | 'log'
  | 'document'
  | 'help'
  | 'confirm'
  | 'notice'
  | 'list'
  | 'typing';

export type Binding = {
  /** What it does; the name by which the configuration remaps it. */
  readonly id: string;
  readonly keys: readonly string[];
  readonly contexts: readonly KeyContext[];
  /** For the help: imperative, short. */
  readonly label: string;
  readonly group: 'Move' | 'Find and shape' | 'Look and act' | 'Logs and text' | 'General';
  /** Shown in the footer of its contexts, by this word. */
  readonly hint?: string;
  /** Kinds of things that it is for; without it, it is for all or for none. */
  readonly kinds?: readonly RefKind[];
  /** It is for what an action is for. */
  readonly isForActions?: true;
};

/** Confirms an action where a key is enough. */
export const CONFIRM_KEY = 'y';

/** Contexts in which global keys mean nothing. */
const DIALOGS: ReadonlySet<KeyContext> = new Set<KeyContext>([
  'help',
  'confirm',
  'notice',
  'list',
  'typing',
]);
const tables: readonly KeyContext[] = ['overview', 'table', 'problems', 'detail', 'map'];

/** Texts that are read line by line. */
export const TEXTS: readonly KeyContext[] = ['log', 'document'];

/** Kinds of things that are objects of a cluster's API. */
export const OBJECT_KINDS: readonly RefKind[] = [
  'pod',
  'workload',
  'node',
  'object',
  'storage',
  'kubevirt',
];

/** Kinds of things that have logs. */
export const LOG_KINDS: readonly RefKind[] = ['pod', 'workload', ...HOST_LOG_KINDS];

const WINDOW_LABELS: Readonly<Record<LogWindow, string>> = {
  tail: 'the last lines',
  head: 'the first lines',
  '1m': 'since 1 minute ago',
  '5m': 'since 5 minutes ago',
  '15m': 'since 15 minutes ago',
  '30m': 'since 30 minutes ago',
  '1h': 'since 1 hour ago',
};

/** Where the keys of actions and hand-overs are valid. */
export const ACTION_CONTEXTS: readonly KeyContext[] = ['overview', 'table', 'detail', 'problems'];

/** Every key of the console; help, footer and remapping come from it. */
export const bindings: readonly Binding[] = [
  {
    id: 'down',
    keys: ['down', 'j'],
    contexts: [...tables, ...TEXTS, 'help', 'notice'],
    label: 'next row',
    group: 'Move',
  },
  {
    id: 'up',
    keys: ['up', 'k'],
    contexts: [...tables, ...TEXTS, 'help', 'notice'],
    label: 'previous row',
    group: 'Move',
  },
  {
    id: 'page-down',
    keys: ['pagedown', '}'],
    contexts: [...tables, ...TEXTS, 'help', 'notice'],
    label: 'page down',
    group: 'Move',
  },
  {
    id: 'page-up',
    keys: ['pageup', '{'],
    contexts: [...tables, ...TEXTS, 'help', 'notice'],
    label: 'page up',
    group: 'Move',
  },
  {
    id: 'first',
    keys: ['home', 'g'],
    contexts: [...tables, ...TEXTS, 'help', 'notice'],
    label: 'first row',
    group: 'Move',
  },
  {
    id: 'last',
    keys: ['end', 'G'],
    contexts: [...tables, ...TEXTS, 'help', 'notice'],
    label: 'last row',
    group: 'Move',
  },
  { id: 'overview', keys: ['0'], contexts: ['global'], label: 'overview', group: 'Move' },
  { id: 'pane-hosts', keys: ['1'], contexts: ['global'], label: 'hosts', group: 'Move' },
  { id: 'pane-zones', keys: ['2'], contexts: ['global'], label: 'zones', group: 'Move' },
  { id: 'pane-vms', keys: ['3'], contexts: ['global'], label: 'VMs', group: 'Move' },
  { id: 'pane-vlans', keys: ['4'], contexts: ['global'], label: 'VLANs', group: 'Move' },
  {
    id: 'pane-cluster',
    keys: ['5'],
    contexts: ['global'],
    label: 'cluster',
    group: 'Move',
    hint: '1-5 pane',
  },
  {
    id: 'problems',
    keys: ['p'],
    contexts: ['global'],
    label: 'problems',
    group: 'Move',
    hint: 'problems',
  },
  { id: 'next', keys: ['tab'], contexts: tables, label: 'next pane, tab or panel', group: 'Move' },
  {
    id: 'previous',
    keys: ['shift-tab'],
    contexts: tables,
    label: 'previous pane, tab or panel',
    group: 'Move',
  },
  {
    id: 'right',
    keys: ['right', 'l'],
    contexts: ['overview', 'map'],
    label: 'pane or cell to the right',
    group: 'Move',
  },
  {
    id: 'left',
    keys: ['left', 'h'],
    contexts: ['overview', 'map'],
    label: 'pane or cell to the left',
    group: 'Move',
  },
  {
    id: 'panel-next',
    keys: ['right'],
    contexts: ['detail', 'problems'],
    label: 'next panel of a detail view',
    group: 'Move',
    hint: 'panel',
  },
  {
    id: 'panel-previous',
    keys: ['left', 'h'],
    contexts: ['detail', 'problems'],
    label: 'previous panel',
    group: 'Move',
  },
  {
    id: 'tab-next',
    keys: ['right'],
    contexts: ['table'],
    label: 'next tab',
    group: 'Move',
  },
  {
    id: 'tab-previous',
    keys: ['left', 'h'],
    contexts: ['table'],
    label: 'previous tab',
    group: 'Move',
  },
  {
    id: 'open',
    keys: ['enter'],
    contexts: tables,
    label: 'open, jump to the thing',
    group: 'Move',
    hint: 'open',
  },
  {
    id: 'back',
    keys: ['esc', 'q'],
    contexts: ['global', 'help', 'confirm', 'notice'],
    label: 'close, back; twice on the overview quits',
    group: 'Move',
    hint: 'back',
  },
  { id: 'history-back', keys: ['['], contexts: ['global'], label: 'history back', group: 'Move' },
  {
    id: 'history-forward',
    keys: [']'],
    contexts: ['global'],
    label: 'history forward',
    group: 'Move',
  },
  {
    id: 'filter',
    keys: ['/'],
    contexts: ['table', ...TEXTS],
    label: 'filter the list or the lines',
    group: 'Find and shape',
    hint: 'filter',
  },
  {
    id: 'faults-only',
    keys: ['!'],
    contexts: ['table'],
    label: 'faults only',
    group: 'Find and shape',
    hint: 'faults',
  },
  {
    id: 'clear-filter',
    keys: ['backspace'],
    contexts: ['table', ...TEXTS],
    label: 'clear the filter',
    group: 'Find and shape',
  },
  {
    id: 'palette',
    keys: [':'],
    contexts: ['global'],
    label: 'command palette: views, things, actions, themes',
    group: 'Find and shape',
    hint: 'command',
  },
  {
    id: 'sort',
    keys: ['o'],
    contexts: ['table'],
    label: 'sort by a column; several keys',
    group: 'Find and shape',
    hint: 'sort',
  },
  {
    id: 'wide',
    keys: ['W'],
    contexts: ['table'],
    label: 'all columns, scrolled with < and >',
    group: 'Find and shape',
  },
  {
    id: 'columns',
    keys: ['O'],
    contexts: ['table'],
    label: 'choose the columns',
    group: 'Find and shape',
  },
  {
    id: 'columns-left',
    keys: ['<'],
    contexts: ['table'],
    label: 'columns to the left',
    group: 'Find and shape',
  },
  {
    id: 'columns-right',
    keys: ['>'],
    contexts: ['table'],
    label: 'columns to the right',
    group: 'Find and shape',
  },
  {
    id: 'span-longer',
    keys: ['>'],
    contexts: ['detail'],
    label: 'charts: a longer time, up to 24 h',
    group: 'Find and shape',
    hint: '<> time',
  },
  {
    id: 'span-shorter',
    keys: ['<'],
    contexts: ['detail'],
    label: 'charts: a shorter time, down to 15 min',
    group: 'Find and shape',
  },
  {
    id: 'mark',
    keys: ['space'],
    contexts: ['table'],
    label: 'mark a row, or take its mark away',
    group: 'Find and shape',
  },
  {
    id: 'mark-range',
    keys: ['v'],
    contexts: ['table'],
    label: 'mark from the last mark to here',
    group: 'Find and shape',
  },
  {
    id: 'themes',
    keys: ['T'],
    contexts: ['global'],
    label: 'themes, shown as you move',
    group: 'Find and shape',
  },
  {
    id: 'map',
    keys: ['m'],
    contexts: ['table', 'map', 'detail'],
    label: 'VLAN map: VLANs by host',
    group: 'Move',
  },
  {
    id: 'zoom',
    keys: ['+'],
    contexts: tables,
    label: 'focused pane or panel on the whole screen',
    group: 'Move',
  },
  {
    id: 'unzoom',
    keys: ['_'],
    contexts: ['table', 'detail', 'problems', 'map'],
    label: 'out of the zoom, else to the overview',
    group: 'Move',
  },
  { id: 'last-view', keys: ['-'], contexts: ['global'], label: 'last view', group: 'Move' },
  {
    id: 'feeds',
    keys: ['F'],
    contexts: ['global'],
    label: 'feeds: what is asked, what it costs',
    group: 'Look and act',
  },
  {
    id: 'related',
    keys: ['J'],
    contexts: ['global'],
    label: 'related things',
    group: 'Look and act',
    hint: 'related',
  },
  {
    id: 'actions',
    keys: ['a'],
    contexts: ['global'],
    label: 'all actions on it, and why not',
    group: 'Look and act',
    hint: 'actions',
  },
  {
    id: 'dry-run',
    keys: ['D'],
    contexts: [...ACTION_CONTEXTS, 'confirm'],
    label: 'dry run: what an action would do, and whether it could; runs nothing',
    group: 'Look and act',
    hint: 'dry-run',
    isForActions: true,
  },
  {
    id: 'own-path',
    keys: ['@'],
    contexts: ['global'],
    label: 'your own path: what your session runs through',
    group: 'Look and act',
  },
  {
    id: 'copy',
    keys: ['c'],
    contexts: ['global', 'notice'],
    label: 'copy its name (OSC 52)',
    group: 'Look and act',
  },
  {
    id: 'describe',
    keys: ['d'],
    contexts: ['table', 'detail', 'problems', ...TEXTS],
    label: 'describe an object of the cluster, with its events',
    group: 'Look and act',
    hint: 'describe',
    kinds: OBJECT_KINDS,
  },
  {
    id: 'yaml',
    keys: ['y'],
    contexts: ['table', 'detail', 'problems', ...TEXTS],
    label: 'YAML of an object of the cluster, as it is now',
    group: 'Look and act',
    hint: 'yaml',
    kinds: OBJECT_KINDS,
  },
  {
    id: 'logs',
    keys: ['l'],
    contexts: ['table', 'detail', 'problems', 'document'],
    label: 'logs of a host, zone, service, pod, workload or the marked; else right',
    group: 'Look and act',
    hint: 'logs',
    kinds: LOG_KINDS,
  },
  {
    id: 'unlock',
    keys: ['L'],
    contexts: ['global'],
    label: 'unlock actions for ten minutes, or lock',
    group: 'Look and act',
    hint: 'unlock',
  },
  {
    id: 'answer',
    keys: ['i'],
    contexts: ['global'],
    label: 'answer what a host asks: host key, passphrase, password',
    group: 'Look and act',
  },
  {
    id: 'retry',
    keys: ['u'],
    contexts: ['global'],
    label: 'try lost connections again now',
    group: 'Look and act',
  },
  {
    id: 'log-follow',
    keys: ['s'],
    contexts: ['log'],
    label: 'follow what is written, or stop',
    group: 'Logs and text',
    hint: 'follow',
  },
  {
    id: 'log-previous',
    keys: ['p'],
    contexts: ['log'],
    label: 'before the last start of a container, or now',
    group: 'Logs and text',
    hint: 'previous',
  },
  ...LOG_WINDOWS.map((window, index): Binding => ({
    id: `log-${window}`,
    keys: [String(index)],
    contexts: ['log'],
    label: WINDOW_LABELS[window],
    group: 'Logs and text',
    ...(index === LOG_WINDOWS.length - 1 ? { hint: `0-${index} since` } : {}),
  })),
  {
    id: 'log-time',
    keys: ['t'],
    contexts: ['log'],
    label: 'time before each line',
    group: 'Logs and text',
    hint: 'time',
  },
  {
    id: 'text-wrap',
    keys: ['w'],
    contexts: TEXTS,
    label: 'wrap long lines',
    group: 'Logs and text',
    hint: 'wrap',
  },
  {
    id: 'log-mark',
    keys: ['m'],
    contexts: ['log'],
    label: 'a mark between what came and what comes',
    group: 'Logs and text',
    hint: 'mark',
  },
  {
    id: 'managed-fields',
    keys: ['m'],
    contexts: ['document'],
    label: 'YAML with managedFields, or without',
    group: 'Logs and text',
  },
  {
    id: 'matches-only',
    keys: ['!'],
    contexts: TEXTS,
    label: 'only what matches the filter, or everything',
    group: 'Logs and text',
  },
  {
    id: 'match-next',
    keys: ['n'],
    contexts: TEXTS,
    label: 'next line that matches',
    group: 'Logs and text',
    hint: 'n/N match',
  },
  {
    id: 'match-previous',
    keys: ['N'],
    contexts: TEXTS,
    label: 'previous line that matches',
    group: 'Logs and text',
  },
  {
    id: 'text-right',
    keys: ['right'],
    contexts: TEXTS,
    label: 'to the right along long lines',
    group: 'Logs and text',
  },
  {
    id: 'text-left',
    keys: ['left'],
    contexts: TEXTS,
    label: 'to the left',
    group: 'Logs and text',
  },
  {
    id: 'text-refresh',
    keys: ['u'],
    contexts: TEXTS,
    label: 'read again now',
    group: 'Logs and text',
    hint: 'reread',
  },
  {
    id: 'text-copy',
    keys: ['c'],
    contexts: TEXTS,
    label: 'copy the lines in sight, or the object (OSC 52)',
    group: 'Logs and text',
    hint: 'copy',
  },
  {
    id: 'help',
    keys: ['?', 'f1'],
    contexts: ['global'],
    label: 'this help',
    group: 'General',
    hint: 'help',
  },
  {
    id: 'repaint',
    keys: ['ctrl-l'],
    contexts: ['global', 'help', 'confirm', 'notice', 'list', 'typing'],
    label: 'draw the screen again',
    group: 'General',
  },
  {
    id: 'suspend',
    keys: ['ctrl-z'],
    contexts: ['global', 'help', 'confirm', 'notice', 'list', 'typing'],
    label: 'suspend to the shell',
    group: 'General',
  },
  {
    id: 'quit',
    keys: ['ctrl-c'],
    contexts: ['global', 'help', 'confirm', 'notice', 'list', 'typing'],
    label: 'quit, pressed twice',
    group: 'General',
  },
];

/** Keys of actions and hand-overs, which come from their descriptors. */
export type ActionBinding = {
  readonly id: string;
  /** A hand-over changes nothing by itself, so the lock is not asked. */
  readonly isHandOver: boolean;
  readonly key: string;
  readonly verb: string;
  readonly label: string;
  readonly kinds: readonly string[];
  /** How much confirmation it takes by itself; missing for a hand-over. */
  readonly guard?: number;
};

type Keyed = Omit<ActionBinding, 'isHandOver'>;

/** The keys of all actions and hand-overs. */
export const actionBindings = (
  actions: readonly Keyed[],
  handOvers: readonly Keyed[],
): readonly ActionBinding[] => {
  const bind =
    (isHandOver: boolean) =>
    (keyed: Keyed): ActionBinding => {
      const { id, key, verb, label, kinds, guard } = keyed;
      const own = { id, key, verb, label, kinds, isHandOver };
      return guard === undefined ? own : { ...own, guard };
    };
  return [...handOvers.map(bind(true)), ...actions.map(bind(false))];
};

export type Keymap = {
  readonly bindings: readonly Binding[];
  readonly actions: readonly ActionBinding[];
  /**
   * The command that a key means in a context; undefined when it means nothing there. Actions for different kinds of
   * things may share a key: this is the first of them.
   */
  readonly resolve: (context: KeyContext, key: string) => string | undefined;
};

/**
 * The keymap with the configuration's changes (`ui.keys`: command id to key, empty for no key).
 * Conflicts and unknown ids come back as messages, and the default stays.
 */
export function createKeymap(
  actions: readonly ActionBinding[],
  remap: Readonly<Record<string, string>>,
): { readonly keymap: Keymap; readonly complaints: readonly string[] } {
  const complaints: string[] = [];
  const ids = new Set([...bindings.map(({ id }) => id), ...actions.map(({ id }) => id)]);
  for (const id of Object.keys(remap))
    if (!ids.has(id)) complaints.push(`ui.keys.${id}: no such command`);
  const bound = bindings.map((binding) => {
    const key = remap[binding.id];
    return key === undefined ? binding : { ...binding, keys: key === '' ? [] : [key] };
  });
  const boundActions = actions.map((action) => {
    const key = remap[action.id] ?? action.key;
    if (action.isHandOver || key !== CONFIRM_KEY) return { ...action, key };
    complaints.push(`ui.keys.${action.id}: ${key} confirms, and cannot start what it confirms`);
    return action;
  });
  const table = new Map<string, string>();
  for (const { id, keys, contexts } of bound)
    for (const key of keys)
      for (const context of contexts) claim(table, complaints, `${context} ${key}`, id);
  for (const action of boundActions) {
    const { id, key } = action;
    if (key === '') continue;
    for (const context of ACTION_CONTEXTS) {
      const slot = `${context} ${key}`;
      const owner = boundActions.find((other) => other.id === table.get(slot));
      if (owner && isDisjoint(owner, action)) continue;
      claim(table, complaints, slot, id);
    }
  }
  for (const context of tables)
    for (const [slot, id] of table)
      if (slot.startsWith('global ')) {
        const owner = table.get(slot.replace('global', context));
        if (owner !== undefined && owner !== id)
          complaints.push(`key ${slot.slice(7)}: in ${context} it is ${owner}, elsewhere ${id}`);
      }
  return {
    complaints,
    keymap: {
      bindings: bound,
      actions: boundActions,
      resolve: (context, key) =>
        table.get(`${context} ${key}`) ??
        (DIALOGS.has(context) ? undefined : table.get(`global ${key}`)),
    },
  };
}

const isDisjoint = (a: ActionBinding, b: ActionBinding): boolean =>
  !a.kinds.some((kind) => b.kinds.includes(kind));

/** The action of that id, or the one that shares its key and is for that kind of thing. */
export const actionFor = (
  { actions }: Keymap,
  id: string,
  kind: string,
): ActionBinding | undefined => {
  const named = actions.find((action) => action.id === id);
  return named === undefined || named.kinds.includes(kind)
    ? named
    : (actions.find(({ key, kinds }) => key === named.key && kinds.includes(kind)) ?? named);
};

/** What is said when a key is pressed on a kind of thing that it is not for; null when it is. */
export function wrongKind({ actions }: Keymap, id: string, kind: string): string | null {
  const named = actions.find((action) => action.id === id);
  if (!named || named.kinds.includes(kind)) return null;
  const { key, label } = named;
  const kinds = actions
    .filter((action) => action.id === id || (key !== '' && action.key === key))
    .flatMap((action) => action.kinds);
  const instead = actions
    .filter((action) => action.isHandOver === named.isHandOver && action.kinds.includes(kind))
    .map((action) => `${action.key} ${action.verb}`.trim());
  return [
    `${label.toLowerCase()} is for ${kinds.join(' and ')} rows`,
    ...(instead.length === 0 ? [] : [`a ${kind} has ${instead.join(', ')}`]),
  ].join('; ');
}

function claim(table: Map<string, string>, complaints: string[], slot: string, id: string): void {
  const owner = table.get(slot);
  if (owner !== undefined && owner !== id)
    complaints.push(`key ${slot.split(' ').at(-1)}: ${id} collides with ${owner}, which keeps it`);
  else table.set(slot, id);
}
