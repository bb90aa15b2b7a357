import { Box } from 'ink';
import { render } from 'ink-testing-library';
import { expect, test } from 'vitest';
import { Footer } from '../../src/ui/chrome/footer.tsx';
import { Frame } from '../../src/ui/chrome/frame.tsx';
import { placedDialog } from '../../src/ui/dialogs/dialog-shape.ts';
import { Dialog } from '../../src/ui/dialogs/dialog.tsx';
import { initialSession } from '../../src/ui/session.ts';
import { NOW } from '../support/inventory.ts';
import { keymap, midnight, model } from '../support/model.ts';

const frameOf = (node: React.ReactNode): readonly string[] =>
  (
    render(
      <Box width={80} height={24}>
        {node}
      </Box>,
    ).lastFrame() ?? ''
  ).split('\n');

test('a frame has its title in the border, heavy where the focus is', () => {
  const rect = { x: 0, y: 0, width: 30, height: 4 };
  const calm = frameOf(
    <Frame rect={rect} title="1 Hosts" right="3/3 up" focused={false} theme={midnight} />,
  );
  expect(calm[0]).toBe('╭─ 1 Hosts ───────── 3/3 up ─╮');
  expect(calm[1]).toBe(`│${' '.repeat(28)}│`);
  expect(calm[3]).toBe(`╰${'─'.repeat(28)}╯`);
  const focused = frameOf(<Frame rect={rect} title="1 Hosts" focused theme={midnight} />);
  expect(focused[0]).toBe(`┏━ 1 Hosts ${'━'.repeat(18)}┓`);
});

test('a title that is too long is cut, never the border', () => {
  const [top = ''] = frameOf(
    <Frame
      rect={{ x: 0, y: 0, width: 14, height: 3 }}
      title="a very long title"
      focused={false}
      theme={midnight}
    />,
  );
  expect(top).toMatch(/^╭─ .*…? ─+╮$/);
  expect(top.length).toBe(14);
});

const footer = (change: Partial<Parameters<typeof Footer>[0]> = {}) =>
  frameOf(
    <Footer
      rect={{ x: 0, y: 0, width: 80, height: 1 }}
      theme={midnight}
      keymap={keymap}
      context="table"
      kind="zone"
      typing={null}
      message={null}
      {...change}
    />,
  )[0];

test('the footer offers the keys of the place, and the actions of the selected kind only', () => {
  expect(footer()).toContain('r restart');
  expect(footer({ kind: 'node' })).not.toContain('restart');
  expect(footer()).toContain('/ filter');
  expect(footer({ context: 'problems' })).not.toContain('filter');
});

test('the footer shows the filter while it is typed, and its fault', () => {
  expect(footer({ typing: { text: 'cpu>', error: null, examples: 'cpu>50' } })).toContain('/cpu>_');
  expect(
    footer({ typing: { text: '=[', error: 'not a regular expression', examples: '' } }),
  ).toContain('not a regular expression');
});

test('the confirmation shows the exact command, the host, why it is guarded, and how to cancel', () => {
  const shown = model({
    session: {
      ...initialSession,
      dialog: {
        kind: 'confirm',
        label: 'Restart',
        more: [],
        isDry: false,
        dryRun: { state: 'asking' },
        typed: 'etc',
        countdown: null,
        usual: null,
        openedAt: NOW,
        top: 0,
        notice: null,
        guard: {
          level: 3,
          reasons: ['etcd would have 1 running, it needs at least 2'],
          kept: [],
          phrase: 'etcd1 breaks etcd',
        },
        plan: {
          action: 'zone.restart',
          subject: 'zone:omni1/etcd1',
          host: 'omni1',
          argv: ['pfexec', 'zoneadm', '-z', 'etcd1', 'shutdown', '-r'],
          timeoutSeconds: 240,
          identity: ['uuid 6f1c', 'running'],
          effects: ['runs the shutdown scripts inside the zone, then boots it again'],
          refresh: ['zones'],
          observeSeconds: 60,
          fingerprint: '',
        },
      },
    },
  });
  const dialog = placedDialog(shown, 80, 24);
  expect(dialog).not.toBeNull();
  if (!dialog) return;
  const text = frameOf(<Dialog {...dialog} top={0} theme={midnight} />).join('\n');
  expect(text).toContain('pfexec zoneadm -z etcd1 shutdown -r');
  expect(text).toContain('guard 3 of 3');
  expect(text).toContain('etcd would have 1 running, it needs at least 2');
  expect(text).toMatch(/type\s+etcd1 breaks etcd\s+and enter: etc_/);
  expect(text).toContain('cancel is the default');
});
