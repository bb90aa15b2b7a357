import { expect, test } from 'vitest';
import type { LinkQuestion } from '../../src/domain/link-question.ts';
import type { Dialog } from '../../src/ui/session.ts';
import { openCountingTerminal } from '../support/counting-terminal.ts';
import { host, lab, NOW, status, zone } from '../support/inventory.ts';
import { openConsole } from '../support/opened.ts';
import { pastOf } from '../support/past.ts';
import {
  hostKeyQuestion,
  keyChanged,
  passphraseQuestion,
  promptsQuestion,
} from '../support/questions.ts';

const ESC = '\u001B';
const [COLS, ROWS] = [80, 24] as const;

/** Clicks of every button, doubled, and the wheel, on every third cell of every line. */
function everywhere(): string {
  const codes = [0, 0, 1, 2, 64, 65];
  let text = '';
  for (let y = 1; y <= ROWS; y += 1)
    for (let x = 1 + (y % 3); x <= COLS; x += 3)
      for (const code of codes) text += `${ESC}[<${code};${x};${y}M${ESC}[<${code};${x};${y}m`;
  return text;
}

/** What may change in a dialog when it is scrolled. */
const withoutTop = (dialog: Dialog | null): unknown =>
  JSON.parse(JSON.stringify(dialog, (key, value: unknown) => (key === 'top' ? undefined : value)));

test.for<[string, LinkQuestion | null, string]>([
  ['an unknown host key', hostKeyQuestion(), ''],
  ['a passphrase that is typed already', passphraseQuestion(), 'hunter2'],
  ['what a server asks', promptsQuestion(), 'hunter2\t1234'],
  ['a changed host key', null, ''],
])('no click answers %s, and the wheel scrolls it only', async ([, question, typed]) => {
  let late = 0;
  const caused: string[] = [];
  const source =
    question === null
      ? status({ state: 'hostkey-changed', error: keyChanged })
      : status({ state: 'auth-failed', question });
  const note = (what: string) => () => {
    caused.push(what);
    return true;
  };
  const terminal = await openCountingTerminal({
    cols: COLS,
    rows: ROWS,
    shown: () => ({
      now: NOW + (late += 220),
      inventory: lab([host('omni1', { zones: [zone('etcd1')] }), { ...host('omni2'), source }]),
      problems: [],
      past: (_ref, _name, spanMs, count, now) => pastOf(spanMs, count, now, () => 20),
      since: null,
    }),
    effects: {
      reply: note('reply'),
      copy: note('copy'),
      retry: note('retry'),
      quit: note('quit'),
      run: note('run'),
    },
  });
  await terminal.press(`i${typed}`);
  const before = terminal.session().dialog;
  expect(before?.kind).toBe(question === null ? 'blocked' : 'question');
  terminal.type(everywhere());
  await terminal.settle();
  expect(withoutTop(terminal.session().dialog)).toEqual(withoutTop(before));
  expect(caused).toEqual([]);
  terminal.close();
});

test('a question that is higher than the screen is scrolled by the wheel', async () => {
  let late = 0;
  const terminal = await openCountingTerminal({
    cols: 60,
    rows: 14,
    shown: () => ({
      now: NOW + (late += 220),
      inventory: lab([
        {
          ...host('omni2'),
          source: status({ state: 'hostkey-unknown', question: hostKeyQuestion() }),
        },
      ]),
      problems: [],
      past: (_ref, _name, spanMs, count, now) => pastOf(spanMs, count, now, () => 20),
      since: null,
    }),
  });
  await terminal.press('i');
  const top = () => {
    const { dialog } = terminal.session();
    return dialog?.kind === 'question' ? dialog.state.top : null;
  };
  const turn = async (code: number): Promise<void> => {
    terminal.type(`${ESC}[<${code};30;7M`);
    await terminal.settle();
  };
  expect(top()).toBe(0);
  await turn(65);
  expect(top()).toBe(3);
  await turn(64);
  expect(top()).toBe(0);
  terminal.close();
});

test.for([
  ['y', 'squid'],
  ['a phrase', 'etcd1'],
] as const)('no click confirms an action that wants %s', async ([, name]) => {
  const console = await openConsole('host-down', COLS, ROWS);
  await console.key('2');
  await console.press(`/${name}\r`);
  await console.press('Lr');
  const before = console.session().dialog;
  expect(before?.kind).toBe('confirm');
  console.type(everywhere());
  await console.settle();
  expect(withoutTop(console.session().dialog)).toEqual(withoutTop(before));
  expect(console.ran).toEqual([]);
});
