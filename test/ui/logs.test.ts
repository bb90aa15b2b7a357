import { expect, test } from 'vitest';
import type { LogView } from '../../src/ui/model.ts';
import { readingOf } from '../../src/ui/reading.ts';
import { logLine, logSnapshot, logStream } from '../support/log-view.ts';
import { openConsole } from '../support/opened.ts';

/** So many numbered lines of one container. */
const numbered = (count: number, change: Partial<LogView['log']> = {}): LogView => ({
  kind: 'log',
  error: null,
  log: logSnapshot({
    lines: Array.from({ length: count }, (_, index) =>
      logLine({
        id: index + 1,
        text: index % 10 === 0 ? `number ${index} ten` : `number ${index}`,
      }),
    ),
    ...change,
  }),
});
const open = (text: () => LogView, cols = 80, rows = 24) =>
  openConsole('calm', cols, rows, 220, text);

test('l opens the logs of a pod, of a workload, and of all pods that are marked', async () => {
  const console = await open(() => numbered(3));
  await console.press(':pods\r/coredns\r');
  await console.press('l');
  const { place } = console.session();
  expect(place.kind === 'log' && place.refs).toEqual([
    expect.stringMatching(/^pod:infrak8s\/kube-system\/coredns/),
  ]);
  await console.key('esc');
  expect(console.session().place).toMatchObject({ kind: 'pane' });
  await console.press('  l');
  const marked = console.session().place;
  expect(marked.kind === 'log' && marked.refs).toHaveLength(2);
  await console.press(':workloads\r');
  await console.press('l');
  expect(console.session().place).toMatchObject({
    kind: 'log',
    refs: [expect.stringMatching(/^workload:/)],
  });
});

test('a locked console reads logs; on what has none the key moves as before', async () => {
  const console = await open(() => numbered(3));
  expect(await console.screen()).toContain('SAFE');
  await console.press('4l');
  expect(console.session().place).toMatchObject({ kind: 'pane', pane: 'vlans' });
  await console.press(':pods\rl');
  expect(await console.screen()).toContain('number 2');
});

test('the logs of hosts, of zones and of a service that is a problem; in a detail too', async () => {
  const console = await open(() => numbered(3));
  await console.press('1  l');
  expect(console.session().place).toEqual({ kind: 'log', refs: ['host:omni1', 'host:omni2'] });
  await console.key('esc');
  await console.press('2l');
  const { place } = console.session();
  expect(place.kind === 'log' && place.refs).toEqual([expect.stringMatching(/^zone:/)]);
  await console.key('esc', 'enter');
  await console.press('l');
  expect(console.session().place).toMatchObject({ kind: 'log', refs: [expect.anything()] });
});

test('it follows the end until somebody scrolls; s and G follow again', async () => {
  let count = 100;
  const console = await open(() => numbered(count));
  await console.press(':pods\rl');
  expect(await console.screen()).toContain('number 99');
  expect(await console.screen()).toContain('following');
  count = 120;
  console.changed();
  await console.settle();
  expect(await console.screen()).toContain('number 119');
  await console.press('k');
  expect(await console.screen()).toMatch(/paused(.|\n)*number 118\s/);
  count = 140;
  console.changed();
  await console.settle();
  const paused = await console.screen();
  expect(paused).toContain('number 118');
  expect(paused).not.toContain('number 119');
  await console.press('s');
  expect(await console.screen()).toContain('number 139');
  await console.press('s');
  expect(readingOf(console.session()).top).not.toBe('end');
  await console.press('g');
  expect(await console.screen()).toContain('number 0 ten');
  await console.press('G');
  expect(await console.screen()).toContain('following');
});

test('what scrolls away because it is old leaves the reader at the oldest line', async () => {
  let first = 0;
  const console = await open(() => {
    const view = numbered(200);
    return {
      ...view,
      log: { ...view.log, lines: view.log.lines.slice(first), droppedLines: first },
    };
  });
  await console.press(':pods\rlg');
  await console.press('j');
  first = 50;
  console.changed();
  await console.settle();
  const screen = await console.screen();
  expect(screen).toMatch(/┃ number 50 ten/);
  expect(screen).toContain('50 older dropped');
});

test('the wheel scrolls, and c copies what is in sight', async () => {
  const console = await open(() => numbered(100));
  await console.press(':pods\rl');
  await console.wheel('number 95', 'up');
  expect(await console.screen()).not.toContain('number 97');
  expect(await console.screen()).toContain('paused');
  await console.press('c');
  const [copied = ''] = console.copied;
  expect(copied.split('\n').at(-1)).toBe('number 96');
  expect(await console.screen()).toContain(`copied ${copied.split('\n').length} lines`);
});

