import { inspect } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import type { SourceStatus } from '../../src/domain/inventory.ts';
import type { LinkReply } from '../../src/domain/link-question.ts';
import { paneViews } from '../../src/registry.ts';
import { saveSession } from '../../src/ui/saved-session.ts';
import { openCountingTerminal } from '../support/counting-terminal.ts';
import type { CountingTerminal } from '../support/counting-terminal.ts';
import { host, lab, NOW, status, zone } from '../support/inventory.ts';
import { pastOf } from '../support/past.ts';
import { hostKeyQuestion, keyChanged, passphraseQuestion } from '../support/questions.ts';

const ESC = '\u001B';
const terminals: CountingTerminal[] = [];
afterEach(() => {
  for (const terminal of terminals.splice(0)) terminal.close();
});

type Opened = CountingTerminal & {
  readonly replies: (readonly [string, LinkReply])[];
  readonly copied: string[];
  readonly written: () => string;
  /** The host changes its mind. */
  readonly source: (change: Partial<SourceStatus>) => Promise<void>;
};
async function open(first: Partial<SourceStatus>): Promise<Opened> {
  let source = status({ state: 'auth-failed', ...first });
  let late = 0;
  let written = '';
  const replies: (readonly [string, LinkReply])[] = [];
  const copied: string[] = [];
  const terminal = await openCountingTerminal({
    cols: 100,
    rows: 30,
    shown: () => ({
      // Each look is a little later, so that a dialog hears keys.
      now: NOW + (late += 220),
      inventory: lab([host('omni1', { zones: [zone('etcd1')] }), { ...host('omni2'), source }]),
      problems: [],
      past: (_ref, _name, spanMs, count, now) => pastOf(spanMs, count, now, () => 20),
      since: null,
    }),
    effects: {
      reply: (name, reply) => {
        replies.push([name, reply]);
      },
      copy: (text) => {
        copied.push(text);
        return true;
      },
    },
    onWrite: (text) => {
      written += text;
    },
  });
  terminals.push(terminal);
  return {
    ...terminal,
    replies,
    copied,
    written: () => written,
    source: async (change) => {
      source = status({ state: 'auth-failed', ...change });
      terminal.changed();
      await terminal.settle();
    },
  };
}

test('a question is told, and opens only when it is asked for', async () => {
  const console = await open({ question: hostKeyQuestion(), state: 'hostkey-unknown' });
  expect(console.session().dialog).toBeNull();
  await console.press('2');
  expect(await console.screen()).toContain('omni2 asks: unknown host key · i answers');
  await console.press('/etcd');
  // A letter that is typed is text.
  await console.press('i');
  expect(console.session().dialog).toBeNull();
  await console.press('\ri');
  expect(console.session().dialog).toMatchObject({ kind: 'question', state: { host: 'omni2' } });
  const screen = await console.screen();
  for (const text of [
    'SHA256:8J8oa+nwsHgZ1IqIelHYcUD3sTkRJU8qgV8LiRZTeM8',
    '+--[ED25519 256]--+',
    '/home/ops/.ssh/known_hosts',
  ])
    expect(screen).toContain(text);
  await console.press('yes\r');
  expect(console.replies).toEqual([['omni2', { id: 'question-1', kind: 'yes' }]]);
  expect(await console.screen()).toContain('answered; trying to connect');
  await console.source({ state: 'up' });
  expect(console.session().dialog).toBeNull();
  expect(await console.screen()).toContain('omni2: connected');
});

test('a passphrase: wrong is said, the next try answers the next question, and it is seen nowhere', async () => {
  const console = await open({ question: passphraseQuestion() });
  await console.press('ihunter2');
  expect(await console.screen()).toContain('passphrase: •••••••_');
  const held = [
    JSON.stringify(console.session()),
    inspect(console.session(), { depth: Infinity }),
    saveSession(console.session(), paneViews),
  ];
  await console.press('\r');
  await console.source({ question: passphraseQuestion({ id: 'question-8', wrong: true }) });
  expect(await console.screen()).toContain('that passphrase does not open the key');
  console.type(`${ESC}[200~correct horse\n${ESC}[201~`);
  await console.settle();
  await console.press('\r');
  expect(console.replies).toEqual([
    ['omni2', { id: 'question-2', kind: 'texts', texts: ['hunter2'] }],
    ['omni2', { id: 'question-8', kind: 'texts', texts: ['correct horse'] }],
  ]);
  held.push(
    JSON.stringify(console.session()),
    saveSession(console.session(), paneViews),
    console.written(),
  );
  for (const text of held) expect(text).not.toMatch(/hunter2|correct horse/);
  expect(console.session().paletteHistory).toEqual([]);
});

test('esc puts it off, i brings it back, empty', async () => {
  const console = await open({ question: passphraseQuestion() });
  await console.press(`iabc${ESC}`);
  expect(console.session().dialog).toBeNull();
  expect(console.replies).toEqual([]);
  await console.press('i');
  expect(await console.screen()).toContain('passphrase: _');
});

test('a changed host key is explained and copied, and no key accepts it', async () => {
  const console = await open({ state: 'hostkey-changed', error: keyChanged });
  await console.press('i');
  expect(await console.screen()).toContain('/home/ops/.ssh/known_hosts:12');
  await console.press('yesy\r');
  expect(console.session().dialog?.kind).toBe('blocked');
  await console.press('c');
  expect(console.copied).toEqual([keyChanged.command]);
  expect(console.replies).toEqual([]);
  await console.press(ESC);
  expect(console.session().dialog).toBeNull();
});

test('where nobody asks, i says so', async () => {
  const console = await open({ state: 'up' });
  await console.press('i');
  expect(await console.screen()).toContain('no host asks anything');
});
