import type { Http2ServerResponse } from 'node:http2';
import { afterEach, expect, test } from 'vitest';
import { createKubeTransport } from '../../../src/collect/kube/kube-transport.ts';
import { createLogReader } from '../../../src/collect/kube/log-reader.ts';
import type { LogReader } from '../../../src/collect/kube/log-reader.ts';
import { defaultTiming } from '../../../src/collect/kube/timing.ts';
import type { LogLimits } from '../../../src/collect/log-ring.ts';
import type { LogChoice, LogSnapshot } from '../../../src/domain/log.ts';
import { clusterSettings } from '../../support/cluster-settings.ts';
import { createTestLab } from './lab.ts';
import { refuse } from './scripted-api.ts';
import type { ScriptedApi } from './scripted-api.ts';

const lab = createTestLab();
let closers: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closers.toReversed()) await close();
  closers = [];
});

const web = { namespace: 'apps', name: 'web-1' };
const TAIL: LogChoice = { window: 'tail', previous: false };

/** A log of which a test says what is written, and how the pod is. */
type ScriptedLog = {
  readonly api: ScriptedApi;
  /** Requests for logs, the oldest first. */
  readonly asked: URLSearchParams[];
  /** Open answers. */
  readonly open: Set<Http2ServerResponse>;
  readonly pod: { uid: string; containers: readonly string[]; status: unknown; isThere: boolean };
  /** Answers the next requests for logs instead; true when it did. */
  refuse: ((response: Http2ServerResponse) => boolean) | null;
  /** What an answer begins with. */
  first: (query: URLSearchParams) => string;
};

const stamp = (second: number): string =>
  `2026-09-01T12:00:${String(second).padStart(2, '0')}.000000001Z`;

async function scriptLog(): Promise<ScriptedLog> {
  const api = await lab.startApi();
  const log: ScriptedLog = {
    api,
    asked: [],
    open: new Set(),
    pod: { uid: 'u1', containers: ['web'], status: {}, isThere: true },
    refuse: null,
    first: () => '',
  };
  api.intercept = ({ path, query }, response) => {
    if (!path.includes('/namespaces/apps/pods/')) return false;
    const { uid, containers, status, isThere } = log.pod;
    if (!isThere) return refuse(response, 404, 'NotFound', 'pods "web-1" not found');
    if (!path.includes('/log')) {
      response.writeHead(200, { 'content-type': 'application/json' });
      const spec = { containers: containers.map((name) => ({ name })) };
      response.end(JSON.stringify({ metadata: { name: 'web-1', uid }, spec, status }));
      return true;
    }
    log.asked.push(query);
    if (log.refuse?.(response)) return true;
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.write(log.first(query));
    log.open.add(response);
    response.once('close', () => log.open.delete(response));
    return true;
  };
  return log;
}

function read(log: ScriptedLog, choice: LogChoice = TAIL, limits?: LogLimits): LogReader {
  const kubeconfig = lab.kubeconfig({
    server: log.api.url,
    ca: lab.authority().cert,
    token: 'secret',
  });
  const timing = {
    ...defaultTiming,
    connectMs: 60_000,
    headersMs: 60_000,
    backoffMs: 10,
    deniedMs: 50,
  };
  const transport = createKubeTransport(
    clusterSettings('test', kubeconfig),
    { ...timing, silenceMs: 60_000 },
    Date.now,
  );
  const { signal: closing } = new AbortController();
  const reader = createLogReader(choice, {
    transport,
    timing,
    clock: Date.now,
    random: () => 0,
    closing,
    onChange: () => {},
    ...(limits ? { limits } : {}),
  });
  closers.push(() => transport.close(), reader.close);
  reader.setPods([web]);
  return reader;
}

const texts = ({ lines }: LogSnapshot): readonly string[] => lines.map(({ text }) => text);
/** Waits for what is read. The copy is renewed at most ten times a second. */
async function until(reader: LogReader, seen: (now: LogSnapshot) => unknown): Promise<void> {
  await expect.poll(() => Boolean(seen(reader.snapshot()))).toBe(true);
}
const write = (log: ScriptedLog, text: string): void => {
  for (const response of log.open) response.write(text);
};

