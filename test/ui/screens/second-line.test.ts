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
