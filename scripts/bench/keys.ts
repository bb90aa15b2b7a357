/**
 * From a key to the bytes that answer it, in a table of 100,000 rows under 5,000 updates of the store a second. A child
 * of scripts/bench.ts; runs with NODE_ENV=production.
 */
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createKindTable } from '../../src/collect/kube/kind-table.ts';
import { nextProblems, noProblems } from '../../src/derive/problems.ts';
import type { Pod } from '../../src/domain/kube.ts';
import { createRandom } from '../../src/lab/random.ts';
import { rules } from '../../src/registry.ts';
import { applyCluster } from '../../src/store/apply.ts';
import { createHistory } from '../../src/store/history.ts';
import { createStore } from '../../src/store/store.ts';
import { systemClock } from '../../src/term/clock.ts';
import { go, initialSession } from '../../src/ui/session.ts';
import { openCountingTerminal } from '../../test/support/counting-terminal.ts';
import type { CountingTerminal } from '../../test/support/counting-terminal.ts';
import { cluster, host, lab, node, ok, pod, zone } from '../../test/support/inventory.ts';
import { tabOf } from '../../test/support/model.ts';
import { setUpAsShipped } from './as-shipped.ts';
import { give, spread } from './measure.ts';
import type { Spread } from './measure.ts';
import { openStockInk } from './stock-ink.ts';

export type KeysResult = {
  /** Milliseconds from the moment at which a key was due to the first byte of its answer. */
  readonly console: Spread;
  /** Ten rows, no update. */
  readonly calm: Spread;
  /** Stock Ink that draws only the window of the same rows, with the same batches. */
  readonly ink: Spread;
};

const [COLS, ROWS] = [120, 40];
const PODS = 100_000;
const UPDATES_A_SECOND = 5000;
const BATCH_MS = 100;
/** As the sources of the console wait for other values. */
const SETTLE_MS = 500;
const STEP_MS = 20;
const WARM_UP = 10;
const KEYS = 110;
const KEY_MS = 97;
const ANSWER_LIMIT_MS = 5000;

/**
 * Presses keys at fixed times. What a busy program makes late counts as waiting, as it does for a person: the time runs
 * from when the key was due, not from when the program came to read it.
 */
async function pressKeys(
  press: (key: 'j' | 'k') => void,
  answered: () => Promise<number>,
  keys: number,
): Promise<Spread> {
  const samples: number[] = [];
  let due = performance.now() + KEY_MS;
  for (let index = 0; index < keys + WARM_UP; index += 1) {
    await sleep(Math.max(0, due - performance.now()));
    // A timer may be early by a part of a millisecond.
    const from = Math.min(due, performance.now());
    const answer = answered();
    press(index % 2 === 0 ? 'j' : 'k');
    const at = await Promise.race([answer, sleep(ANSWER_LIMIT_MS, Number.POSITIVE_INFINITY)]);
    if (index >= WARM_UP) samples.push(at - from);
    due = Math.max(due + KEY_MS, performance.now() + KEY_MS / 2);
  }
  return spread(samples);
}

/** Resolves with the time of the next write after the key was handled: a frame before it is no answer. */
function createListener(handled: () => unknown) {
  let waiting: ((at: number) => void) | undefined;
  let before: unknown;
  return {
    wrote: (): void => {
      if (handled() === before) return;
      const wake = waiting;
      waiting = undefined;
      wake?.(performance.now());
    },
    next: (): Promise<number> =>
      new Promise((resolve) => {
        before = handled();
        waiting = resolve;
      }),
  };
}