test('a log is followed as it is written, with its times taken off', async () => {
  const log = await scriptLog();
  log.first = () => `${stamp(1)} one\n${stamp(2)} \n`;
  const reader = read(log);
  await until(reader, ({ lines }) => lines.length === 2);
  write(log, `${stamp(3)} thr`);
  write(log, 'ee\n');
  await until(reader, ({ lines }) => lines.length === 3);
  expect(texts(reader.snapshot())).toEqual(['one', '', 'three']);
  expect(reader.snapshot().lines[0]?.at).toBe(Date.UTC(2026, 8, 1, 12, 0, 1));
  expect(reader.snapshot().streams).toMatchObject([{ container: 'web', state: 'open' }]);
  expect(Object.fromEntries(log.asked[0] ?? [])).toEqual({
    container: 'web',
    timestamps: 'true',
    follow: 'true',
    tailLines: '500',
  });
});

test.for([
  ['head', { limitBytes: '1048576' }],
  ['1m', { sinceSeconds: '60', follow: 'true' }],
  ['1h', { sinceSeconds: '3600', follow: 'true' }],
] as const)('the window %s asks for that part', async ([window, expected]) => {
  const log = await scriptLog();
  read(log, { window, previous: false });
  await expect.poll(() => log.asked.length).toBe(1);
  expect(Object.fromEntries(log.asked[0] ?? [])).toEqual({
    container: 'web',
    timestamps: 'true',
    ...expected,
  });
});

test('after an end it goes on behind the last line; nothing comes twice, nothing is missing', async () => {
  const log = await scriptLog();
  const all = [1, 2, 3, 3, 3, 4].map((second, index) => `${stamp(second)} line ${index}\n`);
  // sinceTime reaches the kubelet in whole seconds: what was written in that second comes again.
  log.first = (query) =>
    all.slice(query.has('sinceTime') ? 2 : 0, query.has('sinceTime') ? 6 : 4).join('');
  const reader = read(log);
  await until(reader, ({ lines }) => lines.length === 4);
  for (const response of log.open) response.end();
  await until(reader, ({ lines }) => lines.length >= 6);
  for (const response of log.open) response.stream.close(2);
  await expect.poll(() => log.asked.length).toBeGreaterThanOrEqual(3);
  await until(reader, ({ streams: [stream] }) => stream?.state === 'open');
  expect(texts(reader.snapshot())).toEqual([0, 1, 2, 3, 4, 5].map((index) => `line ${index}`));
  expect(log.asked[1]?.get('sinceTime')).toBe(stamp(3));
  expect(log.asked[1]?.has('tailLines')).toBe(false);
});

test('a pod that goes away keeps its lines; another one of its name is read from its beginning', async () => {
  const log = await scriptLog();
  log.first = () => `${stamp(1)} of ${log.pod.uid}\n`;
  const reader = read(log);
  await until(reader, ({ lines }) => lines.length === 1);
  log.pod.isThere = false;
  for (const response of log.open) response.end();
  await until(reader, ({ streams: [stream] }) => stream?.state === 'gone');
  expect(texts(reader.snapshot())).toEqual(['of u1']);
  log.pod.uid = 'u2';
  log.pod.isThere = true;
  await until(reader, ({ lines }) => lines.length === 3);
  expect(texts(reader.snapshot())).toEqual([
    'of u1',
    'web-1: another pod of the same name',
    'of u2',
  ]);
  expect(log.asked.at(-1)?.has('sinceTime')).toBe(false);
});

test('a container that is started again says after what', async () => {
  const log = await scriptLog();
  const reader = read(log);
  await until(reader, ({ streams: [stream] }) => stream?.state === 'open');
  log.pod.status = {
    containerStatuses: [
      {
        name: 'web',
        restartCount: 4,
        state: { running: {} },
        lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
      },
    ],
  };
  for (const response of log.open) response.end();
  await until(reader, ({ lines }) => lines.length === 1);
  expect(texts(reader.snapshot())).toEqual([
    'web-1 web: started again after exit 137, OOMKilled, restart 4',
  ]);
});

