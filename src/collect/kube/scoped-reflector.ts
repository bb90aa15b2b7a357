import { gapOf, lastKnown, lastValue } from '../../domain/feed.ts';
import type { Feed, Gap } from '../../domain/feed.ts';
import type { KubeTable } from '../../domain/kube.ts';
import { createKindTable } from './kind-table.ts';
import { gapText } from './namespace-rights.ts';
import type { NamespaceRights, Readable } from './namespace-rights.ts';
import { createReflector } from './reflector.ts';
import type { Outage, Reflector, ReflectorOptions } from './reflector.ts';

export type ScopedReflectorOptions = ReflectorOptions & { readonly rights: NamespaceRights };

/** One namespace of a resource that may not be read in all of them. */
type Part = {
  readonly reflector: Reflector;
  readonly ending: AbortController;
  /** Up to which revision its table is part of the whole. */
  revision: number;
};

/**
 * A reflector of all namespaces that becomes one for each namespace where the right to all of them is missing. It goes on
 * asking for all of them, as often as any that is denied, and is one again when it may.
 */
export function createScopedReflector(options: ScopedReflectorOptions): Reflector {
  const { watch, signal, rights } = options;
  if (!watch.namespaced || watch.namespace !== undefined || options.isFromNowOn)
    return createReflector(options);
  const whole = createReflector({
    ...options,
    onChange: () => {
      follow();
      options.onChange();
    },
  });
  const parts = new Map<string, Part>();
  const running = new Set<Promise<void>>();
  let table = createKindTable<unknown>();
  let readable: Readable | undefined;
  let surveying: Promise<void> | undefined;
  /** Whether each namespace has answered once. */
  let isFilled = false;
  /** The refusal that was followed, so that each is followed once. */
  let followed: number | undefined;

  function keep(task: Promise<void>): void {
    running.add(task);
    void task.finally(() => running.delete(task));
  }

  /** Each refusal at the scope of the cluster leads to a look at the rights in namespaces. */
  function follow(): void {
    if (!whole.isForbidden()) {
      if (readable !== undefined) forget();
      return;
    }
    const feed = whole.feed(null);
    if (feed.status !== 'denied' || feed.at === followed || surveying !== undefined) return;
    followed = feed.at;
    surveying = survey().finally(() => {
      surveying = undefined;
    });
    keep(surveying);
  }

  async function survey(): Promise<void> {
    const found = await rights.readable(watch);
    if (signal.aborted || !whole.isForbidden()) return;
    readable = found;
    const wanted = new Set(found.namespaces);
    for (const namespace of parts.keys()) if (!wanted.has(namespace)) end(namespace);
    for (const namespace of wanted) if (!parts.has(namespace)) begin(namespace);
    options.onChange();
  }

  function begin(namespace: string): void {
    const ending = new AbortController();
    const reflector = createReflector({
      ...options,
      watch: { ...watch, namespace },
      signal: AbortSignal.any([signal, ending.signal]),
    });
    parts.set(namespace, { reflector, ending, revision: -1 });
    keep(reflector.run());
  }

  function end(namespace: string): void {
    parts.get(namespace)?.ending.abort();
    parts.delete(namespace);
    for (const key of keysOf(namespace)) table.remove(key);
  }

  /** The whole may be read: it has the objects of all parts. */
  function forget(): void {
    for (const namespace of parts.keys()) end(namespace);
    readable = undefined;
    followed = undefined;
    isFilled = false;
    table = createKindTable();
  }

  const keysOf = (namespace: string): readonly string[] =>
    [...(table.publish()?.byKey.keys() ?? [])].filter((key) => key.startsWith(`${namespace}/`));

  /** Takes over what has changed in a part since the last time. */
  function merge(namespace: string, part: Part, value: KubeTable<unknown>): void {
    if (value.revision === part.revision) return;
    const changed = value.changes?.since(part.revision)?.keys() ?? [
      ...new Set([...keysOf(namespace), ...value.byKey.keys()]),
    ];
    for (const key of changed) {
      const object = value.byKey.get(key);
      if (object === undefined) table.remove(key);
      else table.put(key, object);
    }
    part.revision = value.revision;
  }

  function feed(outage: Outage | null): Feed<KubeTable<unknown>> {
    const refusal = whole.feed(outage);
    if (!whole.isForbidden()) return refusal;
    if (readable === undefined)
      return refusal.status === 'denied' ? { status: 'pending' } : refusal;
    if (table.publish() === undefined) {
      table.begin();
      table.replace();
    }
    const feeds = [...parts].map(([namespace, part]) => {
      const feed = part.reflector.feed(outage);
      const value = lastValue(feed);
      if (value) merge(namespace, part, value);
      else if (feed.status === 'denied') for (const key of keysOf(namespace)) table.remove(key);
      return { namespace, feed };
    });
    const asked = feeds.filter(({ feed }) => feed.status !== 'denied');
    if (asked.length === 0)
      return refusal.status === 'denied' && readable.others === null
        ? { ...refusal, reason: `${refusal.reason}; ${NAME_THEM}` }
        : refusal;
    const answered = asked.filter(({ feed }) => feed.status !== 'pending');
    if (answered.length === asked.length) isFilled = true;
    // A namespace that comes later does not hide the others while it is read.
    const seen = isFilled && answered.length > 0 ? answered : asked;
    const others = readable.others === null ? null : readable.others + feeds.length - seen.length;
    const own =
      others === 0
        ? undefined
        : gapText(
            watch,
            seen.map(({ namespace }) => namespace),
            others,
            refusal.status === 'denied' ? refusal.reason : 'a right is missing',
          );
    const gaps = [own, ...seen.map(({ feed }) => gapOf(feed))].filter((each) => each !== undefined);
    const [first] = gaps;
    const gap = first && {
      reason: gaps.map(({ reason }) => reason).join('; '),
      hides: gaps.map(({ hides }) => hides).join(', '),
    };
    return joined(
      seen.map(({ feed }) => feed),
      table.publish(),
      gap,
    );
  }

  return {
    run: async () => {
      await whole.run();
      await Promise.all(running);
    },
    feed,
    wake: () => {
      whole.wake();
      for (const { reflector } of parts.values()) reflector.wake();
    },
    relocate: () => {
      whole.relocate();
      for (const { reflector } of parts.values()) reflector.relocate();
    },
    isForbidden: whole.isForbidden,
  };
}

