import { createHostLogReader } from './collect/host-log-reader.ts';
import type { HostLogReader } from './collect/host-log-reader.ts';
import type { LogReader } from './collect/kube/log-reader.ts';
import { READING, readDocument } from './console-documents.ts';
import type { CollectError } from './domain/feed.ts';
import { lastKnown } from './domain/feed.ts';
import { isHostLog, logFiles } from './domain/host-logs.ts';
import type { Inventory } from './domain/inventory.ts';
import type { LogChoice, LogPod } from './domain/log.ts';
import { podsByWorkload } from './domain/pods.ts';
import { refKind, refPath } from './domain/ref.ts';
import type { Ref } from './domain/ref.ts';
import type { Sources } from './sources.ts';
import type { DocumentView, LogView, TextView } from './ui/model.ts';
import { readingOf } from './ui/reading.ts';
import { placeKey } from './ui/session.ts';
import type { Place, Session } from './ui/session.ts';

/** What is read on demand for the place where the user is. */
export type Texts = {
  /** The text of the place as far as it came; begins to read, and ends what another place had read. */
  readonly follow: (session: Session) => TextView | null;
  readonly mark: (text: string) => void;
  readonly reread: () => void;
  readonly close: () => void;
};

type LogPlace = Extract<Place, { kind: 'log' }>;
type DocumentPlace = Extract<Place, { kind: 'document' }>;

type OpenLog = {
  readonly key: string;
  readonly sources: Sources;
  readonly reader: Reader;
  /** What told which logs there are. */
  table: unknown;
};
type Reader = Omit<LogReader, 'setPods'> & {
  /** Begins with what there is of the place by now. */
  readonly look: (place: LogPlace, inventory: Inventory) => void;
  readonly table: (place: LogPlace, inventory: Inventory) => unknown;
};

const ofPods = (reader: LogReader): Reader => ({
  ...reader,
  look: ({ refs }, inventory) => reader.setPods(podsOf(refs, inventory)),
  table: (place, inventory) => podTable(inventory, place),
});
const ofHosts = (reader: HostLogReader): Reader => ({
  ...reader,
  look: ({ refs }, inventory) => reader.setFiles(logFiles(refs, inventory)),
  // Files are few: they are looked at whenever anything has changed.
  table: (_place, inventory) => inventory,
});

type OpenDocument = {
  readonly key: string;
  /** Of the place. */
  readonly place: string;
  readonly sources: Sources | null;
  view: DocumentView;
  /** It is to be read again. */
  isStale: boolean;
};