test('/ leaves what matches, ! shows the rest too, n and N go from match to match, esc clears', async () => {
  const console = await open(() => numbered(100));
  await console.press(':pods\rl');
  await console.press('/ten\r');
  const filtered = await console.screen();
  expect(filtered).toContain('10 of 100');
  expect(filtered).not.toContain('number 99');
  await console.press('!');
  expect(await console.screen()).toContain('number 99');
  await console.press('g');
  await console.press('n');
  expect(readingOf(console.session()).hit).toBe(1);
  await console.press('nn');
  expect(readingOf(console.session()).hit).toBe(21);
  expect(await console.screen()).toMatch(/▸number 20 ten/);
  await console.press('N');
  expect(readingOf(console.session()).hit).toBe(11);
  await console.key('esc');
  expect(console.session().place.kind).toBe('log');
  await console.key('esc');
  expect(console.session().place.kind).toBe('pane');
});

test('a filter that is none says why', async () => {
  const console = await open(() => numbered(10));
  await console.press(':pods\rl');
  await console.press('/=[');
  expect(await console.screen()).toContain('not a regular expression');
});

test('keys of the place: the part, previous, time, wrap and marks; numbers lead to no pane', async () => {
  const console = await open(() => numbered(5));
  await console.press(':pods\rl');
  await console.press('3');
  expect(console.session()).toMatchObject({ place: { kind: 'log' }, texts: { window: '5m' } });
  await console.press('p');
  expect(await console.screen()).toMatch(/previous {2}5m/);
  expect(console.session().place.kind).toBe('log');
  await console.press('p1');
  expect(readingOf(console.session())).toMatchObject({ previous: false, top: 'start' });
  await console.press('t');
  expect(await console.screen()).toMatch(/┃ \d\d:\d\d:\d\d\.000 number 0/);
  await console.press('wm');
  expect(console.session().texts.wrap).toBe(true);
  expect(console.marked).toEqual([expect.stringMatching(/^── \d\d:\d\d:\d\d ──$/)]);
});

test('long lines are cut, moved along, or wrapped', async () => {
  const long = `begin ${'x'.repeat(90)} middle ${'y'.repeat(60)} end`;
  const console = await open(() => ({
    kind: 'log' as const,
    error: null,
    log: logSnapshot({ lines: [logLine({ id: 1, text: long })] }),
  }));
  await console.press(':pods\rl');
  expect(await console.screen()).not.toContain('middle');
  for (let step = 0; step < 3; step += 1) {
    console.type('\u001B[C');
    await console.settle();
  }
  const moved = await console.screen();
  expect(moved).toContain('middle');
  expect(moved).toContain('from 61');
  await console.press('w');
  expect(await console.screen()).toMatch(/begin(.|\n)*middle(.|\n)*end/);
});

test('what cannot be read says why and what to do, and the lines stay', async () => {
  const error = {
    code: 'forbidden',
    message: 'pods "x" is forbidden (403)',
    hint: 'grant the user of the kubeconfig get on pods and pods/log in apps',
  };
  const console = await open(() =>
    numbered(100, { streams: [logStream({ state: 'failed', error })] }),
  );
  await console.press(':pods\rl');
  const screen = await console.screen();
  expect(screen).toContain('number 99');
  expect(screen).toContain(`✗ ${error.message}`);
  expect(screen).toContain(error.hint);
});

test('why a log cannot be read is wrapped, never cut', async () => {
  const error = {
    code: 'kubelet',
    message: `Get "https://10.127.0.12:10250/containerLogs/apps/${'x'.repeat(40)}": dial tcp 10.127.0.12:10250: connect: no route to host`,
    hint: 'see whether the node is ready',
  };
  const console = await open(() =>
    numbered(0, { streams: [logStream({ state: 'failed', error })] }),
  );
  await console.press(':pods\rl');
  const screen = await console.screen();
  expect(screen).toContain('no route to host');
  expect(screen).toContain(error.hint);
});

test('before anything came it says so, and a workload without pods too', async () => {
  let view: LogView = {
    kind: 'log',
    error: null,
    log: logSnapshot({ streams: [logStream({ state: 'opening' })] }),
  };
  const console = await open(() => view);
  await console.press(':pods\rl');
  expect(await console.screen()).toContain('reading…');
  view = { kind: 'log', error: null, log: logSnapshot() };
  console.changed();
  await console.settle();
  expect(await console.screen()).toContain('nothing was written in this time');
  view = {
    kind: 'log',
    error: { code: 'no-pods', message: 'it has no pods now', hint: 'their logs come' },
    log: logSnapshot({ streams: [] }),
  };
  console.changed();
  await console.settle();
  expect(await console.screen()).toContain('it has no pods now');
});

test('containers whose logs wait are told', async () => {
  const console = await open(() => numbered(50, { leftOut: 3 }), 100, 30);
  await console.press(':pods\rl');
  await console.settle();
  expect(await console.screen()).toMatch(/3 containers left out, \d+ (?:is|are) read/);
});

test('a console of any size draws logs', async () => {
  for (const [cols, rows] of [
    [20, 5],
    [12, 8],
    [300, 60],
  ] as const) {
    const console = await open(() => numbered(50, { leftOut: 3, isHeld: true }), cols, rows);
    await console.press(':pods\rl');
    await console.press('wtk');
    expect(await console.lines()).toHaveLength(rows);
  }
});
