import { expect, test } from 'vitest';
import type { HostInventory, SourceStatus } from '../../src/domain/inventory.ts';
import { openQuestion } from '../../src/ui/dialogs/question-state.ts';
import {
  askedOf,
  askedText,
  followQuestion,
  pendingFor,
  problemTitle,
  questionText,
  reminder,
} from '../../src/ui/questions.ts';
import { initialSession } from '../../src/ui/session.ts';
import type { Session } from '../../src/ui/session.ts';
import { host, lab, NOW } from '../support/inventory.ts';
import { keymap } from '../support/model.ts';
import {
  hostKeyQuestion,
  keyChanged,
  passphraseQuestion,
  promptsQuestion,
} from '../support/questions.ts';

const held = (name: string, source: Partial<SourceStatus>): HostInventory =>
  host(name, { source: { state: 'auth-failed', ...source } });
const shared = passphraseQuestion();

test('each question in a few words', () => {
  expect(questionText(hostKeyQuestion())).toBe('unknown host key');
  expect(questionText(shared)).toBe('passphrase of id_ed25519');
  expect(questionText(promptsQuestion())).toBe('Password, One-time code');
});

test('hosts that wait for the same answer are one question', () => {
  const inventory = lab([
    held('omni1', { question: shared }),
    held('omni2', { question: hostKeyQuestion() }),
    held('store1', { question: shared }),
    host('up1'),
  ]);
  const asked = askedOf(inventory);
  expect(asked.map(askedText)).toEqual([
    'omni1 and store1 ask: passphrase of id_ed25519',
    'omni2 asks: unknown host key',
  ]);
  expect(reminder(inventory, keymap)).toBe(
    'omni1 and store1 ask: passphrase of id_ed25519 (and 1 more) · i answers',
  );
  expect(reminder(lab([host('omni1')]), keymap)).toBeNull();
});

test('the selected host goes first, then whoever asks, then whoever is blocked', () => {
  const inventory = lab([
    held('omni1', { state: 'hostkey-changed', error: keyChanged }),
    held('omni2', { question: hostKeyQuestion() }),
    held('store1', { question: shared }),
  ]);
  expect(pendingFor(inventory, 'zone:store1/gitea')).toMatchObject({
    kind: 'question',
    host: 'store1',
  });
  expect(pendingFor(inventory, 'host:omni1')).toMatchObject({ kind: 'blocked', host: 'omni1' });
  expect(pendingFor(inventory, 'vlan:48')).toMatchObject({ kind: 'question', host: 'omni2' });
  expect(pendingFor(inventory, null)).toMatchObject({ host: 'omni2' });
  expect(pendingFor(lab([host('omni1')]), null)).toBeNull();
});

test('a problem of a host that waits says what for, and the key', () => {
  const inventory = lab([
    held('omni1', { state: 'hostkey-changed', error: keyChanged }),
    held('omni2', { question: hostKeyQuestion() }),
    host('store1'),
  ]);
  const title = (subject: 'host:omni1' | 'host:omni2' | 'host:store1' | 'zone:omni2/a') =>
    problemTitle({ subject, title: 'as the rule says' }, { inventory, keymap });
  expect(title('host:omni1')).toBe('host key changed, blocked · i tells more');
  expect(title('host:omni2')).toBe('asks: unknown host key · i answers');
  expect(title('host:store1')).toBe('as the rule says');
  expect(title('zone:omni2/a')).toBe('as the rule says');
});

const asking = (isSent: boolean): Session => ({
  ...initialSession,
  dialog: {
    kind: 'question',
    state: { ...openQuestion('omni2', shared, NOW), isSent },
  },
});
const follow = (session: Session, source: Partial<SourceStatus>): Session =>
  followQuestion(session, lab([host('omni2', { source })]), NOW);

test('while the question stands nothing changes, not even the object', () => {
  const session = asking(false);
  expect(follow(session, { state: 'auth-failed', question: shared })).toBe(session);
  expect(follow(session, { state: 'connecting' })).toBe(session);
  expect(follow(initialSession, { state: 'up' })).toBe(initialSession);
});

test('after an answer the next question follows, or the dialog closes and says what came of it', () => {
  const wrong = passphraseQuestion({ id: 'question-8', wrong: true });
  const next = follow(asking(true), { state: 'auth-failed', question: wrong }).dialog;
  expect(next).toMatchObject({ kind: 'question', state: { isSent: false, question: wrong } });
  expect(follow(asking(true), { state: 'up' })).toMatchObject({
    dialog: null,
    message: { text: 'omni2: connected', tone: 'info' },
  });
  expect(
    follow(asking(true), {
      state: 'auth-failed',
      error: { code: 'auth', message: 'refused for ops', hint: '' },
    }),
  ).toMatchObject({ dialog: null, message: { text: 'omni2: refused for ops', tone: 'bad' } });
});

test('a question that is answered elsewhere closes its dialog', () => {
  expect(follow(asking(false), { state: 'up' }).dialog).toBeNull();
  expect(followQuestion(asking(false), lab([]), NOW).dialog).toBeNull();
});

test('the dialog of a changed key closes when the key is no longer held against the host', () => {
  const session: Session = {
    ...initialSession,
    dialog: { kind: 'blocked', host: 'omni2', error: keyChanged, top: 0 },
  };
  expect(follow(session, { state: 'hostkey-changed', error: keyChanged })).toBe(session);
  expect(
    follow(session, { state: 'hostkey-unknown', question: hostKeyQuestion() }).dialog,
  ).toBeNull();
});