/** Hands keys over as a terminal does: they come from outside, in the poll phase of the event loop. */
async function openLine(
  onKeys: (keys: string) => void,
): Promise<{ readonly send: (keys: string) => void; readonly close: () => void }> {
  const server = createServer((socket) => {
    socket.setEncoding('utf8').on('data', onKeys);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  socket.setNoDelay(true);
  return {
    send: (keys) => {
      socket.write(keys);
    },
    close: () => {
      socket.destroy();
      server.close();
    },
  };
}

/** Pods that change, in the batches in which a watch hands them on. */
function createPods(count: number) {
  const random = createRandom('pods');
  const table = createKindTable<Pod>();
  const make = (index: number, restarts: number): Pod =>
    pod(`web-${String(index).padStart(6, '0')}`, {
      namespace: `team-${index % 40}`,
      node: `worker${1 + (index % 4)}`,
      restarts,
    });
  const keyOf = ({ namespace, name }: Pod): string => `${namespace}/${name}`;
  table.begin();
  for (let index = 0; index < count; index += 1) {
    const one = make(index, 0);
    table.add(keyOf(one), one);
  }
  table.replace();
  return {
    publish: table.publish,
    update: (): void => {
      const one = make(Math.floor(random() * count), Math.floor(random() * 100));
      table.put(keyOf(one), one);
    },
  };
}

/** Calls back so many times a second, as evenly as timers allow. */
function atRate(perSecond: number, run: () => void): () => void {
  const start = performance.now();
  let done = 0;
  const timer = setInterval(() => {
    const wanted = Math.floor(((performance.now() - start) / 1000) * perSecond);
    // What a blocked process missed is made up for in part only: nobody sends it twice.
    done = Math.max(done, wanted - perSecond / 5);
    for (; done < wanted; done += 1) run();
  }, 10);
  return () => clearInterval(timer);
}

async function measureConsole(count: number, perSecond: number, keys: number): Promise<Spread> {
  const pods = createPods(count);
  const nodes = Array.from({ length: 4 }, (_, index) => node(`worker${index + 1}`));
  const now = (): number => Date.now();
  const store = createStore(
    lab([host('omni1', { zones: [zone('etcd1')] })], [cluster('infrak8s', nodes, [])]),
  );
  const publish = (): void => {
    const value = pods.publish();
    if (value !== undefined)
      store.update((inventory) =>
        applyCluster(inventory, 'infrak8s', {
          feeds: { pods: ok(value, now()) },
        }),
      );
  };
  publish();
  let problems = nextProblems(noProblems, rules, store.get(), now());
  const history = createHistory({ fullSeconds: 60 });
  const handled: { terminal?: CountingTerminal } = {};
  const listener = createListener(() => handled.terminal?.session());
  const terminal = await openCountingTerminal({
    cols: COLS,
    rows: ROWS,
    clock: systemClock,
    onWrite: listener.wrote,
    isCounted: false,
    shown: () => ({
      now: now(),
      inventory: store.get(),
      problems: problems.problems,
      past: history.past,
      since: null,
    }),
  });
  handled.terminal = terminal;
  await terminal.put(go(initialSession, tabOf('cluster', 'pods')));
  const ends: (() => void)[] = [];
  if (perSecond > 0) {
    // As the sources of the console do: a batch of the watch, a settling time, the rules, then the screen.
    let settling: NodeJS.Timeout | undefined;
    let told = store.get();
    const settle = (): void => {
      const inventory = store.get();
      problems = nextProblems(problems, rules, inventory, now());
      settling = problems.unfinished ? setTimeout(settle, STEP_MS) : undefined;
      if (inventory !== told || !problems.unfinished) terminal.changed();
      told = inventory;
    };
    ends.push(
      store.subscribe(() => {
        settling ??= setTimeout(settle, SETTLE_MS);
      }),
      atRate(perSecond, pods.update),
    );
    const batches = setInterval(publish, BATCH_MS);
    ends.push(() => clearInterval(batches));
  }
  const line = await openLine(terminal.type);
  await sleep(500);
  const result = await pressKeys(line.send, listener.next, keys);
  line.close();
  for (const end of ends) end();
  terminal.close();
  return result;
}

async function measureInk(keys: number): Promise<Spread> {
  const pods = createPods(PODS);
  let rows = [...(pods.publish()?.byKey.values() ?? [])];
  let selected = 0;
  const listener = createListener(() => selected);
  const view = (): readonly string[] => {
    const top = Math.max(0, selected - ROWS + 2);
    return rows.slice(top, top + ROWS - 1).map(({ namespace, name, restarts, status }, index) => {
      const line = `${namespace.padEnd(12)} ${name.padEnd(20)} ${status.padEnd(12)} ${restarts}`;
      return top + index === selected ? `\u001B[7m${line.padEnd(COLS)}\u001B[27m` : line;
    });
  };
  const ink = openStockInk({
    cols: COLS,
    rows: ROWS,
    onWrite: listener.wrote,
    onKey: (key) => {
      selected += key === 'j' ? 1 : -1;
      ink.show(view());
    },
  });
  ink.show(view());
  const endUpdates = atRate(UPDATES_A_SECOND, pods.update);
  const batches = setInterval(() => {
    const value = pods.publish();
    if (value) rows = [...value.byKey.values()];
    ink.show(view());
  }, BATCH_MS);
  const line = await openLine(ink.type);
  await sleep(500);
  const result = await pressKeys(line.send, listener.next, keys);
  line.close();
  endUpdates();
  clearInterval(batches);
  ink.close();
  return result;
}

setUpAsShipped();
// The timers of a terminal do not keep a process.
setInterval(() => {}, 1000);
const result: KeysResult = {
  console: await measureConsole(PODS, UPDATES_A_SECOND, KEYS),
  calm: await measureConsole(10, 0, KEYS / 2),
  ink: await measureInk(KEYS),
};
give(result);
process.exit();
