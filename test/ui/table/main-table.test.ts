import { expect, onTestFinished, test } from 'vitest';
import { bindView } from '../../../src/domain/view.ts';
import { paneViews } from '../../../src/registry.ts';
import { podView } from '../../../src/resources/pod/pod.view.ts';
import { createHistory } from '../../../src/store/history.ts';
import { go, initialSession } from '../../../src/ui/session.ts';
import { openCountingTerminal } from '../../support/counting-terminal.ts';
import { cluster, lab, NOW, ok, pod } from '../../support/inventory.ts';
import { tabOf } from '../../support/model.ts';
import { podTable } from '../../support/pod-storm.ts';

type PodRow = Parameters<typeof podView.sign>[0];

const nameOf = (index: number): string => `web-${String(index).padStart(6, '0')}`;

/** A terminal with the table of so many pods, and what was asked of them. */
async function open(count: number) {
  const calls = { rows: 0, texts: 0 };
  const counted = bindView<PodRow>({
    ...podView,
    sign: (row, now, limits) => {
      calls.rows += 1;
      return podView.sign(row, now, limits);
    },
    columns: podView.columns.map((column) => ({
      ...column,
      text: (row, now) => {
        calls.texts += 1;
        return column.text(row, now);
      },
    })),
  });
  const views = {
    ...paneViews,
    cluster: paneViews.cluster.map((view) => (view.id === counted.id ? counted : view)),
  };
  const table = podTable(Array.from({ length: count }, (_, index) => pod(nameOf(index))));
  const base = cluster('k', [], []);
  // Between two times at which the words for an age change.
  let now = NOW + 1_800_000;
  const holding = (value: ReturnType<typeof table.publish>) =>
    lab([], [{ ...base, feeds: { ...base.feeds, pods: ok(value, now) } }]);
  let inventory = holding(table.publish());
  const terminal = await openCountingTerminal({
    cols: 120,
    rows: 40,
    shown: () => ({
      now,
      inventory,
      problems: [],
      past: createHistory({ fullSeconds: 60 }).past,
      since: null,
      views,
    }),
  });
  onTestFinished(terminal.close);
  await terminal.put(go(initialSession, tabOf('cluster', 'pods')));
  return {
    terminal,
    calls,
    reset: () => Object.assign(calls, { rows: 0, texts: 0 }),
    wait: (ms: number) => {
      now += ms;
    },
    restart: (first: number, pods: number) => {
      const events = Array.from({ length: pods }, (_, index) => ({
        kind: 'put' as const,
        pod: pod(nameOf(first + index), { restarts: 1 }),
      }));
      inventory = holding(table.happen(events));
    },
  };
}

/** Lines of the table at 120x40. */
const WINDOW = 25;

test.for([100, 20_000])(
  'a key that moves the selection asks for the cells of one row: %i rows',
  async (count) => {
    const { terminal, calls, reset } = await open(count);
    await terminal.press('jj');
    reset();
    await terminal.press('j');
    expect(calls.texts).toBeGreaterThan(0);
    expect(calls.texts).toBeLessThanOrEqual(podView.columns.length);
    expect(calls.rows).toBeLessThanOrEqual(WINDOW);
  },
);

test('what changes elsewhere is looked at once, and no line is made anew for it, whatever is pressed', async () => {
  const { terminal, calls, reset, restart, wait } = await open(20_000);
  await terminal.press('jj');
  reset();
  for (let round = 1; round <= 5; round += 1) {
    wait(100);
    restart(1000 * round, 500);
    terminal.changed();
    await terminal.settle();
    calls.texts = 0;
    await terminal.press('j');
    expect(calls.texts).toBeLessThanOrEqual(podView.columns.length);
  }
  wait(1000);
  calls.texts = 0;
  terminal.changed();
  await terminal.settle();
  expect(calls.texts).toBe(0);
  // All that has changed, and those in sight with each frame.
  expect(calls.rows).toBeGreaterThanOrEqual(5 * 500);
  expect(calls.rows).toBeLessThanOrEqual(5 * 500 + 11 * WINDOW);
});

test('a key takes no new data: these come with a frame of their own', async () => {
  const { terminal, calls, reset, restart, wait } = await open(20_000);
  await terminal.press('jj');
  wait(100);
  // Some of them are in sight.
  restart(8, 500);
  reset();
  await terminal.press('j');
  // The one that is selected, for its line and for what is told of it below.
  expect(calls.rows).toBeLessThanOrEqual(3);
  expect(calls.texts).toBeLessThanOrEqual(podView.columns.length);
  reset();
  terminal.changed();
  await terminal.settle();
  expect(calls.texts).toBeGreaterThan(podView.columns.length);
});