test('what has ended for good is read once', async () => {
  const log = await scriptLog();
  log.pod.status = {
    phase: 'Succeeded',
    containerStatuses: [{ name: 'web', restartCount: 0, state: { terminated: { exitCode: 0 } } }],
  };
  log.first = () => `${stamp(1)} done\n`;
  const reader = read(log);
  await until(reader, ({ lines }) => lines.length === 1);
  for (const response of log.open) response.end();
  await until(reader, ({ streams: [stream] }) => stream?.state === 'ended');
  expect(log.asked).toHaveLength(1);
});

test.for([
  [
    403,
    'Forbidden',
    'pods "web-1" is forbidden: no',
    'failed',
    'grant the user of the kubeconfig get on pods and pods/log in apps',
  ],
  [
    400,
    'BadRequest',
    'container "web" in pod "web-1" is waiting to start: ContainerCreating',
    'waiting',
    'its log comes as soon as it has started',
  ],
  [
    500,
    'InternalError',
    'Get "https://10.0.0.1:10250/": no route to host',
    'failed',
    'the kubelet of its node gives the log: see whether the node is ready',
  ],
] as const)(
  '%i is told with what to do about it',
  async ([status, reason, message, state, hint]) => {
    const log = await scriptLog();
    log.refuse = (response) => refuse(response, status, reason, message);
    const reader = read(log);
    await until(reader, ({ streams: [stream] }) => stream?.error);
    expect(reader.snapshot().streams[0]).toMatchObject({
      state,
      error: { hint, message: `${message} (${status})` },
    });
  },
);

test('a container that starts later is read as soon as it has', async () => {
  const log = await scriptLog();
  log.refuse = (response) =>
    log.asked.length < 3 &&
    refuse(response, 400, 'BadRequest', 'container "web" in pod "web-1" is waiting to start: x');
  log.first = () => `${stamp(1)} up\n`;
  const reader = read(log);
  await until(reader, ({ lines }) => lines.length === 1);
  expect(reader.snapshot().streams).toMatchObject([{ state: 'open', error: null }]);
});

test('the earlier life of a container that has none is told, and asked for once', async () => {
  const log = await scriptLog();
  log.refuse = (response) =>
    refuse(
      response,
      400,
      'BadRequest',
      'previous terminated container "web" in pod "web-1" not found',
    );
  const reader = read(log, { window: 'tail', previous: true });
  await until(reader, ({ streams: [stream] }) => stream?.state === 'ended');
  expect(reader.snapshot().streams[0]?.error?.code).toBe('no-previous');
  expect(log.asked.map((query) => [query.get('previous'), query.get('follow')])).toEqual([
    ['true', null],
  ]);
});

test('all containers of all pods are one, in the order in which lines were written', async () => {
  const log = await scriptLog();
  log.pod.containers = ['web', 'proxy'];
  log.first = (query) =>
    query.get('container') === 'web'
      ? `${stamp(1)} web 1\n${stamp(3)} web 3\n`
      : `${stamp(2)} proxy 2\n${stamp(4)} proxy 4\n`;
  const reader = read(log);
  await until(reader, ({ lines }) => lines.length === 4);
  expect(texts(reader.snapshot())).toEqual(['web 1', 'proxy 2', 'web 3', 'proxy 4']);
  expect(reader.snapshot().lines.map(({ container }) => container)).toEqual([
    'web',
    'proxy',
    'web',
    'proxy',
  ]);
});

