import { expect, test } from 'vitest';
import { go, initialSession } from '../../../src/ui/session.ts';
import { drawScreen } from '../../support/drawn.ts';
import { NOW } from '../../support/inventory.ts';
import { model } from '../../support/model.ts';

const place = {
  kind: 'detail',
  view: 'storage',
  ref: 'storage:infrak8s/LonghornVolume/longhorn-system/pvc-6e08628e-8e03-4dc3-9a71-62860c4f9747',
} as const;
const session = go(initialSession, place);
const secondLine = (change: Parameters<typeof model>[0]): string =>
  drawScreen(model({ session, ...change }), 80, 24)
    .buffer.line(1)
    .trimEnd();

test('a place of storage is told in words, and a long one is cut where it can be seen', () => {
  expect(secondLine({})).toBe(
    ' cluster > storage > Longhorn volume pvc-6e08628e-8e03-4dc3-9a71-62860c4f9747',
  );
  expect(secondLine({ banner: 'embedded lab' })).toContain('4f9747');
});

test('what answers a key has room beside a long name', () => {
  const message = { text: 'nothing here can be copied', tone: 'info', until: NOW + 1000 } as const;
  const line = secondLine({ session: { ...session, message } });
  expect(line).toMatch(
    /^ cluster > storage > Longhorn volume pvc-\S*… +nothing here can be copied$/,
  );
});

test('the open tab stands beside what this is, which is cut for it', () => {
  const tab = model({}).views.cluster.findIndex(({ title }) => title === 'Workloads');
  const place = { kind: 'pane', pane: 'cluster', tab } as const;
  const line = (cols: number, change: Parameters<typeof model>[0]): string =>
    drawScreen(model({ session: go(initialSession, place), ...change }), cols, 24)
      .buffer.line(1)
      .trimEnd();
  const banner = 'embedded lab, not your hosts';
  expect(line(80, { banner })).toMatch(/^ cluster .*\[Workloads\].* embedded lab, not your hosts$/);
  for (const cols of [40, 50, 58]) {
    expect(line(cols, { banner })).toMatch(/^ cluster .*\[Workloads\].* emb/);
    expect(line(cols, { banner }).length).toBeLessThanOrEqual(cols);
  }
  const configTrouble = 'config.yaml:2:5: hosts[0].adress: unknown key; did you mean "address"?';
  expect(line(80, { configTrouble })).toMatch(
    /\[Workloads\].* not in force: config\.yaml:2:5: hosts/,
  );
  expect(line(160, { configTrouble })).toContain(`not in force: ${configTrouble}`);
});

test('an edit that is not in force stays told, over a banner and beside a long name', () => {
  const change = { configTrouble: 'config.yaml: is empty', banner: 'embedded lab' };
  expect(secondLine(change)).toMatch(/… +not in force: config\.yaml: is empty$/);
});
