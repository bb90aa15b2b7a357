import { expect, test } from 'vitest';
import { defaultSettings } from '../../src/config/load-config.ts';
import type { Plan } from '../../src/domain/action.ts';
import { emptyInventory } from '../../src/domain/empty.ts';
import { CellBuffer } from '../../src/term/cell-buffer.ts';
import { createStyles } from '../../src/term/style.ts';
import { createScreen } from '../../src/ui/screen.ts';
import { go, initialSession } from '../../src/ui/session.ts';
import type { Place, Session } from '../../src/ui/session.ts';
import { createTones } from '../../src/ui/tones.ts';
import { NOW } from '../support/inventory.ts';
import { midnight, model, tabOf } from '../support/model.ts';

const tones = createTones(createStyles('truecolor'), midnight);
const screen = createScreen(() => tones);

function draw(cols: number, rows: number, session: Session = initialSession, change = {}): string {
  const buffer = new CellBuffer(cols, rows);
  screen.paint(buffer, model({ session, ...change }));
  return buffer.text();
}

const at = (place: Place): Session => go(initialSession, place);
const plan: Plan = {
  action: 'zone.restart',
  subject: 'zone:omni1/squid',
  host: 'omni1',
  argv: ['pfexec', 'zoneadm', '-z', 'squid', 'shutdown', '-r'],
  timeoutSeconds: 240,
  identity: [],
  effects: ['runs the shutdown scripts'],
  refresh: ['zones'],
  observeSeconds: 60,
  fingerprint: '',
};
const PLACES: Readonly<Record<string, Session>> = {
  overview: initialSession,
  zones: at({ kind: 'pane', pane: 'zones', tab: 0 }),
  pods: at(tabOf('cluster', 'pods')),
  problems: at({ kind: 'problems' }),
  host: at({ kind: 'detail', view: 'hosts', ref: 'host:omni1' }),
  gone: at({ kind: 'detail', view: 'zones', ref: 'zone:omni1/gone' }),
  help: { ...initialSession, dialog: { kind: 'help', top: 3 } },
  unlock: { ...initialSession, dialog: { kind: 'unlock', typed: 'a reason '.repeat(20) } },
  confirm: {
    ...initialSession,
    dialog: {
      kind: 'confirm',
      plan,
      label: 'Restart',
      more: [],
      guard: { level: 1, reasons: [], kept: [], phrase: null },
      isDry: false,
      dryRun: { state: 'asking' },
      typed: '',
      countdown: null,
      usual: null,
      openedAt: NOW,
      top: 0,
      notice: null,
    },
  },
};

test.for(Object.entries(PLACES))('%s draws at every size from 1x1 to 300x80', ([, session]) => {
  const sizes = [1, 2, 5, 9, 20, 33, 40, 61, 79, 80, 100, 120, 160, 200, 300];
  for (const cols of sizes)
    for (const rows of [1, 2, 5, 8, 10, 15, 17, 24, 33, 40, 50, 80])
      expect(draw(cols, rows, session).split('\n').length, `${cols}x${rows}`).toBe(rows);
});

test('a host that is gone folds what is on it, and its rows are unknown', () => {
  const text = draw(120, 40);
  expect(text).toMatch(/✗ CRIT\s+7m42s\s+host omni2/);
  expect(text).toContain('folds 2: 2 zones');
  expect(text).toMatch(/\? etcd2/);
  expect(text).toMatch(/✗ vaultwarden/);
  expect(text).not.toMatch(/CRIT.*imap/);
});

test('faulty rows stand above healthy ones, and the healthy rest is folded into one line', () => {
  const text = draw(80, 24);
  expect(text.indexOf('vaultwarden')).toBeLessThan(text.indexOf('squid'));
  expect(text).toMatch(/● \d+ more/);
});

test('a pod on a silent node is unknown, whatever its phase says', () => {
  const text = draw(160, 30, PLACES['pods']);
  expect(text).toMatch(/\? default\s+web-2/);
  expect(text).toMatch(/● default\s+web-1/);
  expect(text).toMatch(/✗ default\s+api-1.*CrashLoopBackOff/);
});

test('a filter shows what matches, and says how many of how many', () => {
  const session = {
    ...at({ kind: 'pane', pane: 'zones', tab: 0 }),
    filters: { 'zones.0': 'host:omni1 !etcd' },
  };
  const text = draw(120, 40, session);
  expect(text).toContain('squid');
  expect(text).not.toContain('gitea');
  expect(text).toContain('2 of 6');
});

test('a filter that cannot be read is explained, and hides nothing', () => {
  const session = { ...at({ kind: 'pane', pane: 'zones', tab: 0 }), filters: { 'zones.0': '=[' } };
  const text = draw(120, 40, session);
  expect(text).toMatch(/filter: .+/);
  expect(text).toContain('gitea');
});

test('nothing is claimed to be well before anything was seen', () => {
  const nothing = emptyInventory(defaultSettings({}), NOW);
  const starting = draw(80, 24, initialSession, {
    inventory: nothing,
    problems: [],
    phase: 'starting',
  });
  expect(starting).not.toContain('nothing wrong');
  expect(starting).toContain('starting');
});

test('a calm lab with a silent source is not called well', () => {
  expect(draw(80, 24, initialSession, { problems: [] })).toContain(
    '? no problem known   blind: omni2',
  );
});

test('the area of a dialog is left to it', () => {
  const buffer = new CellBuffer(80, 24);
  const dialog = 'X'.repeat(80);
  for (let y = 0; y < 24; y += 1) buffer.put(0, y, dialog, 0);
  screen.paint(buffer, model({ session: PLACES['confirm'] ?? initialSession }));
  expect(buffer.line(12).slice(2, 78)).toBe('X'.repeat(76));
  expect(buffer.line(0)).not.toContain('X');
});