/** Reads what the place shows, and nothing else. */
export function createTexts(sources: () => Sources | null, onChange: () => void): Texts {
  let open: OpenLog | null = null;
  let view: LogView | null = null;
  let document: OpenDocument | null = null;

  const end = (): void => {
    open?.reader.close();
    open = null;
    view = null;
    document = null;
  };

  const begin = (place: LogPlace, choice: LogChoice, key: string): OpenLog | null => {
    const from = sources();
    if (from === null) return null;
    const [first] = place.refs;
    if (first !== undefined && isHostLog(first)) {
      const reader = createHostLogReader(choice, { link: from.link, clock: Date.now, onChange });
      return { key, sources: from, reader: ofHosts(reader), table: null };
    }
    const reader = from.cluster(refPath(first ?? 'source:')[0] ?? '')?.logs(choice, onChange);
    return reader ? { key, sources: from, reader: ofPods(reader), table: null } : null;
  };

  function followLog(place: LogPlace, session: Session): LogView {
    const { previous, top } = readingOf(session);
    const { window } = session.texts;
    const key = `${placeKey(place)} ${window} ${previous}`;
    if (open?.key !== key || open.sources !== sources()) {
      end();
      open = begin(place, { window, previous }, key);
    }
    if (!open) return (view = { kind: 'log', log: NOTHING, error: NOT_CONNECTED });
    const { reader, sources: from } = open;
    const table = reader.table(place, from.inventory());
    if (open.table !== table || table === null) {
      open.table = table;
      reader.look(place, from.inventory());
    }
    // What somebody looks at must not go away beneath their eyes.
    reader.hold(top !== 'end' && !previous);
    const log = reader.snapshot();
    const error = log.streams.length === 0 ? noLogs(place) : null;
    if (view?.log !== log || view.error?.code !== error?.code) view = { kind: 'log', log, error };
    return view;
  }

  function followDocument(place: DocumentPlace, session: Session): DocumentView {
    const { managed } = readingOf(session);
    const key = `${placeKey(place)} ${managed}`;
    const from = sources();
    if (document?.key === key && document.sources === from && !document.isStale)
      return document.view;
    // What was read of the same object stays until the new answer is there.
    const old = document?.place === placeKey(place) ? document.view : READING;
    end();
    const made: OpenDocument = {
      key,
      place: placeKey(place),
      sources: from,
      view: { ...old, isReading: true },
      isStale: false,
    };
    document = made;
    const { what, ref } = place;
    const reader = from?.cluster(refPath(ref)[0] ?? '')?.objects;
    if (!reader) {
      made.view = { ...READING, isReading: false, error: NOT_CONNECTED };
      return made.view;
    }
    void readDocument(reader, { what, ref, hasManagedFields: managed }, Date.now).then((next) => {
      // An answer that comes when another one is wanted changes nothing.
      if (document !== made) return;
      // What was known stays in sight beneath the failure.
      made.view =
        next.error === null ? next : { ...made.view, isReading: false, error: next.error };
      onChange();
    });
    return made.view;
  }

  return {
    follow: (session) => {
      const { place } = session;
      if (place.kind === 'document') return followDocument(place, session);
      document = null;
      if (place.kind === 'log') return followLog(place, session);
      end();
      return null;
    },
    mark: (text) => open?.reader.mark(text),
    reread: () => {
      open?.reader.retryNow();
      if (document) document.isStale = true;
      onChange();
    },
    close: end,
  };
}

const NOTHING: LogView['log'] = {
  lines: [],
  droppedLines: 0,
  bytes: 0,
  streams: [],
  leftOut: 0,
  isHeld: false,
  behindMs: null,
};
const NOT_CONNECTED: CollectError = {
  code: 'not-connected',
  message: 'not connected to the cluster yet',
  hint: 'the logs come as soon as it is',
};

const noLogs = ({ refs }: LogPlace): CollectError =>
  refs.some(isHostLog)
    ? {
        code: 'no-logs',
        message: 'no log of it is known: Linux zones keep theirs in many ways',
        hint: 's opens a shell in it',
      }
    : {
        code: 'no-pods',
        message: refs.length > 1 ? 'they have no pods now' : 'it has no pods now',
        hint: 'their logs come as soon as there are any',
      };

/** Changes whenever the pods of workloads may have; pods are what they are named. */
const podTable = ({ clusters }: Inventory, { refs: [first] }: LogPlace): unknown => {
  const cluster = clusters.find(({ name }) => first !== undefined && name === refPath(first)[0]);
  return (cluster && lastKnown(cluster.feeds.pods)?.value) ?? null;
};

/** The pods of pods and workloads, each once. */
function podsOf(refs: readonly Ref[], { clusters }: Inventory): readonly LogPod[] {
  const pods = refs.flatMap((ref): readonly LogPod[] => {
    const [name, ...path] = refPath(ref);
    if (refKind(ref) === 'pod') {
      const [namespace = '', pod = ''] = path;
      return [{ namespace, name: pod }];
    }
    const [kind = '', namespace = '', workload = ''] = path;
    const feed = clusters.find((cluster) => cluster.name === name)?.feeds.pods;
    const table = feed && lastKnown(feed)?.value;
    return [
      ...((table && podsByWorkload(table).get(`${namespace}/${kind}/${workload}`)?.values()) ?? []),
    ];
  });
  return [...new Map(pods.map((pod) => [`${pod.namespace}/${pod.name}`, pod])).values()];
}
