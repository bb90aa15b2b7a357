import type { LinkQuestion, LinkReply } from '../../domain/link-question.ts';
import type { EpochMs } from '../../domain/time.ts';
import { noSecret, secretOf } from '../secret.ts';
import type { Secret } from '../secret.ts';
import { withoutLast } from '../typed.ts';
import { CONFIRM_DEAF_MS } from './deaf.ts';

/** Something to type. */
export type Field = {
  readonly label: string;
  /** Whether what is typed may be seen. */
  readonly echo: boolean;
  readonly text: Secret;
};

/** The dialog for what a host asks. */
export type QuestionState = {
  readonly host: string;
  readonly question: LinkQuestion;
  readonly fields: readonly Field[];
  /** The field that is typed into. */
  readonly active: number;
  readonly openedAt: EpochMs;
  /** First line in sight, where the screen is too small for all. */
  readonly top: number;
  /** The answer was given, and what comes of it is awaited. */
  readonly isSent: boolean;
  readonly notice: string | null;
};

/** What a key did. */
export type QuestionResult =
  | { readonly state: QuestionState }
  | { readonly close: true }
  | { readonly reply: LinkReply; readonly state: QuestionState };

/** Longer texts are no answers that anybody types. */
const TEXT_LIMIT = 1024;
const SCROLL: Readonly<Record<string, number>> = { pagedown: 8, pageup: -8 };

function fieldsOf(question: LinkQuestion): readonly Field[] {
  const field = (label: string, echo: boolean): Field => ({ label, echo, text: noSecret });
  switch (question.kind) {
    case 'host-key':
      return [field('yes or fingerprint', true)];
    case 'passphrase':
      return [field('passphrase', false)];
    case 'prompts':
      return question.prompts.map(({ text, echo }) => field(text.trim().replace(/:$/, ''), echo));
  }
}

/** Opens the dialog with nothing typed. */
export const openQuestion = (
  host: string,
  question: LinkQuestion,
  now: EpochMs,
): QuestionState => ({
  host,
  question,
  fields: fieldsOf(question),
  active: 0,
  openedAt: now,
  top: 0,
  isSent: false,
  notice:
    question.kind === 'passphrase' && question.wrong
      ? 'that passphrase does not open the key'
      : null,
});

/** The host asks anew while one types: what was typed stays, if it is the same that is asked. */
export function askAgain(
  state: QuestionState,
  question: LinkQuestion,
  now: EpochMs,
): QuestionState {
  const { id: _before, ...before } = state.question;
  const { id: _now, ...after } = question;
  return JSON.stringify(before) === JSON.stringify(after)
    ? { ...state, question }
    : { ...openQuestion(state.host, question, now), notice: 'the host asks something else now' };
}

/** What a key does. Letters are text, `enter` goes on and at last answers, `esc` closes and leaves the question. */
export function questionKey(
  state: QuestionState,
  key: string,
  text: string,
  now: EpochMs,
): QuestionResult {
  if (key === 'esc') return { close: true };
  const scroll = SCROLL[key];
  if (scroll !== undefined) return { state: { ...state, top: Math.max(0, state.top + scroll) } };
  // A yes to a host key is a confirmation; what is typed in its first moment was meant for something else.
  if (state.question.kind === 'host-key' && now - state.openedAt < CONFIRM_DEAF_MS)
    return { state };
  if (state.isSent) return { state };
  switch (key) {
    case 'enter':
      return state.active < state.fields.length - 1 ? { state: move(state, 1) } : answer(state);
    case 'tab':
    case 'down':
      return { state: move(state, 1) };
    case 'shift-tab':
    case 'up':
      return { state: move(state, -1) };
    case 'backspace':
      return { state: change(state, withoutLast) };
    case 'ctrl-u':
      return { state: change(state, () => '') };
    default:
      return { state: text === '' ? state : typeInto(state, text) };
  }
}

/** Pasted text goes into the field, up to the end of its first line. */
export const pasteInto = (state: QuestionState, pasted: string): QuestionState =>
  state.isSent ? state : typeInto(state, pasted.split(/[\r\n]/)[0] ?? '');

const typeInto = (state: QuestionState, text: string): QuestionState =>
  change(state, (typed) => (typed + text).slice(0, TEXT_LIMIT));

const change = (state: QuestionState, edit: (typed: string) => string): QuestionState => ({
  ...state,
  notice: null,
  fields: state.fields.map((field, index) =>
    index === state.active ? { ...field, text: secretOf(edit(field.text.reveal())) } : field,
  ),
});

const move = (state: QuestionState, step: 1 | -1): QuestionState => {
  const { length } = state.fields;
  return length === 0 ? state : { ...state, active: (state.active + step + length) % length };
};

function answer(state: QuestionState): QuestionResult {
  const { question } = state;
  const texts = state.fields.map(({ text }) => text.reveal());
  // What was given is not kept here.
  const sent: QuestionState = {
    ...state,
    isSent: true,
    notice: null,
    fields: state.fields.map((field) => ({ ...field, text: noSecret })),
  };
  if (question.kind !== 'host-key')
    return { reply: { id: question.id, kind: 'texts', texts }, state: sent };
  const typed = (texts[0] ?? '').trim();
  // As ssh: the fingerprint from another source is the best yes there is.
  if (typed.toLowerCase() === 'yes' || typed === question.fingerprint)
    return { reply: { id: question.id, kind: 'yes' }, state: sent };
  if (typed.toLowerCase() === 'no') return { reply: { id: question.id, kind: 'no' }, state: sent };
  return {
    state: {
      ...state,
      notice: typed.startsWith('SHA256:')
        ? 'that is not the fingerprint of the key that the host shows'
        : 'type yes, no, or the fingerprint',
    },
  };
}