test('of more containers than are read at a time the others wait, are told, and are read when some have ended', async () => {
  const log = await scriptLog();
  const names = Array.from({ length: 75 }, (_, index) => `c${String(index).padStart(2, '0')}`);
  log.pod.containers = names;
  log.pod.status = {
    phase: 'Succeeded',
    containerStatuses: names.map((name) => ({
      name,
      restartCount: 0,
      state: { terminated: { exitCode: 0 } },
    })),
  };
  log.first = (query) => `${stamp(1)} of ${query.get('container')}\n`;
  const reader = read(log);
  await until(reader, ({ lines }) => lines.length === 60);
  expect(reader.snapshot()).toMatchObject({ leftOut: 15 });
  expect(reader.snapshot().streams).toHaveLength(60);
  for (const response of [...log.open].slice(0, 5)) response.end();
  await until(reader, ({ leftOut, lines }) => leftOut === 10 && lines.length === 65);
  for (const response of log.open) response.end();
  await until(reader, ({ leftOut, lines }) => leftOut === 0 && lines.length === 75);
  expect(log.asked.map((query) => query.get('container') ?? '').toSorted()).toEqual(names);
});

test('containers of pods that are no longer wanted wait no more', async () => {
  const log = await scriptLog();
  log.pod.containers = Array.from({ length: 60 }, (_, index) => `c${index}`);
  log.first = () => `${stamp(1)} line\n`;
  const reader = read(log);
  await until(reader, ({ streams }) => streams.length === 60);
  const other = { namespace: 'apps', name: 'web-2' };
  reader.setPods([web, other]);
  await until(reader, ({ leftOut }) => leftOut === 60);
  reader.setPods([web]);
  await until(reader, ({ leftOut, streams }) => leftOut === 0 && streams.length === 60);
  expect(new Set(reader.snapshot().streams.map(({ name }) => name))).toEqual(new Set(['web-1']));
});

test('what programs write moves no cursor and forges no line', async () => {
  const log = await scriptLog();
  log.first = () =>
    `${stamp(1)} \u001B[31mred\u001B[0m\u001B]0;title\u0007 a\u0000b \u202Eevil\r\n${stamp(2)} 50%\r100%\n`;
  const reader = read(log);
  await until(reader, ({ lines }) => lines.length === 2);
  expect(texts(reader.snapshot())).toEqual(['red a·b ·evil', '50%·100%']);
});

test('a mark stands between what came and what comes', async () => {
  const log = await scriptLog();
  log.first = () => `${stamp(9)} before\n`;
  const reader = read(log);
  await until(reader, ({ lines }) => lines.length === 1);
  reader.mark('here');
  write(log, `${stamp(5)} after\n`);
  await until(reader, ({ lines }) => lines.length === 3);
  expect(texts(reader.snapshot())).toEqual(['before', 'here', 'after']);
});

test('a flood is taken as fast as it can be read, and no faster; held, it stops', async () => {
  const log = await scriptLog();
  const limits = { lines: 1000, bytes: 256 * 1024 };
  let sent = 0;
  let line = 0;
  // Writes as long as it is taken.
  log.first = () => {
    queueMicrotask(() => {
      for (const response of log.open) {
        const pour = (): void => {
          for (let isTaken = true; isTaken && !response.destroyed;) {
            let text = '';
            for (let count = 0; count < 500; count += 1)
              text += `${stamp(1)} ${'x'.repeat(150)} ${(line += 1)}\n`;
            sent += text.length;
            isTaken = response.write(text);
          }
        };
        response.on('drain', pour);
        pour();
      }
    });
    return '';
  };
  const reader = read(log, TAIL, limits);
  await until(reader, ({ droppedLines }) => droppedLines > 5000);
  const { lines, bytes } = reader.snapshot();
  expect(lines.length).toBeLessThanOrEqual(limits.lines);
  expect(bytes).toBeLessThanOrEqual(limits.bytes);
  reader.hold(true);
  await until(reader, ({ isHeld }) => isHeld);
  // What is on its way is at most what the connection's windows hold; then nothing moves.
  const settled = async (): Promise<number> => {
    const before = sent;
    await new Promise((resolve) => {
      setTimeout(resolve, 300);
    });
    return sent - before;
  };
  await expect.poll(settled).toBe(0);
  const last = reader.snapshot().lines.at(-1)?.id ?? 0;
  reader.hold(false);
  await until(reader, (now) => (now.lines.at(-1)?.id ?? 0) > last + 2000);
});
