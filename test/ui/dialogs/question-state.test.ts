import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import type { LinkQuestion, LinkReply } from '../../../src/domain/link-question.ts';
import {
  askAgain,
  openQuestion,
  pasteInto,
  questionKey,
} from '../../../src/ui/dialogs/question-state.ts';
import type { QuestionState } from '../../../src/ui/dialogs/question-state.ts';
import { hostKeyQuestion, passphraseQuestion, promptsQuestion } from '../../support/questions.ts';

const OPENED = 1000;
const LATER = OPENED + 1000;
const open = (question: LinkQuestion): QuestionState => openQuestion('omni2', question, OPENED);

type Typed = {
  readonly state: QuestionState;
  readonly replies: readonly LinkReply[];
  readonly isClosed: boolean;
};
/** Types keys; a text of several characters is typed letter by letter. */
function type(start: QuestionState, ...keys: readonly string[]): Typed {
  let state = start;
  let isClosed = false;
  const replies: LinkReply[] = [];
  const named = new Set([
    'enter',
    'esc',
    'tab',
    'shift-tab',
    'backspace',
    'ctrl-u',
    'up',
    'down',
    'pagedown',
    'pageup',
  ]);
  for (const word of keys)
    for (const key of named.has(word) ? [word] : Array.from(word)) {
      const result = questionKey(state, key, named.has(word) ? '' : key, LATER);
      if ('close' in result) isClosed = true;
      else state = result.state;
      if ('reply' in result) replies.push(result.reply);
    }
  return { state, replies, isClosed };
}
const textsOf = ({ fields }: QuestionState) => fields.map(({ text }) => text.reveal());

test.each([
  [['yes', 'enter'], 'yes'],
  [['YES ', 'enter'], 'yes'],
  [[hostKeyQuestion().fingerprint, 'enter'], 'yes'],
  [['no', 'enter'], 'no'],
] as const)('a host key: %j answers %s', (keys, kind) => {
  const { replies, state } = type(open(hostKeyQuestion()), ...keys);
  expect(replies).toEqual([{ id: 'question-1', kind }]);
  expect(state.isSent).toBe(true);
});

test.each([
  [['enter'], /type yes, no, or the fingerprint/],
  [['y', 'enter'], /type yes, no, or the fingerprint/],
  [['SHA256:other', 'enter'], /not the fingerprint of the key/],
] as const)('a host key is not accepted by %j', (keys, notice) => {
  const { replies, state } = type(open(hostKeyQuestion()), ...keys);
  expect(replies).toEqual([]);
  expect(state.notice).toMatch(notice);
  expect(type(state, 'ctrl-u', 'yes', 'enter').replies).toHaveLength(1);
});

test('in its first moment a host key takes no key, so that none typed for something else accepts it', () => {
  let state = open(hostKeyQuestion());
  for (const key of ['y', 'e', 's', 'enter']) {
    const result = questionKey(state, key, key === 'enter' ? '' : key, OPENED + 399);
    expect('reply' in result).toBe(false);
    if ('state' in result) ({ state } = result);
  }
  expect(textsOf(state)).toEqual(['']);
});

test('a passphrase is answered as it was typed, letters that are keys elsewhere included', () => {
  const { replies } = type(open(passphraseQuestion()), 'qk?:  p', 'backspace', 'w ', 'enter');
  expect(replies).toEqual([{ id: 'question-2', kind: 'texts', texts: ['qk?:  w '] }]);
});

test('prompts: enter and tab go from field to field, the last enter answers all', () => {
  const { replies, state } = type(
    open(promptsQuestion()),
    'pw',
    'enter',
    '12',
    'shift-tab',
    '!',
    'tab',
    '3',
    'enter',
  );
  expect(replies).toEqual([{ id: 'question-3', kind: 'texts', texts: ['pw!', '123'] }]);
  expect(textsOf(state)).toEqual(['', '']);
});

test('esc closes and answers nothing', () => {
  expect(type(open(passphraseQuestion()), 'abc', 'esc')).toMatchObject({
    replies: [],
    isClosed: true,
  });
});

test('after the answer no key does anything but esc', () => {
  const { state } = type(open(passphraseQuestion()), 'a', 'enter');
  expect(type(state, 'b', 'enter').replies).toEqual([]);
  expect(type(state, 'esc').isClosed).toBe(true);
});

test('pasted text goes into the field, up to the end of its first line, and answers nothing', () => {
  const state = pasteInto(type(open(passphraseQuestion()), 'x').state, 'a b\tc\r\nrm -rf\n');
  expect(textsOf(state)).toEqual(['xa b\tc']);
  expect(state.isSent).toBe(false);
});

test('the wrong passphrase is said', () => {
  expect(open(passphraseQuestion({ wrong: true })).notice).toMatch(/does not open the key/);
});

test('the same asked anew keeps what was typed, something else does not', () => {
  const { state } = type(open(passphraseQuestion()), 'abc');
  expect(textsOf(askAgain(state, passphraseQuestion({ id: 'question-9' }), LATER))).toEqual([
    'abc',
  ]);
  const other = askAgain(state, promptsQuestion(), LATER);
  expect(textsOf(other)).toEqual(['', '']);
  expect(other.notice).toMatch(/asks something else/);
});

test('what was typed is in no print of the state', () => {
  const { state } = type(open(passphraseQuestion()), 'correct horse');
  for (const text of [JSON.stringify(state), inspect(state, { depth: Infinity, showHidden: true })])
    expect(text).not.toContain('correct');
});