const NAME_THEM = 'where it may be seen, namespaces of the cluster in the configuration tells';

type TableFeed = Feed<KubeTable<unknown>>;

/** The feeds of all parts as one: as good as the worst of them. */
function joined(
  feeds: readonly TableFeed[],
  value: KubeTable<unknown> | undefined,
  gap: Gap | undefined,
): TableFeed {
  const withGap = gap === undefined ? {} : { gap };
  const known = feeds.flatMap((feed) => lastKnown(feed) ?? []);
  const at = Math.min(...known.map((each) => each.at));
  const failed = feeds.find((feed) => feed.status === 'failed');
  if (failed !== undefined)
    return {
      ...failed,
      ...withGap,
      ...(value === undefined || known.length === 0 ? {} : { last: { value, at } }),
    };
  const answered = feeds.filter((feed) => feed.status === 'ok');
  if (value === undefined || answered.length < feeds.length)
    return (
      feeds.find((feed) => feed.status === 'absent') ?? {
        status: 'pending',
        received: (value?.byKey.size ?? 0) + received(feeds),
      }
    );
  return {
    status: 'ok',
    value,
    at,
    freshUntil: Math.min(...answered.map(({ freshUntil }) => freshUntil)),
    complaints: answered.flatMap(({ complaints }) => complaints),
    durationMs: Math.max(...answered.map(({ durationMs }) => durationMs)),
    ...withGap,
  };
}

const received = (feeds: readonly TableFeed[]): number =>
  feeds.reduce((sum, feed) => sum + (feed.status === 'pending' ? (feed.received ?? 0) : 0), 0);
